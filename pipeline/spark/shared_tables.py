"""The tables that all tables of the shop share: quarantine, control_totals and runs. Each is one manifest."""
import hashlib
import json

import control_totals
import table_state
from merge import QUARANTINE

TOTALS = "layer string, table_name string, measure string, value string, quarantined string"
TEXT_RUNS = ("run_id", "table_name", "mode", "status", "error", "started_at", "ended_at")
NUMBER_RUNS = ("files_read", "rows_read", "inserted", "updated", "deleted", "quarantined", "rows_now",
               "bytes_written")
RUNS = ", ".join(f"{c} string" for c in TEXT_RUNS) + ", " + ", ".join(f"{c} bigint" for c in NUMBER_RUNS)
MANY_RUNS = 48  # so many files of runs are made into one


def _write(ctx, rows, schema, folder, columns=("*",)):
    path = f"{ctx.silver}/{folder}"
    if ctx.files.exists(path):
        ctx.files.delete(path, recursive=True)  # of a killed run; no manifest names it
    frame = ctx.spark.createDataFrame(rows, schema).coalesce(1).selectExpr(*columns)
    frame.write.parquet(path)
    return next(e.path for e in ctx.files.below(path) if e.name.endswith(".parquet"))


def _forget(ctx, folder, listed):
    """Deletes files that have been superseded long enough: since the next newer one was written."""
    found = sorted((e for e in ctx.files.below(f"{ctx.silver}/{folder}/data") if e.name.endswith(".parquet")),
                   key=lambda e: e.mtime)
    limit = ctx.kept_since.timestamp() * 1000
    for entry, newer in zip(found, found[1:]):
        if entry.path not in listed and newer.mtime < limit:
            ctx.files.delete(entry.path.rsplit("/", 1)[0], recursive=True)


def publish_totals(ctx, tables, states):
    rows = control_totals.rows_of(tables, states)
    digest = hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]
    if any(f"/data/{digest}-" in p for p in table_state.listed(ctx, "control_totals")):
        return
    path = _write(ctx, rows, TOTALS, f"control_totals/data/{digest}-{ctx.batch}")
    table_state.publish(ctx, "control_totals", [path])
    _forget(ctx, "control_totals", [path])


def publish_quarantine(ctx, states):
    paths = [f"{ctx.silver}/{s['quarantine']['path']}" for s in states.values() if s["quarantine"]]
    if not paths:  # readers find the columns all the same
        empty = f"{ctx.silver}/_quarantine/data/none"
        paths = [e.path for e in ctx.files.below(empty) if e.name.endswith(".parquet")][:1]
        paths = paths or [_write(ctx, [], QUARANTINE, "_quarantine/data/none")]
    table_state.publish(ctx, "_quarantine", paths)


def publish_runs(ctx, runs):
    """Adds this run's rows. Says of each table what was done; tables with nothing new are not told."""
    if not runs:
        return
    before = table_state.listed(ctx, "runs")
    columns = [f"CAST({c} AS timestamp) AS {c}" if c.endswith("_at") else c for c in TEXT_RUNS + NUMBER_RUNS]
    rows = [tuple(r.get(c) for c in TEXT_RUNS + NUMBER_RUNS) for r in runs]
    path = _write(ctx, rows, RUNS, f"runs/data/{ctx.batch}", columns)
    if len(before) < MANY_RUNS:
        table_state.publish(ctx, "runs", before + [path])
        return
    for entry in ctx.files.below(f"{ctx.silver}/runs/data"):  # what the compaction before this one superseded
        if entry.name.endswith(".parquet") and entry.path not in before + [path]:
            ctx.files.delete(entry.path.rsplit("/", 1)[0], recursive=True)
    folder = f"{ctx.silver}/runs/data/{ctx.batch}-all"
    ctx.spark.read.parquet(*before, path).coalesce(1).write.parquet(folder)
    table_state.publish(ctx, "runs", [e.path for e in ctx.files.below(folder) if e.name.endswith(".parquet")])


def publish(ctx, tables, runs):
    """Brings the shared tables to what the states of all tables say; writes only what differs."""
    states = {name: table_state.load(ctx, name) for name in tables}
    states = {name: s for name, s in states.items() if s}
    if states:
        publish_quarantine(ctx, states)
        publish_totals(ctx, tables, states)
    publish_runs(ctx, runs)
