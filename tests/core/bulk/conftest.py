"""A world that the tests of one module share on each engine: whoever changes it changes it back."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from core import clock
from core.database import Store
from tests import postgres
from tests.conftest import NOON, TEMPLATE, Clock
from tests.core.bulk.world import fill


@dataclass(frozen=True)
class World:
    """An open store, and its conversations."""

    store: Store
    ids: list[int]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database for the whole module."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = tmp_path_factory.mktemp("shared") / "talkdeck.db"
        path.write_bytes(template.read_bytes())
        yield f"sqlite:///{path}"
        return
    server: postgres.Server = request.getfixturevalue("postgresql_template")
    server.execute(f"CREATE DATABASE shared_bulk TEMPLATE {TEMPLATE}")
    yield server.url("shared_bulk")
    server.execute("DROP DATABASE shared_bulk WITH (FORCE)")


@pytest.fixture(scope="module")
def shared_world(shared_url: str) -> Iterator[World]:
    """Filled at noon; the tests that use it begin a minute later."""
    with pytest.MonkeyPatch.context() as patch, closing(Store.open(shared_url)) as store:
        patch.setattr(clock, "now", lambda: NOON)
        yield World(store, fill(store))


@pytest.fixture
def world(shared_world: World, fixed_clock: Clock) -> World:
    """The shared world, a minute after it was made."""
    fixed_clock.advance(60)
    return shared_world
