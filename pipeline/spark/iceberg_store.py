"""The published rows as an Iceberg table of a catalog (Glue on AWS).

Here the snapshot of the table is the point of commit: it carries the name of the run, and the state of that run lies
beside the ledger as _state/RUN.json, written before. A run that is killed in between leaves a state that no snapshot
names. A merge is staged first and published as a whole (Iceberg's write-audit-publish); `MERGE INTO` alone could not
carry the name. The ledger, quarantine, control_totals and runs are Parquet files as in the other format.
"""
import json
import os

from pyspark import SparkConf, SparkContext
from pyspark.sql import functions as F

import measures
import table_state
from hadoop_files import uri
from row_rules import LIVE, LOST
from shop_tables import JobError

BATCH = "cfngen-batch"
EXTENSIONS = "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"


def catalog_settings(options, given):
    """The catalog is Glue's, unless the session has settings for one of this name."""
    catalog = f"spark.sql.catalog.{options.catalog}"
    submitted = "PYSPARK_GATEWAY_PORT" in os.environ  # by spark-submit, whose settings only Java knows
    if submitted:
        SparkContext._ensure_initialized()
    if catalog in given or submitted and SparkConf().contains(catalog):
        return {"spark.sql.extensions": EXTENSIONS}
    return {
        "spark.sql.extensions": EXTENSIONS,
        catalog: "org.apache.iceberg.spark.SparkCatalog",
        f"{catalog}.catalog-impl": "org.apache.iceberg.aws.glue.GlueCatalog",
        f"{catalog}.io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
        f"{catalog}.cache-enabled": "false",  # each table has a session of its own, and must see what others wrote
        f"{catalog}.warehouse": f"{uri(options.silver)}/iceberg",
    }


def _zoneless(column):
    return F.col(column.name).cast("timestamp_ntz") if column.kind == "timestamp" else F.col(column.name)


