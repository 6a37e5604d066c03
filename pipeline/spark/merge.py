"""Bronze changes into silver: the newest version of each key, what it takes the place of, and what it leads to."""
from pyspark.sql import functions as F

import grouped_files as groups
import measures
import row_rules
from bronze_files import VERSION, changes
from parquet_store import LEDGER_ROW_BYTES, GroupedTable, placed, relative
from row_rules import DELETED, HELD, LIVE, LOST

LEDGER = "_ts timestamp, _cdc int, _file string, _pos bigint, _state string, _data_part string"
QUARANTINE = "table_name string, rule string, key string, row string, _changed_at timestamp"


def newest(table, rows):
    """One row for each key; rows without a place in any history stay as they are."""
    rows = rows.withColumn("_unsound", row_rules.unsound(table))
    if not table.key:
        return rows
    alone = F.when(F.col("_unsound").isNotNull(), F.concat_ws(":", "_file", F.col("_pos").cast("string")))
    rows = rows.withColumn("_alone", F.coalesce(alone, F.lit("")))
    by = [*table.key, "_alone"]
    rest = [c for c in rows.columns if c not in VERSION and c not in by]
    best = rows.groupBy(*by).agg(F.max(F.struct(*VERSION, *rest)).alias("_best"))
    return best.select(*table.key, "_best.*")


def ledger_columns(table):
    return [*table.key, *VERSION, "_state", "_data_part"]


def read_ledger(ctx, table, paths):
    """With the columns told: Spark would look them up by a job of its own."""
    types = {c.name: c.spark_type for c in table.columns}
    keys = ", ".join(f"`{k}` {types[k]}" for k in table.key)
    return ctx.spark.read.schema(f"{keys}, {LEDGER}").parquet(*paths)


def _touched_ledger(table, entries, rows):
    """The ledger files that may know one of the keys. Only worth a look where there are several."""
    if len(entries) < 2:
        return entries
    deepest = max(e["bits"] for e in entries)
    hashes = rows.select(groups.key_hash(table.key).alias("_h")).select(groups.low_bits(deepest).alias("low"))
    held = [groups.group_of(e) for e in entries]
    wanted = {groups.home(held, "", r["low"]) for r in hashes.distinct().collect()}
    return [e for e in entries if groups.group_of(e) in wanted]


def compared(ctx, table, rows, before):
    """Only what is newer than the version that the ledger knows, with that version's state. Late, repeated and
    out-of-order files so change nothing."""
    entries = [e for e in before["ledger"] if e["rows"]] if before and table.key else []
    entries = _touched_ledger(table, entries, rows)
    if not entries:
        return rows.selectExpr("*", "CAST(NULL AS string) AS _old_state", "CAST(NULL AS string) AS _old_part")
    lost = F.col("_unsound").isNotNull()
    old = read_ledger(ctx, table, [f"{ctx.silver}/{e['path']}" for e in entries]).select(
        *table.key, F.struct(*VERSION).alias("_old"), F.col("_state").alias("_old_state"),
        F.col("_data_part").alias("_old_part"))
    joined = rows.join(old, list(table.key), "left")
    newer = joined.where(lost | F.col("_old").isNull() | (F.struct(*VERSION) > F.col("_old")))
    for column in ("_old_state", "_old_part"):
        newer = newer.withColumn(column, F.when(~lost, F.col(column)))
    return newer.drop("_old")


def judged(table, rows):
    """Cleaned, with the state that each row leads to, and the text of those that are held back."""
    rows = row_rules.cleaned(table, rows)
    row_rules.check_rules(table, rows)
    deleted = F.col("_op") == "D"
    broken = F.coalesce(F.col("_unsound"), F.when(~deleted, row_rules.broken_rules(table)))
    rows = rows.withColumn("_rule", broken)
    state = (F.when(F.col("_unsound").isNotNull(), LOST).when(deleted, DELETED)
             .when(F.col("_rule").isNotNull(), HELD).otherwise(LIVE))
    was = [c.name for c in table.columns if c.clean]
    held = F.col("_rule").isNotNull()
    hashed = groups.key_hash(table.key) if table.key else F.hash("_file", "_pos")
    part = row_rules.partition_value(table) if table.key else F.lit("")
    return rows.select(
        *table.names, *VERSION, state.alias("_state"), "_old_state", "_old_part", part.alias("_part"),
        hashed.alias("_h"), "_rule", F.when(held, row_rules.row_json(table, was)).alias("_row"),
        F.when(held, row_rules.key_json(table)).alias("_key"))


