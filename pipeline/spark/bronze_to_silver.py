"""From bronze (what AWS DMS writes) to silver (the newest version of each row, cleaned), for every table that
tables.json describes. See README.md beside this file."""
import argparse
import concurrent.futures
import dataclasses
import datetime
import secrets
import sys
import time

from pyspark.sql import SparkSession

import bronze_files
import control_totals
import merge
import row_rules
import shared_tables
import shop_tables
import table_state
from hadoop_files import Files, java_reason, uri
from parquet_store import ParquetStore
from shop_tables import JobError

SETTINGS = {
    "spark.sql.session.timeZone": "UTC",  # the shop's local time, taken as it stands
    "spark.sql.ansi.enabled": "false",
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "false",
    # The one form of a timestamp that Athena, Redshift Spectrum, Spark and DuckDB all read as one without zone.
    "spark.sql.parquet.outputTimestampType": "INT96",
    "spark.sql.parquet.int96RebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.int96RebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
    "spark.hadoop.parquet.enable.summary-metadata": "false",
    "spark.scheduler.mode": "FAIR",
    "spark.ui.showConsoleProgress": "false",
}


def parser():
    p = argparse.ArgumentParser(prog="bronze_to_silver.py", description=__doc__.split(" See ")[0])
    p.add_argument("--bronze", required=True, help="URI of the bronze layer")
    p.add_argument("--silver", required=True, help="URI of the silver layer")
    p.add_argument("--tables", default="tables.json", help="description of the tables: a local path or a URI")
    p.add_argument("--table", action="append", default=[], help="only this table (may be repeated)")
    p.add_argument("--folder", default="rds", help="folder of the source in bronze (default %(default)s)")
    p.add_argument("--timestamp-column", default="dms_timestamp", help="time of commit (default %(default)s)")
    p.add_argument("--format", choices=("parquet", "iceberg"), default="parquet")
    p.add_argument("--catalog", default="glue", help="of Iceberg, in Spark's settings (default %(default)s)")
    p.add_argument("--database", default="ecommerce", help="of Iceberg (default %(default)s)")
    p.add_argument("--full", action="store_true", help="build from all of bronze, whatever silver holds")
    p.add_argument("--no-bronze-totals", dest="bronze_totals", action="store_false",
                   help="do not read all of bronze again for its control totals")
    p.add_argument("--compression", choices=("snappy", "zstd"), default="snappy")
    p.add_argument("--target-mb", type=float, default=128, help="size of a data file (default %(default)s)")
    p.add_argument("--late-days", type=int, default=3, help="so many days before the newest a file may come late and "
                   "still be applied by itself (default %(default)s)")
    p.add_argument("--retain-hours", type=float, default=24, help="how long superseded files stay for readers, and "
                   "how old what a killed run left must be to be deleted (default %(default)s)")
    p.add_argument("--conf", action="append", default=[], metavar="NAME=VALUE", help="a setting of Spark, where the "
                   "job is not started by spark-submit (may be repeated)")
    p.add_argument("--parallel", type=int, default=3, help="tables at a time (default %(default)s)")
    return p


def session(options):
    """Spark with what the job relies on. Other settings given to spark-submit stand."""
    given = dict(setting.partition("=")[::2] for setting in options.conf)
    settings = {**SETTINGS, "spark.sql.parquet.compression.codec": options.compression, **given}
    if options.format == "iceberg":
        from iceberg_store import catalog_settings
        settings.update(catalog_settings(options, given))
    builder = SparkSession.builder.appName("bronze-to-silver")
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    if not spark.sparkContext.getConf().contains("spark.sql.shuffle.partitions"):
        spark.conf.set("spark.sql.shuffle.partitions", str(2 * spark.sparkContext.defaultParallelism))
    return spark


def own_session(spark):
    """Another session with the same settings. One table at a time may then have settings of its own."""
    twin = spark.newSession()
    for name in [*SETTINGS, "spark.sql.parquet.compression.codec", "spark.sql.shuffle.partitions"]:
        if twin.conf.isModifiable(name):
            twin.conf.set(name, spark.conf.get(name, SETTINGS.get(name)))
    return twin


def _read_tables(files, path):
    text = files.read_text(uri(path))
    if text is None:
        raise JobError(f"no description of tables at {path}")
    return shop_tables.parse(text, path)


def batch_name():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%S.%fZ-") + secrets.token_hex(3)


def prepare(spark, options):
    """The context of a run and all tables of the description; refuses what cannot be right."""
    if options.late_days < 0 or options.target_mb <= 0 or options.retain_hours < 0 or options.parallel < 1:
        raise JobError("--late-days and --retain-hours must not be negative, --target-mb and --parallel be positive")
    files = Files(spark)
    schema, tables = _read_tables(files, options.tables)
    shop_tables.choose(tables, options.table)
    options.target_bytes = options.target_mb * 1024 * 1024
    bronze = f"{uri(options.bronze)}/{options.folder}/{schema}"
    if not files.exists(bronze):
        raise JobError(f"no bronze at {bronze}")
    silver = f"{uri(options.silver)}/{schema}"
    return table_state.Context(spark, files, bronze, silver, batch_name(), options, []), tables


def _store(ctx, table):
    if ctx.options.format == "parquet":
        return ParquetStore(ctx, table, row_rules.partition_value(table))
    from iceberg_store import IcebergStore
    return IcebergStore(ctx, table)


