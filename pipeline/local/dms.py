#!/usr/bin/env python3
"""A stand-in for AWS DMS on one machine. It is not DMS.

It replicates a schema of PostgreSQL into files as a DMS task with an S3 target writes them (parquet 1.0, gzip,
timestamps in milliseconds, Op on every row, dms_timestamp as text, date folders), so that what reads the bronze layer
can be run without AWS.

    full-load   exports the tables as they are at one moment, and remembers the place in the log that belongs to it
    cdc         writes the changes committed since, up to now, or for so many seconds (--follow)
    reload      as DMS does with reload-target and DROP_AND_CREATE: deletes the tables' folders and loads again
    status      prints the state

Every step can be killed at any moment and run again: a batch of changes is announced in the state before it is written,
and written again under the same names with the same rows. The log is released after that.

How it decides where DMS leaves a choice:
    a delete carries the primary key; the other columns are null (under REPLICA IDENTITY FULL, all are filled)
    an update that changes the primary key is written as D of the old key and I of the new row
    TRUNCATE deletes the table's folder
    a large value that an update left alone is not in the log: it is taken from the row before under REPLICA IDENTITY
    FULL, else looked up at the source by key, so that it may be newer than the change; it is null when that row is gone
    of a table without a primary key only inserts are captured

What it does not do: endpoints, instances, task settings and table mappings, the API and its states; tables created or
columns altered while it replicates, beyond what the log tells of them (reload); validation, transformations, control
tables, metrics; limits of LOB sizes; CSV, the transaction log of PreserveTransactions, encryption, S3 itself. The size
of files is given in rows, not in kilobytes. DMS may deliver a change twice; this delivers it once, unless --repeat is
given.
"""
import argparse
import contextlib
import dataclasses
import fcntl
import json
import pathlib
import random
import signal
import sys
import time

import psycopg
import pyarrow as pa

import bronze
import changes
import source
from changes import Cut, Plan
from pgoutput import lsn, lsn_text

SAYS = "stand-in for AWS DMS, not DMS"


class Error(Exception):
    """What went wrong, in words for the user."""


class State:
    """A small JSON beside the bronze folder. Replaced as a whole."""

    def __init__(self, path):
        self.path = path
        self.status, self.slot, self.started, self.done = "new", None, None, None
        self.last, self.pending = {}, None
        if path.exists():
            vars(self).update(json.loads(path.read_text(encoding="utf-8")))

    def save(self):
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps({k: v for k, v in vars(self).items() if k != "path"}, indent=1), encoding="utf-8")
        bronze.deliver(new, self.path)


class Task:
    def __init__(self, dsn, folder, schema="ecommerce", slot="cfngen_dms", prefix="rds", say=print):
        folder = pathlib.Path(folder).absolute()
        self.tables = folder / prefix / schema
        self.beside = folder.with_name(folder.name + ".dms")
        self.beside.mkdir(parents=True, exist_ok=True)
        self.held, self.temporary = self.beside / "held", self.beside / "tmp"
        self.schema, self.dsn, self.slot, self.say = schema, dsn, slot, say
        self.state = State(self.beside / "state.json")

    @contextlib.contextmanager
    def alone(self):
        """One run at a time."""
        with open(self.beside / "lock", "w", encoding="ascii") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Error("another run of this task is at work") from None
            self.state = State(self.state.path)  # as the run before left it
            yield

    @contextlib.contextmanager
    def at_source(self):
        with contextlib.closing(source.Source(self.dsn, self.schema, self.slot)) as opened:
            opened.read_keys()
            yield opened

    # The full load

    def full_load(self, rows_per_file=100_000, again=False):
        with self.alone(), self.at_source() as origin:
            state = self.state
            if state.status == "replicating" and not again:
                self.say(f"full load was done at {state.started}; 'reload' does it again")
                return
            state.status, state.slot, state.pending, state.last = "loading", self.slot, None, {}
            state.save()
            origin.drop_slot()
            origin.publish()
            bronze.clear(self.held)
            for table in origin.keys:
                bronze.clear(self.tables / table)
            state.started = origin.clock()
            with origin.snapshot() as (position, reader):
                for table in origin.keys:
                    self._load(origin, reader, table, rows_per_file)
            state.done, state.status = lsn_text(position), "replicating"
            state.save()

    def _load(self, origin, reader, table, rows_per_file):
        columns, rows, number = origin.columns(table), 0, 0
        with origin.copy(reader, table, columns) as stream, naming(table):
            parts = [] if stream.empty else bronze.copied(stream, columns, rows_per_file, self.state.started)
            for number, part in enumerate(parts, 1):
                bronze.write(part, self.tables / table / bronze.load_name(number), self.temporary)
                rows += part.num_rows
        self.say(f"full load  {table:<36} {rows:>9} rows {number:>4} files")

    # Changes

    def cdc(self, cut=Cut(), follow=0.0, stopped=lambda: False):
        """Up to the end that the log has now; then, as long as asked for, what is added to it."""
        with self.alone(), self.at_source() as origin:
            if self.state.status != "replicating":
                raise Error("there is no full load yet, or it was not finished: run 'full-load'")
            if origin.slot_position() is None:
                raise Error(f"the source has no slot '{self.slot}' any more, so changes may be lost: run 'reload'")
            origin.advance(lsn(self.state.done))  # a kill or a crash of the source may have left the slot behind
            self._finish_batch(origin)
            end = time.monotonic() + follow
            while True:
                self._drain(origin, cut)
                if stopped() or time.monotonic() >= end:
                    break
                time.sleep(min(1.0, cut.interval, max(0.0, end - time.monotonic())))
            self._deliver_held(cut)

    def _drain(self, origin, cut):
        target = origin.log_end()
        while self._batch(origin, target, cut):
            pass
        origin.advance(target)

    def _batch(self, origin, target, cut):
        """One batch: announced in the state, written, done in the state. False when there is nothing more."""
        batch = origin.peek(target, cut.max_rows)
        if not batch:
            return False
        self.state.pending = {"end": lsn_text(batch[-1].end), "cut": dataclasses.asdict(cut)}
        self.state.save()
        self._write_batch(origin, batch, cut)
        return True

    def _finish_batch(self, origin):
        """What a killed run had announced: the same transactions, into the same files."""
        pending = self.state.pending
        if not pending:
            return
        batch = origin.peek(lsn(pending["end"]), None)
        if not batch:
            raise Error(f"the slot '{self.slot}' is another one than before, so changes may be lost: run 'reload'")
        self._write_batch(origin, batch, Cut(**pending["cut"]))

    def _write_batch(self, origin, batch, cut):
        end = batch[-1].end
        plan = Plan(origin, dict(self.state.last), cut)
        for transaction in batch:
            plan.add(transaction)
        plan.repeat()
        for table in plan.truncated:
            bronze.clear(self.tables / table)
            bronze.clear(self.held / table)
        for file in plan.ordered():
            self._write(file, cut)
        self.state.last, self.state.done, self.state.pending = plan.last, lsn_text(end), None
        self.state.save()
        origin.advance(end)

    def _write(self, file, cut):
        chance = random.Random(f"late {cut.seed} {file.table} {file.stem}").random()
        place = self.held if chance < cut.late else self.tables
        path = bronze.change_path(file.stem, cut.partition)
        with naming(file.table):
            table = bronze.rows_batch(file.columns, file.rows)
        bronze.write(table, place / file.table / path, self.temporary)
        held = "  (held back)" if place == self.held else ""
        self.say(f"changes    {file.table:<36} {len(file.rows):>9} rows  {path}{held}")

    def _deliver_held(self, cut):
        """What an earlier run held back. What this one holds back stays, being newer than this run's beginning."""
        if cut.late:
            return
        for path in sorted(self.held.rglob("*.parquet")):
            bronze.deliver(path, self.tables / path.relative_to(self.held))
            self.say(f"late       {path.relative_to(self.held)}")


