"""Decodes what PostgreSQL's logical decoding plugin pgoutput says (protocol version 1), into transactions.

The messages are those of "Logical Replication Message Formats" in PostgreSQL's manual. Streamed and prepared
transactions do not occur in version 1: every transaction arrives whole, in the order of the commits.
"""
import dataclasses
import datetime
import struct

EPOCH = datetime.datetime(2000, 1, 1)


class _Unchanged:
    """A value kept out of line (TOAST) that an update left alone: the log does not contain it."""

    def __repr__(self):
        return "UNCHANGED"


UNCHANGED = _Unchanged()


@dataclasses.dataclass(frozen=True)
class Column:
    name: str
    type: int  # the type's object id
    modifier: int  # of numeric: precision and scale


@dataclasses.dataclass(frozen=True)
class Relation:
    schema: str
    name: str
    identity: str  # of replica identity: d default, n nothing, f full, i index
    columns: tuple


@dataclasses.dataclass
class Change:
    """op: I, U, D, or T for a table that was truncated. Values are text as the source prints it, None for NULL.
    `old` is the key before an update that changed it, or the whole row under REPLICA IDENTITY FULL, else None."""
    op: str
    relation: Relation
    new: list = None
    old: list = None


@dataclasses.dataclass
class Transaction:
    end: int  # position in the log after the commit
    committed: datetime.datetime  # UTC, without a zone
    changes: list


def lsn(text):
    """A position in the log, such as '0/16B3748', as a number."""
    high, low = text.split("/")
    return int(high, 16) << 32 | int(low, 16)


def lsn_text(number):
    return f"{number >> 32:X}/{number & 0xFFFFFFFF:X}"


class _Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, form):
        values = struct.unpack_from(">" + form, self.data, self.at)
        self.at += struct.calcsize(">" + form)
        return values if len(values) > 1 else values[0]

    def char(self):
        return self.take("c").decode("ascii")

    def string(self):
        end = self.data.index(b"\0", self.at)
        text = self.data[self.at:end].decode("utf-8")
        self.at = end + 1
        return text

    def row(self):
        return [self.value() for _ in range(self.take("H"))]

    def value(self):
        kind = self.char()
        if kind == "n":
            return None
        if kind == "u":
            return UNCHANGED
        if kind != "t":
            raise ValueError(f"pgoutput: a value of an unknown kind '{kind}'")
        length = self.take("I")
        self.at += length
        return self.data[self.at - length:self.at].decode("utf-8")


class Decoder:
    """Fed with the messages of one decoding session, in order. Relations are described anew in each session."""

    def __init__(self):
        self.relations = {}
        self.changes = []
        self.handlers = {"B": self._begin, "C": self._commit, "R": self._relation, "I": self._insert,
                         "U": self._update, "D": self._delete, "T": self._truncate,
                         "O": None, "Y": None, "M": None}  # origins, types, messages of applications

    def feed(self, message):
        """The transaction that this message completes, or None."""
        reader = _Reader(bytes(message))
        kind = reader.char()
        if kind not in self.handlers:
            raise ValueError(f"pgoutput: an unknown message '{kind}'")
        handler = self.handlers[kind]
        return handler(reader) if handler else None

    def _begin(self, _):
        self.changes = []

    def _commit(self, reader):
        _, _, end, when = reader.take("BQQq")
        return Transaction(end, EPOCH + datetime.timedelta(microseconds=when), self.changes)

    def _relation(self, reader):
        oid = reader.take("I")
        schema, name, identity = reader.string() or "pg_catalog", reader.string(), reader.char()
        columns = []
        for _ in range(reader.take("H")):
            reader.take("B")  # whether the column belongs to the replica identity
            column = reader.string()
            columns.append(Column(column, *reader.take("Ii")))
        self.relations[oid] = Relation(schema, name, identity, tuple(columns))

    def _add(self, op, reader, oid):
        """The rows that follow: K or O before, N after."""
        change = Change(op, self.relations[oid])
        while reader.at < len(reader.data):
            if reader.char() == "N":
                change.new = reader.row()
            else:
                change.old = reader.row()
        self.changes.append(change)

    def _insert(self, reader):
        self._add("I", reader, reader.take("I"))

    def _update(self, reader):
        self._add("U", reader, reader.take("I"))

    def _delete(self, reader):
        self._add("D", reader, reader.take("I"))

    def _truncate(self, reader):
        count, _ = reader.take("IB")
        for _ in range(count):
            self.changes.append(Change("T", self.relations[reader.take("I")]))


def transactions(messages):
    decoder = Decoder()
    for message in messages:
        done = decoder.feed(message)
        if done:
            yield done
