"""Contacts that are being inserted, many at once: staged in a temporary table, and from there into every table."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, MetaData, SmallInteger, Table, Text, text

from core.database import engines, loading
from core.database.search import PART_BYTES, parts

STAGED = (
    *("id", "activity_key", "phone", "is_phone_valid", "first_name", "last_name", "email", "date_of_birth", "zip_code"),
    *("city", "state", "external_id", "source", "owner_id", "created_at", "note", "name_key", "time_zone", "words"),
)
"""The columns of a staged contact; `words`: of its names, e-mail and note, joined by blanks."""

_NUMBERS = dict.fromkeys(("id", "activity_key", "owner_id", "created_at"), BigInteger)
_STAGE = Table(
    "newcomer",
    MetaData(),
    *[Column(name, _NUMBERS.get(name, SmallInteger if name.startswith("is_") else Text)) for name in STAGED],
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DELETE ROWS",  # deleting would leave dead rows that nobody sweeps up in a temporary table
)
_INSERT = (
    "INSERT INTO contact (id, phone, is_phone_valid, first_name, last_name, email, date_of_birth, zip_code, city,"
    " state,"
    " external_id, time_zone, time_zone_source, created_at, event_id)"
    " SELECT id, phone, is_phone_valid, first_name, last_name, email, date_of_birth, zip_code, city, state,"
    " nullif(external_id, ''), time_zone, CASE WHEN time_zone IS NULL THEN NULL ELSE 'phone' END, created_at, :event_id"
    " FROM newcomer ORDER BY id",
    "INSERT INTO phone_claim (phone, contact_id) SELECT phone, id FROM newcomer ORDER BY phone",
    "INSERT INTO conversation (id, activity_key, name_key, source, owner_id)"
    " SELECT id, activity_key, name_key, source, owner_id FROM newcomer ORDER BY id",
    "INSERT INTO note (contact_id, body, updated_at, user_id, event_id)"
    " SELECT id, note, :now, :user_id, :event_id FROM newcomer WHERE note <> '' ORDER BY id",
)
_SQLITE_INDEX = (
    "INSERT INTO search_text (rowid, words) SELECT activity_key, words FROM newcomer ORDER BY activity_key",
    "INSERT INTO search_phone (rowid, digits) SELECT id, substr(phone, 2) FROM newcomer ORDER BY id",
)
_SQLITE_WORDS = text("INSERT OR IGNORE INTO search_word (word) SELECT value FROM json_each(:words)")
_POSTGRESQL_INDEX = (
    "INSERT INTO search_text (contact_id, part, is_split, words)"
    " SELECT id, 0, 0, array_to_tsvector(string_to_array(words, ' ')) FROM newcomer WHERE length(words) <= :short"
)
_POSTGRESQL_TEXT = Table("search_text", MetaData(), *map(Column, ("contact_id", "part", "is_split", "words")))


def insert(connection: Connection, rows: Sequence[tuple[Any, ...]], made: dict[str, int], *, is_indexed: bool) -> None:
    """Insert contacts, given as tuples of STAGED, with their conversations, notes and claims of the phone.

    `made`: event_id, user_id and now (UTC epoch seconds). `is_indexed`: into the text index as well, in which none of
    them may be yet; not inside `reindexing`, which sees to that itself.
    """
    if not rows:
        return
    _STAGE.create(connection, checkfirst=True)
    connection.execute(_STAGE.delete())
    loading.load_rows(connection, _STAGE, STAGED, rows)
    for statement in _INSERT:
        connection.execute(text(statement), made)
    if not is_indexed:
        return
    if engines.is_sqlite(connection):
        for statement in _SQLITE_INDEX:
            connection.execute(text(statement))
        vocabulary = sorted(set(" ".join([row[-1] for row in rows]).split()))
        connection.execute(_SQLITE_WORDS, {"words": engines.json_texts(vocabulary)})
    else:
        short = PART_BYTES // 4  # characters that cannot pass the limit of a part, whatever their bytes
        connection.execute(text(_POSTGRESQL_INDEX), {"short": short})
        long = [part for row in rows if len(row[-1]) > short for part in _parts(row[0], row[-1].split())]
        loading.load_rows(connection, _POSTGRESQL_TEXT, ("contact_id", "part", "is_split", "words"), long)


def _parts(contact_id: int, listed: list[str]) -> list[tuple[int, int, int, str]]:
    pieces = list(parts(sorted(set(listed))))
    return [(contact_id, part, int(len(pieces) > 1), " ".join(piece)) for part, piece in enumerate(pieces)]
