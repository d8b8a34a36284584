"""Upkeep of the text index, in the writer's transaction; asking it is search_query.py's work."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter

from sqlalchemy import Connection, column, insert, table, text

from core.database import engines
from core.words import words

PART_BYTES = 900_000
"""PostgreSQL refuses a text-search value above one megabyte."""

SQLITE_INDEXES = ("search_text", "search_phone")
HASH_BYTES = 1 << 20
LARGE_HASH_BYTES = 128 << 20
"""What a text index collects in memory before it writes a segment, while it is filled."""

SQLITE_DOCUMENT = """
document(p.first_name) || ' ' || document(p.last_name) || ' ' || document(p.email) || ' '
|| coalesce((SELECT document(n.body) FROM note n WHERE n.contact_id = p.id), '') || ' '
|| coalesce((SELECT group_concat(document(m.body), ' ') FROM message m WHERE m.contact_id = p.id), '')"""
"""The document of contact `p`: everything of it that is found by words, but its tags."""

_SQLITE_DOCUMENTS = f"""
SELECT {{what}} FROM (
    SELECT c.id, c.activity_key, {SQLITE_DOCUMENT} AS words
    FROM json_each(:ids) j CROSS JOIN conversation c ON c.id = j.value JOIN contact p ON p.id = c.id
)"""  # noqa: S608  # a constant of ours

_REMOVE = text(
    "INSERT INTO search_text (search_text, rowid, words) "
    + _SQLITE_DOCUMENTS.format(what="'delete', activity_key, words")
)
_DOCUMENTS = text(_SQLITE_DOCUMENTS.format(what="activity_key AS key, words"))
_ADD = text("INSERT INTO search_text (rowid, words) VALUES (:key, :words)")
_ADD_WORDS = text("INSERT OR IGNORE INTO search_word (word) SELECT value FROM json_each(:words)")
_PHONES = text(
    "SELECT p.id, substr(p.phone, 2) AS digits FROM json_each(:ids) j CROSS JOIN contact p ON p.id = j.value"
)
_ADD_PHONE = text("INSERT INTO search_phone (rowid, digits) VALUES (:id, :digits)")
_REMOVE_PHONE = text("INSERT INTO search_phone (search_phone, rowid, digits) VALUES ('delete', :id, :digits)")

_TEXTS = text("""
SELECT id, first_name || ' ' || last_name || ' ' || email AS body FROM contact WHERE id = ANY(:ids)
UNION ALL SELECT contact_id, body FROM note WHERE contact_id = ANY(:ids)
UNION ALL SELECT contact_id, body FROM message WHERE contact_id = ANY(:ids)
""")
_FORGET = text("DELETE FROM search_text WHERE contact_id = ANY(:ids)")
_STORE = text(
    "INSERT INTO search_text (contact_id, part, is_split, words)"
    " VALUES (:contact_id, :part, :is_split, array_to_tsvector(CAST(:words AS text[])))"
)


@contextmanager
def collecting(connection: Connection) -> Iterator[None]:
    """What SQLite's text indexes take up in the block they collect in memory, and write it at once when they must.

    In small pieces, as else, the pieces are merged again and again.
    """
    for name in SQLITE_INDEXES:
        tell(connection, name, "hashsize", LARGE_HASH_BYTES)
    yield
    for name in SQLITE_INDEXES:
        tell(connection, name, "hashsize", HASH_BYTES)


def tell(connection: Connection, name: str, command: str, value: int | None = None) -> None:
    """A command to one of SQLite's text indexes, which take them as rows."""
    told = table(name, column(name), column("rank"))
    values: dict[str, int | str] = {name: command} if value is None else {name: command, "rank": value}
    connection.execute(insert(told).values(values))


@contextmanager
def reindexing(connection: Connection, contact_ids: Sequence[int]) -> Iterator[None]:
    """Keep the text index true while names, e-mail, note, messages or activity of these contacts change in the block.

    The contacts may come into being or vanish in it. The conversation rows must be right when the block ends.
    """
    if not contact_ids:
        yield
    elif engines.is_sqlite(connection):
        with _sqlite(connection, contact_ids):
            yield
    else:
        yield
        _postgresql(connection, sorted(contact_ids))


@contextmanager
def _sqlite(connection: Connection, contact_ids: Sequence[int]) -> Iterator[None]:
    ids = {"ids": engines.json_ids(contact_ids)}
    phones = {row.id: row.digits for row in connection.execute(_PHONES, ids)}
    connection.execute(_REMOVE, ids)
    yield
    documents = [{"key": row.key, "words": row.words} for row in connection.execute(_DOCUMENTS, ids)]
    if documents:
        connection.execute(_ADD, sorted(documents, key=itemgetter("key")))
        vocabulary = {word for row in documents for word in row["words"].split(" ")}
        connection.execute(_ADD_WORDS, {"words": engines.json_texts(_split(vocabulary))})
    after = {row.id: row.digits for row in connection.execute(_PHONES, ids)}
    if gone := [{"id": id_, "digits": digits} for id_, digits in phones.items() if id_ not in after]:
        connection.execute(_REMOVE_PHONE, gone)
    if new := [{"id": id_, "digits": digits} for id_, digits in after.items() if id_ not in phones]:
        connection.execute(_ADD_PHONE, new)


def _split(chunks: set[str]) -> list[str]:
    return sorted({word for chunk in chunks for word in words(chunk)})


def _postgresql(connection: Connection, contact_ids: list[int]) -> None:
    found: dict[int, set[str]] = {}
    for row in connection.execute(_TEXTS, {"ids": contact_ids}):
        found.setdefault(row.id, set()).update(words(row.body))
    connection.execute(_FORGET, {"ids": contact_ids})
    rows = []
    for contact_id, vocabulary in sorted(found.items()):
        pieces = list(parts(sorted(vocabulary)))
        rows += [
            {"contact_id": contact_id, "part": part, "is_split": int(len(pieces) > 1), "words": listed}
            for part, listed in enumerate(pieces)
        ]
    if rows:
        connection.execute(_STORE, rows)


def parts(vocabulary: list[str]) -> Iterator[list[str]]:
    """The sorted words of one conversation in as many parts as PostgreSQL needs; at least one."""
    part: list[str] = []
    size = 0
    for word in vocabulary:
        part.append(word)
        size += len(word.encode()) + 4
        if size > PART_BYTES:
            yield part
            part, size = [], 0
    if part or not vocabulary:
        yield part
