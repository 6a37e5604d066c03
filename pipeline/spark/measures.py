"""Rows, sums and checksum of a table: the control totals that are equal from layer to layer."""
import decimal

from pyspark.sql import functions as F

from row_rules import typed


def _canonical(column):
    here = F.col(column.name)
    if column.kind == "timestamp":
        here = F.date_format(here, "yyyy-MM-dd HH:mm:ss")
    return F.coalesce(here.cast("string"), F.lit("\\N"))


def aggregates(table):
    """Over a frame that has the table's columns in silver's types, before cleaning or after."""
    text = F.concat_ws("|", *[_canonical(c) for c in table.columns if c.in_checksum])
    digits = F.conv(F.substring(F.md5(text.cast("binary")), 1, 8), 16, 10).cast("bigint")
    sums = [F.sum(c.name).alias(f"sum({c.name})") for c in table.money]
    return [F.count(F.lit(1)).alias("rows"), *sums, F.sum(digits).alias("checksum")]


def of_row(table, row):
    """The measures of an aggregated row, as exact decimal text."""
    result = {"rows": str(row["rows"])}
    for column in table.money:
        value = row[f"sum({column.name})"] or decimal.Decimal(0)
        result[f"sum({column.name})"] = str(value.quantize(decimal.Decimal(1).scaleb(-column.size[1])))
    result["checksum"] = str(row["checksum"] or 0)
    return result


def none(table):
    return of_row(table, {"rows": 0, "checksum": 0, **{f"sum({c.name})": None for c in table.money}})


def added(table, many):
    total = none(table)
    with decimal.localcontext() as context:
        context.prec = 60
        for measures in many:
            total = {m: str(decimal.Decimal(v) + decimal.Decimal(measures[m])) for m, v in total.items()}
    return total


def of_json_rows(table, frame):
    """The measures of rows that are kept as JSON text in the column row (the quarantine)."""
    as_text = ", ".join(f"`{n}` string" for n in table.names)
    rows = frame.select(F.from_json("row", as_text).alias("r")).select("r.*")
    rows = rows.select(*[typed(c, "string").alias(c.name) for c in table.columns])
    return of_row(table, rows.agg(*aggregates(table)).first())
