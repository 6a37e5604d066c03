#!/usr/bin/env python3
"""The whole way of the data on one machine, without AWS, and the proof that every layer holds the same.

    generate   cfngen generate: a shop's files in the published format
    load       cfngen load: the files into the source, a private PostgreSQL
    replicate  a stand-in for DMS (it is not DMS) writes the bronze layer
    silver     the Spark job, as EMR runs it
    catalog    a DuckDB file stands in for the Glue catalog and Redshift Spectrum
    warehouse  dbt build, into DuckDB in place of Redshift
    reconcile  cfngen reconcile: rows, sums and checksums of every table in every layer, side by side

Then a day in the shop: its changes go the same way, and the layers must be equal again. --twice adds a day on which
every step runs twice; --disorder a day whose files arrive late, repeated and in any order (with both, it is one day);
--kill goes the whole way again with SIGKILL to every step at a random moment before it is run to its end.

It can itself be stopped at any moment and run again: finished steps are not repeated. What the steps say is in DIR/log.
Exit code 1 when a layer differs.
"""
import argparse
import decimal
import os
import pathlib
import random
import shutil
import sys
import time

import duckdb
import psycopg

import phases
import postgres
import shop
import steps
import totals
from steps import Step

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOCAL = ROOT / "pipeline" / "local"
DISORDER = ["--repeat", "0.5", "--late", "0.4", "--shuffle", "--max-rows", "10"]
NAMES = ["generate", "load", "replicate", "silver", "catalog", "warehouse", "reconcile"]
ATTEMPTS = 4  # to kill a step before it is done


class Error(Exception):
    """What went wrong, in words for the user."""


