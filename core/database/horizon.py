"""How far a reader of the events may believe what it sees: which transactions may still commit behind its back."""

from typing import NamedTuple

from sqlalchemy import Connection, TextClause, text

from core.database.engines import is_sqlite

_SNAPSHOT = (
    "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint) AS oldest_running,"
    " CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint) AS next"
)


class Horizon(NamedTuple):
    """Transaction numbers: all below `oldest_running` have ended; none from `next` on has begun.

    On SQLite both are 0: there is one writer at a time, so events become visible in the order of their ids.
    """

    oldest_running: int
    next: int


def statement(for_sqlite: bool) -> TextClause:
    """The query for one row, a Horizon."""
    return text("SELECT 0 AS oldest_running, 0 AS next" if for_sqlite else _SNAPSHOT)


def horizon(reader: Connection) -> Horizon:
    """The horizon now; a later query of the reader sees everything that transactions below `oldest_running` wrote."""
    return Horizon(*reader.execute(statement(is_sqlite(reader))).one())
