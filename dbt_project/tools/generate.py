#!/usr/bin/env python3
"""Writes what dbt must know of the shop's tables, from pipeline/tables.json, and of what stands on it:

macros/shop_tables.sql         the tables as a value that macros read
models/staging/_sources.yml    the silver tables as sources
models/staging/_staging.yml    the staging models with their tests
models/_models.yml             all other models, from tools/models.yml
models/_exposures.yml          the dashboards, from metabase/definitions

With --check nothing is written: exit code 1 if a file differs from what would be.
"""
import json
import pathlib
import re
import sys

import yaml

PROJECT = pathlib.Path(__file__).resolve().parent.parent
TABLES = PROJECT.parent / "pipeline" / "tables.json"
DEFINITIONS = PROJECT.parent / "metabase" / "definitions"
MODELS = PROJECT / "tools" / "models.yml"

# The published files misspell these; from staging on they are spelt right.
RENAMED = {
    "product_name_lenght": "product_name_length",
    "product_description_lenght": "product_description_length",
}

# How old the newest row may be. Only tables that change every day say something about the pipeline: a week without a
# new seller is no fault, a day without an order is.
FRESH = {
    "orders": {"warn_after": {"count": 24, "period": "hour"}, "error_after": {"count": 72, "period": "hour"}},
    "order_items": {"warn_after": {"count": 24, "period": "hour"}, "error_after": {"count": 72, "period": "hour"}},
    "order_payments": {"warn_after": {"count": 24, "period": "hour"}, "error_after": {"count": 72, "period": "hour"}},
    "customers": {"warn_after": {"count": 24, "period": "hour"}, "error_after": {"count": 72, "period": "hour"}},
    "order_reviews": {"warn_after": {"count": 72, "period": "hour"}, "error_after": {"count": 168, "period": "hour"}},
}

CHANGED_AT = "When the source committed this version of the row"

# What the silver job writes besides the shop's tables.
OF_THE_JOB = [
    {
        "name": "control_totals",
        "description": "Row counts, sums and checksums of the bronze and silver tables, taken when silver was written",
        "columns": {
            "layer": "bronze or silver",
            "table_name": "Table of the shop",
            "measure": "rows, sum(column) or checksum",
            "value": "The measure over the rows that passed, as exact decimal text",
            "quarantined": "The measure over the rows that were held back, as exact decimal text",
        },
    },
    {
        "name": "quarantine",
        "description": "Rows that broke a rule, a required column or a type, with the reason",
        "columns": {
            "table_name": "Table of the shop",
            "rule": "What was broken",
            "key": "Key of the row, as JSON",
            "row": "The whole row as it came, as JSON",
            "_changed_at": CHANGED_AT,
        },
    },
]

HEAD = "{} Written by tools/generate.py from {}: change it there. {}\n"


def about(column):
    text = column.get("about") or column["name"].replace("_", " ")
    text = re.sub("^key", "key of the table", text)
    text = text[0].upper() + text[1:]
    if "clean" in column:
        text += f"; cleaned ({column['clean']}): {column['reason']}"
    return text


def source_columns(table):
    return [{"name": c["name"], "description": about(c)} for c in table["columns"]] + [
        {"name": "_changed_at", "description": CHANGED_AT}]


def source(table):
    return {
        "name": table["name"],
        "description": table["about"],
        "config": {"freshness": FRESH.get(table["name"])},
        "columns": source_columns(table),
    }


def job_source(table):
    columns = [{"name": n, "description": d} for n, d in table["columns"].items()]
    return {"name": table["name"], "description": table["description"], "config": {"freshness": None},
            "columns": columns}


def sources(tables):
    return {"version": 2, "sources": [{
        "name": "silver",
        "description": "The silver layer of the lake: an external schema on Redshift (Spectrum), views locally",
        "schema": "{{ var('silver_schema', 'silver') }}",
        "config": {"loaded_at_field": "_changed_at"},
        "tables": [source(t) for t in tables] + [job_source(t) for t in OF_THE_JOB],
    }]}


def reference(ref):
    # A row may arrive a moment before what it refers to, which may also be in quarantine: said, but no reason to stop.
    return {"references": {"arguments": {"columns": ref["columns"], "to": f"ref('stg_{ref['table']}')"},
                           "config": {"severity": "warn"}}}


def model_tests(table):
    names = [RENAMED.get(c["name"], c["name"]) for c in table["columns"]]
    required = [n for n, c in zip(names, table["columns"]) if c.get("required")]
    tests = [{"required": {"arguments": {"columns": required + ["_changed_at"]}}},
             {"same_rows": {"arguments": {"to": f"source('silver', '{table['name']}')"}}}]
    if table["key"]:
        tests.append({"unique_together": {"arguments": {"columns": table["key"]}}})
    for rule in table.get("rules", []):
        tests.append({"holds": {"name": f"{table['name']}_{rule['name']}", "description": rule["reason"],
                                "arguments": {"expression": rule["check"]}}})
    return tests + [reference(r) for r in table.get("references", [])]


def model(table):
    columns = [{"name": RENAMED.get(c["name"], c["name"]), "description": c["description"]}
               for c in source_columns(table)]
    return {"name": f"stg_{table['name']}",
            "description": table["about"] + "; types and names as the warehouse has them",
            "data_tests": model_tests(table), "columns": columns}


