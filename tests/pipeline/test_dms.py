"""pipeline/local/dms.py, the stand-in for DMS: what it writes of a real PostgreSQL, and what a killed run leaves."""
import contextlib
import datetime
import decimal
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
import unittest.mock

import psycopg
import pyarrow.parquet as pq

import source_fixture as fixture
from source_fixture import LOCAL, SCHEMA, TABLES
import bronze
import changes
import day
import dms
import pgoutput
import postgres
import source
import totals

KINDS = """small smallint, whole integer, big bigint, money numeric(10,2), thin numeric(38,10), rough real,
    fine double precision, yes boolean, bytes bytea, day date, at timestamp, instant timestamptz, words text,
    short varchar(9), fixed char(4), id uuid, doc jsonb, mood mood, list integer[]"""
VALUES = {
    "small": (-32768, None), "whole": (2**31 - 1, -1), "big": (-2**63, 0),
    "money": (decimal.Decimal("99999999.99"), decimal.Decimal("-0.01")),
    "thin": (decimal.Decimal("1234567890123456789012345678.0123456789"), decimal.Decimal(0)),
    "rough": (0.5, None), "fine": (0.1, -1e300), "yes": (True, False), "bytes": (b"\x00\xff\\", b""),
    "day": (datetime.date(2016, 2, 29), None),
    "at": (datetime.datetime(2018, 1, 1, 23, 59, 59, 999999), datetime.datetime(1969, 12, 31, 23, 59, 59, 1)),
    "instant": (datetime.datetime(2018, 1, 1, 2, tzinfo=datetime.timezone(datetime.timedelta(hours=2))), None),
    "words": ("two\r\nlines, \"quoted\" \\N \U0001f600\t|", ""), "short": ("é", None), "fixed": ("ab", "abcd"),
    "id": ("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", None), "doc": ('{"a": 1}', None), "mood": ("glad", None),
    "list": ("{1,NULL,3}", None),
}
WRITTEN = {  # where the file's value is another one than the source's
    "at": (datetime.datetime(2018, 1, 1, 23, 59, 59, 999000), datetime.datetime(1969, 12, 31, 23, 59, 59)),
    "instant": (datetime.datetime(2018, 1, 1), None), "fixed": ("ab  ", "abcd"),
}
FILES = {  # the types within parquet
    "small": "INT32", "whole": "INT32", "big": "INT64", "money": "FIXED_LEN_BYTE_ARRAY", "rough": "FLOAT",
    "fine": "DOUBLE", "yes": "BOOLEAN", "bytes": "BYTE_ARRAY", "day": "INT32", "at": "INT64", "words": "BYTE_ARRAY",
}


DSN = []


def setUpModule():
    os.fsync = lambda _: None  # nothing here outlives the machine; a killed process does not need it
    DSN.append(fixture.cluster(unittest.addModuleCleanup))


class Killed(BaseException):
    pass


class Case(unittest.TestCase):
    maxDiff = 4000

    def setUp(self):
        self.dsn = DSN[0]
        folder = tempfile.mkdtemp(prefix="cfngen-dms-")
        self.addCleanup(shutil.rmtree, folder, True)
        self.bronze = pathlib.Path(folder) / "bronze"
        self.connection = psycopg.connect(self.dsn, autocommit=True)
        self.addCleanup(self.connection.close)
        self.addCleanup(self.drop_slots)
        fixture.create(self.connection)

    def drop_slots(self):
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots")

    def task(self, slot="cfngen_dms", folder=None, schema=SCHEMA):
        return dms.Task(self.dsn, folder or self.bronze, slot=slot, schema=schema, say=lambda text: None)

    def files(self, table, schema=SCHEMA, folder=None):
        return sorted(((folder or self.bronze) / "rds" / schema / table).rglob("*.parquet"), key=lambda path: (
            not path.name.startswith("LOAD"), path.name))

    def rows(self, table, schema=SCHEMA):
        return [row for file in self.files(table, schema) for row in pq.read_table(file).to_pylist()]

    def changed(self, table, schema=SCHEMA, folder=None):
        return [row for file in self.files(table, schema, folder) if not file.name.startswith("LOAD")
                for row in pq.read_table(file).to_pylist()]

    def assert_equal_layers(self):
        self.assertEqual(totals.of_bronze(self.bronze), fixture.totals(self.dsn))

    def seller(self, key, city="x"):
        self.connection.execute(f"INSERT INTO {SCHEMA}.sellers VALUES (%s, '01234', %s, 'SP')", (key, city))


