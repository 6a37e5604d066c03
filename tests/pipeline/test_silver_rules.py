"""What bronze may hold that is not as described: cleaning, types, columns, files, and how it is refused."""
import datetime
import decimal
import json
import pathlib
import subprocess
import sys

import pyarrow as pa

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from dms_files import at, manifest, silver_rows, stamp, totals  # noqa: E402
from silver_case import ROOT, SilverCase, item, main  # noqa: E402

CITIES = {
    "São Paulo": "sao paulo", "sao  paulo": "sao paulo", " BRASÍLIA ": "brasilia", "santo_andré": "santo andre",
    "mogi__das \t cruzes": "mogi das cruzes", "d'oeste": "d'oeste", "ﬁm": "fim", "A\u00a0B": "a b", "": "",
    "Sa\u0303o": "sao", "4482255": "4482255", "rio de janeiro \\rio": "rio de janeiro \\rio", "\u1e9e": "\u00df",
}


class Rules(SilverCase):
    def test_cleaning(self):
        zips = {"1046": "01046", "01046": "01046", "7": "00007", "a12": "a12", "": "", None: None}
        rows = [item(f"c{n}", town=town) for n, town in enumerate(CITIES)]
        rows += [item(f"z{n}", zip=code) for n, code in enumerate(zips)]
        self.bronze.load("items", rows)
        self.run_job()
        found = {r["order_id"]: r for r in self.rows()}
        self.assertEqual({t: found[f"c{n}"]["town"] for n, t in enumerate(CITIES)}, CITIES)
        self.assertEqual({z: found[f"z{n}"]["zip"] for n, z in enumerate(zips)}, zips)
        self.check_totals()

    def test_blanks_that_fill_up_a_char_are_no_part_of_it(self):
        self.bronze.load("items", [item("ab      ", note="kept  ")])
        self.bronze.changes("items", at(1), [("U", stamp(at(1)), item("ab", price="3.00", note="kept  "))])
        self.run_job()
        self.assertEqual([(r["order_id"], r["note"], str(r["price"])) for r in self.rows()], [("ab", "kept  ", "3.00")])
        self.check_totals()

    def test_values_that_do_not_fit_their_type_are_held_back(self):
        types = {"price": pa.string(), "number": pa.int64(), "sold_at": pa.string()}
        good = {"order_id": "good", "number": 1, "price": "2.5", "sold_at": "2024-05-06 07:08:09"}
        bad = {"p": {"price": "two"}, "q": {"price": "2.505"}, "r": {"price": "123456789.00"},
               "s": {"sold_at": "yesterday"}, "zip": {"zip": "123456"}, "longer than 8": {},
               "n": {"price": None}, "two": {"price": "x", "sold_at": None}}
        self.bronze.load("items", [good] + [{**good, "order_id": k, **v} for k, v in bad.items()], types=types)
        self.run_job()
        self.assertEqual(self.prices(), {("good", 1): "2.50"})
        rules = {r["order_id"]: k[1] for k, r in self.held()}
        self.assertEqual(rules, {
            "p": "cast:price", "q": "cast:price", "r": "cast:price", "s": "cast:sold_at", "zip": "cast:zip",
            "longer than 8": "bronze:key", "n": "required:price", "two": "cast:price, required:sold_at"})
        self.check_totals()

    def test_rows_without_a_place_in_any_history(self):
        self.bronze.load("items", [item("a"), item(None), item("b")])
        self.bronze.changes("items", at(1), [
            ("X", stamp(at(1)), item("a")), ("U", "soon", item("a", price="3.00")),
            (None, stamp(at(1)), item("b")), ("u", stamp(at(1)), item("b", price="2.00"))])
        self.run_job()
        self.assertEqual(self.prices(), {("a", 1): "1.00", ("b", 1): "2.00"})
        self.bronze.changes("items", at(2), [("U", stamp(at(2)), item("a", price="4.00"))])
        self.run_job()
        self.assertEqual([k[1] for k, _ in self.held()], ["bronze:Op", "bronze:Op", "bronze:key", "bronze:timestamp"])
        self.check_totals()

    def test_files_of_different_shape_are_read_by_name(self):
        self.bronze.load("items", [item("a")])
        self.bronze.changes("items", at(1), [("I", stamp(at(1)), item("b", added="new"))], extra=("added",))
        self.bronze.changes("items", at(2), [("I", stamp(at(2)), {**item("c"), "price": decimal.Decimal("3.5000")})],
                            types={"price": pa.decimal128(14, 4), "number": pa.int64()}, by="none")
        self.bronze.changes("items", at(3), [("I", stamp(at(3)), item("d"))], by="month")
        self.run_job()
        self.assertEqual(self.prices(), {("a", 1): "1.00", ("b", 1): "1.00", ("c", 1): "3.50", ("d", 1): "1.00"})
        self.assertEqual(self.ctx.warnings, ["items: column added of the source is not described: not read (1 files)"])
        self.check_totals()

    def failure(self, *more):
        result = self.results(*more)
        self.assertEqual(result["items"]["status"], "failed")
        return result["items"]["error"]

    def test_a_missing_column_or_a_damaged_file_fails_that_table_alone(self):
        self.chosen = ("items", "points")
        self.bronze.load("points", [{"zip": "1", "lat": 1.0, "state": "SP"}])
        path = self.bronze.load("items", [item("a")], without=("price",))
        self.assertIn("LOAD00000001.parquet has no column price", self.failure())
        self.assertEqual(len(self.rows("points")), 1)
        self.assertFalse((self.silver / "ecommerce" / "items").exists())
        path.write_bytes(path.read_bytes()[:-30])
        self.assertIn("LOAD00000001.parquet cannot be read as Parquet", self.failure())
        self.bronze.load("items", [item("a")], without=("dms_timestamp",))
        self.assertIn("no column dms_timestamp; Op and the time of commit are settings", self.failure())
        self.bronze.load("items", [item("a")])
        self.run_job()
        _, runs = silver_rows(self.silver, "runs")
        self.assertEqual([r[3] for r in sorted(runs) if r[1] == "items"], ["failed", "failed", "failed", "ok"])

    def test_files_that_vanish(self):
        path = self.bronze.load("items", [item("a")])
        self.bronze.changes("items", at(1), [("I", stamp(at(1)), item("b"))])
        self.run_job()
        path.unlink()  # by a rule of the bucket: silver stays, but bronze can no longer be counted
        self.bronze.changes("items", at(2), [("I", stamp(at(2)), item("c"))])
        self.run_job()
        self.assertEqual(len(self.prices()), 3)
        self.assertNotIn(("bronze", "items", "rows"), totals(self.silver))
        for file in self.bronze.schema.rglob("items/**/*.parquet"):
            file.unlink()
        self.assertIn("bronze holds no file of the table any more", self.failure())
        self.assertEqual(len(self.prices()), 3)
        self.run_job("--full")
        self.assertEqual(self.prices(), {})
        self.check_totals()

    def test_a_file_that_comes_later_than_the_window_is_refused_by_name(self):
        self.bronze.load("items", [item("a")])
        self.bronze.changes("items", at(0, day=datetime.datetime(2024, 1, 2)), [("I", stamp(at(0)), item("b"))])
        self.bronze.changes("items", at(0, day=datetime.datetime(2024, 2, 2)), [("I", stamp(at(1)), item("c"))])
        self.run_job()
        state = json.loads((self.silver / "ecommerce/items/_state/state.json").read_text())["bronze"]
        self.assertEqual((sorted(state["names"]), state["older"]),
                         (["20240202-000000000.parquet", "LOAD00000001.parquet"], 1))
        self.bronze.changes("items", at(0, day=datetime.datetime(2024, 1, 5)), [("I", stamp(at(2)), item("d"))])
        self.assertIn("1 files are older than 3 days before the newest and came too late", self.failure())
        self.run_job("--late-days", "60", "--full")
        self.assertEqual(len(self.prices()), 4)
        self.bronze.changes("items", at(5, day=datetime.datetime(2024, 1, 5)), [("D", stamp(at(9)), item("d"))])
        self.run_job("--late-days", "60", "--no-bronze-totals")
        self.assertEqual(len(self.prices()), 3)
        self.assertNotIn(("bronze", "items", "rows"), totals(self.silver))

    def test_an_empty_table_has_columns_and_no_rows(self):
        self.chosen = ("items", "points")
        self.bronze.load("points", [{"zip": "1", "lat": 1.0, "state": "SP"}])
        self.run_job()
        self.assertEqual(self.rows(), [])
        self.assertEqual(len(manifest(self.silver, "items")), 1)
        self.check_totals()
        self.bronze.load("items", [item("a")])
        self.run_job()
        self.assertEqual(self.prices(), {("a", 1): "1.00"})

    def test_superseded_files_stay_for_readers_and_then_go(self):
        self.bronze.load("items", [item("a")])
        self.run_job()
        first = manifest(self.silver, "items")
        orphan = self.silver / "ecommerce/items/data/20200101T000000.000000Z-killed/part-00000.parquet"
        orphan.parent.mkdir()
        orphan.write_bytes(b"of a killed run")
        for n in (1, 2):
            self.bronze.changes("items", at(n), [("U", stamp(at(n)), item("a", price=f"{n}.00"))])
            self.run_job()
        self.assertTrue(first[0].exists() and orphan.exists())
        self.bronze.changes("items", at(3), [("U", stamp(at(3)), item("a", price="3.00"))])
        self.run_job("--retain-hours", "0")
        self.bronze.changes("items", at(4), [("U", stamp(at(4)), item("a", price="4.00"))])
        self.run_job("--retain-hours", "0")
        self.assertFalse(first[0].exists() or orphan.exists())
        self.assertFalse(orphan.parent.exists())
        self.assertEqual(self.prices(), {("a", 1): "4.00"})

    def test_many_small_files_of_a_table_without_a_key_become_one(self):
        import parquet_store
        self.addCleanup(setattr, parquet_store, "SMALL_FILES", parquet_store.SMALL_FILES)
        parquet_store.SMALL_FILES = 2
        self.chosen = ("points",)
        self.bronze.load("points", [{"zip": "0", "lat": 0.5, "state": "SP"}])
        counts = []
        for n in range(1, 5):
            self.run_job()
            counts.append(len(manifest(self.silver, "points")))
            self.bronze.changes("points", at(n), [("I", stamp(at(n)), {"zip": str(n), "lat": 1.0, "state": "SP"})])
        self.assertEqual(counts, [1, 2, 1, 2])
        self.assertEqual(sorted(r["zip"] for r in self.rows("points")), [f"0000{n}" for n in range(4)])
        self.check_totals("points")

    def test_runs_are_told_and_made_few(self):
        import shared_tables
        self.addCleanup(setattr, shared_tables, "MANY_RUNS", shared_tables.MANY_RUNS)
        shared_tables.MANY_RUNS = 2
        self.bronze.load("items", [item("a")])
        self.run_job()
        for n in range(1, 4):
            self.bronze.changes("items", at(n), [("U", stamp(at(n)), item("a", price=f"{n}.00"))])
            self.run_job()
        names, runs = silver_rows(self.silver, "runs")
        runs = [dict(zip(names, r)) for r in runs]
        self.assertEqual(sorted(r["updated"] for r in runs if r["table_name"] == "items"), [0, 1, 1, 1])
        self.assertLessEqual(len(manifest(self.silver, "runs")), 2)
        self.assertTrue(all(r["started_at"] <= r["ended_at"] for r in runs))


