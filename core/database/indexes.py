"""Secondary indexes that a large fill does without, on PostgreSQL also the reference from conversation to contact; they
come back when it ends, at the latest at the next start.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Index, inspect, select, text

from core import clock
from core.database import engines
from core.database.tables import contact_tag, conversation, event_state

TABLES = (conversation, contact_tag)
"""The tables whose indexes cost most while contacts are inserted."""


REFERENCE = "fk_conversation_id"
"""It is checked with every row of a conversation, for which PostgreSQL takes a quarter of an import's time."""

_DROP_REFERENCE = text(f"ALTER TABLE conversation DROP CONSTRAINT IF EXISTS {REFERENCE}")
_HAS_REFERENCE = text(
    "SELECT convalidated FROM pg_constraint WHERE conrelid = CAST('conversation' AS regclass) AND conname = :name"
).bindparams(name=REFERENCE)
_ADD_REFERENCE = text(
    f"ALTER TABLE conversation ADD CONSTRAINT {REFERENCE} FOREIGN KEY (id) REFERENCES contact (id) NOT VALID"
)
_CHECK_REFERENCE = text(f"ALTER TABLE conversation VALIDATE CONSTRAINT {REFERENCE}")


def drop(connection: Connection) -> None:
    """Do without the indexes of TABLES, but for the unique ones, which hold rules."""
    if not engines.is_sqlite(connection):
        connection.execute(_DROP_REFERENCE)
    present = _present(connection)
    for index in _all(connection):
        if index.name in present and not index.unique:
            index.drop(connection)


def restore_abandoned(engine: Engine) -> None:
    """Make what a process that died left missing; while one is at work, its indexes are its own affair."""
    at_work = select(event_state.c.event_id).where(
        event_state.c.state == "running", event_state.c.lease_until > clock.now()
    )
    with engine.connect() as connection, connection.begin():
        is_free = connection.execute(at_work.limit(1)).first() is None
    if is_free:
        restore(engine)


def restore(engine: Engine) -> None:
    """Make the indexes that are missing, each in a transaction of its own."""
    with engine.connect() as connection:
        missing = _missing(connection)
    for index in missing:
        writing = engine.connect().execution_options(**{engines.WRITES: True})
        with writing as connection, _sorting_on_disk(connection), connection.begin():
            engines.lock_migrations(connection)
            if index.name in {again.name for again in _missing(connection)}:
                index.create(connection)
                engines.analyze(connection, str(index.name))
    if engine.dialect.name != "sqlite":
        _restore_reference(engine)


def _restore_reference(engine: Engine) -> None:
    """First for new rows, then checked for all the others, which keeps nobody waiting."""
    for statement, when in ((_ADD_REFERENCE, None), (_CHECK_REFERENCE, False)):
        with engine.connect() as connection, connection.begin():
            engines.lock_migrations(connection)
            if connection.execute(_HAS_REFERENCE).scalar_one_or_none() is when:
                connection.execute(statement)


@contextmanager
def _sorting_on_disk(connection: Connection) -> Iterator[None]:
    """SQLite sorts a million keys in a fifth less time piece by piece, and with less memory, than all in memory; and on
    a disk alone it sorts a piece while it reads the next.
    """
    if not engines.is_sqlite(connection):
        yield
        return
    raw: Any = connection.connection.driver_connection  # the setting cannot change inside a transaction
    raw.execute("PRAGMA temp_store = FILE")
    raw.execute("PRAGMA threads = 2")
    try:
        yield
    finally:
        raw.execute("PRAGMA threads = 0")
        raw.execute("PRAGMA temp_store = MEMORY")


def _all(connection: Connection) -> list[Index]:
    name = connection.dialect.name
    found = [index for table in TABLES for index in sorted(table.indexes, key=lambda index: str(index.name))]
    return [index for index in found if index._ddl_if is None or index._ddl_if.dialect == name]


def _present(connection: Connection) -> set[str | None]:
    return {index["name"] for table in TABLES for index in inspect(connection).get_indexes(table.name)}


def _missing(connection: Connection) -> list[Index]:
    present = _present(connection)
    return [index for index in _all(connection) if index.name not in present]
