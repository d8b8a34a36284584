"""The text index of conversations that are being inserted: nothing to take out first, so many go in at once."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Column, Connection, MetaData, Table, text

from core.database import engines, loading
from core.database.search import parts

_ADD_TEXT = "INSERT INTO search_text (rowid, words) VALUES (?, ?)"
_ADD_PHONE = "INSERT INTO search_phone (rowid, digits) VALUES (?, ?)"
_ADD_WORDS = text("INSERT OR IGNORE INTO search_word (word) SELECT value FROM json_each(:words)")
_POSTGRESQL_TEXT = Table("search_text", MetaData(), *map(Column, ("contact_id", "part", "is_split", "words")))


class Newcomer(NamedTuple):
    """A conversation whose rows are inserted in this transaction; `words`: of its names, e-mail and note, by blanks."""

    id: int
    activity_key: int
    phone: str
    words: str


def index(connection: Connection, newcomers: Sequence[Newcomer]) -> None:
    """Add conversations without messages to the text index. None of them may be in it."""
    if not newcomers:
        return
    if engines.is_sqlite(connection):
        connection.exec_driver_sql(_ADD_TEXT, sorted((n.activity_key, n.words) for n in newcomers))
        connection.exec_driver_sql(_ADD_PHONE, [(n.id, n.phone[1:]) for n in newcomers])
        vocabulary = sorted(set(" ".join([n.words for n in newcomers]).split()))
        connection.execute(_ADD_WORDS, {"words": engines.json_texts(vocabulary)})
    else:
        rows = [row for newcomer in newcomers for row in _rows(newcomer.id, newcomer.words.split())]
        loading.load_rows(connection, _POSTGRESQL_TEXT, ("contact_id", "part", "is_split", "words"), rows)


def _rows(contact_id: int, listed: list[str]) -> list[tuple[int, int, int, str]]:
    pieces = list(parts(sorted(set(listed))))
    return [(contact_id, part, int(len(pieces) > 1), " ".join(piece)) for part, piece in enumerate(pieces)]
