"""How changes are cut into files: the rows that DMS would write of a transaction, and the files of a batch of them."""
import dataclasses
import random

import bronze
from pgoutput import UNCHANGED

STAMP = "%Y-%m-%d %H:%M:%S.%f"


class Error(Exception):
    """What went wrong, in words for the user."""


@dataclasses.dataclass(frozen=True)
class Cut:
    """How changes are cut into files, and what is done to their delivery for the sake of a test."""
    partition: str = "day"
    max_rows: int = 50_000
    interval: float = 60.0
    repeat: float = 0.0
    late: float = 0.0
    shuffle: bool = False
    seed: int = 1


@dataclasses.dataclass
class File:
    table: str
    columns: tuple
    stem: str
    first: object  # the commit's time of its first row
    rows: list


class Plan:
    """The files of a batch."""

    def __init__(self, origin, last, cut):
        self.origin, self.last, self.cut = origin, last, cut
        self.files, self.truncated = {}, []

    def add(self, transaction):
        for change in transaction.changes:
            table = change.relation.name
            if change.op == "T":
                self.files.pop(table, None)
                self.truncated.append(table)
                continue
            for op, values in self.rows(change):
                self._put(change.relation, transaction.committed, op, values)

    def rows(self, change):
        relation, key = change.relation, self.origin.keys.get(change.relation.name, [])
        names = [column.name for column in relation.columns]
        if relation.identity == "i":
            raise Error(f"table '{relation.name}': REPLICA IDENTITY must be DEFAULT or FULL, not an index")
        if change.op == "D":
            return [("D", change.old)]
        new = self._complete(change, names, key)
        if change.old:
            before = {n: v for n, v in zip(names, change.old) if n in key}
            if any(v != new[names.index(n)] for n, v in before.items()):
                gone = change.old if relation.identity == "f" else [before.get(n) for n in names]
                return [("D", gone), ("I", new)]
        return [(change.op, new)]

    def _complete(self, change, names, key):
        """The new row, with values that the log lacks taken from the row before or from the source."""
        new = list(change.new)
        missing = [n for n, value in enumerate(new) if value is UNCHANGED]
        if not missing:
            return new
        if change.relation.identity == "f" and change.old:
            found = [change.old[n] for n in missing]
        else:
            found = self.origin.look_up(change.relation.name, {k: new[names.index(k)] for k in key},
                                        [names[n] for n in missing])
        for n, value in zip(missing, found or [None] * len(missing)):
            new[n] = value
        return new

    def _put(self, relation, committed, op, values):
        files = self.files.setdefault(relation.name, [])
        if not files or self._full(files[-1], relation, committed):
            files.append(self._file(relation.name, relation.columns, committed))
        files[-1].rows.append((op, committed.strftime(STAMP), values))

    def _full(self, file, relation, committed):
        return (len(file.rows) >= self.cut.max_rows or file.columns != relation.columns
                or committed.date() != file.first.date()
                or (committed - file.first).total_seconds() >= self.cut.interval)

    def _file(self, table, columns, committed):
        stem = bronze.change_name(committed, self.last.get(table))
        self.last[table] = stem
        return File(table, columns, stem, committed, [])

    def repeat(self):
        """DMS may deliver changes twice, in files of other names. All of a table's files here, in their order, so that
        a transaction stays whole; of tables without a key no reader could know a repetition from a second row."""
        for table, files in self.files.items():
            chance = random.Random(f"repeat {self.cut.seed} {table} {files[0].stem}").random()
            if chance < self.cut.repeat and self.origin.keys.get(table):
                files += [dataclasses.replace(self._file(table, f.columns, f.first), rows=f.rows) for f in list(files)]

    def ordered(self):
        files = [file for of_table in self.files.values() for file in of_table]
        if self.cut.shuffle and files:
            random.Random(f"shuffle {self.cut.seed} {files[0].stem}").shuffle(files)
        return files