def _empty(ctx, table, store):
    """A table that has no file in bronze: DMS makes none for an empty table."""
    columns = ", ".join(f"`{c.name}` {c.spark_type}" for c in table.columns)
    extra = ("_ts timestamp, _cdc int, _file string, _pos bigint, _state string, _old_state string, "
             "_old_part string, _part string, _h int")
    rows = ctx.spark.sql("SELECT 1").limit(0).selectExpr(
        *[f"CAST(NULL AS {p.split()[1]}) AS {p.split()[0]}" for p in f"{columns}, {extra}".split(", ")])
    data, silver, written = store.merge(None, rows, {}, 1)
    parts = {"data": data, "ledger": [], "quarantine": None, "silver": silver}
    zeros = dict.fromkeys(("inserted", "updated", "deleted", "quarantined", "rows_read"), 0)
    return parts, {**zeros, "bytes_written": written}


def _bronze_totals(ctx, table, before, listed, applied):
    """The totals of bronze, where all that was ever applied is still there to be read."""
    if not ctx.options.bronze_totals:
        return None
    if len(listed) < len(applied["names"]) + applied["older"]:
        ctx.warner(table)("files that were applied are gone from bronze: no control totals of bronze")
        return None
    return control_totals.bronze(ctx, table, list(listed.values()))


def run_table(ctx, table):
    """Brings one table up to date. Returns the numbers of the run, or None where there was nothing to do."""
    ctx.spark.sparkContext.setLocalProperty("spark.scheduler.pool", table.name)
    ctx.spark.sparkContext.setJobDescription(table.name)
    if ctx.options.format == "iceberg":
        ctx = dataclasses.replace(ctx, spark=own_session(ctx.spark))
    store, options = _store(ctx, table), ctx.options
    state = store.load()
    since = ""
    if state and not options.full and not options.bronze_totals:
        since = bronze_files.horizon(state["bronze"]["high"], options.late_days)
    listed = bronze_files.list_table(ctx.files, f"{ctx.bronze}/{table.name}", since, ctx.warner(table))
    plan = bronze_files.plan(table, state, listed, options.full, options.late_days)
    if plan.mode == "nothing":
        return None
    if plan.mode == "build" and since:
        listed = bronze_files.list_table(ctx.files, f"{ctx.bronze}/{table.name}", "", ctx.warner(table))
        plan = plan._replace(files=list(listed.values()))
    return _apply(ctx, table, store, state, plan, listed)


def _apply(ctx, table, store, state, plan, listed):
    started, cached = ctx.now, []
    before = state if plan.mode == "changes" else None
    applied = bronze_files.remember(plan.files, before and before["bronze"], ctx.options.late_days)
    try:
        parts, numbers = (merge.merge(ctx, table, store, before, plan, cached) if plan.files
                          else _empty(ctx, table, store))
        after = {"version": table_state.VERSION, "batch": ctx.batch, "format": ctx.options.format, "mode": plan.mode,
                 "definition": table.definition, "bronze": applied, **parts,
                 "bronze_totals": _bronze_totals(ctx, table, before, listed, applied)}
        after["retired"] = table_state.retired(ctx, state, after)
        store.commit(after, state)
    finally:
        for frame in cached:
            frame.unpersist()
    try:
        store.tidy(after)
    except Exception as error:  # the rows are published; what is left over is tried again next time
        ctx.warner(table)(f"superseded files are not deleted: {java_reason(error)}")
    return {"run_id": ctx.batch, "table_name": table.name, "mode": plan.mode, "status": "ok", "reason": plan.reason,
            "started_at": _text(started), "ended_at": _text(ctx.now), "files_read": len(plan.files),
            "rows_now": int(after["silver"]["rows"]), **numbers}


def _text(moment):
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def guarded(ctx, table):
    """As run_table, with a failure as a row of its own."""
    started = ctx.now
    try:
        return run_table(ctx, table)
    except Exception as error:
        reason = str(error) if isinstance(error, JobError) else java_reason(error)
        return {"run_id": ctx.batch, "table_name": table.name, "mode": "", "status": "failed", "error": reason,
                "started_at": _text(started), "ended_at": _text(ctx.now)}


def run(ctx, tables, names):
    """Brings tables up to date, several at a time. One that fails keeps no other from being published."""
    chosen = shop_tables.choose(tables, names)
    with concurrent.futures.ThreadPoolExecutor(ctx.options.parallel) as pool:
        results = list(pool.map(lambda table: guarded(ctx, table), chosen))
    runs = [r for r in results if r]
    shared_tables.publish(ctx, tables, runs)
    return dict(zip([t.name for t in chosen], results))


def told(name, result):
    if result is None:
        return f"{name}: nothing new"
    if result["status"] != "ok":
        return f"{name}: failed: {result['error']}"
    reason = f" ({result['reason']})" if result["reason"] else ""
    return ("{table_name}: {mode}{why}, {files_read} files, {rows_read} rows read, {inserted} inserted, {updated} "
            "updated, {deleted} deleted, {quarantined} quarantined, {rows_now} rows now").format(why=reason, **result)


def failures(results):
    return {name: r for name, r in results.items() if r and r["status"] != "ok"}


def tell(ctx, results):
    """What was done goes to standard output; warnings and failures to standard error."""
    for warning in sorted(set(ctx.warnings)):
        print(f"warning: {warning}", file=sys.stderr)
    for name, result in results.items():
        print(told(name, result), file=sys.stderr if name in failures(results) else sys.stdout, flush=True)


def main(arguments=None):
    options = parser().parse_args(arguments)
    began = time.monotonic()
    try:
        spark = session(options)
        ctx, tables = prepare(spark, options)
        results = run(ctx, tables, options.table)
    except JobError as error:
        print(f"bronze_to_silver: {error}", file=sys.stderr)
        return 2
    tell(ctx, results)
    print(f"{len(results)} tables in {time.monotonic() - began:.1f} s")
    return 1 if failures(results) else 0


if __name__ == "__main__":
    sys.exit(main())
