"""Contacts that are being inserted, many at once: staged in a temporary table, and from there into every table."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, MetaData, SmallInteger, Table, Text, text

from core.database import engines, loading
from core.database.search import PART_BYTES, collecting, parts

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
    " FROM newcomer",
    "INSERT INTO phone_claim (phone, contact_id) SELECT phone, id FROM newcomer ORDER BY phone",
    "INSERT INTO conversation (id, activity_key, name_key, source, owner_id)"
    " SELECT id, activity_key, name_key, source, owner_id FROM newcomer",
    "INSERT INTO note (contact_id, body, updated_at, user_id, event_id)"
    " SELECT id, note, :now, :user_id, :event_id FROM newcomer WHERE note <> ''",
)
_SQLITE_INDEX = (
    "INSERT INTO search_text (rowid, words) SELECT activity_key, words FROM newcomer ORDER BY activity_key",
    "INSERT INTO search_phone (rowid, digits) SELECT id, substr(phone, 2) FROM newcomer",
)
_HELD = text("SELECT 1 FROM newcomer n JOIN conversation c ON c.activity_key = n.activity_key LIMIT 1")
_SQLITE_WORDS = text("INSERT OR IGNORE INTO search_word (word) SELECT value FROM json_each(:words)")
_POSTGRESQL_INDEX = (
    "INSERT INTO search_text (contact_id, part, is_split, words)"
    " SELECT id, 0, 0, array_to_tsvector(string_to_array(words, ' ')) FROM newcomer WHERE length(words) <= :short"
)
_POSTGRESQL_LONG = text("SELECT id, words FROM newcomer WHERE length(words) > :short")
_POSTGRESQL_TEXT = Table("search_text", MetaData(), *map(Column, ("contact_id", "part", "is_split", "words")))


def insert(connection: Connection, rows: Sequence[tuple[Any, ...]], made: dict[str, int], *, is_indexed: bool) -> None:
    """Insert contacts, given as tuples of STAGED in the order of their ids, with conversations, notes and claims of the
    phone. The rest as `settle`.
    """
    if not rows:
        return
    clear(connection)
    loading.load_rows(connection, _STAGE, STAGED, rows)
    settle(connection, made, is_indexed=is_indexed)
    if is_indexed and engines.is_sqlite(connection):
        vocabulary = sorted(set(" ".join([row[-1] for row in rows]).split()))
        connection.execute(_SQLITE_WORDS, {"words": engines.json_texts(vocabulary)})


def clear(connection: Connection) -> None:
    """Have the stage, and nothing on it."""
    _STAGE.create(connection, checkfirst=True)
    connection.execute(_STAGE.delete())


def keys(connection: Connection) -> dict[int, int]:
    """The activity keys of the staged contacts by their ids; none when no conversation has one of them."""
    if connection.execute(_HELD).first() is None:
        return {}
    return {row.id: row.activity_key for row in connection.execute(text("SELECT id, activity_key FROM newcomer"))}


def change_keys(connection: Connection, keys: Mapping[int, int]) -> None:
    """Give staged contacts other activity keys, by id."""
    values = [{"id": id_, "key": key} for id_, key in keys.items()]
    if values:
        connection.execute(text("UPDATE newcomer SET activity_key = :key WHERE id = :id"), values)


def settle(connection: Connection, made: dict[str, int], *, is_indexed: bool) -> None:
    """Put what is staged into every table.

    `made`: event_id, user_id and now (UTC epoch seconds). `is_indexed`: into the text index as well, in which none of
    them may be yet; not inside `reindexing`, which sees to that itself.
    """
    for statement in _INSERT:
        connection.execute(text(statement), made)
    if not is_indexed:
        return
    if engines.is_sqlite(connection):
        with collecting(connection):
            for statement in _SQLITE_INDEX:
                connection.execute(text(statement))
    else:
        short = PART_BYTES // 4  # characters that cannot pass the limit of a part, whatever their bytes
        connection.execute(text(_POSTGRESQL_INDEX), {"short": short})
        long = connection.execute(_POSTGRESQL_LONG, {"short": short})
        split = [part for row in long for part in _parts(row.id, row.words.split())]
        loading.load_rows(connection, _POSTGRESQL_TEXT, ("contact_id", "part", "is_split", "words"), split)


def _parts(contact_id: int, listed: list[str]) -> list[tuple[int, int, int, str]]:
    pieces = list(parts(sorted(set(listed))))
    return [(contact_id, part, int(len(pieces) > 1), " ".join(piece)) for part, piece in enumerate(pieces)]
