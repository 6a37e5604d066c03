"""pipeline/local/catalog.py and totals.py: silver's manifests as views, and the totals of what they list."""
import datetime
import decimal
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOCAL = ROOT / "pipeline" / "local"
sys.path.insert(0, str(LOCAL))
import catalog  # noqa: E402
import shop  # noqa: E402
import totals  # noqa: E402

SCHEMA = shop.schema()
ITEM = shop.tables()["order_items"]
MOMENT = datetime.datetime(2018, 1, 31, 23, 59, 59)


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.mkdtemp(prefix="cfngen catalog%")
        self.addCleanup(shutil.rmtree, folder, True)
        self.silver = pathlib.Path(folder) / "silver"
        (self.silver / SCHEMA).mkdir(parents=True)
        self.database = pathlib.Path(folder) / "warehouse.duckdb"

    def write(self, folder, table, name="part-0.parquet", **options):
        """A data file, which nobody sees yet. Its URI, as Spark writes it."""
        path = self.silver / SCHEMA / folder / "data" / "order_year=2018" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, path, **options)
        return path.as_uri()

    def publish(self, folder, uris):
        manifest = self.silver / SCHEMA / folder / catalog.MANIFEST
        manifest.parent.mkdir(parents=True, exist_ok=True)
        manifest.write_text("".join(f"{uri}\n" for uri in uris), encoding="utf-8")

    def items(self, *prices, moment=pa.timestamp("us")):
        count = len(prices)
        return pa.table({
            "_changed_at": pa.array([MOMENT] * count, moment),
            "order_id": [f"{n:032}" for n in range(count)], "order_item_id": pa.array([1] * count, pa.int32()),
            "product_id": ["p" * 32] * count, "seller_id": ["s" * 32] * count,
            "shipping_limit_date": pa.array([MOMENT] * count, moment),
            "price": pa.array([decimal.Decimal(p) for p in prices], pa.decimal128(10, 2)),
            "freight_value": pa.array([decimal.Decimal("0.10")] * count, pa.decimal128(10, 2))})

    def query(self, text):
        with duckdb.connect(str(self.database)) as connection:
            return connection.execute(text).fetchall()

    def refresh(self):
        return catalog.refresh(self.silver, self.database)


