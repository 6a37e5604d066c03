"""The shop's tables as pipeline/tables.json describes them: columns, keys, rules and cleaning."""
import dataclasses
import hashlib
import json
import re

CLEANINGS = ("zip5", "city")
NAME = re.compile(r"[a-z_][a-z0-9_]*\Z")
TYPE = re.compile(r"(char|varchar|text|integer|numeric|double precision|timestamp)(?:\((\d+)(?:,(\d+))?\))?\Z")
ARGUMENTS = {"char": 1, "varchar": 1, "numeric": 2}


class JobError(Exception):
    """What the user must know, in one line."""


@dataclasses.dataclass(frozen=True)
class Column:
    name: str
    kind: str  # char, varchar, text, integer, numeric, double precision, timestamp
    size: tuple  # (length,) of char and varchar, (precision, scale) of numeric
    required: bool
    clean: str

    @property
    def spark_type(self):
        if self.kind == "numeric":
            return "decimal({},{})".format(*self.size)
        return {"integer": "int", "double precision": "double", "timestamp": "timestamp"}.get(self.kind, "string")

    @property
    def in_checksum(self):
        """Cleaned columns differ from the source on purpose, and doubles have no one text."""
        return not self.clean and self.kind != "double precision"


@dataclasses.dataclass(frozen=True)
class Table:
    name: str
    key: tuple
    columns: tuple
    rules: tuple  # (name, SQL check)
    partition: tuple  # (column, "year" or "month"), or ()
    definition: str  # digest of everything that shapes the rows of silver

    @property
    def names(self):
        return [c.name for c in self.columns]

    @property
    def money(self):
        return [c for c in self.columns if c.kind == "numeric"]


def _column(where, row):
    name = row.get("name", "")
    if not NAME.match(name):
        raise JobError(f"{where}: a column's name must be a lower-case identifier, not '{name}'")
    match = TYPE.match(row.get("type", ""))
    size = tuple(int(n) for n in match.groups()[1:] if n) if match else ()
    if not match or len(size) != ARGUMENTS.get(match[1], 0):
        raise JobError(f"{where}.{name}: unknown type '{row.get('type')}'")
    if row.get("clean") and row["clean"] not in CLEANINGS:
        raise JobError(f"{where}.{name}: clean must be one of {', '.join(CLEANINGS)}, not '{row['clean']}'")
    return Column(name, match[1], size, bool(row.get("required")), row.get("clean") or "")


def _partition(where, row, columns):
    part = row.get("partition")
    if not part:
        return ()
    if part.get("by") not in ("year", "month"):
        raise JobError(f"{where}: partition.by must be year or month, not '{part.get('by')}'")
    if columns.get(part.get("column")) != "timestamp":
        raise JobError(f"{where}: partition.column must be a column of type timestamp, not '{part.get('column')}'")
    return part["column"], part["by"]


def _digest(row):
    """What must lead to a new silver table when it changes; comments and references need not."""
    shape = {
        "key": row["key"], "partition": row.get("partition"),
        "rules": [[r["name"], r["check"]] for r in row.get("rules", [])],
        "columns": [[c["name"], c["type"], bool(c.get("required")), c.get("clean")] for c in row["columns"]],
    }
    return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()[:16]


def _table(row):
    name = row.get("name", "")
    if not NAME.match(name) or not row.get("columns"):
        raise JobError(f"tables: every table needs a lower-case name and columns, '{name}' does not have both")
    columns = tuple(_column(name, c) for c in row["columns"])
    kinds = {c.name: c.kind for c in columns}
    row.setdefault("key", [])
    for missing in [k for k in row["key"] if k not in kinds]:
        raise JobError(f"{name}: key column '{missing}' is not a column of the table")
    for cleaned in [c.name for c in columns if c.clean and c.name in row["key"]]:
        raise JobError(f"{name}.{cleaned}: a column of the key cannot be cleaned: it must be the source's")
    rules = tuple((r["name"], r["check"]) for r in row.get("rules", []))
    return Table(name, tuple(row["key"]), columns, rules, _partition(name, row, kinds), _digest(row))


def parse(text, where="tables"):
    """Returns the schema's name and its tables by name, in order."""
    try:
        data = json.loads(text)
        schema, tables = data["schema"], [_table(t) for t in data["tables"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise JobError(f"{where}: not a description of tables: {type(error).__name__}: {error}") from None
    return schema, {t.name: t for t in tables}


def choose(tables, wanted):
    """The tables of these names, or all."""
    unknown = [n for n in wanted if n not in tables]
    if unknown:
        raise JobError(f"no table '{unknown[0]}'; there are {', '.join(tables)}")
    return [tables[n] for n in wanted] if wanted else list(tables.values())
