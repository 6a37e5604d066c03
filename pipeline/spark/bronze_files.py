"""What AWS DMS leaves in bronze: which files there are, which of them are new, and their rows in one shape."""
import collections
import datetime
import re

from pyspark.sql import functions as F

from row_rules import cast_failure, typed
from shop_tables import JobError

LOAD = re.compile(r"LOAD[0-9A-Fa-f]+\.parquet\Z")
CHANGES = re.compile(r"(\d{8})-\d+\.parquet\Z")
DATE_FOLDER = re.compile(r"\d{4}(/\d{2}){0,3}\Z")
VERSION = ["_ts", "_cdc", "_file", "_pos"]  # newest last; a full load sorts before every change of the same time

BronzeFile = collections.namedtuple("BronzeFile", "name path size mtime day")  # no day: of the full load
Plan = collections.namedtuple("Plan", "mode reason files")  # mode: build, changes, nothing


def _known(entry, warn):
    if LOAD.match(entry.name):
        return BronzeFile(entry.name, entry.path, entry.size, entry.mtime, "")
    match = CHANGES.match(entry.name)
    if match:
        return BronzeFile(entry.name, entry.path, entry.size, entry.mtime, match[1])
    if entry.name.endswith(".parquet"):
        warn(f"{entry.path} is named neither as a full load nor as changes: not read")
    return None


def _recent(files, folder, since, relative=""):
    """The files of a folder but for date folders that end before a day. One request a folder."""
    for entry in files.children(folder):
        below = f"{relative}/{entry.name}".lstrip("/")
        if not entry.folder:
            yield entry
        elif not DATE_FOLDER.match(below) or below.replace("/", "")[:8] >= since[:len(below.replace("/", "")[:8])]:
            yield from _recent(files, entry.path, since, below)


def list_table(files, folder, since, warn):
    """The files of a table by name. `since` (YYYYMMDD or nothing) spares the listing of older date folders."""
    entries = _recent(files, folder, since) if since else files.below(folder)
    known = [f for f in (_known(e, warn) for e in entries) if f]
    return {f.name: f for f in sorted(known, key=lambda f: f.path, reverse=True)}


def horizon(high, late_days):
    """The first day whose files are remembered by name."""
    if not high:
        return ""
    day = datetime.datetime.strptime(high, "%Y%m%d") - datetime.timedelta(days=late_days)
    return day.strftime("%Y%m%d")


def remember(listed, before, late_days):
    """What the state keeps about the files that have been applied: names of the load and of the last days, a count
    of the older ones. So it does not grow with the age of the table."""
    known = dict(before["names"]) if before else {}
    known.update({f.name: [f.size, f.mtime, f.day] for f in listed})
    high = max([day for _, _, day in known.values()] + [before["high"] if before else ""])
    first = horizon(high, late_days)
    names = {n: v for n, v in known.items() if not v[2] or v[2] >= first}
    return {"names": names, "high": high, "older": (before["older"] if before else 0) + len(known) - len(names)}


def plan(table, state, listed, full, late_days):
    """What is to be done with the files found, against those that the state knows."""
    everything = list(listed.values())
    if full or state is None:
        return Plan("build", "asked for" if full else "first run", everything)
    if state["definition"] != table.definition:
        return Plan("build", "the table's description changed", everything)
    applied = state["bronze"]
    if not listed and applied["names"]:
        raise JobError("bronze holds no file of the table any more; if the source table is empty, run with --full")
    for name, (size, mtime, _) in applied["names"].items():
        if name in listed and [listed[name].size, listed[name].mtime] != [size, mtime]:
            return Plan("build", f"{name} was replaced at the source", everything)
    gone = applied["names"].keys() - listed.keys()
    if gone and any(not f.day and f.name not in applied["names"] for f in everything):
        return Plan("build", "the table was loaded anew at the source", everything)
    if gone and len(gone) == len(applied["names"]):  # DMS deletes a table's folder on TRUNCATE
        raise JobError("bronze holds none of the files any more that were applied, but newer ones; if the source table "
                       "was emptied, run with --full, which builds from what is there")
    first = horizon(applied["high"], late_days)
    older = [f for f in everything if f.day and f.day < first]
    if len(older) > applied["older"]:
        raise JobError(f"{len(older) - applied['older']} files are older than {late_days} days before the newest and "
                       "came too late to be known by name; run with --full")
    new = [f for f in everything if f.name not in applied["names"] and (not f.day or f.day >= first)]
    return Plan("changes" if new else "nothing", "", new)


def frames(spark, files, table, listed, timestamp_column, warn):
    """One frame for each schema among the files, and the number of rows. A column too many is told, one too few is
    an error: read as null it would lose data."""
    footers = files.footers([f.path for f in listed])
    alike = collections.defaultdict(list)
    for path, footer in footers.items():
        alike[footer.schema].append(path)
    result = []
    for paths in alike.values():
        frame = spark.read.parquet(*sorted(paths))
        expected = ["Op", timestamp_column, *table.names]
        missing = [c for c in expected if c not in frame.columns]
        if missing:
            settings = set(missing) & set(expected[:2])
            hint = "; Op and the time of commit are settings of the replication" if settings else ""
            raise JobError(f"{sorted(paths)[0]} has no column {', '.join(missing)}{hint}")
        for column in sorted(set(frame.columns) - set(expected)):
            warn(f"column {column} of the source is not described: not read ({len(paths)} files)")
        result.append(frame)
    return result, sum(f.rows for f in footers.values())


def with_place(frame):
    """Adds where each row stands: name of the file and position in it, whatever splits Spark reads it by."""
    return frame.select("*", F.col("_metadata.file_name").alias("_file"), F.col("_metadata.row_index").alias("_pos"),
                        (~F.upper(F.col("_metadata.file_name")).startswith("LOAD")).cast("int").alias("_cdc"))


def _shaped(frame, table, timestamp_column):
    """The columns in silver's types. What cannot be had in them is null, named in _cast, and kept as text in _raw."""
    types = dict(frame.dtypes)
    failures = [cast_failure(c, types[c.name]) for c in table.columns]
    failed = F.concat_ws(", ", *failures)
    raw = F.to_json(F.struct(*[F.col(n).cast("string").alias(n) for n in table.names]), {"ignoreNullFields": "false"})
    return with_place(frame).select(
        F.upper(F.col("Op")).alias("_op"),
        F.expr(f"try_cast(`{timestamp_column}` AS timestamp)").alias("_ts"), "_cdc", "_file", "_pos",
        *[typed(c, types[c.name]).alias(c.name) for c in table.columns],
        F.when(failed != "", failed).alias("_cast"), F.when(failed != "", raw).alias("_raw"))


def changes(spark, files, table, listed, timestamp_column, warn):
    """The rows of these files, and their number."""
    found, rows = frames(spark, files, table, listed, timestamp_column, warn)
    shaped = [_shaped(f, table, timestamp_column) for f in found]
    result = shaped[0]
    for other in shaped[1:]:
        result = result.unionByName(other)
    return result, rows
