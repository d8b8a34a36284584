"""Contacts that another process has read, in blocks that the engine takes as they are: nothing of them passes through
Python here.

SQLite: a block is a database in memory, which is attached. PostgreSQL: it is the input of a COPY.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import count
from typing import Any

from sqlalchemy import Connection, text

from core.database import engines, loading

COLUMNS = (
    *("line", "phone", "is_phone_valid", "first_name", "last_name", "email", "date_of_birth", "zip_code"),
    *("city", "state", "external_id", "source", "created_at", "note", "name_key", "time_zone", "words"),
)
"""The columns of a block. `line`: in the file, rising; the others as a staged contact's."""

_NUMBERS = dict.fromkeys(("line", "is_phone_valid", "created_at"), "INTEGER")
_NAMED = ", ".join(f"{name} {_NUMBERS.get(name, 'TEXT')}" for name in COLUMNS)
_SQLITE_TABLES = (f"CREATE TABLE arrival ({_NAMED})", "CREATE TABLE vocabulary (word TEXT)")
_versions = count(1, len(_SQLITE_TABLES) + 1)
"""No two blocks of a process have the same schema version: so SQLite prepares a statement anew for each of them."""

_POSTGRESQL_TABLE = text(
    f"CREATE TEMPORARY TABLE IF NOT EXISTS arrival ({_NAMED.replace('INTEGER', 'BIGINT')}) ON COMMIT DELETE ROWS"
)
_MARKS = ", ".join("?" * len(COLUMNS))
_FILL = f"INSERT INTO arrival VALUES ({_MARKS})"  # noqa: S608  # a constant of ours

_CLAIM = "(SELECT p.contact_id FROM phone_claim p WHERE p.phone = a.phone)"  # a join might walk through all claims
_KNOWN = text(f"SELECT count({_CLAIM}) FROM (SELECT phone FROM arrival ORDER BY phone) a")  # noqa: S608
_COMPARED = ("first_name", "last_name", "email", "zip_code", "city", "state", "external_id")
_SAYS_MORE = " OR ".join(
    [
        *[f"(a.{name} <> '' AND a.{name} <> coalesce(c.{name}, ''))" for name in _COMPARED],
        "(a.date_of_birth IS NOT NULL AND a.date_of_birth <> coalesce(c.date_of_birth, ''))",
        "(a.source <> '' AND a.source <> v.source)",
        "(a.note <> '' AND a.note <> coalesce(n.body, ''))",
    ]
)
_DIFFERING = text(
    f"SELECT {', '.join(f'a.{name}' for name in COLUMNS)} FROM arrival a JOIN phone_claim p ON p.phone = a.phone"  # noqa: S608
    " JOIN contact c ON c.id = p.contact_id JOIN conversation v ON v.id = c.id"
    f" LEFT JOIN note n ON n.contact_id = c.id WHERE {_SAYS_MORE} ORDER BY a.line"
)
_COPIED = ", ".join(name for name in COLUMNS if name not in {"line", "created_at"})
_ADMIT = (
    f"INSERT INTO newcomer (id, activity_key, created_at, {_COPIED})"  # noqa: S608
    f" SELECT id, {{key}}, made_at, {_COPIED} FROM (SELECT CAST(:first AS BIGINT) - 1 + {{place}} AS id,"
    " coalesce(created_at, :unknown) AS made_at,"
    " CASE WHEN created_at > :now THEN CAST(:now AS BIGINT) ELSE coalesce(created_at, :unknown) END AS active_at, a.*"
    " FROM arrival a) arriving"
)
_UNCLAIMED = " WHERE NOT EXISTS (SELECT 1 FROM phone_claim p WHERE p.phone = arriving.phone)"
_SQLITE_WORDS = text("INSERT OR IGNORE INTO search_word (word) SELECT word FROM vocabulary")


def pack(rows: Sequence[tuple[Any, ...]], *, is_sqlite: bool) -> bytes:
    """A block of contacts, given as tuples of COLUMNS; needs no database."""
    if not is_sqlite:
        return loading.as_csv(COLUMNS, rows)
    with _sqlite_block() as block:
        block.executemany(_FILL, rows)
        words = sorted(set(" ".join([row[-1] for row in rows]).split()))
        block.executemany("INSERT INTO vocabulary VALUES (?)", [(word,) for word in words])
        block.execute("COMMIT")
        return block.serialize()


def receive(connection: Connection, blocks: Sequence[bytes]) -> None:
    """Let the table `arrival` be these blocks, to the end of the transaction. Once in a transaction."""
    if engines.is_sqlite(connection):
        raw: Any = connection.connection.driver_connection
        raw.execute(f"ATTACH ':memory:' AS {engines.ARRIVALS}")
        connection.info[engines.ARRIVALS] = True
        raw.deserialize(_joined(blocks), name=engines.ARRIVALS)
    else:
        connection.execute(_POSTGRESQL_TABLE)
        loading.copy_csv(connection, "arrival", COLUMNS, b"".join(blocks))


@contextmanager
def _sqlite_block() -> Iterator[sqlite3.Connection]:
    """An empty block in a transaction of its own."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as block:
        block.execute(f"PRAGMA schema_version = {next(_versions)}")
        block.execute("BEGIN")
        for table in _SQLITE_TABLES:
            block.execute(table)
        yield block


def _joined(blocks: Sequence[bytes]) -> bytes:
    """All of them as one, copied from page to page."""
    with _sqlite_block() as joined:
        for number, block in enumerate(blocks):
            joined.execute("COMMIT")
            joined.execute(f"ATTACH ':memory:' AS part_{number}")
            joined.deserialize(block, name=f"part_{number}")
            joined.execute("BEGIN")
            for table in ("arrival", "vocabulary"):
                joined.execute(f"INSERT INTO main.{table} SELECT * FROM part_{number}.{table}")  # noqa: S608
            joined.execute("COMMIT")
            joined.execute(f"DETACH part_{number}")
            joined.execute("BEGIN")
        joined.execute("COMMIT")
        return joined.serialize()


def known(connection: Connection) -> int:
    """How many of what arrived are contacts already."""
    return int(connection.execute(_KNOWN).scalar_one())


def differing(connection: Connection) -> list[tuple[Any, ...]]:
    """Those that are contacts already and say something new: tuples of COLUMNS, by line."""
    return [tuple(row) for row in connection.execute(_DIFFERING)]


def admit(connection: Connection, key: str, values: Mapping[str, int], *, is_all_new: bool) -> None:
    """Stage those that are no contacts yet.

    `key`: what gives the activity key, in SQL, of `active_at` and `id`. `values`: `first`, the first of as many ids as
    contacts arrived; `now` and `unknown`, the seconds that are the latest, and that stand for none.
    """
    is_sqlite = engines.is_sqlite(connection)
    place = "a.rowid" if is_sqlite else "row_number() OVER (ORDER BY line)"
    statement = _ADMIT.format(key=key, place=place) + ("" if is_all_new else _UNCLAIMED)
    connection.execute(text(statement), values)
    if is_sqlite:
        connection.execute(_SQLITE_WORDS)
