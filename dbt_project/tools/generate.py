#!/usr/bin/env python3
"""Writes what dbt must know of the shop's tables, from pipeline/tables.json:

macros/shop_tables.sql         the tables as a value that macros read
models/staging/_sources.yml    the silver tables as sources
models/staging/_staging.yml    the staging models with their tests

With --check nothing is written: exit code 1 if a file differs from what would be.
"""
import json
import pathlib
import sys

import yaml

PROJECT = pathlib.Path(__file__).resolve().parent.parent
TABLES = PROJECT.parent / "pipeline" / "tables.json"

# The published files misspell these; from staging on they are spelt right.
RENAMED = {
    "product_name_lenght": "product_name_length",
    "product_description_lenght": "product_description_length",
}

# How old the newest row may be. Only tables that change every day say something about the pipeline: a week without a new
# seller is no fault, a day without an order is.
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

HEAD = "{} Written by tools/generate.py from pipeline/tables.json: change them there. {}\n"


def about(column):
    text = column.get("about") or column["name"].replace("_", " ").capitalize()
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
    # A row may arrive a moment before what it refers to, and its target may be in quarantine: said, but no reason to stop.
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
    return {"name": f"stg_{table['name']}", "description": table["about"] + "; types and names as the warehouse has them",
            "data_tests": model_tests(table), "columns": columns}


def staging(tables):
    return {"version": 2, "models": [model(t) for t in tables]}


def jinja(tables):
    """The tables as a Jinja value: name, key and columns, each with its type and what it is called from staging on."""
    lines = [HEAD.format("{#", "#}"), "{% macro shop_tables() %}\n", "{% do return([\n"]
    for table in tables:
        lines.append(f"    {{'name': '{table['name']}', 'columns': [\n")
        for c in table["columns"]:
            entry = {"name": c["name"], "as": RENAMED.get(c["name"], c["name"]), "type": c["type"],
                     "cleaned": "clean" in c}
            lines.append(f"        {json.dumps(entry).replace('true', 'True').replace('false', 'False')},\n")
        lines.append("    ]},\n")
    return "".join(lines + ["]) %}\n", "{% endmacro %}\n"])


def as_yaml(value):
    return HEAD.format("#", "").rstrip() + "\n" + yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=120)


def files():
    tables = json.loads(TABLES.read_text(encoding="utf-8"))["tables"]
    return {
        "macros/shop_tables.sql": jinja(tables),
        "models/staging/_sources.yml": as_yaml(sources(tables)),
        "models/staging/_staging.yml": as_yaml(staging(tables)),
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
        print(f"{name}: {'differs from pipeline/tables.json' if '--check' in sys.argv[1:] else 'written'}")
    return 1 if differing and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
