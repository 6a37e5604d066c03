"""A Spark session for a module of tests, and the job run in it on a bronze layer of the test's own."""
import datetime
import decimal
import hashlib
import json
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "pipeline" / "spark"))
os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")

import bronze_to_silver  # noqa: E402
from dms_files import TABLES, Bronze, silver_rows, totals  # noqa: E402

ICEBERG = "org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:1.10.0"  # as on EMR 7, which brings its own
SETTINGS = ["spark.master=local[2]", "spark.ui.enabled=false", "spark.sql.shuffle.partitions=2",
            "spark.driver.bindAddress=127.0.0.1", "spark.driver.memory=2g",
            # A few rows a test: compiling would take longer than running.
            "spark.sql.codegen.wholeStage=false", "spark.sql.codegen.factoryMode=NO_CODEGEN",
            "spark.driver.extraJavaOptions=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"]

ITEMS = """{"schema": "ecommerce", "tables": [
  {"name": "items", "key": ["order_id", "number"], "partition": {"column": "sold_at", "by": "month"},
   "rules": [{"name": "not_negative", "check": "price >= 0"}],
   "columns": [
     {"name": "order_id", "type": "char(8)", "required": true},
     {"name": "number", "type": "integer", "required": true},
     {"name": "sold_at", "type": "timestamp", "required": true},
     {"name": "price", "type": "numeric(10,2)", "required": true},
     {"name": "note", "type": "text"},
     {"name": "town", "type": "text", "clean": "city", "reason": "spellings differ"},
     {"name": "zip", "type": "varchar(5)", "clean": "zip5", "reason": "zeros are lost"},
     {"name": "weight", "type": "double precision"}]},
  {"name": "points", "key": [],
   "rules": [{"name": "north", "check": "lat >= 0"}],
   "columns": [
     {"name": "zip", "type": "varchar(5)", "required": true, "clean": "zip5", "reason": "zeros are lost"},
     {"name": "lat", "type": "double precision", "required": true},
     {"name": "state", "type": "char(2)", "required": true}]}]}"""

_warehouse = tempfile.mkdtemp(prefix="silver-iceberg-")


def iceberg_settings():
    """A catalog of folders; on AWS it is Glue's."""
    catalog = "spark.sql.catalog.lake"
    return [f"spark.jars.packages={ICEBERG}", f"{catalog}=org.apache.iceberg.spark.SparkCatalog",
            f"{catalog}.type=hadoop", f"{catalog}.cache-enabled=false", f"{catalog}.warehouse=file://{_warehouse}"]


def item(order, number=1, sold="2024-05-06 07:08:09", price="1.00", **more):
    row = {"order_id": order, "number": number, "price": decimal.Decimal(price), **more}
    return {**row, "sold_at": datetime.datetime.fromisoformat(sold)}


def text_of(kind, value):
    if value is None:
        return "\\N"
    return value.strftime("%Y-%m-%d %H:%M:%S") if kind == "timestamp" else str(value)


def measured(table, rows):
    """The control totals in plain Python, over rows as {column: value}."""
    columns = [c for c in table["columns"] if "clean" not in c and c["type"] != "double precision"]
    result = {"rows": str(len(rows))}
    for column in (c for c in table["columns"] if c["type"].startswith("numeric")):
        total = sum((r[column["name"]] for r in rows if r[column["name"]] is not None), decimal.Decimal("0.00"))
        result[f"sum({column['name']})"] = str(total)
    digest = 0
    for row in rows:
        text = "|".join(text_of(c["type"], row.get(c["name"])) for c in columns)
        digest += int(hashlib.md5(text.encode()).hexdigest()[:8], 16)
    return {**result, "checksum": str(digest)}


def main():
    """Py4J leaves its sockets to the end of the process, which Python would tell about one by one."""
    unittest.main(module="__main__", warnings="ignore")


class SilverCase(unittest.TestCase):
    """`tables` is the description that a test uses; `chosen` the tables of a run, `format` that of published rows."""
    chosen = ("items",)
    tables = ITEMS
    format = "parquet"
    maxDiff = 4000

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="silver-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.description = self.folder / "tables.json"
        self.description.write_text(self.tables or TABLES.read_text())
        self.described = {t["name"]: t for t in json.loads(self.description.read_text())["tables"]}
        self.bronze = Bronze(self.folder / "bronze", self.description)
        self.silver = self.folder / "silver"
        self.database = "d" + self.folder.name.replace("-", "_").replace("silver", "").lower()
        self.ctx = None

    def arguments(self, *more):
        settings = SETTINGS + (iceberg_settings() if self.format == "iceberg" else [])
        chosen = [] if "--table" in more else [a for name in self.chosen for a in ("--table", name)]
        return ["--bronze", str(self.folder / "bronze"), "--silver", str(self.silver), "--tables",
                str(self.description), "--format", self.format, "--catalog", "lake", "--database", self.database,
                *[a for s in settings for a in ("--conf", s)], *chosen, *more]

    def results(self, *more):
        """What the job says of each table."""
        options = bronze_to_silver.parser().parse_args(self.arguments(*more))
        spark = bronze_to_silver.session(options)
        self.ctx, tables = bronze_to_silver.prepare(spark, options)
        return bronze_to_silver.run(self.ctx, tables, options.table)

    def run_job(self, *more):
        """As results, where none may fail."""
        results = self.results(*more)
        for name, result in results.items():
            self.assertTrue(result is None or result["status"] == "ok", f"{name}: {result}")
        return results

    def spark(self):
        return self.ctx.spark

    def rows(self, name="items"):
        """The published rows as {column: value}."""
        if self.format == "parquet":
            names, rows = silver_rows(self.silver, name)
        else:
            frame = self.spark().table(f"lake.{self.database}.{name}")
            names, rows = frame.columns, [tuple(r) for r in frame.collect()]
        self.assertEqual(names, [c["name"] for c in self.described[name]["columns"]] + ["_changed_at"])
        return [dict(zip(names, r)) for r in rows]

    def prices(self):
        """{(order, number): price} of the published items; every key once."""
        rows = self.rows()
        self.assertEqual(len({(r["order_id"], r["number"]) for r in rows}), len(rows))
        return {(r["order_id"], r["number"]): str(r["price"]) for r in rows}

    def held(self):
        """The quarantine as (table, rule, key) with the row's text as a dictionary."""
        _, rows = silver_rows(self.silver, "_quarantine")
        return [((r[0], r[1], json.loads(r[2])), json.loads(r[3])) for r in sorted(rows, key=lambda r: r[:3])]

    def check_totals(self, name="items"):
        """Bronze says what silver and its quarantine say together, and silver what Python counts."""
        found = totals(self.silver)
        expected = measured(self.described[name], self.rows(name))
        for measure, value in expected.items():
            silver = found["silver", name, measure]
            self.assertEqual(silver[0], value, measure)
            both = sum(map(decimal.Decimal, silver))
            self.assertEqual(decimal.Decimal(found["bronze", name, measure][0]), both, measure)

    def everything(self):
        """Each file below silver with its time: what a run that writes nothing leaves as it was."""
        return {str(p): p.stat().st_mtime_ns for p in self.silver.rglob("*") if p.is_file()}
