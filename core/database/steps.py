"""The missing steps of the schema, run by Alembic."""

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from core.errors import Unavailable


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return ScriptDirectory.from_config(config)


def run(connection: Connection, current: str | None) -> None:
    """From the revision that the database has to the newest, in the transaction of `connection`.

    Raises: Unavailable when the database was made by a newer version of Talkdeck.
    """
    directory = scripts()
    if current is not None and current not in {step.revision for step in directory.walk_revisions()}:
        raise Unavailable(
            "This database was made by a newer version of Talkdeck. Start that version, or restore a backup."
        )

    def steps(revision: object, _context: object) -> object:
        return directory._upgrade_revs("head", revision)  # type: ignore[arg-type]  # the hook alembic's own commands use

    with EnvironmentContext(Config(), directory, fn=steps) as environment:
        # The transaction is ours: the steps and the record of them are committed together, or not at all.
        environment.configure(connection=connection, transactional_ddl=False, transaction_per_migration=False)
        environment.run_migrations()
