"""The schema: one, whoever starts first and by whichever way it came about."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from core.database import Store, engines, migrate, steps
from core.database.migrations.search import create_search
from core.database.tables import metadata
from core.errors import Unavailable
from tests import postgres
from tests.core.bulk.worker import PROCESSES

ROOT = Path(__file__).resolve().parents[3]
EIGHT = 8
CI, FULL = 2, 20
"""How many databases they all start at once."""

POSTGRESQL_SCHEMA = """
SELECT 'column', table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' '
    || coalesce(column_default, '') || ' ' || coalesce(collation_name, '')
FROM information_schema.columns WHERE table_schema = 'public' AND table_name != 'alembic_version'
UNION ALL SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename != 'alembic_version'
UNION ALL SELECT 'constraint', conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND conrelid != coalesce(to_regclass('alembic_version'), 0)
"""
SQLITE_SCHEMA = "SELECT type, sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name != 'alembic_version'"


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[int], str]:
    """The address of a new empty database for each number."""
    if request.param == "sqlite":
        return lambda number: f"sqlite:///{tmp_path / f'round_{number}.db'}"
    server: postgres.Server = request.getfixturevalue("postgresql_server")

    def create(number: int) -> str:
        server.execute(f"DROP DATABASE IF EXISTS empty_{number} WITH (FORCE)")
        server.execute(f"CREATE DATABASE empty_{number}")
        return server.url(f"empty_{number}")

    return create


def test_the_steps_lead_to_the_schema_of_a_fresh_build(new_url: Callable[[int], str]) -> None:
    migrated, fresh = new_url(1), new_url(2)
    with closing(Store.open(migrated)) as store, store.read() as reader:
        by_steps = schema(reader)
    engine = engines.open_engine(fresh)
    with engine.begin() as connection:
        metadata.create_all(connection)
        create_search(connection)
    with engine.begin() as connection:
        assert schema(connection) == by_steps
    engine.dispose()


def test_eight_processes_starting_at_once_make_one_schema(new_url: Callable[[int], str], is_full: bool) -> None:
    urls = [new_url(number) for number in range(FULL if is_full else CI)]
    barrier = PROCESSES.Barrier(EIGHT)
    answers: Any = PROCESSES.Queue()
    processes = [PROCESSES.Process(target=start, args=(urls, barrier, answers)) for _ in range(EIGHT)]
    for process in processes:
        process.start()
    found = [answers.get(timeout=240) for _ in range(EIGHT * len(urls))]
    for process in processes:
        process.join()
    assert [failure for _, failure in found if failure] == []
    assert len({seen for seen, _ in found}) == 1


def start(urls: list[str], barrier: Barrier, answers: Any) -> None:
    for url in urls:
        barrier.wait()
        try:
            with closing(Store.open(url)) as store, store.read() as reader:
                answers.put((repr(schema(reader)), ""))
        except Exception as failure:  # noqa: BLE001 - whatever it is, the test shall show it
            answers.put(("", repr(failure)))


def test_a_database_of_a_newer_version_is_refused_with_a_sentence(database_url: str) -> None:
    with closing(Store.open(database_url)) as store, store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Unavailable, match="newer version"):
        Store.open(database_url)


def test_an_unreachable_database_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be opened"):
        Store.open(f"postgresql+psycopg://nobody@/nothing?host={tmp_path}")


def test_a_file_that_is_no_database_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "note.db").write_text("this is a letter, not a database" * 50)
    with pytest.raises(Unavailable, match="cannot be opened"):
        Store.open(f"sqlite:///{tmp_path / 'note.db'}")


def schema(connection: Connection) -> list[tuple[str, str]]:
    is_sqlite = connection.dialect.name == "sqlite"
    rows = connection.execute(text(SQLITE_SCHEMA if is_sqlite else POSTGRESQL_SCHEMA))
    # The order in which a table lists its constraints says nothing.
    return sorted(
        (kind, ", ".join(sorted(" ".join(said.replace(" )", "").replace("\n)", "").split()).split(", "))))
        for kind, said in rows
    )


def test_the_steps_are_one_line_whose_last_is_known_without_reading_them() -> None:
    assert steps.scripts().get_heads() == [migrate.NEWEST]


def test_a_database_that_is_up_to_date_is_opened_without_the_tool_that_migrates(database_url: str) -> None:
    program = "import sys; from core.database import Store; Store.open(sys.argv[1]); print('alembic' in sys.modules)"
    command = [sys.executable, "-c", program, database_url]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout == "False\n"
