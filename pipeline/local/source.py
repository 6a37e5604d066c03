"""The source's side of the stand-in for AWS DMS: what PostgreSQL is asked for.

A slot with pgoutput, two publications (a table without a key can only publish its inserts: publishing its updates would
make them fail at the source), the snapshot that belongs to the slot, the log, and rows looked up by key.
"""
import contextlib
import io
import time

import psycopg
from psycopg import sql

import pgoutput
from pgoutput import Column, lsn, lsn_text

SESSION = "-c datestyle=iso,ymd -c timezone=UTC -c extra_float_digits=1 -c bytea_output=hex -c synchronize_seqscans=off"
ATTRIBUTES = """
SELECT attname::text, atttypid::int8, atttypmod FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"""


class Error(Exception):
    """What went wrong, in words for the user."""


class CopyStream(io.RawIOBase):
    """What COPY sends, as a file to read. `empty` says whether there is nothing at all."""

    def __init__(self, copy):
        super().__init__()
        self.copy, self.rest = copy, b""
        self.rest = bytes(copy.read())
        self.empty = not self.rest

    def readable(self):
        return True

    def read(self, size=-1):
        parts, length = [self.rest], len(self.rest)
        while size < 0 or length < size:
            part = bytes(self.copy.read())
            if not part:
                break
            parts.append(part)
            length += len(part)
        whole = b"".join(parts)
        size = len(whole) if size < 0 else size
        self.rest = whole[size:]
        return whole[:size]


class Source:
    def __init__(self, dsn, schema, slot):
        self.dsn, self.schema, self.slot = dsn, schema, slot
        self.connection = self._connect(autocommit=True)
        self.keys = {}

    def _connect(self, **more):
        try:
            return psycopg.connect(self.dsn, options=SESSION, client_encoding="utf8", application_name="dms stand-in",
                                   connect_timeout=20, **more)
        except psycopg.Error as error:
            raise Error(f"the source: {str(error).strip()}") from None

    def close(self):
        self.connection.close()

    def name(self, table):
        return sql.Identifier(self.schema, table).as_string(self.connection)

    def read_keys(self):
        """The tables of the schema and their primary keys."""
        found = self.connection.execute(
            "SELECT c.relname::text, array(SELECT a.attname::text FROM pg_index i "
            "CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k(number, place) "
            "JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number "
            "WHERE i.indrelid = c.oid AND i.indisprimary ORDER BY k.place) "
            "FROM pg_class c WHERE c.relnamespace = to_regnamespace(%s) AND c.relkind = 'r' ORDER BY 1",
            (self.schema,)).fetchall()
        if not found:
            raise Error(f"the source has no tables in schema '{self.schema}'")
        self.keys = dict(found)
        return self.keys

    def columns(self, table):
        found = self.connection.execute(ATTRIBUTES, (self.name(table),)).fetchall()
        return tuple(Column(*row) for row in found)

    def clock(self):
        return self.connection.execute(
            "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')").fetchone()[0]

    # The slot and what it publishes

    def slot_position(self):
        """How far the slot was confirmed, or None when there is none."""
        row = self.connection.execute("SELECT confirmed_flush_lsn::text FROM pg_replication_slots WHERE slot_name = %s "
                                      "AND database = current_database()", (self.slot,)).fetchone()
        return lsn(row[0]) if row else None

    def drop_slot(self):
        if self.slot_position() is not None:
            self._patiently("SELECT pg_drop_replication_slot(%s)", (self.slot,))

    def _patiently(self, query, values, cursor=None):
        """A query that needs the slot, which the session of a killed run may hold until the server notices."""
        for _ in range(120):
            with contextlib.suppress(psycopg.errors.ObjectInUse):
                return (cursor or self.connection).execute(query, values)
            time.sleep(0.25)
        raise Error(f"the slot '{self.slot}' is in use")

    def publications(self):
        return [self.slot, self.slot + "_keyless"]

    def publish(self):
        """Anew, for the tables that there are now."""
        keyed = [self.name(t) for t, key in self.keys.items() if key]
        keyless = [self.name(t) for t, key in self.keys.items() if not key]
        with self.connection.transaction():
            for publication, tables, events in zip(self.publications(), (keyed, keyless),
                                                   ("insert, update, delete, truncate", "insert, truncate")):
                name = sql.Identifier(publication).as_string(self.connection)
                self.connection.execute(f"DROP PUBLICATION IF EXISTS {name}")
                which = f"FOR TABLE {', '.join(tables)}" if tables else ""
                self.connection.execute(f"CREATE PUBLICATION {name} {which} WITH (publish = '{events}')")

    @contextlib.contextmanager
    def snapshot(self):
        """Makes the slot. Gives its position and a connection that sees the tables exactly as they were there."""
        with self._replication() as walsender, self._connect() as reader:
            name = sql.Identifier(self.slot).as_string(self.connection)
            made = walsender.execute(
                f"CREATE_REPLICATION_SLOT {name} LOGICAL pgoutput (SNAPSHOT 'export')").fetchone()
            reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            reader.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(made[2]))
            yield lsn(made[1]), reader

    def _replication(self):
        try:  # ClientCursor: the walsender knows only the simple query protocol
            return psycopg.connect(self.dsn, replication="database", autocommit=True,
                                   cursor_factory=psycopg.ClientCursor, connect_timeout=20)
        except psycopg.Error as error:
            raise Error(f"the source does not let us replicate: {str(error).strip()}") from None

    @contextlib.contextmanager
    def copy(self, reader, table, columns):
        names = ", ".join(sql.Identifier(c.name).as_string(reader) for c in columns)
        with reader.cursor() as cursor:
            with cursor.copy(f"COPY (SELECT {names} FROM ONLY {self.name(table)}) TO STDOUT (FORMAT csv)") as copy:
                yield CopyStream(copy)

    # The log

    def log_end(self):
        return lsn(self.connection.execute("SELECT pg_current_wal_lsn()::text").fetchone()[0])

    def peek(self, upto, changes):
        """Transactions from the slot's position on: to a position of the log, and no more when there were so many
        changes. The slot stays where it is."""
        with self.connection.cursor(binary=True) as cursor:
            names = ",".join(f'"{p}"' for p in self.publications())
            self._patiently("SELECT data FROM pg_logical_slot_peek_binary_changes(%s::text::name, %s::text::pg_lsn, "
                            "%s::int4, 'proto_version', '1', 'publication_names', %s::text)",
                            (self.slot, lsn_text(upto), changes, names), cursor)
            return list(pgoutput.transactions(row[0] for row in cursor))

    def advance(self, position):
        """Lets the source forget the log up to there."""
        if position > (self.slot_position() or position):
            self._patiently("SELECT pg_replication_slot_advance(%s::text::name, %s::text::pg_lsn)",
                            (self.slot, lsn_text(position)))

    def look_up(self, table, key, names):
        """Columns of the row that has this key now, as text, or None."""
        where = " AND ".join(f"{sql.Identifier(n).as_string(self.connection)} = %s" for n in key)
        columns = ", ".join(f"{sql.Identifier(n).as_string(self.connection)}::text" for n in names)
        return self.connection.execute(f"SELECT {columns} FROM ONLY {self.name(table)} WHERE {where}",
                                       list(key.values())).fetchone()