class Layout(Case):
    def test_full_load_counts_files_in_hexadecimal_and_makes_no_folder_of_an_empty_table(self):
        fixture.fill(self.connection, 170, tables=["customers", "geolocation"])
        self.task().full_load(rows_per_file=10)
        names = [file.name for file in self.files("customers")]
        self.assertEqual(names[0], "LOAD00000001.parquet")
        self.assertEqual(names[8:11], ["LOAD00000009.parquet", "LOAD0000000A.parquet", "LOAD0000000B.parquet"])
        self.assertEqual(names[14:], ["LOAD0000000F.parquet", "LOAD00000010.parquet", "LOAD00000011.parquet"])
        self.assertFalse((self.bronze / "rds" / SCHEMA / "orders").exists())
        self.assert_equal_layers()
        self.assertEqual([p.name for p in self.bronze.iterdir()], ["rds"], "the state must stand beside the data")

    def test_files_of_load_and_changes_have_one_schema_and_the_form_of_dms(self):
        fixture.fill(self.connection, 20)
        self.task().full_load()
        fixture.fill(self.connection, 20, seed=2)
        self.task().cdc()
        for table, description in TABLES.items():
            load, change = self.files(table)
            self.assertEqual(pq.read_schema(load), pq.read_schema(change), table)
            self.assertEqual(set(pq.read_schema(load).names), {"Op", "dms_timestamp"} | {c["name"] for c in
                                                                                         description["columns"]})
            for file in (load, change):
                found = pq.ParquetFile(file).metadata
                self.assertEqual(found.format_version, "1.0")
                self.assertEqual({found.row_group(0).column(n).compression for n in range(found.num_columns)}, {"GZIP"})
        schema = pq.ParquetFile(self.files("order_items")[0]).schema
        self.assertIn("Decimal(precision=10, scale=2)", str(schema))
        self.assertIn("Timestamp(isAdjustedToUTC=false, timeUnit=milliseconds", str(schema))

    def test_names_and_folders_come_from_the_time_of_the_commit(self):
        self.task().full_load()
        self.seller("a" * 32)
        self.task().cdc()
        file, = self.files("sellers")
        stamp = pq.read_table(file).to_pylist()[0]["dms_timestamp"]
        self.assertRegex(stamp, r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$")
        day, digits = stamp[:10], re.sub(r"\D", "", stamp)[:17]
        self.assertEqual(file.relative_to(self.bronze / "rds" / SCHEMA / "sellers").as_posix(),
                         f"{day.replace('-', '/')}/{digits[:8]}-{digits[8:]}.parquet")

    def test_the_other_partitions(self):
        stem = "20180131-235959999"
        paths = {"none": "", "month": "2018/01/", "day": "2018/01/31/", "hour": "2018/01/31/23/"}
        for partition, folder in paths.items():
            self.assertEqual(bronze.change_path(stem, partition), f"{folder}{stem}.parquet")
        self.assertEqual(bronze.change_name(datetime.datetime(2018, 1, 1), stem), "20180201-000000000")

    def test_full_load_sorts_before_every_change(self):
        self.seller("a" * 32)
        self.task().full_load()
        self.seller("b" * 32)
        self.task().cdc()
        load, change = self.rows("sellers")
        self.assertEqual((load["Op"], change["Op"]), ("I", "I"))
        self.assertLess(load["dms_timestamp"], change["dms_timestamp"])


class Values(Case):
    def setUp(self):
        super().setUp()
        self.connection.execute("DROP SCHEMA IF EXISTS odd CASCADE; DROP TYPE IF EXISTS mood CASCADE")
        self.connection.execute("CREATE SCHEMA odd; CREATE TYPE mood AS ENUM ('glad', 'sad')")
        self.connection.execute(f"CREATE TABLE odd.kinds (n integer PRIMARY KEY, {KINDS})")
        self.connection.execute("CREATE TABLE odd.one (word text)")
        self.connection.execute('CREATE TABLE odd."Odd name" ("a ""b" int PRIMARY KEY)')

    def insert(self, first):
        for n in range(3):
            row = [None if n == 2 else VALUES[name][n] for name in VALUES]
            places = ", ".join(["%s"] * (len(row) + 1))
            self.connection.execute(f"INSERT INTO odd.kinds VALUES ({places})", [first + n, *row])

    def test_every_type_is_the_same_by_load_and_by_change(self):
        self.insert(1)
        self.task(schema="odd").full_load()
        self.insert(11)
        self.task(schema="odd").cdc()
        rows = sorted(self.rows("kinds", "odd"), key=lambda row: row["n"])
        self.assertEqual(len(rows), 6)
        for row in rows:
            n = row["n"] % 10 - 1
            for name in VALUES:
                expected = None if n == 2 else WRITTEN.get(name, VALUES[name])[n]
                self.assertEqual(row[name], expected, f"{name} of row {row['n']}")
        schema = pq.ParquetFile(self.files("kinds", "odd")[0]).schema
        found = {schema.column(n).name: schema.column(n).physical_type for n in range(len(schema))}
        self.assertEqual({name: found[name] for name in FILES}, FILES)

    def test_null_and_empty_in_a_table_of_one_column(self):
        words = ["", None, "a", "\\.", "\n", None]
        for word in words:
            self.connection.execute("INSERT INTO odd.one VALUES (%s)", (word,))
        self.connection.execute('INSERT INTO odd."Odd name" VALUES (1)')
        self.task(schema="odd").full_load(rows_per_file=4)
        self.assertEqual([row["word"] for row in self.rows("one", "odd")], words)
        for word in words:
            self.connection.execute("INSERT INTO odd.one VALUES (%s)", (word,))
        self.connection.execute('UPDATE odd."Odd name" SET "a ""b" = 2')
        self.task(schema="odd").cdc()
        self.assertEqual([row["word"] for row in self.rows("one", "odd")], words * 2)
        found = [(row["Op"], row['a "b']) for row in self.rows("Odd name", "odd")]
        self.assertEqual(found, [("I", 1), ("D", 1), ("I", 2)])

    def test_what_parquet_cannot_hold_is_refused_by_name(self):
        self.connection.execute("INSERT INTO odd.kinds (n, at) VALUES (1, 'infinity')")
        with self.assertRaisesRegex(dms.Error, "table 'kinds': column 'at'.*infinity"):
            self.task(schema="odd").full_load()
        self.connection.execute("DELETE FROM odd.kinds; ALTER TABLE odd.kinds ADD wide numeric")
        with self.assertRaisesRegex((dms.Error, bronze.Error), "column 'wide' must be numeric"):
            self.connection.execute("INSERT INTO odd.kinds (n) VALUES (1)")
            self.task(schema="odd").full_load()

    def test_a_column_added_while_it_replicates_is_in_the_files_from_then_on(self):
        self.task(schema="odd").full_load()
        with self.connection.transaction():
            self.connection.execute("INSERT INTO odd.one VALUES ('before')")
            self.connection.execute("ALTER TABLE odd.one ADD more integer")
            self.connection.execute("INSERT INTO odd.one VALUES ('after', 7)")
        self.task(schema="odd").cdc()
        found = [(row["word"], row.get("more")) for row in self.changed("one", "odd")]
        self.assertEqual(found, [("before", None), ("after", 7)])
        self.assertEqual(["more" in pq.read_schema(f).names for f in self.files("one", "odd")], [False, True])


class Changes(Case):
    def test_a_delete_carries_the_key_alone(self):
        self.seller("a" * 32)
        self.task().full_load()
        self.connection.execute(f"DELETE FROM {SCHEMA}.sellers")
        self.task().cdc()
        row, = self.changed("sellers")
        self.assertEqual({k: v for k, v in row.items() if v is not None and k != "dms_timestamp"},
                         {"Op": "D", "seller_id": "a" * 32})
        self.assert_equal_layers()

    def test_a_changed_key_is_a_delete_and_an_insert(self):
        self.seller("a" * 32, "town")
        for identity in ("DEFAULT", "FULL"):
            self.connection.execute(f"ALTER TABLE {SCHEMA}.sellers REPLICA IDENTITY {identity}")
            self.task().full_load(again=True)
            self.connection.execute(f"UPDATE {SCHEMA}.sellers SET seller_id = repeat('b', 32), seller_state = 'RJ'")
            self.connection.execute(f"UPDATE {SCHEMA}.sellers SET seller_city = 'city'")
            self.task().cdc()
            found = [(row["Op"], row["seller_id"][0], row["seller_city"]) for row in self.changed("sellers")]
            gone = "town" if identity == "FULL" else None
            self.assertEqual(found, [("D", "a", gone), ("I", "b", "town"), ("U", "b", "city")])
            self.assert_equal_layers()
            self.connection.execute(f"UPDATE {SCHEMA}.sellers SET seller_id = repeat('a', 32), seller_city = 'town'")

    def test_large_values_that_an_update_leaves_alone(self):
        large = random.Random(1).randbytes(6000).hex()
        for identity in ("DEFAULT", "FULL"):
            self.connection.execute(f"DELETE FROM {SCHEMA}.sellers; "
                                    f"ALTER TABLE {SCHEMA}.sellers REPLICA IDENTITY {identity}")
            self.seller("a" * 32, large)
            self.seller("b" * 32, large)
            self.task().full_load(again=True)
            for key in "ab":
                self.connection.execute(f"UPDATE {SCHEMA}.sellers SET seller_state = 'RJ' WHERE seller_id = %s",
                                        (key * 32,))
            self.connection.execute(f"DELETE FROM {SCHEMA}.sellers WHERE seller_id = %s", ("b" * 32,))
            self.task().cdc()
            found = {row["seller_id"][0]: row["seller_city"] for row in self.changed("sellers") if row["Op"] == "U"}
            self.assertEqual(found, {"a": large, "b": large if identity == "FULL" else None})
            self.assert_equal_layers()

    def test_truncate_deletes_the_folder_and_what_follows_is_there(self):
        for key in "abc":
            self.seller(key * 32)
        fixture.fill(self.connection, 5, tables=["geolocation"])
        self.task().full_load()
        self.connection.execute(f"TRUNCATE {SCHEMA}.geolocation")
        with self.connection.transaction():
            self.seller("d" * 32)
            self.connection.execute(f"TRUNCATE {SCHEMA}.sellers")
            self.seller("e" * 32)
        self.task().cdc()
        self.assertEqual([row["seller_id"][0] for row in self.rows("sellers")], ["e"])
        self.assertEqual(self.files("geolocation"), [])
        self.assert_equal_layers()

    def test_of_a_table_without_key_inserts_are_captured_and_updates_still_work_at_the_source(self):
        fixture.fill(self.connection, 5, tables=["geolocation"])
        self.task().full_load()
        fixture.fill(self.connection, 3, tables=["geolocation"])
        self.connection.execute(f"UPDATE {SCHEMA}.geolocation SET geolocation_lat = 1")
        self.connection.execute(f"DELETE FROM {SCHEMA}.geolocation")
        self.task().cdc()
        self.assertEqual([row["Op"] for row in self.rows("geolocation")], ["I"] * 8)

    def test_what_is_rolled_back_or_not_committed_is_not_there(self):
        self.task().full_load()
        with psycopg.connect(self.dsn) as other:
            other.execute(f"INSERT INTO {SCHEMA}.sellers VALUES (repeat('a', 32), '1', 'x', 'SP')")
            with self.assertRaises(ZeroDivisionError), self.connection.transaction():
                self.seller("b" * 32)
                raise ZeroDivisionError
            self.task().cdc()
            self.assertEqual(self.rows("sellers"), [])
            self.seller("c" * 32)
            self.task().cdc()
            other.commit()
        self.task().cdc()
        self.assertEqual([row["seller_id"][0] for row in self.rows("sellers")], ["c", "a"])

    def test_many_transactions_in_files_whose_names_follow_the_log(self):
        self.task().full_load()
        self.seller("a" * 32)
        for n in range(300):
            self.connection.execute(f"UPDATE {SCHEMA}.sellers SET seller_city = %s", (str(n),))
        with self.connection.transaction():
            for n in range(300, 350):
                self.connection.execute(f"UPDATE {SCHEMA}.sellers SET seller_city = %s", (str(n),))
        self.task().cdc(changes.Cut(max_rows=7))
        found = self.changed("sellers")
        self.assertEqual([row["seller_city"] for row in found], ["x", *map(str, range(350))])
        self.assertEqual(found, sorted(found, key=lambda row: row["dms_timestamp"]))
        self.assertLessEqual(max(pq.read_metadata(f).num_rows for f in self.files("sellers")), 7)
        self.assertGreaterEqual(len(self.files("sellers")), 51)
        self.assert_equal_layers()

    def test_files_are_cut_at_intervals_and_at_midnight(self):
        relation = pgoutput.Relation("s", "t", "d", (pgoutput.Column("k", 25, -1),))
        plan = changes.Plan(type("Origin", (), {"keys": {"t": ["k"]}}), {}, changes.Cut(interval=60))
        midnight = datetime.datetime(2018, 1, 2)
        for seconds in (-90, -31, -29, 1, 60, 61):
            change = pgoutput.Change("I", relation, ["v"])
            plan.add(pgoutput.Transaction(1, midnight + datetime.timedelta(seconds=seconds), [change]))
        self.assertEqual([(f.stem, len(f.rows)) for f in plan.ordered()],
                         [("20180101-235830000", 2), ("20180101-235931000", 1), ("20180102-000001000", 2),
                          ("20180102-000101000", 1)])

    def test_changes_made_while_it_loads_arrive_once(self):
        fixture.fill(self.connection, 2000, tables=["geolocation", "customers"])
        stop = threading.Event()

        def write():
            with psycopg.connect(self.dsn, autocommit=True) as connection:
                chance = random.Random(3)
                while not stop.is_set():
                    fixture.day(connection, chance, 1)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for _ in range(3):
                self.task().full_load(rows_per_file=500, again=True)
        finally:
            stop.set()
            writer.join()
        self.task().cdc()
        self.assertGreater(len(self.changed("geolocation")), 0)
        self.assert_equal_layers()

    def test_the_load_is_of_the_moment_that_the_changes_begin_at(self):
        fixture.fill(self.connection, 10, tables=["geolocation"])
        load = dms.Task._load

        def after_an_insert(task, origin, reader, table, rows_per_file):
            if table == min(TABLES):  # the slot is there, nothing has been read
                fixture.fill(self.connection, 1, tables=["geolocation"])
            load(task, origin, reader, table, rows_per_file)

        with unittest.mock.patch.object(dms.Task, "_load", after_an_insert):
            self.task().full_load()
        self.assertEqual(len(self.rows("geolocation")), 10)
        self.task().cdc()
        self.assertEqual(len(self.rows("geolocation")), 11)
        self.assert_equal_layers()

    def test_following_writes_what_comes_and_ends_when_told(self):
        fixture.fill(self.connection, 10)
        self.task().full_load()
        run = subprocess.Popen([sys.executable, LOCAL / "dms.py", "cdc", "--dsn", self.dsn, "--bronze", self.bronze,
                                "--follow", "60"], stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL)
        self.addCleanup(run.stdout.close)
        self.addCleanup(run.kill)
        for key in "abc":
            self.seller(key * 32)
            self.assertRegex(run.stdout.readline(), "changes +sellers +1 rows")
        run.send_signal(signal.SIGTERM)
        self.assertEqual(run.wait(20), 0)
        self.assert_equal_layers()


class Delivery(Case):
    def test_repeated_late_and_shuffled_files_end_with_the_same_rows(self):
        fixture.fill(self.connection, 50)
        self.task().full_load()
        for seed in range(4):
            chance = random.Random(seed)
            fixture.day(self.connection, chance, 15)
            self.task().cdc(changes.Cut(max_rows=20, repeat=0.5, late=0.4, shuffle=True, seed=seed))
        self.assertTrue(list(self.task().held.rglob("*.parquet")), "nothing was held back")
        self.assertNotEqual(totals.of_bronze(self.bronze), fixture.totals(self.dsn))
        self.task().cdc()
        self.assertEqual(list(self.task().held.rglob("*.parquet")), [])
        written = [tuple(row.values()) for row in self.changed("orders")]
        self.assertGreater(len(written), len(set(map(str, written))), "nothing was repeated")
        self.assert_equal_layers()

    def test_a_reload_begins_anew(self):
        fixture.fill(self.connection, 30)
        self.task().full_load(rows_per_file=10)
        fixture.day(self.connection, random.Random(1))
        self.task().cdc(changes.Cut(late=1.0))
        before = self.task().state.started
        self.connection.execute(f"DELETE FROM {SCHEMA}.sellers")
        fixture.fill(self.connection, 5, seed=7, tables=["geolocation"])
        self.task().full_load(rows_per_file=20, again=True)
        names = [f.name for table in TABLES for f in self.files(table)]
        self.assertEqual({name[:11] for name in names}, {"LOAD0000000"}, names)
        self.assertGreater(self.task().state.started, before)
        self.assert_equal_layers()
        self.task().cdc()
        self.assert_equal_layers()

    def test_a_second_full_load_does_nothing(self):
        self.seller("a" * 32)
        self.task().full_load()
        self.seller("b" * 32)
        self.task().full_load()
        self.assertEqual(len(self.rows("sellers")), 1)
        self.task().cdc()
        self.assert_equal_layers()


class Refusals(Case):
    def test_changes_before_a_full_load(self):
        with self.assertRaisesRegex(dms.Error, "run 'full-load'"):
            self.task().cdc()

    def test_a_slot_that_is_gone(self):
        self.task().full_load()
        self.drop_slots()
        with self.assertRaisesRegex(dms.Error, "run 'reload'"):
            self.task().cdc()

    def test_two_runs_at_once(self):
        with self.task().alone(), self.assertRaisesRegex(dms.Error, "another run"):
            self.task().full_load()

    def test_a_schema_without_tables_a_source_that_is_not_there_and_bad_options(self):
        run = lambda *words: subprocess.run([sys.executable, LOCAL / "dms.py", *words, "--bronze", self.bronze],
                                            capture_output=True, text=True, check=False)
        nothing = run("full-load", "--dsn", self.dsn, "--schema", "nothing")
        self.assertEqual(nothing.returncode, 1)
        self.assertIn("dms: the source has no tables in schema 'nothing'", nothing.stderr)
        self.assertIn("not DMS", nothing.stderr)
        absent = run("full-load", "--dsn", "host=127.0.0.1 port=1")
        self.assertEqual(absent.returncode, 1)
        self.assertRegex(absent.stderr, "dms: the source: .*refused")
        for words in (("--late", "2"), ("--max-rows", "0"), ("--date-partition", "week")):
            self.assertEqual(run("cdc", *words).returncode, 2)

    def test_another_index_as_replica_identity(self):
        self.connection.execute(f"ALTER TABLE {SCHEMA}.sellers ADD CONSTRAINT c UNIQUE (seller_city)")
        self.connection.execute(f"ALTER TABLE {SCHEMA}.sellers REPLICA IDENTITY USING INDEX c")
        self.task().full_load()
        self.seller("a" * 32)
        with self.assertRaisesRegex(changes.Error, "REPLICA IDENTITY must be"):
            self.task().cdc()


class Kills(Case):
    """A run that ends at any of its steps, and the run after it, leave what one run would have left."""
    STEPS = [(bronze, "deliver"), (bronze, "clear"), (source.Source, "advance"), (source.Source, "drop_slot"),
             (source.Source, "publish"), (source.Source, "peek")]

    def killed(self, step, after, work):
        """Runs the work and ends it before or after its so-many-th step. False when there are fewer steps."""
        left = [step]
        originals = [(owner, name, getattr(owner, name)) for owner, name in self.STEPS]

        def wrapped(original):
            def stepping(*words, **named):
                left[0] -= 1
                if left[0] == 0 and not after:
                    raise Killed
                result = original(*words, **named)
                if left[0] == 0:
                    raise Killed
                return result
            return stepping

        for owner, name, original in originals:
            setattr(owner, name, wrapped(original))
        try:
            work()
        except Killed:
            return True
        finally:
            for owner, name, original in originals:
                setattr(owner, name, original)
        return False

    def content(self, folder):
        return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
                for p in sorted(folder.rglob("*.parquet"))}

    def test_changes_killed_at_every_step(self):
        fixture.fill(self.connection, 20)
        other = self.bronze.with_name("other")
        self.task().full_load()
        self.task("other", other).full_load()
        shutil.rmtree(other)
        step, after, kills = 1, False, 0
        cut = changes.Cut(max_rows=15, late=0.2, shuffle=True, repeat=0.3)
        while True:
            fixture.day(self.connection, random.Random(kills), 3)
            if not self.killed(step, after, lambda: self.task().cdc(cut)):
                break
            kills += 1
            step, after = (step, True) if not after else (step + 1, False)
            if kills % 3 == 0:  # once more, while it mends what the last one left
                self.killed(2 + kills % 4, False, lambda: self.task().cdc(changes.Cut()))
            self.task().cdc(cut)
            self.task("other", other).cdc(changes.Cut())
        self.assertGreater(kills, 20)
        self.task().cdc()
        self.task("other", other).cdc()
        self.assert_equal_layers()
        for table in TABLES:  # nothing twice, nothing lost, of every single change
            found = {str(sorted(row.items())) for row in self.changed(table)}
            expected = self.changed(table, folder=other)
            self.assertEqual(found, {str(sorted(row.items())) for row in expected}, table)
            if not TABLES[table]["key"]:
                self.assertEqual(len(self.changed(table)), len(expected))

    def test_the_same_files_whether_killed_or_not(self):
        fixture.fill(self.connection, 20)
        other = self.bronze.with_name("other")
        cut = changes.Cut(max_rows=15)
        for task in (self.task(), self.task("other", other)):
            task.full_load()
        fixture.day(self.connection, random.Random(1), 30)
        self.task("other", other).cdc(cut)
        step = 1
        while self.killed(step, step % 2 == 0, lambda: self.task().cdc(cut)):
            step += 2
            fixture.day(self.connection, random.Random(step), 1)  # the log grows on; the announced batch does not
        kept = {n: h for n, h in self.content(self.bronze).items() if "LOAD" not in n}
        expected = {n: h for n, h in self.content(other).items() if "LOAD" not in n}
        self.assertGreater(len(expected), 20)
        early = {n for n in expected if kept.get(n) == expected[n]}
        self.assertGreaterEqual(len(early), len(expected) - len(TABLES), "only each table's last file may have grown")
        self.assert_equal_layers()

    def test_a_file_once_delivered_is_never_changed(self):
        fixture.fill(self.connection, 20)
        self.task().full_load()
        seen = {}
        for step in range(2, 12):
            fixture.day(self.connection, random.Random(step), 6)
            self.killed(step, True, lambda: self.task().cdc())
            seen |= self.content(self.bronze)
            fixture.day(self.connection, random.Random(100 + step), 6)  # of the same tables: a file could grow
            self.task().cdc()
            now = self.content(self.bronze)
            self.assertEqual({name: now.get(name) for name in seen}, seen)
        self.assert_equal_layers()

    def test_full_load_killed_at_every_third_step(self):
        fixture.fill(self.connection, 30)
        step = 1
        while self.killed(step, step % 2 == 0, lambda: self.task().full_load(rows_per_file=20, again=True)):
            fixture.day(self.connection, random.Random(step), 2)
            if self.task().state.status != "replicating":
                with self.assertRaisesRegex(dms.Error, "full load"):
                    self.task().cdc()
                self.task().full_load(rows_per_file=20)
            self.task().cdc()
            self.assert_equal_layers()
            step += 3
        self.assertGreater(step, 30)

    def test_processes_killed_at_random_moments(self):
        fixture.fill(self.connection, 300)
        words = [sys.executable, LOCAL / "dms.py", "--dsn", self.dsn, "--bronze", self.bronze, "--max-rows", "5",
                 "--rows-per-file", "30"]
        chance, killed = random.Random(5), 0
        for verb in ("full-load", "cdc", "cdc", "reload", "cdc"):
            fixture.day(self.connection, chance, 20)
            run = subprocess.Popen([*words, verb], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            for _ in range(chance.randint(1, 8)):  # so many lines into its work
                run.stdout.readline()
            run.kill()
            run.stdout.close()
            killed += run.wait() == -signal.SIGKILL
            if json.loads((self.bronze.with_name("bronze.dms") / "state.json").read_text())["status"] == "loading":
                subprocess.run([*words, "full-load"], check=True, capture_output=True)
            done = subprocess.run([*words, "cdc"], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assert_equal_layers()
        self.assertGreaterEqual(killed, 3)

    def test_a_source_that_crashes_and_forgets_how_far_the_slot_was(self):
        fixture.fill(self.connection, 20)
        self.task().full_load()
        fixture.day(self.connection, random.Random(1), 10)
        self.task().cdc()
        before = len(self.changed("geolocation"))
        server = postgres.Cluster(re.search(r"passfile=(\S+)/pgpass", self.dsn)[1])
        server._run("pg_ctl", "stop", "-D", str(server.data), "-m", "immediate", "-w")
        self.assertEqual(server.start(), self.dsn)
        self.connection.close()
        self.connection = psycopg.connect(self.dsn, autocommit=True)
        self.addCleanup(self.connection.close)
        with contextlib.closing(source.Source(self.dsn, SCHEMA, "cfngen_dms")) as asked:
            position = asked.slot_position()
        self.assertLess(position, pgoutput.lsn(self.task().state.done), "the slot was not set back")
        self.task().cdc()
        self.assertEqual(len(self.changed("geolocation")), before)
        fixture.day(self.connection, random.Random(2), 10)
        self.task().cdc()
        self.assert_equal_layers()


class Days(Case):
    """pipeline/local/day.py"""
    TEXT = """-- a day
BEGIN;
INSERT INTO ecommerce.sellers VALUES (repeat('a', 32), '1', 'BEGIN
100 % "city"', 'SP');
INSERT INTO ecommerce.sellers VALUES (repeat('b', 32), '1', 'x', 'SP');
COMMIT;

BEGIN;
UPDATE ecommerce.sellers SET seller_state = 'RJ';
COMMIT;
"""

    def setUp(self):
        super().setUp()
        self.connection.execute("DROP SCHEMA IF EXISTS way CASCADE")
        self.file = self.bronze.with_name("day-1.sql")
        self.file.write_text(self.TEXT)

    def states(self):
        return self.connection.execute("SELECT seller_state, count(*) FROM ecommerce.sellers GROUP BY 1").fetchall()

    def test_each_transaction_once(self):
        self.assertEqual(day.apply(self.file, self.dsn), (2, 2))
        self.assertEqual(self.states(), [("RJ", 2)])
        self.connection.execute("UPDATE ecommerce.sellers SET seller_state = 'MG'")
        self.assertEqual(day.apply(self.file, self.dsn), (2, 0))
        self.assertEqual(self.states(), [("MG", 2)])

    def test_it_goes_on_where_it_was_ended(self):
        self.file.write_text(self.TEXT + "BEGIN;\nSELECT 1 / 0;\nCOMMIT;\n")
        with self.assertRaises(psycopg.errors.DivisionByZero):
            day.apply(self.file, self.dsn)
        self.connection.execute("UPDATE ecommerce.sellers SET seller_state = 'MG'")
        self.file.write_text(self.TEXT + "BEGIN;\nDELETE FROM ecommerce.sellers WHERE seller_id < 'b';\nCOMMIT;\n")
        self.assertEqual(day.apply(self.file, self.dsn), (3, 1))
        self.assertEqual(self.states(), [("MG", 1)])

    def test_what_is_no_day_is_refused(self):
        for text, message in (("", "has no transaction"), ("BEGIN;\nSELECT 1;\n", "no COMMIT"),
                              ("BEGIN;\nCOMMIT;\nSELECT 1;", "day-1.sql:3: a statement outside")):
            self.file.write_text(text)
            with self.assertRaisesRegex(day.Error, message):
                day.apply(self.file, self.dsn)

    def test_the_progress_is_not_replicated(self):
        self.task().full_load()
        day.apply(self.file, self.dsn)
        self.task().cdc()
        self.assertEqual([p.name for p in (self.bronze / "rds").rglob("*") if p.is_dir() and not p.name.isdigit()],
                         [SCHEMA, "sellers"])
        self.assert_equal_layers()


class Decoding(unittest.TestCase):
    def test_positions(self):
        for text in ("0/0", "0/16B3748", "FF/FFFFFFFF"):
            self.assertEqual(pgoutput.lsn_text(pgoutput.lsn(text)), text)

    def test_unknown_messages_and_values_are_refused(self):
        with self.assertRaisesRegex(ValueError, "unknown message 'S'"):
            pgoutput.Decoder().feed(b"S\0\0\0\1\1")
        decoder = pgoutput.Decoder()
        decoder.feed(b"R\0\0\0\1s\0t\0d\0\1\1k\0\0\0\0\x19\xff\xff\xff\xff")
        with self.assertRaisesRegex(ValueError, "unknown kind 'b'"):
            decoder.feed(b"I\0\0\0\1N\0\1b\0\0\0\1x")


if __name__ == "__main__":
    unittest.main()
