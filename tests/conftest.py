"""What every test may ask for: a store on each engine, three actors, a clock that stands still."""

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from core import clock, people
from core.access import ROLES, Actor
from core.database import Store, Work
from tests import postgres

NOON = 1_767_355_200  # 2026-01-02 12:00:00 UTC, a Friday
EVERY_RIGHT = frozenset(right for rights in ROLES.values() for right in rights)
ALICE = Actor(1, "Alice", EVERY_RIGHT)
BOB = Actor(2, "Bob", ROLES["supervisor"])
VERA = Actor(3, "Vera", ROLES["analyst"])
TEMPLATE = "talkdeck_template"

GIVEN_DATA = os.environ.get("TALKDECK_TEST_DATA")
# Files of this name need data that is no part of the project, so they do not exist without it.
collect_ignore_glob = [] if GIVEN_DATA else ["*_given_data.py"]

_skipped: list[str] = []
_numbers = itertools.count(1)


@dataclass
class Clock:
    """The time of a test; it passes only when told to."""

    now: int = NOON

    def advance(self, seconds: int) -> None:
        self.now += seconds


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="full figures instead of about a twentieth of them")


@pytest.fixture(scope="session")
def is_full(request: pytest.FixtureRequest) -> bool:
    """Whether this run shall use full figures (make nightly)."""
    return bool(request.config.getoption("--full"))


@pytest.fixture(scope="session")
def given_data() -> Path:
    """The folder of TALKDECK_TEST_DATA, for tests in files named test_..._given_data.py."""
    assert GIVEN_DATA, "Only tests in files named test_..._given_data.py may ask for this."
    return Path(GIVEN_DATA)


@pytest.fixture
def fixed_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """`core.clock.now()` answers noon of a winter Friday until `advance` is called."""
    fixed = Clock()
    monkeypatch.setattr(clock, "now", lambda: fixed.now)
    return fixed


@pytest.fixture
def alice() -> Actor:
    """Holds all rights."""
    return ALICE


@pytest.fixture
def bob() -> Actor:
    """A supervisor."""
    return BOB


@pytest.fixture
def vera() -> Actor:
    """An analyst, who sees no phones and changes nothing."""
    return VERA


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgres.Server]:
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: postgres.Server) -> postgres.Server:
    postgresql_server.execute(f"CREATE DATABASE {TEMPLATE}")
    _fill(postgresql_server.url(TEMPLATE))
    return postgresql_server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "talkdeck.db"
    _fill(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A SQLite database of the test's own, migrated, with the three users in it."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'talkdeck.db')}"


@pytest.fixture
def postgresql_url(postgresql_template: postgres.Server) -> Iterator[str]:
    """A PostgreSQL database of the test's own, migrated, with the three users in it."""
    with _copied(postgresql_template) as url:
        yield url


@contextmanager
def _copied(server: postgres.Server) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    # Copying its files costs a fifth of writing them through the log, which is the default.
    server.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    yield server.url(name)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One engine after the other: the address of a migrated database for a whole module, whose tests leave it as it
    is.
    """
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        yield f"sqlite:///{shutil.copy(template, tmp_path_factory.mktemp('shared') / 'talkdeck.db')}"
        return
    with _copied(request.getfixturevalue("postgresql_template")) as url:
        yield url


@pytest.fixture(scope="module")
def shared_store(shared_url: str) -> Iterator[Store]:
    """One engine after the other: an open store for a whole module, whose tests leave it as it is."""
    with closing(Store.open(shared_url)) as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """One engine after the other: the address of a migrated database of the test's own."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """One engine after the other: an open store of the test's own."""
    with closing(Store.open(database_url)) as opened:
        yield opened


def _fill(url: str) -> None:
    with closing(Store.open(url)) as store:
        store.write(people.SYSTEM, _add_users)


def _add_users(work: Work) -> None:
    for actor, roles in ((ALICE, sorted(ROLES)), (BOB, ["supervisor"]), (VERA, ["analyst"])):
        assert people.add(work, actor.name, None, roles) == actor.id


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        _skipped.append(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        _skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _skipped and os.environ.get("CI") == "true":
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _skipped and os.environ.get("CI") == "true":
        terminalreporter.section("Skipped although CI=true, so the run fails")
        for name in _skipped:
            terminalreporter.line(name)
