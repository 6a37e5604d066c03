"""Loading the shop's files side by side, in one run: cfngen load, psql's \\copy, and pandas where it is installed.

All of them end with the same tables: keys, references, NOT NULL. cfngen also checks every value and compares the totals
of what it has read with what the database has. Needs a PostgreSQL server's programs, psql, and $CFNGEN.

    python tests/bench/load.py [--scale 1] [--runs 5]
"""
import argparse
import io
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CFNGEN = os.environ.get("CFNGEN") or str(ROOT / "build" / "cli" / "cfngen")
sys.path.insert(0, str(ROOT / "pipeline" / "local"))
import postgres  # noqa: E402

TABLES = json.loads((ROOT / "pipeline" / "tables.json").read_text())
SCHEMA = TABLES["schema"]


def ordered():
    """Tables after those that they refer to."""
    left, done = list(TABLES["tables"]), []
    while left:
        table = next(t for t in left if {r["table"] for r in t.get("references", [])} <= {d["name"] for d in done})
        left.remove(table)
        done.append(table)
    return done


def create(table):
    columns = [f"{c['name']} {c['type']}{' NOT NULL' if c.get('required') else ''}" for c in table["columns"]]
    return f"CREATE TABLE {SCHEMA}.{table['name']} ({', '.join(columns)});"


def keys(table):
    name = f"{SCHEMA}.{table['name']}"
    if table["key"]:
        yield f"ALTER TABLE {name} ADD PRIMARY KEY ({', '.join(table['key'])});"


def references(table):
    for reference in table.get("references", []):
        key = next(t["key"] for t in TABLES["tables"] if t["name"] == reference["table"])
        yield (f"ALTER TABLE {SCHEMA}.{table['name']} ADD FOREIGN KEY ({', '.join(reference['columns'])}) "
               f"REFERENCES {SCHEMA}.{reference['table']} ({', '.join(key)});")


def psql(dsn, script):
    subprocess.run(["psql", "-XAqt", "-v", "ON_ERROR_STOP=1", "-d", dsn], input=script, text=True, check=True,
                   stdout=subprocess.DEVNULL, env={**os.environ, "PGOPTIONS": "-c client_min_messages=warning"})


def copy(table, folder):
    return f"\\copy {SCHEMA}.{table['name']} FROM '{folder / table['file']}' WITH (FORMAT csv, HEADER)"


def by_psql(dsn, folder):
    """Keys when the rows are there, which is the faster way."""
    tables = ordered()
    lines = [create(t) for t in tables] + [copy(t, folder) for t in tables]
    lines += [k for t in tables for k in keys(t)] + [r for t in tables for r in references(t)]
    psql(dsn, "\n".join(lines) + "\n")


def by_psql_keys_first(dsn, folder):
    lines = []
    for table in ordered():
        lines += [create(table), *keys(table), *references(table), copy(table, folder)]
    psql(dsn, "\n".join(lines) + "\n")


def by_cfngen(dsn, folder):
    subprocess.run([CFNGEN, "load", "--from", str(folder), "--dsn", dsn], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def by_pandas(dsn, folder):
    """As notebooks do it: read_csv, then COPY of to_csv's text; keys as above."""
    import pandas
    import psycopg
    tables = ordered()
    with psycopg.connect(dsn) as connection:
        for table in tables:
            connection.execute(create(table))
            kinds = {c["name"]: "Int64" if c["type"] == "integer" else str for c in table["columns"]}
            frame = pandas.read_csv(folder / table["file"], dtype=kinds, encoding="utf-8-sig")
            text = io.StringIO()
            frame.to_csv(text, index=False)
            with connection.cursor().copy(f"COPY {SCHEMA}.{table['name']} FROM STDIN (FORMAT csv, HEADER)") as rows:
                rows.write(text.getvalue())
        for statement in [k for t in tables for k in keys(t)] + [r for t in tables for r in references(t)]:
            connection.execute(statement)


WAYS = {"cfngen load": by_cfngen, "psql \\copy, then keys": by_psql,
        "psql \\copy into tables with keys": by_psql_keys_first}


def measure(dsn, folder, runs):
    """The ways take turns, so that what else the machine does falls on all of them."""
    took = {name: [] for name in WAYS}
    for _ in range(runs):
        for name, load in WAYS.items():
            psql(dsn, f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; DROP SCHEMA IF EXISTS cfngen CASCADE;"
                 + ("" if load is by_cfngen else f"CREATE SCHEMA {SCHEMA};"))
            began = time.monotonic()
            load(dsn, folder)
            took[name].append(time.monotonic() - began)
    return took


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", default="1")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    try:
        import pandas, psycopg  # noqa: E401, F401
        WAYS["pandas and COPY, then keys"] = by_pandas
    except ImportError:
        print("pandas and psycopg are not both installed: left out")
    with tempfile.TemporaryDirectory(prefix="cfngen-") as folder:
        os.chmod(folder, 0o755)
        files = pathlib.Path(folder, "files")
        said = subprocess.run([CFNGEN, "generate", "--out", str(files), "--scale", options.scale, "--output", "json"],
                              check=True, capture_output=True, text=True).stdout
        rows = sum(int(t["rows"]) for t in json.loads(said)["totals"].values())
        cluster = postgres.Cluster(pathlib.Path(folder, "postgres"))
        try:
            took = measure(cluster.start(), files, options.runs)
        finally:
            cluster.stop()
    base = statistics.median(took["psql \\copy, then keys"])
    print(f"{rows:,} rows, medians of {options.runs} runs")
    for name, times in took.items():
        median = statistics.median(times)
        print(f"{name:36} {median:6.2f} s  {rows / median:9,.0f} rows/s  {base / median:5.2f} of psql's rows/s"
              f"   ({min(times):.2f} to {max(times):.2f} s)")


if __name__ == "__main__":
    main()
