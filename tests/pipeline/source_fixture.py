"""A small shop of random rows in a PostgreSQL of the test's own, made of pipeline/tables.json, and its control totals
as PostgreSQL computes them."""
import datetime
import decimal
import json
import pathlib
import random
import shutil
import sys
import tempfile

import psycopg

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOCAL = ROOT / "pipeline" / "local"
sys.path.insert(0, str(LOCAL))
import postgres  # noqa: E402

DESCRIPTION = json.loads((ROOT / "pipeline" / "tables.json").read_text(encoding="utf-8"))
TABLES = {table["name"]: table for table in DESCRIPTION["tables"]}
SCHEMA = DESCRIPTION["schema"]
TEXTS = ["são paulo", "", "a,b", 'say "hi"', "two\r\nlines\n", "\\N", "a|b", "\U0001f600 ok", "\\", " x ", "NULL",
         "\t", "'"]
WITHIN = {  # so that no row breaks a rule
    "order_status": lambda r: r.choice(["created", "approved", "delivered", "canceled"]),
    "review_score": lambda r: r.randint(1, 5),
    "geolocation_lat": lambda r: r.uniform(-33, 5),
    "geolocation_lng": lambda r: r.uniform(-73, -29),
}


def cluster(clean):
    """A running cluster, which goes when `clean` (addModuleCleanup, addClassCleanup) says so; its DSN."""
    folder = tempfile.mkdtemp(prefix="cfngen-pg-")
    pathlib.Path(folder).chmod(0o755)
    clean(shutil.rmtree, folder, True)
    server = postgres.Cluster(folder)
    clean(server.stop)
    return server.start()


def create(connection):
    connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
    connection.execute(f"CREATE SCHEMA {SCHEMA}")
    for table in TABLES.values():
        columns = [f"{c['name']} {c['type']}" + (" NOT NULL" if c.get("required") else "") for c in table["columns"]]
        if table["key"]:
            columns.append(f"PRIMARY KEY ({', '.join(table['key'])})")
        connection.execute(f"CREATE TABLE {SCHEMA}.{table['name']} ({', '.join(columns)})")


def value(chance, column):
    kind = column["type"]
    if not column.get("required") and chance.random() < 0.3:
        return None
    if column["name"] in WITHIN:
        return WITHIN[column["name"]](chance)
    if kind == "integer":
        return chance.randint(0, 2**31 - 1)
    if kind.startswith("numeric"):
        return decimal.Decimal(chance.randint(0, 99999999)) / 100
    if kind == "double precision":
        return chance.uniform(-1, 1)
    if kind == "timestamp":
        return datetime.datetime(2016, 9, 4) + datetime.timedelta(seconds=chance.randint(0, 70_000_000))
    if kind == "text":
        return chance.choice(TEXTS) + str(chance.randint(0, 10**9))
    length = int(kind.partition("(")[2].rstrip(")"))
    if "zip" in column["name"]:
        return str(chance.randint(0, 99999))
    return "".join(chance.choice("0123456789abcdef") for _ in range(length))


def fill(connection, rows, seed=1, tables=TABLES):
    chance = random.Random(seed)
    for name in tables:
        columns = TABLES[name]["columns"]
        with connection.cursor() as cursor, cursor.copy(f"COPY {SCHEMA}.{name} FROM STDIN") as copy:
            for _ in range(rows):
                copy.write_row([value(chance, column) for column in columns])


def day(connection, chance, transactions=20):
    """Transactions of inserts, updates and deletes in every table; of tables without a key inserts alone."""
    for _ in range(transactions):
        with connection.transaction():
            for name in chance.sample(sorted(TABLES), 3):
                change(connection, chance, name)


def change(connection, chance, name):
    table = TABLES[name]
    fill(connection, 2, chance.random(), [name])
    if not table["key"]:
        return
    keys = ", ".join(table["key"])
    some = f"({keys}) IN (SELECT {keys} FROM {SCHEMA}.{name} ORDER BY md5(concat({keys}, %s::text)) LIMIT 2)"
    column = chance.choice([c for c in table["columns"] if c["name"] not in table["key"]])
    connection.execute(f"UPDATE {SCHEMA}.{name} SET {column['name']} = %s WHERE {some}",
                       (value(chance, column), str(chance.random())))
    connection.execute(f"DELETE FROM {SCHEMA}.{name} WHERE {some}", (str(chance.random()),))


def canonical(table):
    """The row's text that the checksum is of, in PostgreSQL."""
    parts = []
    for column in table["columns"]:
        name, kind = column["name"], column["type"]
        if column.get("clean") or kind == "double precision":
            continue
        text = f"to_char({name}, 'YYYY-MM-DD HH24:MI:SS')" if kind == "timestamp" else f"{name}::text"
        parts.append(f"coalesce({text}, '\\N')")
    return " || '|' || ".join(parts)


def totals(dsn):
    """{table: {measure: value}} of the source."""
    found = {}
    with psycopg.connect(dsn) as connection:
        for name, table in TABLES.items():
            measures = {"rows": "count(*)"}
            for column in table["columns"]:
                if column["type"].startswith("numeric"):
                    measures[f"sum({column['name']})"] = f"coalesce(sum({column['name']}), 0.00)"
            measures["checksum"] = f"coalesce(sum(('x' || left(md5({canonical(table)}), 8))::bit(32)::bigint), 0)"
            row = connection.execute(f"SELECT {', '.join(measures.values())} FROM {SCHEMA}.{name}").fetchone()
            found[name] = {measure: str(number) for measure, number in zip(measures, row)}
    return found
