"""Building the text index anew from the stored rows, all of it: after a large fill, or when it is in doubt."""

from collections.abc import Callable, Iterator

import pyarrow as pa
from sqlalchemy import Column, ColumnElement, Connection, MetaData, Table, func, select, text

from core.database import engines, loading
from core.database.search import SQLITE_DOCUMENT, SQLITE_INDEXES, collecting, parts, tell
from core.database.tables import conversation
from core.words import words

STEP = 5_000
"""Conversations between two reports of progress."""

_SQLITE_SLICE = text(f"""
INSERT INTO search_text (rowid, words) SELECT c.activity_key, {SQLITE_DOCUMENT}
FROM conversation c CROSS JOIN contact p ON p.id = c.id
WHERE c.activity_key > :after AND c.activity_key <= :last ORDER BY c.activity_key
""")  # noqa: S608  # a constant of ours
_SQLITE_AFTER = (
    "INSERT INTO search_phone (rowid, digits) SELECT id, substr(phone, 2) FROM contact ORDER BY id",
    "CREATE VIRTUAL TABLE temp.search_vocabulary USING fts5vocab(main, search_text, row)",
    "INSERT OR IGNORE INTO search_word (word) SELECT term FROM temp.search_vocabulary",
    "DROP TABLE temp.search_vocabulary",
)
_POSTGRESQL_SLICE = text("""
SELECT p.id, concat_ws(' ', p.first_name, p.last_name, p.email, n.body,
    (SELECT string_agg(m.body, ' ') FROM message m WHERE m.contact_id = p.id)) AS body
FROM contact p LEFT JOIN note n ON n.contact_id = p.id WHERE p.id > :after AND p.id <= :last
""")
_POSTGRESQL_TEXT = Table("search_text", MetaData(), *map(Column, ("contact_id", "part", "is_split", "words")))


def rebuild(connection: Connection, progress: Callable[[int], None]) -> None:
    """Empty the text index and fill it again; `progress` is told how many conversations were added."""
    if engines.is_sqlite(connection):
        _sqlite(connection, progress)
    else:
        _postgresql(connection, progress)


def _slices(connection: Connection, key: ColumnElement[int]) -> Iterator[tuple[int, int, int]]:
    """The conversations in steps: (key after which a step begins, its last key, how many there are)."""
    after = -1
    while True:
        step = select(key.label("key")).where(key > after).order_by(key).limit(STEP).subquery()
        last, n = connection.execute(select(func.max(step.c.key), func.count()).select_from(step)).one()
        if not n:
            return
        yield after, last, n
        after = last


def _sqlite(connection: Connection, progress: Callable[[int], None]) -> None:
    for name in SQLITE_INDEXES:
        tell(connection, name, "delete-all")
    connection.execute(text("DELETE FROM search_word"))
    with collecting(connection):
        for after, last, n in _slices(connection, conversation.c.activity_key):
            connection.execute(_SQLITE_SLICE, {"after": after, "last": last})
            progress(n)
        for statement in _SQLITE_AFTER:
            connection.execute(text(statement))
        for name in SQLITE_INDEXES:
            tell(connection, name, "optimize")


def _postgresql(connection: Connection, progress: Callable[[int], None]) -> None:
    connection.execute(text("DELETE FROM search_text"))
    with loading.unindexed(connection, ["search_text"]):
        for after, last, n in _slices(connection, conversation.c.id):
            rows = connection.execute(_POSTGRESQL_SLICE, {"after": after, "last": last})
            _copy_documents(connection, [(id_, sorted(set(words(body)))) for id_, body in rows])
            progress(n)


def _copy_documents(connection: Connection, documents: list[tuple[int, list[str]]]) -> None:
    rows = []
    for contact_id, vocabulary in documents:
        pieces = list(parts(vocabulary))
        rows += [(contact_id, part, int(len(pieces) > 1), " ".join(piece)) for part, piece in enumerate(pieces)]
    columns = [pa.array(values) for values in zip(*rows, strict=True)]
    loading.load(connection, _POSTGRESQL_TEXT, pa.table(columns, _POSTGRESQL_TEXT.columns.keys()))
