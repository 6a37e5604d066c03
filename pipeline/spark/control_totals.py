"""The control totals of bronze, by another way than the merge: every file of the table, the newest version of each key
by a window over the time as text, no ledger, no state. It costs one reading of all that bronze holds of the table."""
from pyspark.sql import Window
from pyspark.sql import functions as F

import measures
from bronze_files import frames, with_place
from row_rules import typed


def _read(ctx, table, listed):
    column = ctx.options.timestamp_column
    found, _ = frames(ctx.spark, ctx.files, table, listed, column, lambda _: None)
    wanted = [c for c in table.columns if c.in_checksum or c.name in table.key]
    shaped = [with_place(f).select(
        "Op", F.col(column).cast("string").alias("_at"), "_cdc", "_file", "_pos",
        *[typed(c, dict(f.dtypes)[c.name]).alias(c.name) for c in wanted]) for f in found]
    rows = shaped[0]
    for other in shaped[1:]:
        rows = rows.unionByName(other)
    return rows


def _newest(table, rows):
    """Rows that can be placed in no history are counted as they are: silver holds every one of them back."""
    known = F.col("Op").isin("I", "U", "D", "i", "u", "d") & F.col("_at").cast("timestamp").isNotNull()
    for column in table.key:
        known = known & F.col(column).isNotNull()
    known = F.coalesce(known, F.lit(False))
    latest = Window.partitionBy(*table.key, "_known").orderBy(
        *[F.col(c).desc() for c in ("_at", "_cdc", "_file", "_pos")])
    ranked = rows.withColumn("_known", known).withColumn("_rank", F.row_number().over(latest))
    return ranked.where(~F.col("_known") | ((F.col("_rank") == 1) & ~F.col("Op").isin("D", "d")))


def bronze(ctx, table, listed):
    """The measures, or None where files that were applied are no longer there, so that nothing can be told."""
    if not listed:
        return measures.none(table)
    rows = _read(ctx, table, listed)
    rows = _newest(table, rows) if table.key else rows
    return measures.of_row(table, rows.agg(*measures.aggregates(table)).first())


def rows_of(tables, states):
    """The rows of the table control_totals."""
    result = []
    for name, state in states.items():
        zero, held = measures.none(tables[name]), state["quarantine"]
        layers = [("bronze", state["bronze_totals"], zero), ("silver", state["silver"], held and held["measures"])]
        for layer, values, quarantined in layers:
            for measure, value in (values or {}).items():
                result.append((layer, name, measure, value, (quarantined or zero)[measure]))
    return result
