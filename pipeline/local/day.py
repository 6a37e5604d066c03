#!/usr/bin/env python3
"""Applies a day's changes (day-N.sql, as `cfngen generate --day N` writes it) to the source, each transaction once.

A shop's own programs would make these changes; here a file does. How many of its transactions are done is kept in the
source, in schema `way`, and changes with the transaction itself: a killed run continues where it was, and a second one
does nothing. The schema is not replicated.

    day.py FILE --dsn DSN
"""
import argparse
import pathlib
import re
import sys

import psycopg

BEGIN = re.compile(r"(BEGIN|START TRANSACTION)( .*)?;", re.I)
COMMIT = re.compile(r"(COMMIT|END)( .*)?;", re.I)
PROGRESS = """
CREATE SCHEMA IF NOT EXISTS way;
CREATE TABLE IF NOT EXISTS way.days (day text PRIMARY KEY, transactions integer NOT NULL)"""
DONE = "INSERT INTO way.days VALUES (%s, %s) ON CONFLICT (day) DO UPDATE SET transactions = excluded.transactions"


class Error(Exception):
    """What went wrong, in words for the user."""


def transactions(text, name):
    """The statements between each BEGIN and its COMMIT, which stand on lines of their own."""
    inside = None
    for number, line in enumerate(text.split("\n"), 1):
        word = line.strip()
        if inside is None and BEGIN.fullmatch(word):
            inside = []
        elif inside is not None and COMMIT.fullmatch(word):
            yield "\n".join(inside)
            inside = None
        elif inside is not None:
            inside.append(line)
        elif word and not word.startswith("--"):
            raise Error(f"{name}:{number}: a statement outside of a transaction: '{word[:60]}'")
    if inside is not None:
        raise Error(f"{name}: its last transaction has no COMMIT")


def apply(path, dsn):
    """Returns how many transactions the day has, and how many of them were done now."""
    path = pathlib.Path(path)
    todo = list(transactions(path.read_text(encoding="utf-8"), path.name))
    if not todo:
        raise Error(f"{path.name} has no transaction")
    with psycopg.connect(dsn, autocommit=True, application_name="day", connect_timeout=20) as connection:
        connection.execute(PROGRESS)
        # One run at a time: a killed one's session may still be committing.
        connection.execute("SELECT pg_advisory_lock(hashtext('way.days'))")
        row = connection.execute("SELECT transactions FROM way.days WHERE day = %s", (path.stem,)).fetchone()
        done = row[0] if row else 0
        for number, statements in enumerate(todo[done:], done + 1):
            with connection.transaction():
                connection.execute(statements)
                connection.execute(DONE, (path.stem, number))
    return len(todo), len(todo) - done


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--dsn", default="", help="the source, for libpq; its PG* variables count too")
    options = parser.parse_args()
    try:
        count, now = apply(options.file, options.dsn)
        print(f"{count} transactions, {now} of them now")
    except (Error, psycopg.Error, OSError, ValueError) as error:
        sys.exit(f"day: {str(error).strip()}")


if __name__ == "__main__":
    main()