@contextlib.contextmanager
def naming(table):
    """An error about a value tells the table too."""
    try:
        yield
    except bronze.Error as error:
        raise Error(f"table '{table}': {error}") from None


def fraction(text):
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"must be from 0 to 1, not '{text}'")
    return value


def positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not '{text}'")
    return value


def command_line():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=["full-load", "cdc", "reload", "status"])
    parser.add_argument("--dsn", default="", help="the source, for libpq; its PG* variables count too")
    parser.add_argument("--bronze", required=True, metavar="DIR", help="the files go to DIR/rds/ecommerce/TABLE; "
                        "the state to DIR.dms beside it")
    parser.add_argument("--schema", default="ecommerce")
    parser.add_argument("--prefix", default="rds", help="folder of the target (BucketFolder)")
    parser.add_argument("--slot", default="cfngen_dms")
    parser.add_argument("--rows-per-file", type=positive, default=100_000, help="of the full load")
    parser.add_argument("--date-partition", choices=list(bronze.PARTITIONS), default="day")
    parser.add_argument("--max-rows", type=positive, default=50_000, help="in a file of changes")
    parser.add_argument("--interval", type=float, default=60.0, metavar="SECONDS",
                        help="that the commits in a file of changes may span")
    parser.add_argument("--follow", type=float, default=0.0, metavar="SECONDS", help="go on for so long")
    stress = parser.add_argument_group("for tests of the readers")
    stress.add_argument("--repeat", type=fraction, default=0.0, metavar="P", help="deliver changes again, so often")
    stress.add_argument("--late", type=fraction, default=0.0, metavar="P",
                        help="hold files back, so often, until a run without --late")
    stress.add_argument("--shuffle", action="store_true", help="deliver a batch's files in any order")
    stress.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def perform(options, task):
    if options.verb == "status":
        print(json.dumps({k: v for k, v in vars(task.state).items() if k != "path"}, indent=1))
    elif options.verb == "cdc":
        stop = []
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.append(True))
        cut = Cut(options.date_partition, options.max_rows, options.interval, options.repeat, options.late,
                  options.shuffle, options.seed)
        task.cdc(cut, options.follow, lambda: bool(stop))
    else:
        task.full_load(options.rows_per_file, again=options.verb == "reload")


def main():
    options = command_line()
    print(SAYS, file=sys.stderr)
    try:
        perform(options, Task(options.dsn, options.bronze, options.schema, options.slot, options.prefix))
    except (Error, source.Error, bronze.Error, changes.Error, psycopg.Error, pa.ArrowException, OSError,
            ValueError) as error:
        sys.exit(f"dms: {error}")


if __name__ == "__main__":
    main()