class Way:
    def __init__(self, options):
        self.folder = pathlib.Path(options.dir).resolve()
        self.options, self.began = options, time.monotonic()
        self.generated, self.bronze, self.silver = (self.folder / name for name in ("generated", "bronze", "silver"))
        self.database, self.temporary = self.folder / "warehouse.duckdb", self.folder / "tmp"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.progress = phases.Progress(self.folder / "way.json", {"scale": options.scale, "seed": options.seed})
        self.cluster = postgres.Cluster(self.folder / "source")
        self.dsn = None
        self.chance = random.Random(options.kill_seed)
        self.equal = True

    def say(self, text):
        print(f"[{time.monotonic() - self.began:7.1f} s] {text}", flush=True)

    # What each step is

    def steps_of(self, phase):
        """The processes of a phase, in their order."""
        python, cfngen = sys.executable, self.options.cfngen
        shape = ["--scale", self.options.scale, "--seed", self.options.seed]
        generate = [cfngen, "generate", "--out", self.generated, "--force", *shape]
        replicate = [python, LOCAL / "dms.py", "--dsn", self.dsn, "--bronze", self.bronze]
        if phase.day:
            changes = self.generated / f"day-{phase.day}.sql"
            first = [Step("generate", [*generate, "--day", phase.day]),
                     Step("load", [python, LOCAL / "day.py", changes, "--dsn", self.dsn]),
                     Step("replicate", [*replicate, "cdc"])]
            if phase.disorder:  # silver sees some of the files before the others
                first[2:2] = [Step("disorder", [*replicate, "cdc", *DISORDER]), self.spark("early")]
        else:
            first = [Step("generate", generate),
                     Step("load", [cfngen, "load", "--from", self.generated, "--dsn", self.dsn]),
                     Step("replicate", [*replicate, "reload" if phase.again else "full-load"])]
        return [*first, self.spark(),
                Step("catalog", [python, LOCAL / "catalog.py", "--silver", self.silver, "--database", self.database]),
                self.dbt()]

    def spark(self, name="silver"):
        job = ROOT / "pipeline" / "spark" / "bronze_to_silver.py"
        words = [sys.executable, job, "--bronze", self.bronze, "--silver", self.silver,
                 "--tables", ROOT / "pipeline" / "tables.json"]
        submit = f"--master local[{self.options.cores}] --driver-memory {self.options.memory} {self.options.spark} " \
                 f"--conf spark.ui.enabled=false --conf spark.local.dir={self.temporary} pyspark-shell"
        return Step(name, words, {"PYSPARK_SUBMIT_ARGS": submit, "PYSPARK_PYTHON": sys.executable,
                                  "SPARK_LOCAL_IP": "127.0.0.1"})

    def dbt(self):
        project, own = ROOT / "dbt_project", self.folder / "dbt"
        words = [pathlib.Path(sys.executable).with_name("dbt"), "--no-use-colors", "build", "--target", "local",
                 "--project-dir", project, "--profiles-dir", project, "--target-path", own / "target",
                 "--log-path", own / "log"]
        return Step("warehouse", words, {"DBT_DUCKDB_PATH": str(self.database), "DO_NOT_TRACK": "1"})

    def totals_of(self, phase):
        return self.generated / (f"totals-day-{phase.day}.json" if phase.day else "totals.json")

    # Running them

    def perform(self, phase, step):
        """Once, or as the phase wants it: twice, or killed on the way."""
        log = self.folder / "log" / phase.title.replace(" ", "-").replace(",", "") / f"{step.name}.log"
        shutil.rmtree(self.temporary, ignore_errors=True)  # what killed ones have left
        self.temporary.mkdir()
        if phase.killed:
            self.kill(step, log)
        seconds, _ = steps.run(step, log)
        if not phase.twice:
            self.progress.finish(phase.title, step.name, seconds)
        self.say(f"{step.name:<10} {seconds:6.1f} s")  # when it is on record
        if phase.twice:
            again, _ = steps.run(step, log.with_suffix(".2.log"))
            self.progress.finish(phase.title, step.name, seconds)
            self.say(f"{step.name:<10} {again:6.1f} s  a second time")

    def kill(self, step, log):
        usual = self.progress.seconds.get(step.name, 1.0)
        for attempt in range(ATTEMPTS):
            seconds, killed = steps.run(step, log.with_suffix(f".killed{attempt}.log"),
                                        self.chance.uniform(0.02, 1) * usual)
            if killed:
                self.say(f"{step.name:<10} {seconds:6.1f} s  killed")
                return
            usual = min(usual, seconds) * 0.7  # it was done before it could be killed
        raise Error(f"{step.name} could not be killed in {ATTEMPTS} attempts")

    def walk(self, phase):
        if self.progress.finished(phase.title, "reconcile") and not self.options.steps:
            self.say(f"{phase.title}: done before")
            return
        self.say(f"{phase.title}:")
        if phase.again and not self.progress.finished(phase.title, "empty"):
            self.empty()
            self.progress.finish(phase.title, "empty")
        for step in self.steps_of(phase):
            if self.options.steps:
                if step.name in self.options.steps:
                    self.perform(phase, step)
            elif not self.progress.finished(phase.title, step.name):
                self.perform(phase, step)
        if not self.options.steps or "reconcile" in self.options.steps:
            self.reconcile(phase)

    def empty(self):
        """Before the shop is loaded anew."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            for schema in (shop.schema(), "cfngen", "way"):  # the shop, and what is remembered of its loading
                connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")

    # Comparing

    def reconcile(self, phase):
        folder = self.folder / "totals"
        folder.mkdir(exist_ok=True)
        layers = {"bronze": totals.of_bronze(self.bronze), "silver": totals.of_silver(self.database),
                  "warehouse": totals.of_warehouse(self.database)}
        self.check_statement(layers)
        files = [self.totals_of(phase)]
        for layer, found in layers.items():
            files.append(folder / f"{layer}.json")
            totals.write(files[-1], layer, found)
        words = [self.options.cfngen, "reconcile", "--no-warehouse", "--dsn", self.dsn]
        for file in files:
            words += ["--totals", file]
        log = self.folder / "log" / f"reconcile-{phase.title.replace(' ', '-').replace(',', '')}.log"
        try:
            steps.run(Step("reconcile", words), log)
            self.progress.finish(phase.title, "reconcile")
        except steps.Failed:
            self.equal = False
        print(log.read_text(encoding="utf-8"), flush=True)
        self.say(f"{phase.title}: " + ("every layer holds the same" if self.equal else "the layers differ"))

    def check_statement(self, layers):
        """What the job and dbt state of bronze and silver, against what DuckDB has found there."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            rows = connection.execute("SELECT layer, table_name, measure, value, quarantined "
                                      "FROM analytics.reconciliation WHERE layer IN ('bronze', 'silver')").fetchall()
        for layer, table, measure, value, quarantined in rows:
            found = layers[layer][table][measure]
            found = found if isinstance(found, dict) else {"value": found, "quarantined": "0"}
            for part, stated in (("value", value), ("quarantined", quarantined)):
                if decimal.Decimal(found[part]) != decimal.Decimal(stated):
                    self.equal = False
                    self.say(f"{layer} {table} {measure} {part}: stated {stated}, found {found[part]}")
        missing = {"bronze", "silver"} - {row[0] for row in rows}
        if missing:
            self.equal = False
            self.say(f"nothing is stated of {' and '.join(sorted(missing))}")

    def go(self, walked):
        self.dsn = self.cluster.start()
        self.say(f"the source runs: {self.dsn}")
        try:
            for phase in walked:
                self.walk(phase)
                if not self.equal:
                    return 1
            return 0
        finally:
            if not self.options.keep:
                self.cluster.stop()


