"""Writes Parquet files as AWS DMS lays them out in bronze, from rows in plain Python, and reads silver back."""
import datetime
import decimal
import json
import pathlib
import urllib.parse

import pyarrow as pa
import pyarrow.parquet as pq

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLES = ROOT / "pipeline" / "tables.json"


def described(path=TABLES):
    return {t["name"]: t for t in json.loads(pathlib.Path(path).read_text())["tables"]}


def arrow_type(text):
    if text.startswith("numeric"):
        precision, scale = text[8:-1].split(",")
        return pa.decimal128(int(precision), int(scale))
    return {"integer": pa.int32(), "double precision": pa.float64(), "timestamp": pa.timestamp("ms")}.get(
        text, pa.string())


def stamp(moment):
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def write(path, table, rows, row_group_size=None, extra=(), without=(), types=None):
    """Rows are (op, time of commit as text, {column: value}); what a row lacks is null, as on a delete."""
    types = types or {}
    columns = [("Op", pa.string(), [r[0] for r in rows])]
    for column in table["columns"]:
        kind = types.get(column["name"], arrow_type(column["type"]))
        columns.append((column["name"], kind, [r[2].get(column["name"]) for r in rows]))
    columns += [(name, pa.string(), [r[2].get(name) for r in rows]) for name in extra]
    columns.append(("dms_timestamp", pa.string(), [r[1] for r in rows]))
    columns = [c for c in columns if c[0] not in without]
    arrays = [pa.array(values, kind) for _, kind, values in columns]
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(arrays, names=[c[0] for c in columns]), path, version="1.0", compression="gzip",
                   coerce_timestamps="ms", row_group_size=row_group_size or max(len(rows), 1))
    return path


class Bronze:
    """A bronze layer of one source in a local folder."""

    def __init__(self, root, tables=TABLES, folder="rds"):
        self.root = pathlib.Path(root)
        self.tables = described(tables)
        self.schema = self.root / folder / "ecommerce"

    def load_path(self, name, number):
        return self.schema / name / f"LOAD{number:08X}.parquet"

    def load(self, name, rows, number=1, at="2024-01-01 00:00:00.000000", **how):
        """A file of the full load; rows are {column: value}."""
        return write(self.load_path(name, number), self.tables[name], [("I", at, r) for r in rows], **how)

    def changes_path(self, name, moment, by="day"):
        folders = {"none": "", "month": "%Y/%m", "day": "%Y/%m/%d", "hour": "%Y/%m/%d/%H"}[by]
        base = moment.strftime("%Y%m%d-%H%M%S") + f"{moment.microsecond // 1000:03d}.parquet"
        return self.schema / name / moment.strftime(folders) / base

    def changes(self, name, moment, rows, by="day", **how):
        """A file of changes, written at `moment`; rows are (op, time of commit, {column: value})."""
        return write(self.changes_path(name, moment, by), self.tables[name], rows, **how)


def local(uri):
    parts = urllib.parse.urlparse(uri)
    assert parts.scheme == "file" and uri.startswith("file:///"), uri
    return pathlib.Path(parts.path)


def manifest(silver, name):
    text = (pathlib.Path(silver) / "ecommerce" / name / "_symlink_format_manifest" / "manifest").read_text()
    return [local(line) for line in text.splitlines()]


def silver_rows(silver, name):
    """The published rows as tuples, and the names of the columns."""
    tables = [pq.ParquetFile(path).read() for path in manifest(silver, name)]
    names = tables[0].schema.names
    assert all(t.schema.names == names for t in tables), name
    return names, [tuple(row.values()) for t in tables for row in t.to_pylist()]


def totals(silver):
    """{(layer, table, measure): (value, quarantined)}"""
    _, rows = silver_rows(silver, "control_totals")
    assert len({r[:3] for r in rows}) == len(rows)
    return {r[:3]: r[3:] for r in rows}


def money(text):
    return decimal.Decimal(text)


def at(seconds, micros=0, day=datetime.datetime(2024, 1, 2)):
    return day + datetime.timedelta(seconds=seconds, microseconds=micros)