class Catalog(Case):
    def test_every_described_table_is_a_view_with_its_types_and_columns_in_order(self):
        self.publish("order_items", [self.write("order_items", self.items("1.50"))])
        self.assertEqual(self.refresh()["order_items"], 1)
        found = self.query("SELECT table_name, column_name, data_type FROM information_schema.columns "
                           "WHERE table_schema = 'silver' ORDER BY table_name, ordinal_position")
        for name, table in shop.tables().items():
            expected = [(name, c["name"], shop.duck_type(c)) for c in table["columns"]]
            expected.append((name, "_changed_at", "TIMESTAMP"))
            self.assertEqual([row for row in found if row[0] == name], expected)
        self.assertEqual({row[0] for row in found} - set(shop.tables()), {"quarantine", "control_totals"})
        self.assertEqual(self.query("SELECT count(*) FROM silver.orders"), [(0,)])

    def test_times_are_the_same_however_the_file_keeps_them_and_wherever_it_is_read(self):
        for form, options in ((pa.timestamp("us"), {}), (pa.timestamp("us", "UTC"), {}), (pa.timestamp("ms"), {}),
                              (pa.timestamp("ns"), {"use_deprecated_int96_timestamps": True})):
            self.publish("order_items", [self.write("order_items", self.items("1.50", moment=form), **options)])
            self.refresh()
            for zone in ("UTC", "America/Sao_Paulo"):
                with duckdb.connect(str(self.database)) as connection:
                    connection.execute(f"SET TimeZone = '{zone}'")
                    times = connection.execute("SELECT shipping_limit_date, _changed_at FROM silver.order_items")
                    self.assertEqual(times.fetchone(), (MOMENT, MOMENT), form)

    def test_only_what_the_manifest_names_is_seen_and_a_refresh_sees_the_next_one(self):
        first = self.write("order_items", self.items("1.50"), "a.parquet")
        second = self.write("order_items", self.items("2.50", "3.50"), "b.parquet")
        seen = []
        for manifest in ([first], [second], [first, second], []):
            self.publish("order_items", manifest)
            self.refresh()
            self.refresh()
            seen.append(self.query("SELECT count(*), coalesce(sum(price), 0) FROM silver.order_items")[0])
        self.assertEqual([(rows, str(total)) for rows, total in seen],
                         [(1, "1.50"), (2, "6.00"), (3, "7.50"), (0, "0.00")])

    def test_the_rest_of_the_file_stays_and_views_of_nothing_go(self):
        run = pa.table({"run_id": ["r"], "at": pa.array([MOMENT], pa.timestamp("us", "UTC"))})
        self.publish("runs", [self.write("runs", run)])
        self.refresh()
        self.assertEqual(self.query("SELECT * FROM silver.runs"), [("r", MOMENT)])
        self.query("CREATE SCHEMA analytics; CREATE TABLE analytics.mart AS SELECT 1 AS one; "
                   "CREATE VIEW analytics.over AS SELECT * FROM silver.orders; CREATE VIEW silver.stray AS SELECT 1")
        shutil.rmtree(self.silver / SCHEMA / "runs")
        self.refresh()
        self.assertEqual(self.query("SELECT * FROM analytics.mart"), [(1,)])
        self.assertEqual(self.query("SELECT count(*) FROM analytics.over"), [(0,)])
        views = {row[0] for row in self.query("SELECT view_name FROM duckdb_views() WHERE schema_name = 'silver'")}
        self.assertEqual(views, set(shop.tables()) | {"quarantine", "control_totals"})

    def test_a_refresh_that_fails_leaves_the_views_as_they_were(self):
        uri = self.write("order_items", self.items("1.50"))
        self.publish("order_items", [uri])
        self.refresh()
        lacking = self.write("sellers", pa.table({"seller_id": ["s"]}))
        for folder, manifest, message in (
                ("order_items", [uri + "x"], "a file that is not there"),
                ("order_items", ["s3://bucket/key"], "not on this machine: 's3://bucket/key'"),
                ("order_items", ["part.parquet"], "not on this machine: 'part.parquet'"),
                ("sellers", [lacking], "'sellers' lack the columns seller_zip_code_prefix")):
            self.publish(folder, manifest)
            with self.assertRaisesRegex(catalog.Error, message):
                self.refresh()
            self.assertEqual(self.query("SELECT count(*) FROM silver.order_items"), [(1,)])
            self.publish(folder, [uri] if folder == "order_items" else [])

    def test_the_command_refuses_a_folder_that_is_none(self):
        done = subprocess.run([sys.executable, LOCAL / "catalog.py", "--silver", self.silver / "x", "--database",
                               self.database], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no silver layer in", done.stderr)


class Totals(Case):
    def test_silver_counts_what_was_held_back_too(self):
        self.publish("order_items", [self.write("order_items", self.items("1.50", "2.25"))])
        row = {"order_id": "9" * 32, "order_item_id": "1", "product_id": "p" * 32, "seller_id": "s" * 32,
               "shipping_limit_date": "2018-01-31 23:59:59", "price": "-3.00", "freight_value": "0.10"}
        held = pa.table({"table_name": ["order_items"], "rule": ["money_not_negative"], "key": ["{}"],
                         "row": [json.dumps(row)], "_changed_at": pa.array([MOMENT], pa.timestamp("us"))})
        self.publish("_quarantine", [self.write("_quarantine", held)])
        self.refresh()
        found = totals.of_silver(self.database)["order_items"]
        self.assertEqual(found["rows"], {"value": "2", "quarantined": "1"})
        self.assertEqual(found["sum(price)"], {"value": "3.75", "quarantined": "-3.00"})
        # By hand: md5 of '999...|1|ppp...|sss...|2018-01-31 23:59:59|-3.00|0.10', its first 8 digits.
        text = "|".join(row.values())
        self.assertEqual(found["checksum"]["quarantined"], str(int(hashlib.md5(text.encode()).hexdigest()[:8], 16)))
        self.assertEqual(totals.of_silver(self.database)["orders"],
                         {"rows": {"value": "0", "quarantined": "0"}, "checksum": {"value": "0", "quarantined": "0"}})

    def test_sums_of_nothing_have_their_decimals(self):
        self.refresh()
        self.assertEqual(totals.of_silver(self.database)["order_items"]["sum(price)"]["value"], "0.00")

    def test_bronze_is_read_by_time_file_and_row_wherever_a_file_lies(self):
        def row(op, at, name, price):
            return pa.table({"Op": [op], "dms_timestamp": [at]} | {
                c: self.items(price)[c] for c in self.items(price).column_names if c != "_changed_at"}), name
        late = "2018-01-01 00:00:00.000002"
        bronze = self.silver.parent / "bronze"
        for table, name in (row("I", "2018-01-01 00:00:00.000001", "LOAD00000001", "1.00"),
                            row("U", late, "2018/01/01/20180101-000000000", "2.00"),
                            row("U", late, "2018/01/01/20180101-000000001", "3.00"),
                            row("D", "2018-01-01 00:00:00.000001", "2018/01/02/20180102-000000001", "4.00")):
            path = bronze / "rds" / SCHEMA / "order_items" / f"{name}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(table, path)
        self.assertEqual(totals.of_bronze(bronze)["order_items"]["sum(price)"], "3.00")

    def test_the_warehouse_is_exported_as_reconcile_reads_it(self):
        self.query("CREATE SCHEMA analytics; CREATE TABLE analytics.reconciliation AS SELECT * FROM (VALUES "
                   "('warehouse', 'orders', 'rows', '3', '0'), ('warehouse', 'orders', 'checksum', '7', NULL), "
                   "('silver', 'orders', 'rows', '2', '1')) AS t(layer, table_name, measure, value, quarantined)")
        out = self.silver / "totals.json"
        run = lambda *words: subprocess.run([sys.executable, LOCAL / "totals.py", *words], capture_output=True,
                                            text=True, check=False)
        done = run("warehouse", "--database", self.database, "--out", out)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(out.read_text()), {"layer": "warehouse", "totals": {"orders": {
            "checksum": {"value": "7", "quarantined": "0"}, "rows": {"value": "3", "quarantined": "0"}}}})
        silver = json.loads(run("warehouse", "--database", self.database, "--layer", "silver").stdout)
        self.assertEqual(silver["totals"]["orders"]["rows"], {"value": "2", "quarantined": "1"})
        nothing = run("warehouse", "--database", self.database, "--layer", "gold")
        self.assertEqual(nothing.returncode, 1)
        self.assertIn("states nothing of layer 'gold'", nothing.stderr)
        self.assertEqual(run("bronze").returncode, 2)
        self.assertIn("there is no database", run("silver", "--database", out.with_name("x")).stderr)


if __name__ == "__main__":
    unittest.main()
