"""The published rows as Parquet files behind a manifest."""
from pyspark.sql import functions as F

import grouped_files as groups
import measures
import table_state
from row_rules import LIVE, LOST
from shop_tables import JobError

LEDGER_ROW_BYTES = 64  # about; only the sizes of its first files hang on it
SMALL_FILES = 16  # so many small files of a table without a key are made into one


def schema_text(table):
    columns = [f"`{c.name}` {c.spark_type}" for c in table.columns]
    return ", ".join(columns + ["`_changed_at` timestamp"])


def placed(frame, key, part):
    """With the columns that tell the group of a row."""
    return frame.select("*", part.alias("_part"), groups.key_hash(key).alias("_h"))


def live_rows(table, rows):
    """What is published of judged rows."""
    return rows.where(F.col("_state") == LIVE).select(
        *table.names, F.col("_ts").alias("_changed_at"), "_part", "_h")


def last_two(path):
    return tuple(path.split("/")[-2:])


def relative(ctx, path):
    return path[len(ctx.silver) + 1:]


class GroupedTable:
    """A set of grouped files (of the data or of the ledger) and how a merge rewrites them."""

    def __init__(self, ctx, folder, entries, key, row_bytes):
        self.ctx, self.folder, self.entries, self.key = ctx, folder, entries, key
        rows = sum(e["rows"] for e in entries)
        self.row_bytes = sum(e["bytes"] for e in entries) / rows if rows else row_bytes

    def _affected(self, touched):
        """Groups that must be rewritten, with the rows added to each; `touched` maps (part, hash) to rows added."""
        held = [groups.group_of(e) for e in self.entries if e["rows"]]
        affected = {}
        for (part, value), added in touched.items():
            group = groups.home(held, part, value)
            affected[group] = affected.get(group, 0) + added
        return affected

    def merge(self, touched, added, removed, read, columns):
        """Rewrites the touched groups: their rows without the `removed` keys, and the `added` rows.
        Returns all entries, and those among them that are new."""
        affected = self._affected(touched)
        stale = [e for e in self.entries if groups.group_of(e) in affected or not e["rows"]]
        after = []
        for group, rows in affected.items():
            rows += sum(e["rows"] for e in stale if groups.group_of(e) == group)
            after += groups.splits(group, rows * self.row_bytes, self.ctx.options.target_bytes)
        frame = added
        if any(e["rows"] for e in stale):
            old = read([f"{self.ctx.silver}/{e['path']}" for e in stale if e["rows"]])
            frame = old.join(removed, list(self.key), "left_anti").unionByName(added)
        gone = {e["path"] for e in stale}
        kept = [e for e in self.entries if e["path"] not in gone]
        new = self.write(frame, after, columns) if after or not kept else []
        if kept or any(e["rows"] for e in new):
            new = [e for e in new if e["rows"]]  # an empty file is only for a table without rows
        return kept + new, new

    def write(self, frame, after, columns):
        folder = f"{self.ctx.silver}/{self.folder}/{self.ctx.batch}"
        found = groups.write(self.ctx.spark, self.ctx.files, frame, columns, after, self.key, folder)
        footers = self.ctx.files.footers([path for path, _, _ in found])
        entries = []
        for path, size, group in found:
            group = group if group and footers[path].rows else groups.Group("", 0, 0)
            entries.append({"path": relative(self.ctx, path), "part": group.part, "bits": group.bits,
                            "value": group.value, "rows": footers[path].rows, "bytes": size})
        return entries


class ParquetStore:
    """Data files of a table. `part` of a row is its partition, told again from the row when it is read back."""

    def __init__(self, ctx, table, part):
        self.ctx, self.table, self.part = ctx, table, part
        self.columns = table.names + ["_changed_at"]

    def load(self):
        """The state, and readers brought to it where a killed run did not."""
        state = table_state.load(self.ctx, self.table.name)
        if state and state["format"] != "parquet":
            return None
        if state:
            self.publish(state)
        return state

    def read(self, paths):
        frame = self.ctx.spark.read.schema(schema_text(self.table)).parquet(*paths)
        return placed(frame, self.table.key, self.part) if self.table.key else frame

    def _measured(self, entries):
        """Control totals of new files, read back from them."""
        paths = [f"{self.ctx.silver}/{e['path']}" for e in entries if e["rows"]]
        found = {}
        if paths:
            where = groups.placement() if self.table.key else []
            frame = self.read(paths).withColumn("_path", F.col("_metadata.file_path"))
            rows = frame.groupBy("_path").agg(*measures.aggregates(self.table), *where).collect()
            found = {last_two(r["_path"]): r for r in rows}  # what stands before may be escaped
        for entry in entries:
            row = found.get(last_two(entry["path"]))
            if entry["rows"] != (row["rows"] if row else 0):
                raise JobError(f"{entry['path']} was not read back as it was written")
            if row and self.table.key:
                groups.verify(entry, row)
            entry["measures"] = measures.of_row(self.table, row) if row else measures.none(self.table)
        return entries

    def merge(self, before, rows, touched, row_bytes):
        """Returns what the state keeps of the data, its control totals, and the bytes written."""
        entries = before["data"] if before else []
        stored = GroupedTable(self.ctx, f"{self.table.name}/data", entries, self.table.key, row_bytes)
        if self.table.key:
            if not touched and entries:
                return self._result(entries, [])
            removed = rows.where(F.col("_state") != LOST).select(*self.table.key)
            everything, new = stored.merge(touched, live_rows(self.table, rows), removed, self.read, self.columns)
        else:
            everything, new = self._append(stored, live_rows(self.table, rows), touched)
        return self._result(everything, self._measured(new))

    def _append(self, stored, live, touched):
        """A table without a key only grows. New rows make a new file; many small files become one."""
        rows = sum(touched.values())
        if not rows and stored.entries:
            return stored.entries, []
        target = self.ctx.options.target_bytes
        small = [e for e in stored.entries if e["bytes"] < target / 4 or not e["rows"]]
        stale = small if len(small) >= SMALL_FILES else [e for e in small if not e["rows"]]
        paths = [f"{self.ctx.silver}/{e['path']}" for e in stale if e["rows"]]
        frame = live
        if paths:
            old = self.read(paths).selectExpr("*", "'' AS _part", "hash(*) AS _h")
            frame = old.unionByName(live)
        size = (rows + sum(e["rows"] for e in stale)) * stored.row_bytes
        after = groups.splits(groups.Group("", 0, 0), size, target) if rows else []
        stored.key = self.table.names[:1]
        new = stored.write(frame, after, self.columns)
        return [e for e in stored.entries if e not in stale] + new, new

    def _result(self, entries, new):
        total = measures.added(self.table, [e["measures"] for e in entries])
        return entries, total, sum(e["bytes"] for e in new)

    def commit(self, state, before):
        table_state.save(self.ctx, self.table.name, state, before)
        self.publish(state)

    def tidy(self, state):
        table_state.vacuum(self.ctx, self.table.name, state)

    def publish(self, state):
        table_state.publish(self.ctx, self.table.name, [f"{self.ctx.silver}/{e['path']}" for e in state["data"]])
