"""What SQLite's planner knows of the sizes of things, which a database that grows row by row would never be told."""

from sqlalchemy import Connection, Engine, Table, func, inspect, select, text

from core.database import engines
from core.database.tables import conversation, outbox

WATCHED = (conversation, outbox)
"""Tables whose growth tells; without figures the outbox would be read by the state of its texts, and sorted."""

GROWTH = 4
"""So many times as many rows as when it last looked make it look again."""

LEAST = 500
"""With fewer any plan is a good one."""

SAMPLE = 2_000
"""So many entries of each index are read: enough to tell ten from ten thousand, and done in a blink."""


def refresh(engine: Engine) -> bool:
    """Look again when the database has grown much since; whether it did. PostgreSQL does so by itself."""
    if engine.dialect.name != "sqlite":
        return False
    with engine.connect() as connection, connection.begin():
        if not any(_has_grown(connection, table) for table in WATCHED):
            return False
    with engine.connect().execution_options(**{engines.WRITES: True}) as connection, connection.begin():
        connection.execute(text(f"PRAGMA analysis_limit = {SAMPLE}"))
        connection.execute(text("ANALYZE"))
        connection.execute(text("PRAGMA analysis_limit = 0"))
    return True


def _has_grown(connection: Connection, table: Table) -> bool:
    n = connection.execute(select(func.count()).select_from(table)).scalar_one()
    return n >= LEAST and n >= GROWTH * _known(connection, table)


def _known(connection: Connection, table: Table) -> int:
    """How many rows the planner believes in."""
    if not inspect(connection).has_table("sqlite_stat1"):
        return 0
    known = text("SELECT stat FROM sqlite_stat1 WHERE tbl = :name")
    told = connection.execute(known, {"name": table.name}).scalars()
    return max((int(stat.split()[0]) for stat in told), default=0)
