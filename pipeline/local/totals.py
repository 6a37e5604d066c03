#!/usr/bin/env python3
"""Control totals of the layers, computed by DuckDB: by another program than the one that wrote the layer.

    totals.py bronze --bronze DIR         the newest version of each row, straight from the files that DMS writes
    totals.py silver --database FILE      the views of catalog.py; quarantined: the rows that were held back
    totals.py warehouse --database FILE   what dbt's last model, analytics.reconciliation, says (--layer another layer)

Prints the JSON that `cfngen reconcile --totals` reads; --out writes a file instead.
"""
import argparse
import json
import os
import pathlib
import sys

import duckdb

import shop
from shop import literal, quoted


class Error(Exception):
    """What went wrong, in words for the user."""


def canonical(table):
    """The text of a row that the checksum is made of. Columns that are cleaned or rounded take no part."""
    parts = []
    for column in table["columns"]:
        if column.get("clean") or column["type"] == "double precision":
            continue
        name = quoted(column["name"])
        text = f"CAST({name} AS VARCHAR)"
        if column["type"] == "timestamp":
            text = f"strftime({name}, '%Y-%m-%d %H:%M:%S')"
        elif column["type"].startswith("char("):
            text = f"rtrim({name}, ' ')"
        parts.append(f"coalesce({text}, '\\N')")
    return " || '|' || ".join(parts)


def measures(table):
    """{measure: SQL that says it as text}."""
    found = {"rows": "CAST(count(*) AS VARCHAR)"}
    for column in table["columns"]:
        scale = shop.scale(column)
        if scale is not None:
            found[f"sum({column['name']})"] = (
                f"CAST(CAST(coalesce(sum({quoted(column['name'])}), 0) AS DECIMAL(38,{scale})) AS VARCHAR)")
    hashed = f"CAST('0x' || left(md5({canonical(table)}), 8) AS BIGINT)"
    return found | {"checksum": f"CAST(coalesce(sum({hashed}), 0) AS VARCHAR)"}


def measured(connection, table, relation):
    asked = measures(table)
    row = connection.execute(f"SELECT {', '.join(asked.values())} FROM ({relation})").fetchone()
    return dict(zip(asked, row))


def typed(table, value=lambda name: quoted(name)):
    """The table's columns in silver's types, from an expression for each."""
    columns = [(value(c["name"]), shop.duck_type(c), quoted(c["name"])) for c in table["columns"]]
    return ", ".join(f"CAST({text} AS {kind}) AS {name}" for text, kind, name in columns)


def nothing(table):
    return f"SELECT {typed(table, lambda name: 'NULL')} WHERE false"


def newest(table, files):
    """The rows that stand: of each key the newest version, unless that is a delete; without a key, every insert."""
    names = ", ".join(literal(file) for file in files)
    relation = f"read_parquet([{names}], union_by_name = true, hive_partitioning = false, filename = true, " \
               "file_row_number = true)"
    if not table["key"]:
        return f"SELECT {typed(table)} FROM {relation} WHERE \"Op\" = 'I'"
    key = ", ".join(quoted(name) for name in table["key"])
    return (f"SELECT {typed(table)} FROM (SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY dms_timestamp DESC, "
            f"parse_filename(filename) DESC, file_row_number DESC) AS \"nth\" FROM {relation}) "
            "WHERE \"nth\" = 1 AND \"Op\" <> 'D'")


def of_bronze(bronze, prefix="rds"):
    folder = pathlib.Path(bronze).absolute() / prefix / shop.schema()
    if not folder.is_dir():
        raise Error(f"there is no bronze layer in '{folder}'")
    found = {}
    with duckdb.connect() as connection:
        for name, table in shop.tables().items():
            files = sorted((folder / name).rglob("*.parquet"))
            found[name] = measured(connection, table, newest(table, files) if files else nothing(table))
    return found


def held_back(table):
    """The quarantined rows of a table, from their JSON. A value that is not of its type counts as none."""
    columns = ", ".join(f"TRY_CAST(json_extract_string(\"row\", {literal('$.' + quoted(c['name']))}) AS "
                        f"{shop.duck_type(c)}) AS {quoted(c['name'])}" for c in table["columns"])
    return f"SELECT {columns} FROM silver.quarantine WHERE table_name = {literal(table['name'])}"


def opened(database):
    if not pathlib.Path(database).is_file():
        raise Error(f"there is no database '{database}'")
    return duckdb.connect(str(database), read_only=True)


def of_silver(database):
    found = {}
    with opened(database) as connection:
        for name, table in shop.tables().items():
            values = measured(connection, table, f"SELECT * FROM silver.{quoted(name)}")
            quarantined = measured(connection, table, held_back(table))
            found[name] = {m: {"value": value, "quarantined": quarantined[m]} for m, value in values.items()}
    return found


def of_warehouse(database, layer="warehouse"):
    found = {}
    with opened(database) as connection:
        rows = connection.execute("SELECT table_name, measure, value, quarantined FROM analytics.reconciliation "
                                  "WHERE layer = ? ORDER BY ALL", (layer,)).fetchall()
    if not rows:
        raise Error(f"analytics.reconciliation states nothing of layer '{layer}'")
    for table, measure, value, quarantined in rows:
        found.setdefault(table, {})[measure] = {"value": value, "quarantined": quarantined or "0"}
    return found


def document(layer, found):
    return {"layer": layer, "totals": found}


def write(path, layer, found):
    """The file is replaced as a whole."""
    new = pathlib.Path(f"{path}.new")
    new.write_text(json.dumps(document(layer, found), indent=1) + "\n", encoding="utf-8")
    os.replace(new, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", choices=["bronze", "silver", "warehouse"])
    parser.add_argument("--bronze", metavar="DIR")
    parser.add_argument("--database", metavar="FILE")
    parser.add_argument("--layer", default="warehouse")
    parser.add_argument("--out", metavar="FILE")
    options = parser.parse_args()
    needed = "bronze" if options.source == "bronze" else "database"
    if not getattr(options, needed):
        parser.error(f"'{options.source}' needs --{needed}")
    layer = options.layer if options.source == "warehouse" else options.source
    try:
        if options.source == "bronze":
            found = of_bronze(options.bronze)
        else:
            found = of_silver(options.database) if options.source == "silver" else of_warehouse(options.database, layer)
        if options.out:
            write(options.out, layer, found)
        else:
            print(json.dumps(document(layer, found), indent=1))
    except (Error, duckdb.Error, OSError) as error:
        sys.exit(f"totals: {error}")


if __name__ == "__main__":
    main()
