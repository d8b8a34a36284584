"""The physical floor of an import: the same rows into the same tables and indexes by the bare driver, from memory.

Nothing is read from a file, checked, compared or accounted for; only the writing is timed. SQLite takes `executemany`,
PostgreSQL `COPY`; in transactions of 20,000 contacts, and without the indexes that an import does without as well.
"""

import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, select

from core import words
from core.database import Store, engines, indexes, loading
from core.database.tables import contact, conversation

CHUNK = 20_000
_CONTACT = tuple(contact.columns.keys())
_CONVERSATION = tuple(conversation.columns.keys())
_LISTED = {"contact": _CONTACT, "phone_claim": ("phone", "contact_id"), "conversation": _CONVERSATION}

Prepared = dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]]
"""By table: its columns, and rows in the order in which they are best inserted."""


def seconds(imported: str, url: str) -> float:
    """How long writing the contacts of the database at `imported` into the empty one at `url` takes."""
    taken = 0.0
    with closing(Store.open(imported)) as source, closing(Store.open(url)) as target:
        with target.engine.connect() as connection, connection.begin():
            indexes.drop(connection)
        for prepared in _chunks(source):
            begun = time.perf_counter()
            with target.engine.connect() as connection, connection.begin():
                _write(connection, prepared)
            taken += time.perf_counter() - begun
        begun = time.perf_counter()
        indexes.restore(target.engine)
        return taken + time.perf_counter() - begun


def _chunks(source: Store) -> Iterator[Prepared]:
    wanted = select(contact, conversation).join(conversation, conversation.c.id == contact.c.id).order_by(contact.c.id)
    with source.read() as reader:
        found = reader.execute(wanted.execution_options(yield_per=CHUNK))
        for rows in found.partitions(CHUNK):
            yield _prepared([tuple(row) for row in rows], for_sqlite=engines.is_sqlite(reader))


def _prepared(rows: list[tuple[Any, ...]], *, for_sqlite: bool) -> Prepared:
    width, key = len(_CONTACT), len(_CONTACT) + _CONVERSATION.index("activity_key")
    names = [_CONTACT.index(name) for name in ("first_name", "last_name", "email")]
    texts = [" ".join(words.words(" ".join(row[place] for place in names))) for row in rows]
    parts = (
        [row[:width] for row in rows],
        sorted((row[1], row[0]) for row in rows),
        [row[width:] for row in rows],
    )
    prepared = {table: (columns, part) for (table, columns), part in zip(_LISTED.items(), parts, strict=True)}
    if not for_sqlite:
        documents = [(row[0], 0, 0, text) for row, text in zip(rows, texts, strict=True)]
        return {**prepared, "search_text": (("contact_id", "part", "is_split", "words"), documents)}
    listed = sorted(set(" ".join(texts).split()))
    return {
        **prepared,
        "search_text": (("rowid", "words"), sorted((row[key], text) for row, text in zip(rows, texts, strict=True))),
        "search_phone": (("rowid", "digits"), [(row[0], row[1][1:]) for row in rows]),
        "search_word": (("word",), [(word,) for word in listed]),
    }


def _write(connection: Connection, prepared: Prepared) -> None:
    for table, (columns, rows) in prepared.items():
        if engines.is_sqlite(connection):
            marks = ", ".join("?" * len(columns))
            statement = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})"
            connection.exec_driver_sql(statement, rows)
        else:
            loading.copy_csv(connection, table, columns, loading.as_csv(columns, rows))