class IcebergStore:
    """One table. Its session is its own, because the name of a staged write is a setting of the session."""

    def __init__(self, ctx, table):
        self.ctx, self.table, self.spark = ctx, table, ctx.spark
        self.local = f"{ctx.options.database}.{table.name}"
        self.name = f"{ctx.options.catalog}.{self.local}"
        self.rows = self.touched = self.seen = None

    def _state_path(self, batch):
        return f"{self.ctx.silver}/{self.table.name}/_state/{batch}.json"

    def _batch(self):
        """The run that the newest snapshot of ours names; others may have added snapshots of maintenance since."""
        if not self.spark.catalog.tableExists(self.name):
            return None
        found = self.spark.sql(
            f"SELECT coalesce(s.summary['{BATCH}'], s.summary['wap.id']) AS batch FROM {self.name}.history h "
            f"JOIN {self.name}.snapshots s ON s.snapshot_id = h.snapshot_id WHERE h.is_current_ancestor "
            "ORDER BY h.made_current_at DESC").collect()
        return next((r["batch"] for r in found if r["batch"]), None)

    def load(self):
        self.seen = batch = self._batch()
        state = table_state.read_json(self.ctx.files, self._state_path(batch)) if batch else None
        if not state or state.get("version") != table_state.VERSION:
            return None
        if not state["silver"]:  # killed between the snapshot and its totals
            state["silver"] = self._totals()
            self._save(state)
        self._copy(state)
        return state

    def _save(self, state):
        self.ctx.files.replace_text(self._state_path(state["batch"]), json.dumps(state, separators=(",", ":")))

    def _copy(self, state):
        """For what reads the states of all tables, whatever their format."""
        if table_state.load(self.ctx, self.table.name) != state:
            text = json.dumps(state, separators=(",", ":"))
            self.ctx.files.replace_text(f"{self.ctx.silver}/{self.table.name}/_state/state.json", text)

    def merge(self, before, rows, touched, row_bytes):
        """Only remembers; the rows are written when the state lies ready."""
        self.rows, self.touched = rows, touched
        return [], None, 0

    def commit(self, state, before):
        if self.seen != self._batch():
            raise JobError("another run has published this table meanwhile; only one may run at a time")
        state["silver"] = None
        if state["mode"] == "changes" and not self.touched:
            state["batch"], state["silver"] = before["batch"], before["silver"]  # the snapshot stays
            self._save(state)
        else:
            self._save(state)
            self._publish(state)
            state["silver"] = self._totals()
            self._save(state)
        self._copy(state)

    def _live(self):
        columns = [_zoneless(c).alias(c.name) for c in self.table.columns]
        rows = self.rows.where(F.col("_state") == LIVE)
        return rows.select(*columns, F.col("_ts").cast("timestamp_ntz").alias("_changed_at"))

    def _publish(self, state):
        if state["mode"] != "changes":
            self._replace(state["batch"])
        elif self.table.key:
            self._merge(state["batch"])
        else:
            self._live().writeTo(self.name).option(f"snapshot-property.{BATCH}", state["batch"]).append()

    def _partitioning(self):
        if not self.table.partition:
            return None
        column, by = self.table.partition
        return (F.years if by == "year" else F.months)(column)

    def _writer(self, frame, batch):
        writer = frame.writeTo(self.name).using("iceberg").option(f"snapshot-property.{BATCH}", batch)
        properties = {"format-version": "2", "write.wap.enabled": "true", "write.merge.mode": "copy-on-write",
                      "write.target-file-size-bytes": str(int(self.ctx.options.target_bytes)),
                      "write.parquet.compression-codec": self.ctx.options.compression}
        for name, value in properties.items():
            writer = writer.tableProperty(name, value)
        partitioning = self._partitioning()
        return writer.partitionedBy(partitioning) if partitioning is not None else writer

    def _replace(self, batch):
        """A table of the same columns keeps its history of snapshots in one line; another shape replaces it whole."""
        live = self._live()
        live = live.sortWithinPartitions(*self.table.key) if self.table.key else live
        self.spark.sql(f"CREATE NAMESPACE IF NOT EXISTS {self.ctx.options.catalog}.{self.ctx.options.database}")
        self._writer(live, batch).createOrReplace()
        location = self.spark.sql(f"DESCRIBE TABLE EXTENDED {self.name}").where("col_name = 'Location'").first()[1]
        if uri(location).startswith(f"{self.ctx.silver}/"):
            raise JobError(f"{self.name} lies at {location}, among the job's own files; choose another warehouse")

    def _merge(self, batch):
        keys = " AND ".join(f"t.`{k}` = s.`{k}`" for k in self.table.key)
        columns = [*self.table.names, "_changed_at"]
        touching = (F.col("_state") == LIVE) | (F.col("_old_state") == LIVE)
        changed = self.rows.where((F.col("_state") != LOST) & touching)
        changed.select(*[_zoneless(c).alias(c.name) for c in self.table.columns],
                       F.col("_ts").cast("timestamp_ntz").alias("_changed_at"),
                       "_state").createOrReplaceTempView("changed")
        updates = ", ".join(f"t.`{c}` = s.`{c}`" for c in columns)
        names, values = ", ".join(f"`{c}`" for c in columns), ", ".join(f"s.`{c}`" for c in columns)
        self.spark.conf.set("spark.wap.id", batch)
        try:
            self.spark.sql(
                f"MERGE INTO {self.name} t USING changed s ON {keys} "
                f"WHEN MATCHED AND s._state <> '{LIVE}' THEN DELETE WHEN MATCHED THEN UPDATE SET {updates} "
                f"WHEN NOT MATCHED AND s._state = '{LIVE}' THEN INSERT ({names}) VALUES ({values})")
        finally:
            self.spark.conf.unset("spark.wap.id")
        self.spark.sql(f"CALL {self.ctx.options.catalog}.system.publish_changes('{self.local}', '{batch}')")

    def _totals(self):
        """Read back from the table: all of it, at each change."""
        frame = self.spark.table(self.name)
        return measures.of_row(self.table, frame.agg(*measures.aggregates(self.table)).first())

    def tidy(self, state):
        """Snapshots and states that nobody may need any more."""
        limit = self.ctx.kept_since
        old = self.spark.sql(f"SELECT count(*) FROM {self.name}.snapshots WHERE committed_at < "
                             f"TIMESTAMP '{limit:%Y-%m-%d %H:%M:%S}'").first()[0]
        if old > 1:
            self.spark.sql(f"CALL {self.ctx.options.catalog}.system.expire_snapshots(table => '{self.local}', "
                           f"older_than => TIMESTAMP '{limit:%Y-%m-%d %H:%M:%S}', retain_last => 1)")
        for entry in self.ctx.files.children(f"{self.ctx.silver}/{self.table.name}/_state"):
            kept = ("state.json", f"{state['batch']}.json")
            if entry.name.endswith(".json") and entry.name not in kept and entry.mtime < limit.timestamp() * 1000:
                self.ctx.files.delete(entry.path)
        table_state.vacuum(self.ctx, self.table.name, state)
