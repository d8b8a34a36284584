"""Secondary indexes that a large fill does without; they come back when it ends, at the latest at the next start."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Index, inspect, select

from core import clock
from core.database import engines
from core.database.tables import contact_tag, conversation, event_state

TABLES = (conversation, contact_tag)
"""The tables whose indexes cost most while contacts are inserted."""


def drop(connection: Connection) -> None:
    """Do without the indexes of TABLES, but for the unique ones, which hold rules."""
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


@contextmanager
def _sorting_on_disk(connection: Connection) -> Iterator[None]:
    """SQLite sorts a million keys in a fifth less time piece by piece, and with less memory, than all in memory."""
    if not engines.is_sqlite(connection):
        yield
        return
    raw: Any = connection.connection.driver_connection  # the setting cannot change inside a transaction
    raw.execute("PRAGMA temp_store = FILE")
    try:
        yield
    finally:
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