def number(text):
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"must not be negative, not '{text}'")
    return value


def step_names(text):
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in NAMES:
            raise argparse.ArgumentTypeError(f"must be of {', '.join(NAMES)}, not '{name}'")
    return names


def command_line():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", required=True, metavar="DIR", help="everything is kept there")
    parser.add_argument("--scale", default="1", help="1 is the size of the published files")
    parser.add_argument("--seed", default="1", help="of the shop")
    parser.add_argument("--days", type=number, default=1, metavar="N", help="days after the shop is loaded (1)")
    parser.add_argument("--twice", action="store_true", help="a day more, with every step run twice")
    parser.add_argument("--disorder", action="store_true", help="a day more, with its files out of order")
    parser.add_argument("--kill", action="store_true", help="the way again, with every step killed on the way")
    parser.add_argument("--kill-seed", type=int, default=random.SystemRandom().randrange(10**6), metavar="N",
                        help="of the moments of the kills")
    parser.add_argument("--steps", type=step_names, metavar="A,B", help="only these, of the last phase, done or not")
    parser.add_argument("--cfngen", default=os.environ.get("CFNGEN") or str(ROOT / "build" / "cli" / "cfngen"),
                        help="the command")
    parser.add_argument("--cores", type=int, default=os.cpu_count() or 1, help="for Spark")
    parser.add_argument("--memory", default="2g", help="for Spark")
    parser.add_argument("--spark", default="", metavar="OPTIONS", help="more options for spark-submit")
    parser.add_argument("--keep", action="store_true", help="leave the source running")
    return parser.parse_args()


def main():
    options = command_line()
    try:
        if not shutil.which(options.cfngen):
            raise Error(f"there is no command '{options.cfngen}': build it, or name it by --cfngen or CFNGEN")
        way = Way(options)
        if options.kill:
            way.say(f"moments of the kills: --kill-seed {options.kill_seed}")
        sys.exit(way.go(phases.of(options)))
    except (Error, phases.Error, steps.Failed, postgres.Error, totals.Error, duckdb.Error, psycopg.Error,
            OSError) as error:
        sys.exit(f"way: {str(error).strip()}")


if __name__ == "__main__":
    main()
