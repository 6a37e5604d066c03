"""Silver kept up to date while changes arrive: new bronze files wake the same merge as bronze_to_silver.py.

The stream only says that a table has new files. What has been applied is known by the table's own state, so each file
is applied exactly once whatever becomes of the checkpoint: a batch that is repeated finds nothing new.
"""
import dataclasses
import sys

from pyspark.sql import functions as F

import bronze_to_silver
import shop_tables
from bronze_to_silver import batch_name, failures, tell
from hadoop_files import java_reason, uri
from shop_tables import JobError


def parser():
    p = bronze_to_silver.parser()
    p.prog, p.description = "stream.py", __doc__.split("\n")[0]
    p.add_argument("--checkpoint", required=True, help="URI where Spark keeps the position of the stream")
    p.add_argument("--every", default="60 seconds", help="how often to look for new files (default %(default)s)")
    p.add_argument("--once", action="store_true", help="apply what there is and end")
    p.add_argument("--bronze-totals", dest="bronze_totals", action="store_true",
                   help="read all of bronze at each change, for its control totals")
    p.set_defaults(bronze_totals=False)
    return p


def table_of(bronze, path):
    """The table that a bronze file belongs to: the folder below the schema's. What stands before may be escaped."""
    schema = bronze.rsplit("/", 1)[1]
    return path.rsplit(f"/{schema}/", 1)[1].split("/")[0]


def apply(ctx, tables, names):
    """One run of the job for these tables. A failure ends the stream; its files are tried again at the next start."""
    ctx = dataclasses.replace(ctx, batch=batch_name(), warnings=[])
    results = bronze_to_silver.run(ctx, tables, names)
    tell(ctx, results)
    if failures(results):
        raise JobError("; ".join(f"{n}: {r['error']}" for n, r in failures(results).items()))


def follow(ctx, tables, options):
    """Starts the stream and returns its query. What came before is applied first, because a full load that was
    replaced has no new name."""
    wanted = [t.name for t in shop_tables.choose(tables, options.table)]
    apply(ctx, tables, wanted)
    options.full = False
    files = (ctx.spark.readStream.schema("Op string").option("recursiveFileLookup", "true")
             .option("pathGlobFilter", "*.parquet").parquet(ctx.bronze)
             .select(F.col("_metadata.file_path").alias("path")))

    def woken(batch, _):
        names = {table_of(ctx.bronze, r["path"]) for r in batch.distinct().collect()}
        if names & set(wanted):
            apply(ctx, tables, [n for n in wanted if n in names])

    writer = files.writeStream.foreachBatch(woken).option("checkpointLocation", uri(options.checkpoint))
    trigger = {"availableNow": True} if options.once else {"processingTime": options.every}
    return writer.trigger(**trigger).start()


def main(arguments=None):
    options = parser().parse_args(arguments)
    try:
        spark = bronze_to_silver.session(options)
        ctx, tables = bronze_to_silver.prepare(spark, options)
        follow(ctx, tables, options).awaitTermination()
    except JobError as error:
        print(f"stream: {error}", file=sys.stderr)
        return 1
    except Exception as error:
        print(f"stream: {java_reason(error)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