class Outcome:
    """What the judged rows come to, counted once."""

    def __init__(self, rows, deepest):
        by = ["_state", "_old_state", "_part", "_old_part", groups.low_bits(deepest).alias("_low")]
        self.counts = rows.groupBy(*by).count().collect()

    def number(self, test):
        return sum(r["count"] for r in self.counts if test(r["_state"], r["_old_state"]))

    def touched_data(self):
        """(partition, hash) to rows added, of the data."""
        result = {}
        for r in self.counts:
            if r["_state"] == LIVE:
                place = (r["_part"], r["_low"])
                result[place] = result.get(place, 0) + r["count"]
            if r["_old_state"] == LIVE:
                result.setdefault((r["_old_part"], r["_low"]), 0)
        return result

    def touched_ledger(self):
        result = {}
        for r in self.counts:
            if r["_state"] != LOST:
                result["", r["_low"]] = result.get(("", r["_low"]), 0) + r["count"]
        return result

    def metrics(self):
        return {
            "inserted": self.number(lambda new, old: new == LIVE and old != LIVE),
            "updated": self.number(lambda new, old: new == LIVE and old == LIVE),
            "deleted": self.number(lambda new, old: new != LIVE and old == LIVE),
            "quarantined": self.number(lambda new, _: new in (HELD, LOST)),
        }


def merged_ledger(ctx, table, before, rows, outcome):
    entries = before["ledger"] if before else []
    stored = GroupedTable(ctx, f"{table.name}/ledger", entries, table.key, LEDGER_ROW_BYTES)
    known = rows.where(F.col("_state") != LOST)
    added = known.select(*table.key, *VERSION, "_state",
                         F.when(F.col("_state") == LIVE, F.col("_part")).alias("_data_part"),
                         F.lit("").alias("_part"), "_h")
    if not outcome.touched_ledger() and entries:
        return entries, 0

    def read(paths):
        return placed(read_ledger(ctx, table, paths), table.key, F.lit(""))

    everything, new = stored.merge(outcome.touched_ledger(), added, known.select(*table.key), read,
                                   ledger_columns(table))
    return everything, sum(e["bytes"] for e in new)


def merged_quarantine(ctx, table, before, rows, outcome):
    """The rows that are held back: those that were and have no newer version, and the new ones."""
    old = before["quarantine"] if before else None
    if not outcome.number(lambda new, was: new in (HELD, LOST) or was == HELD):
        return old
    held = rows.where(F.col("_state").isin(HELD, LOST)).select(
        F.lit(table.name).alias("table_name"), F.col("_rule").alias("rule"), F.col("_key").alias("key"),
        F.col("_row").alias("row"), F.col("_ts").alias("_changed_at"))
    if old:
        kept = ctx.spark.read.schema(QUARANTINE).parquet(f"{ctx.silver}/{old['path']}")
        lost = F.col("rule").startswith(row_rules.UNSOUND)
        if table.key:
            newer = rows.where(F.col("_state") != LOST).select(row_rules.key_json(table).alias("key"))
            kept = kept.where(~lost).join(newer, "key", "left_anti").unionByName(kept.where(lost))
        held = kept.select(*held.columns).unionByName(held)
    return write_quarantine(ctx, table, held)


def write_quarantine(ctx, table, frame):
    folder = f"{ctx.silver}/_quarantine/data/{table.name}/{ctx.batch}"
    frame.repartition(1).sortWithinPartitions("rule", "key").write.parquet(folder)
    path = next(e.path for e in ctx.files.below(folder) if e.name.endswith(".parquet"))
    back = ctx.spark.read.schema(QUARANTINE).parquet(path)
    by_rule = {r["rule"]: r["count"] for r in back.groupBy("rule").count().collect()}
    if not by_rule:
        return None
    return {"path": relative(ctx, path), "rules": by_rule, "measures": measures.of_json_rows(table, back)}


def merge(ctx, table, store, before, plan, cached):
    """Applies a plan. Returns the parts of the new state, and the numbers of the run. `before` is None for a build.
    The caller releases the frames that are added to `cached`, when the state has been committed."""
    source, rows_read = changes(ctx.spark, ctx.files, table, plan.files, ctx.options.timestamp_column,
                                ctx.warner(table))
    fresh = newest(table, source)
    if before and len(before["ledger"]) > 1:
        fresh = fresh.persist()
        cached.append(fresh)
    rows = judged(table, compared(ctx, table, fresh, before)).persist()
    cached.append(rows)
    outcome = Outcome(rows, max([e["bits"] for e in before["data"] + before["ledger"]] + [0]) if before else 0)
    row_bytes = sum(f.size for f in plan.files) / max(rows_read, 1)
    data, silver, written = store.merge(before, rows, outcome.touched_data(), row_bytes)
    ledger, more = merged_ledger(ctx, table, before, rows, outcome) if table.key else ([], 0)
    quarantine = merged_quarantine(ctx, table, before, rows, outcome)
    parts = {"data": data, "ledger": ledger, "quarantine": quarantine, "silver": silver}
    return parts, {"rows_read": rows_read, "bytes_written": written + more, **outcome.metrics()}
