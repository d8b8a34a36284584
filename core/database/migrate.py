"""Bringing a database to the newest schema, safely when several processes start at once."""

from pathlib import Path

from sqlalchemy import Connection, Engine, column, inspect, select, table

from core.database import engines

_FOLDER = Path(__file__).parent / "migrations" / "versions"
NEWEST = max(path.name.partition("_")[0] for path in _FOLDER.glob("[0-9]*.py"))
"""The revision that this version of Talkdeck works with."""


def upgrade(engine: Engine) -> None:
    """Run the missing steps, all in one transaction, under a lock; a database that is up to date is only read.

    Raises: Unavailable when the database was made by a newer version of Talkdeck.
    """
    engines.prepare_file(engine)
    with engine.connect() as connection, connection.begin():
        if revision(connection) == NEWEST:
            return
    # Alembic costs every process that starts a third of a second, and hardly any has a step to run.
    from core.database import steps

    with engine.connect().execution_options(**{engines.WRITES: True}) as connection, connection.begin():
        engines.lock_migrations(connection)
        if (current := revision(connection)) != NEWEST:
            steps.run(connection, current)


def revision(connection: Connection) -> str | None:
    """The last step that this database has had; None: it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(select(column("version_num")).select_from(table("alembic_version"))).scalar()
    return found
