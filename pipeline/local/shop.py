"""The shop's tables, as pipeline/tables.json describes them, and what DuckDB needs to know of their columns."""
import json
import pathlib
import re

DESCRIPTION = pathlib.Path(__file__).resolve().parents[1] / "tables.json"
CHANGED = "_changed_at"


def schema():
    return json.loads(DESCRIPTION.read_text(encoding="utf-8"))["schema"]


def tables():
    return {table["name"]: table for table in json.loads(DESCRIPTION.read_text(encoding="utf-8"))["tables"]}


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def literal(text):
    return "'" + str(text).replace("'", "''") + "'"


def scale(column):
    """Of a numeric column, or None."""
    found = re.fullmatch(r"numeric\(\d+, *(\d+)\)", column["type"])
    return int(found[1]) if found else None


def duck_type(column):
    """The type that the silver layer has."""
    kind = column["type"]
    if scale(column) is not None:
        return kind.replace("numeric", "DECIMAL")
    if kind == "text" or kind.startswith(("char(", "varchar(")):
        return "VARCHAR"
    return {"integer": "INTEGER", "double precision": "DOUBLE", "timestamp": "TIMESTAMP"}[kind]