def staging(tables):
    return {"version": 2, "models": [model(t) for t in tables]}


def staged_columns(table):
    """(name from staging on, description) of a table's own columns."""
    return [(RENAMED.get(c["name"], c["name"]), about(c)) for c in table["columns"]]


class Describer:
    """Finds the description of a column: its own, the common one, that of the shop's tables."""

    def __init__(self, tables, common):
        self.tables = {table["name"]: table for table in tables}
        self.known = {n: d for table in reversed(tables) for n, d in staged_columns(table)}
        self.known.update(common)

    def columns(self, entries):
        for entry in entries:
            if isinstance(entry, str):
                yield entry, self.known[entry]
            elif "table" in entry:
                yield from staged_columns(self.tables[entry["table"]])
            else:
                yield from entry.items()


def own_tests(entry):
    """Tests of a model from its short forms. A key of orders_obt may be null in part, so `required` is said apart."""
    required = set(entry.get("required", [])) or {c for key in entry["keys"] for c in key}
    if entry["name"] != "orders_obt":
        required |= {c for key in entry["keys"] for c in key}
    tests = [{"required": {"arguments": {"columns": sorted(required)}}}]
    tests += [{"unique_together": {"arguments": {"columns": key}}} for key in entry["keys"]]
    if "same_rows" in entry:
        tests.append({"same_rows": {"arguments": {"to": f"source('silver', '{entry['same_rows']}')"}}})
    for column in entry.get("not_negative", []):
        tests.append({"holds": {"name": f"{entry['name']}_{column}_is_not_negative",
                                "arguments": {"expression": f"{column} >= 0"}}})
    return tests + [t for t in entry.get("tests", []) if "column" not in t]


def column_entry(entry, name, description):
    column = {"name": name, "description": description}
    tests = [{k: v for k, v in t.items() if k != "column"} for t in entry.get("tests", []) if t.get("column") == name]
    if tests:
        column["data_tests"] = tests
    return column


def models(tables):
    described = yaml.safe_load(MODELS.read_text(encoding="utf-8"))
    describer = Describer(tables, described["common"])
    return {"version": 2, "models": [{
        "name": entry["name"],
        "description": entry["description"].strip(),
        "data_tests": own_tests(entry),
        "columns": [column_entry(entry, n, d) for n, d in describer.columns(entry["columns"])],
    } for entry in described["models"]]}


def marts_of(card):
    sql = (DEFINITIONS / card["sql"]).read_text(encoding="utf-8")
    return set(re.findall(r"analytics\.(\w+)", sql))


def exposure(dashboard, cards):
    marts = set().union(*(marts_of(cards[c["card"]]) for c in dashboard["cards"] if "card" in c))
    return {
        "name": "dashboard_" + dashboard["key"].replace("-", "_"),
        "label": dashboard["name"],
        "type": "dashboard",
        "maturity": "high",
        "description": dashboard["description"],
        "owner": {"name": "Analytics"},
        "depends_on": [f"ref('{mart}')" for mart in sorted(marts)],
    }


def exposures():
    cards = {c["key"]: c for c in json.loads((DEFINITIONS / "cards.json").read_text(encoding="utf-8"))}
    dashboards = json.loads((DEFINITIONS / "dashboards.json").read_text(encoding="utf-8"))
    return {"version": 2, "exposures": [exposure(d, cards) for d in dashboards]}


def jinja(tables):
    """The tables as a Jinja value: name, key and columns, each with its type and what it is called from staging on."""
    lines = [HEAD.format("{#", "pipeline/tables.json", "#}"), "{% macro shop_tables() %}\n", "{% do return([\n"]
    for table in tables:
        lines.append(f"    {{'name': '{table['name']}', 'columns': [\n")
        for c in table["columns"]:
            entry = {"name": c["name"], "as": RENAMED.get(c["name"], c["name"]), "type": c["type"],
                     "cleaned": "clean" in c}
            lines.append(f"        {json.dumps(entry).replace('true', 'True').replace('false', 'False')},\n")
        lines.append("    ]},\n")
    return "".join(lines + ["]) %}\n", "{% endmacro %}\n"])


def as_yaml(value, sources="pipeline/tables.json"):
    text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=120)
    return HEAD.format("#", sources, "").rstrip() + "\n" + text


def files():
    tables = json.loads(TABLES.read_text(encoding="utf-8"))["tables"]
    return {
        "macros/shop_tables.sql": jinja(tables),
        "models/staging/_sources.yml": as_yaml(sources(tables)),
        "models/staging/_staging.yml": as_yaml(staging(tables)),
        "models/_models.yml": as_yaml(models(tables), "tools/models.yml and pipeline/tables.json"),
        "models/_exposures.yml": as_yaml(exposures(), "metabase/definitions"),
    }


def main():
    differing = []
    for name, text in files().items():
        path = PROJECT / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        differing.append(name)
        if "--check" not in sys.argv[1:]:
            path.write_text(text, encoding="utf-8")
    for name in differing:
        print(f"{name}: {'differs from what it is made of' if '--check' in sys.argv[1:] else 'written'}")
    return 1 if differing and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