class Refused(SilverCase):
    """The command itself: what cannot be right is told in a line, with an exit code."""

    def command(self, *arguments):
        done = subprocess.run([sys.executable, ROOT / "pipeline/spark/bronze_to_silver.py", *arguments],
                              capture_output=True, text=True, cwd=self.folder, check=False)
        told = [line for line in done.stderr.splitlines() if line.startswith("bronze_to_silver: ")]
        return done.returncode, told, done.stdout

    def test_refusals(self):
        import bronze_to_silver
        import shop_tables
        self.bronze.load("items", [item("a")])
        self.run_job()

        def refused(*more):
            options = bronze_to_silver.parser().parse_args(self.arguments(*more))
            with self.assertRaises(shop_tables.JobError) as caught:
                bronze_to_silver.prepare(self.spark(), options)
            return str(caught.exception)

        self.assertEqual(refused("--table", "ordres"), "no table 'ordres'; there are items, points")
        self.assertRegex(refused("--bronze", str(self.folder / "nowhere")), "no bronze at file:///.*/nowhere/rds/ecom")
        self.assertRegex(refused("--tables", "nowhere.json"), "no description of tables at nowhere.json")
        self.assertIn("--parallel be positive", refused("--parallel", "0"))
        for text, told in (("{", "not a description of tables"), ('{"schema": "s"}', "not a description of tables"),
                           (self.tables.replace("numeric(10,2)", "money"), "items.price: unknown type 'money'"),
                           (self.tables.replace('"zip5"', '"zip6"'), "clean must be one of zip5, city"),
                           (self.tables.replace('"month"', '"week"'), "partition.by must be year or month"),
                           (self.tables.replace('["order_id"', '["order"'), "key column 'order'")):
            self.description.write_text(text)
            self.assertIn(told, refused())
        self.description.write_text(self.tables.replace("price >= 0", "prize >= 0"))
        self.assertIn("rule not_negative", self.results("--full")["items"]["error"])

    def test_the_command(self):
        self.chosen = ("items", "points")
        self.bronze.load("points", [{"zip": "1", "lat": 1.0, "state": "SP"}])
        self.bronze.load("items", [item("a")], without=("price",))
        code, _, out = self.command(*self.arguments())
        self.assertEqual(code, 1)
        self.assertIn("points: build (first run), 1 files, 1 rows read, 1 inserted", out)
        self.assertEqual(len(self.rows("points")), 1)


if __name__ == "__main__":
    main()
