"""Measures the Spark job from bronze to silver at growing scales: rows a second, and how the time grows with them.

    silver.py [--scales 1,10] [--cores 2] [--memory 4g]

The shop is made by `cfngen generate`; DuckDB writes its files into bronze as a full load of DMS lies there. Times are of
the whole process, with Spark's start and the reading of bronze anew for its control totals. Then a tenth of a per cent of
the rows changes, and the job runs on that alone. Nothing is asserted.
"""
import argparse
import datetime
import json
import pathlib
import shutil
import subprocess
import sys
import time

import duckdb

import bench

WORK = bench.WORK / "silver"
JOB = bench.ROOT / "pipeline/spark/bronze_to_silver.py"
TABLES = bench.ROOT / "pipeline/tables.json"
ROWS_OF_A_FILE = 250_000
KINDS = {"integer": "INTEGER", "double precision": "DOUBLE", "timestamp": "TIMESTAMP_MS"}


def described():
    return json.loads(TABLES.read_text())["tables"]


def kind_of(column):
    return KINDS.get(column["type"], column["type"].upper() if column["type"].startswith("numeric") else "VARCHAR")


def generate(scale, folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    bench.must(bench.COMMAND, "generate", "--out", folder, "--scale", scale, "--seed", 1)


def write(connection, query, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION gzip)")


def full_load(connection, table, folder, bronze):
    """LOAD00000001.parquet and so on, with the operation and the time of the load. Returns the rows."""
    columns = ", ".join(f'CAST("{c["name"]}" AS {kind_of(c)}) AS "{c["name"]}"' for c in table["columns"])
    connection.execute(f"CREATE OR REPLACE TABLE t AS SELECT 'I' AS \"Op\", {columns}, "
                       f"'2018-10-18 00:00:00.000000' AS dms_timestamp FROM read_csv('{folder / table['file']}', "
                       "header = true, all_varchar = true, quote = '\"', escape = '\"', delim = ',', max_line_size = 1048576)")
    rows = connection.execute("SELECT count(*) FROM t").fetchone()[0]
    for number, first in enumerate(range(0, rows, ROWS_OF_A_FILE), 1):
        write(connection, f"SELECT * FROM t WHERE rowid >= {first} AND rowid < {first + ROWS_OF_A_FILE}",
              bronze / "rds/ecommerce" / table["name"] / f"LOAD{number:08X}.parquet")
    return rows


def changes(connection, table, bronze):
    """One row of a thousand is updated, a day later."""
    if not table["key"]:
        return 0
    moment = datetime.datetime(2018, 10, 19, 12)
    path = bronze / "rds/ecommerce" / table["name"] / moment.strftime("%Y/%m/%d/%Y%m%d-%H%M%S000.parquet")
    chosen = f"FROM t WHERE rowid % 1000 = 7 AND \"{table['key'][0]}\" IS NOT NULL"
    write(connection, "SELECT * REPLACE ('U' AS \"Op\", '2018-10-19 11:00:00.000000' AS dms_timestamp) " + chosen, path)
    return connection.execute("SELECT count(*) " + chosen).fetchone()[0]


def run_job(options, bronze, silver):
    """Seconds of the whole process."""
    submit = (f"--master local[{options.cores}] --driver-memory {options.memory} --conf spark.ui.enabled=false "
              f"--conf spark.local.dir={WORK} pyspark-shell")
    began = time.monotonic()
    bench.must(sys.executable, JOB, "--bronze", bronze, "--silver", silver, "--tables", TABLES,
               env={**bench.ENVIRONMENT, "PYSPARK_SUBMIT_ARGS": submit, "SPARK_LOCAL_IP": "127.0.0.1"})
    return time.monotonic() - began


def measure(options, scale):
    folder, bronze, silver = (WORK / name for name in ("shop", "bronze", "silver"))
    for old in (bronze, silver):
        shutil.rmtree(old, ignore_errors=True)
    generate(scale, folder)
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    rows = 0
    later = []
    for table in described():
        rows += full_load(connection, table, folder, bronze)
        later.append((table, changes(connection, table, WORK / "later")))
    full = run_job(options, bronze, silver)
    shutil.copytree(WORK / "later", bronze, dirs_exist_ok=True)
    shutil.rmtree(WORK / "later")
    changed = sum(count for _, count in later)
    again = run_job(options, bronze, silver)
    nothing = run_job(options, bronze, silver)
    return {"scale": scale, "rows": rows, "full": full, "changed": changed, "again": again, "nothing": nothing}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scales", default="1,10")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--memory", default="4g")
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    results = [measure(options, scale) for scale in options.scales.split(",")]
    print(f"bronze to silver, Spark on {options.cores} cores with {options.memory}:")
    for r in results:
        print(f"  scale {r['scale']:>4}: {r['rows']:>12,} rows in {r['full']:7.1f} s = {r['rows'] / r['full']:>9,.0f} rows/s; "
              f"{r['changed']:,} of them changed: {r['again']:.1f} s; nothing new: {r['nothing']:.1f} s")
    for a, b in zip(results, results[1:]):
        print(f"  {b['rows'] / a['rows']:.1f} times the rows take {b['full'] / a['full']:.1f} times the time")


if __name__ == "__main__":
    main()
