"""Bringing a database to the newest schema, safely when several processes start at once."""

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from core.database import engines
from core.errors import Unavailable

FOLDER = Path(__file__).parent / "migrations"


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return ScriptDirectory.from_config(config)


def upgrade(engine: Engine) -> None:
    """Run the missing steps, all in one transaction, under a lock; a database that is up to date is only read.

    Raises: Unavailable when the database was made by a newer version of Talkdeck.
    """
    directory = scripts()
    engines.prepare_file(engine)
    with engine.connect() as connection, connection.begin():
        if _revision(connection) == directory.get_current_head():
            return
    with engine.connect().execution_options(**{engines.WRITES: True}) as connection, connection.begin():
        engines.lock_migrations(connection)
        _run(connection, directory)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _run(connection: Connection, directory: ScriptDirectory) -> None:
    current, head = _revision(connection), directory.get_current_head()
    if current == head:
        return
    if current is not None and current not in {step.revision for step in directory.walk_revisions()}:
        raise Unavailable(
            "This database was made by a newer version of Talkdeck. Start that version, or restore a backup."
        )

    def steps(revision: object, _context: MigrationContext) -> object:
        return directory._upgrade_revs("head", revision)  # type: ignore[arg-type]  # the hook alembic's own commands use

    with EnvironmentContext(Config(), directory, fn=steps) as environment:
        # The transaction is ours: the steps and the record of them are committed together, or not at all.
        environment.configure(connection=connection, transactional_ddl=False, transaction_per_migration=False)
        environment.run_migrations()
