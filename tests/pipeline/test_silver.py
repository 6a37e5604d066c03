"""From bronze to silver: the layout of DMS, versions and their order, increments, cleaning, quarantine, totals."""
import datetime
import decimal
import json
import shutil
import sys
import pathlib

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from dms_files import at, stamp  # noqa: E402
from silver_case import SilverCase, item, main  # noqa: E402

LATER = stamp(at(5))


class BothFormats:
    """What must hold whatever form the published rows have."""

    def test_full_load_in_several_files_and_row_groups(self):
        orders = [f"o{n:07d}" for n in range(170)]
        for number in range(17):  # 00000009, 0000000A ... 00000010, 00000011
            self.bronze.load("items", [item(o, price=f"{number}.00") for o in orders[number * 10:number * 10 + 10]],
                             number + 1, row_group_size=3)
        self.assertTrue(self.bronze.load_path("items", 10).name == "LOAD0000000A.parquet")
        result = self.run_job()["items"]
        self.assertEqual((result["files_read"], result["inserted"], result["rows_now"]), (17, 170, 170))
        self.assertEqual(self.prices(), {(o, 1): f"{n // 10}.00" for n, o in enumerate(orders)})
        self.check_totals()

    def test_types_and_time_as_they_are(self):
        self.bronze.load("items", [item("a", sold="2018-12-31 23:59:59", price="12345678.90", note="a|b\n\U0001f600",
                                        weight=0.1)], at="2024-01-01 10:00:00.123456")
        self.run_job()
        self.assertEqual(self.rows(), [{
            "order_id": "a", "number": 1, "sold_at": datetime.datetime(2018, 12, 31, 23, 59, 59),
            "price": decimal.Decimal("12345678.90"), "note": "a|b\n\U0001f600", "town": None, "zip": None,
            "weight": 0.1, "_changed_at": datetime.datetime(2024, 1, 1, 10, 0, 0, 123456)}])
        self.check_totals()

    def test_newest_version_by_time_then_file_then_position(self):
        same = stamp(at(9))
        self.bronze.load("items", [item(k, price="1.00") for k in "abcdef"])
        self.bronze.changes("items", at(60), [
            ("U", stamp(at(1)), item("a", price="2.00")),
            ("U", same, item("b", price="3.00")), ("U", same, item("b", price="4.00")),
            ("D", stamp(at(3)), {"order_id": "c", "number": 1}),
            ("D", stamp(at(3)), {"order_id": "d", "number": 1}), ("I", stamp(at(4)), item("d", price="5.00")),
            ("U", same, item("e", price="6.00"))], row_group_size=2)
        self.bronze.changes("items", at(120), [
            ("U", stamp(at(0)), item("a", price="9.00")), ("U", same, item("e", price="7.00")),
            ("D", stamp(at(0)), {"order_id": "f", "number": 1})])
        self.run_job()
        self.assertEqual(self.prices(), {("a", 1): "2.00", ("b", 1): "4.00", ("d", 1): "5.00", ("e", 1): "7.00"})
        self.check_totals()

    def test_increments_touch_what_changed(self):
        self.bronze.load("items", [item(k, sold=f"2024-0{m}-01 00:00:00") for m, k in enumerate("abc", 1)])
        self.run_job()
        before = self.everything()
        self.assertEqual(self.run_job(), {"items": None})
        self.assertEqual(self.everything(), before)
        self.bronze.changes("items", at(1), [
            ("U", stamp(at(1)), item("a", sold="2024-01-01 00:00:00", price="2.00")),
            ("U", stamp(at(1)), item("b", sold="2024-03-01 00:00:00", price="3.00")),  # moves to another partition
            ("I", stamp(at(1)), item("d", sold="2024-04-01 00:00:00", price="4.00"))])
        result = self.run_job()["items"]
        self.assertEqual([result[n] for n in ("inserted", "updated", "deleted", "rows_now")], [1, 2, 0, 4])
        self.assertEqual(self.prices(), {("a", 1): "2.00", ("b", 1): "3.00", ("c", 1): "1.00", ("d", 1): "4.00"})
        self.bronze.changes("items", at(2), [("D", stamp(at(2)), {"order_id": k, "number": 1}) for k in "abx"])
        result = self.run_job()["items"]
        self.assertEqual([result[n] for n in ("inserted", "updated", "deleted", "rows_now")], [0, 0, 2, 2])
        self.check_totals()

    def test_late_repeated_and_stale_changes_change_nothing(self):
        self.bronze.load("items", [item("a"), item("b")])
        self.bronze.changes("items", at(100), [("D", stamp(at(100)), {"order_id": "a", "number": 1}),
                                               ("D", stamp(at(100)), {"order_id": "z", "number": 1}),
                                               ("U", stamp(at(100)), item("b", price="8.00"))])
        self.run_job()
        self.bronze.changes("items", at(50), [  # comes late: older than what has been applied
            ("U", stamp(at(50)), item("a", price="5.00")), ("I", stamp(at(50)), item("z", price="5.00")),
            ("U", stamp(at(50)), item("b", price="5.00"))])
        result = self.run_job()["items"]
        self.assertEqual([result[n] for n in ("inserted", "updated", "deleted")], [0, 0, 0])
        self.assertEqual(self.prices(), {("b", 1): "8.00"})
        repeated = self.bronze.changes_path("items", at(200))
        repeated.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.bronze.changes_path("items", at(50)), repeated)  # the same changes under another name
        self.run_job()
        self.assertEqual(self.prices(), {("b", 1): "8.00"})
        self.bronze.changes("items", at(300), [("I", stamp(at(300)), item("a", price="9.00"))])
        self.run_job()
        self.assertEqual(self.prices(), {("a", 1): "9.00", ("b", 1): "8.00"})
        self.check_totals()

    def test_a_table_without_a_key_is_a_multiset(self):
        self.chosen = ("points",)
        row = {"zip": "1234", "lat": 1.5, "state": "SP"}
        self.bronze.load("points", [row, row, {**row, "lat": -1.0}])
        self.run_job()
        self.assertEqual(len(self.rows("points")), 2)
        self.bronze.changes("points", at(1), [("I", LATER, row), ("I", LATER, row), ("D", LATER, row)])
        self.run_job()
        self.run_job()
        self.assertEqual([r["zip"] for r in self.rows("points")], ["01234"] * 4)
        self.assertEqual([k[1] for k, _ in self.held()], ["bronze:Op", "north"])
        self.check_totals("points")
        self.run_job("--full")
        self.assertEqual(len(self.rows("points")), 4)

    def test_a_reload_at_the_source_leads_to_a_rebuild(self):
        self.bronze.load("items", [item("a"), item("b")])
        self.bronze.changes("items", at(1), [("U", stamp(at(1)), item("a", price="2.00")),
                                             ("D", stamp(at(1)), {"order_id": "b", "number": 1})])
        self.run_job()
        shutil.rmtree(self.bronze.schema / "items")
        self.bronze.load("items", [item("b", price="3.00"), item("c", price="3.00")], at="2024-01-01 00:00:00.000000")
        result = self.run_job()["items"]
        self.assertEqual((result["mode"], result["reason"]),
                         ("build", "LOAD00000001.parquet was replaced at the source"))
        self.assertEqual(self.prices(), {("b", 1): "3.00", ("c", 1): "3.00"})
        self.check_totals()

    def test_a_reload_of_a_table_that_was_empty_at_first(self):
        self.bronze.changes("items", at(1), [("I", stamp(at(1)), item("a")), ("I", stamp(at(1)), item("b"))])
        self.run_job()
        shutil.rmtree(self.bronze.schema / "items")
        self.bronze.load("items", [item("b", price="3.00")], at="2024-01-03 00:00:00.000000")
        result = self.run_job()["items"]
        self.assertEqual((result["mode"], result["reason"]), ("build", "the table was loaded anew at the source"))
        self.assertEqual(self.prices(), {("b", 1): "3.00"})
        self.check_totals()

    def test_a_table_that_was_emptied_is_not_taken_for_its_changes(self):
        """DMS deletes the folder on TRUNCATE. A lifecycle rule might have, so nobody but the user can say."""
        self.bronze.load("items", [item("a"), item("b")])
        self.run_job()
        shutil.rmtree(self.bronze.schema / "items")
        self.bronze.changes("items", at(1), [("I", stamp(at(1)), item("c", price="3.00"))])
        result = self.results()["items"]
        self.assertEqual(result["status"], "failed")
        self.assertIn("run with --full", result["error"])
        self.assertEqual(self.prices(), {("a", 1): "1.00", ("b", 1): "1.00"})
        self.run_job("--full")
        self.assertEqual(self.prices(), {("c", 1): "3.00"})
        self.check_totals()

    def test_the_description_changed(self):
        self.bronze.load("items", [item("a", price="-1.00"), item("b")])
        self.run_job()
        self.assertEqual(self.prices(), {("b", 1): "1.00"})
        without = json.loads(self.description.read_text())
        without["tables"][0]["rules"] = []
        without["tables"][0]["columns"] = [c for c in without["tables"][0]["columns"] if c["name"] != "weight"]
        self.description.write_text(json.dumps(without))
        self.described = {t["name"]: t for t in without["tables"]}
        self.assertEqual(self.run_job()["items"]["reason"], "the table's description changed")
        self.assertEqual(self.prices(), {("a", 1): "-1.00", ("b", 1): "1.00"})
        self.assertEqual(self.held(), [])

    def test_what_breaks_a_rule_is_held_back_until_it_is_corrected(self):
        self.bronze.load("items", [item("a"), item("b", price="-5.00", town="São Paulo"), item("c")])
        self.run_job()
        self.bronze.changes("items", at(1), [("U", stamp(at(1)), item("a", price="-1.00")),  # was good
                                             ("U", stamp(at(1)), {**item("c"), "price": None, "town": "X"})])
        result = self.run_job()["items"]
        self.assertEqual((result["quarantined"], result["deleted"], result["rows_now"]), (2, 2, 0))
        self.assertEqual([(k[1], k[2]["order_id"]) for k, _ in self.held()], [
            ("not_negative", "a"), ("not_negative", "b"), ("required:price", "c")])
        row = next(r for k, r in self.held() if k[2]["order_id"] == "b")
        self.assertEqual((row["price"], row["town"]), ("-5.00", "São Paulo"))  # as it came
        self.check_totals()
        self.bronze.changes("items", at(2), [("U", stamp(at(2)), item("b", price="5.00")),
                                             ("D", stamp(at(2)), {"order_id": "c", "number": 1})])
        self.run_job()
        self.assertEqual(self.prices(), {("b", 1): "5.00"})
        self.assertEqual([k[2]["order_id"] for k, _ in self.held()], ["a"])
        self.check_totals()
        self.bronze.changes("items", at(3), [("D", stamp(at(3)), {"order_id": "a", "number": 1})])
        self.run_job()
        self.assertEqual(self.held(), [])
        self.check_totals()


class Silver(BothFormats, SilverCase):
    pass


if __name__ == "__main__":
    main()
