#!/usr/bin/env python3
"""The silver layer as a DuckDB file sees it: schema `silver` with one view for each published table.

It stands in for the Glue catalog and Redshift Spectrum. There, a reader asks for the manifest at every query; here, a
view lists the files that the manifest named at the last refresh, so refresh after each run of the Spark job. A refresh
is one transaction: readers have the views from before or those from after. Whatever else the file holds stays: dbt
builds its marts beside the views.

    catalog.py --silver DIR --database FILE
"""
import argparse
import pathlib
import sys
import urllib.parse
import urllib.request

import duckdb

import shop
from shop import literal, quoted

MANIFEST = "_symlink_format_manifest/manifest"
FOLDERS = {"quarantine": "_quarantine"}  # of what is not published in a folder of its own name
TEXT = {"type": "text"}
AUDIT = {  # what the job publishes beside the tables; their columns, or None for those the file has
    "quarantine": [{"name": n, **TEXT} for n in ("table_name", "rule", "key", "row")]
    + [{"name": shop.CHANGED, "type": "timestamp"}],
    "control_totals": [{"name": n, **TEXT} for n in ("layer", "table_name", "measure", "value", "quarantined")],
    "runs": None,
}


class Error(Exception):
    """What went wrong, in words for the user."""


def local_path(uri, manifest):
    """A line of a manifest as a path. An object of S3 is not on this machine."""
    parts = urllib.parse.urlsplit(uri)
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        return urllib.request.url2pathname(parts.path)
    if not parts.scheme and uri.startswith("/"):
        return uri
    raise Error(f"'{manifest}' names a file that is not on this machine: '{uri}'")


def published(folder, table):
    """The data files of a table's published snapshot, or None when it was never published."""
    manifest = pathlib.Path(folder) / FOLDERS.get(table, table) / MANIFEST
    try:
        lines = manifest.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None
    files = [local_path(line.strip(), manifest) for line in lines if line.strip()]
    for file in files:
        if not pathlib.Path(file).is_file():
            raise Error(f"'{manifest}' names a file that is not there: '{file}'")
    return files


def expression(column, found):
    """A column with the type that the silver layer promises. A time that the file keeps as an instant is UTC's."""
    name, kind = quoted(column["name"]), shop.duck_type(column)
    if found == "TIMESTAMP WITH TIME ZONE":
        name = f"make_timestamp(epoch_us({name}))"
    return f"CAST({name} AS {kind}) AS {quoted(column['name'])}"


def select(connection, table, columns, files):
    """What the view says; of a table without files, its columns and no row."""
    if not files:
        nothing = [f"CAST(NULL AS {shop.duck_type(c)}) AS {quoted(c['name'])}" for c in columns]
        return f"SELECT {', '.join(nothing)} WHERE false"
    names = ", ".join(literal(file) for file in files)
    relation = f"read_parquet([{names}], hive_partitioning = false, union_by_name = true)"
    found = {row[0]: row[1] for row in connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()}
    if columns is None:
        columns = [{"name": n, "type": "timestamp"} for n, kind in found.items() if kind == "TIMESTAMP WITH TIME ZONE"]
        instants = ", ".join(expression(c, "TIMESTAMP WITH TIME ZONE") for c in columns)
        return f"SELECT *{f' REPLACE ({instants})' if columns else ''} FROM {relation}"
    missing = [c["name"] for c in columns if c["name"] not in found]
    if missing:
        raise Error(f"the files of silver table '{table}' lack the columns {', '.join(missing)}")
    return f"SELECT {', '.join(expression(c, found[c['name']]) for c in columns)} FROM {relation}"


def wanted():
    """The views and their columns."""
    changed = [{"name": shop.CHANGED, "type": "timestamp"}]
    return {name: table["columns"] + changed for name, table in shop.tables().items()} | AUDIT


def views(connection, folder):
    statements = {}
    for table, columns in wanted().items():
        files = published(folder, table)
        if files or columns is not None:  # of `runs` nothing is known before its first file
            statements[table] = select(connection, table, columns, files)
    return statements


def refresh(silver, database):
    """Returns {view: number of files}."""
    folder = pathlib.Path(silver).absolute() / shop.schema()
    if not folder.is_dir():
        raise Error(f"there is no silver layer in '{folder}'")
    with duckdb.connect(str(database)) as connection:
        statements = views(connection, folder)
        connection.execute("BEGIN")
        connection.execute("CREATE SCHEMA IF NOT EXISTS silver")
        old = connection.execute("SELECT view_name FROM duckdb_views() WHERE schema_name = 'silver'").fetchall()
        for (name,) in old:
            if name not in statements:
                connection.execute(f"DROP VIEW silver.{quoted(name)}")
        for name, text in statements.items():
            connection.execute(f"CREATE OR REPLACE VIEW silver.{quoted(name)} AS {text}")
        connection.execute("COMMIT")
    return {name: len(published(folder, name) or []) for name in statements}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--silver", required=True, metavar="DIR")
    parser.add_argument("--database", required=True, metavar="FILE", help="made if it is not there")
    options = parser.parse_args()
    try:
        for name, files in refresh(options.silver, options.database).items():
            print(f"silver.{name:<36} {files:>5} files")
    except (Error, duckdb.Error, OSError) as error:
        sys.exit(f"catalog: {error}")


if __name__ == "__main__":
    main()
