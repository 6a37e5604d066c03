"""Writes a small shop's bronze layer, as DMS would: bronze.py FOLDER load|change. Runs in the environment of
tests/pipeline, whose fixtures it uses; prints how many rows of each table the shop has."""
import datetime
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "pipeline"))
import dms_files  # noqa: E402
import silver_fixture  # noqa: E402

rows_of, bronze = silver_fixture.make_shop(orders=40), dms_files.Bronze(sys.argv[1])
now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
if sys.argv[2] == "load":
    for table, rows in rows_of.items():
        bronze.load(table, rows, at=dms_files.stamp(now))
else:  # a review is thought over, another one taken back
    first, second = rows_of["order_reviews"][:2]
    changed = {**first, "review_score": 6 - first["review_score"] if first["review_score"] != 3 else 4}
    bronze.changes("order_reviews", now, [("U", dms_files.stamp(now), changed), ("D", dms_files.stamp(now), second)])
    rows_of["order_reviews"].remove(second)
print(json.dumps({table: len(rows) for table, rows in rows_of.items()}))
