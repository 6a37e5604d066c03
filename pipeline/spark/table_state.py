"""What a run leaves for the next one: one small JSON beside each table, the only point of commit.

Order of a run: new files (nothing refers to them yet), the state, then the manifest, which is the state's list of data
files in the form that readers know. A run that is killed before the state is as if it had not been; one that is killed
after it is completed by the next run, which renders the manifest from the state.
"""
import dataclasses
import datetime
import json

from pyspark.sql import SparkSession

from hadoop_files import Files
from shop_tables import JobError

VERSION = 1
MANIFEST = "_symlink_format_manifest/manifest"


@dataclasses.dataclass
class Context:
    spark: SparkSession
    files: Files
    bronze: str  # folder of the schema
    silver: str  # folder of the schema
    batch: str  # name of this run, part of every path that it writes
    options: object
    warnings: list

    def warner(self, table):
        return lambda text: self.warnings.append(f"{table.name}: {text}")

    @property
    def now(self):
        return datetime.datetime.now(datetime.timezone.utc)

    @property
    def kept_since(self):
        """What has been superseded before this may be deleted."""
        return self.now - datetime.timedelta(hours=self.options.retain_hours)


def read_json(files, path):
    text = files.read_text(path)
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError:
        raise JobError(f"{path} is not JSON; remove it and run with --full") from None


def load(ctx, table_name):
    """The state of a table, or None. That of another version of the job is none: the table is built anew."""
    state = read_json(ctx.files, f"{ctx.silver}/{table_name}/_state/state.json")
    return state if state and state.get("version") == VERSION else None


def save(ctx, table_name, state, before):
    """Refuses to overwrite what another run has written meanwhile."""
    now = load(ctx, table_name)
    if (now or {}).get("batch") != (before or {}).get("batch"):
        raise JobError("another run has published this table meanwhile; only one may run at a time")
    ctx.files.replace_text(f"{ctx.silver}/{table_name}/_state/state.json", json.dumps(state, separators=(",", ":")))


def publish(ctx, folder, paths):
    """Makes a manifest list these files; writes only where it does not yet. Says whether it wrote."""
    target = f"{ctx.silver}/{folder}/{MANIFEST}"
    text = "".join(f"{p}\n" for p in sorted(paths))
    if ctx.files.read_text(target) == text:
        return False
    ctx.files.replace_text(target, text)
    return True


def listed(ctx, folder):
    """The files that a manifest lists."""
    return (ctx.files.read_text(f"{ctx.silver}/{folder}/{MANIFEST}") or "").split()


def referred(state):
    """Every file of a state, relative to the folder of the schema."""
    entries = [e["path"] for e in state["data"] + state["ledger"]]
    return entries + ([state["quarantine"]["path"]] if state["quarantine"] else [])


def retired(ctx, before, after):
    """What the state keeps of superseded files: readers may have begun with an older manifest."""
    limit, now = ctx.kept_since.isoformat(), ctx.now.isoformat()
    old = [r for r in (before["retired"] if before else []) if r[1] > limit]
    gone = set(referred(before)) - set(referred(after)) if before else set()
    return old + [[p, now] for p in sorted(gone)]


def vacuum(ctx, table_name, state):
    """Deletes what no state refers to, once it is old enough that neither a reader nor a run can still need it:
    superseded files, and what killed runs have left."""
    kept = {f"{ctx.silver}/{p}" for p in referred(state) + [r[0] for r in state["retired"]]}
    limit = ctx.kept_since.timestamp() * 1000
    folders = [f"{table_name}/ledger", f"_quarantine/data/{table_name}"]
    for folder in folders + ([f"{table_name}/data"] if state["format"] == "parquet" else []):
        for batch in ctx.files.children(f"{ctx.silver}/{folder}"):
            found = [e for e in ctx.files.below(batch.path) if not e.name.startswith(".")]
            stale = [e for e in found if e.path not in kept and e.mtime < limit]
            if found and len(stale) == len(found):
                ctx.files.delete(batch.path, recursive=True)
                continue
            for entry in stale:
                ctx.files.delete(entry.path)
