"""A world that the tests of one module share on each engine: whoever changes it changes it back."""

from dataclasses import dataclass

import pytest

from core import clock
from core.database import Store
from tests.conftest import NOON, Clock
from tests.core.bulk.world import fill


@dataclass(frozen=True)
class World:
    """An open store, and its conversations."""

    store: Store
    ids: list[int]


@pytest.fixture(scope="module")
def shared_world(shared_store: Store) -> World:
    """Filled at noon; the tests that use it begin a minute later."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: NOON)
        return World(shared_store, fill(shared_store))


@pytest.fixture
def world(shared_world: World, fixed_clock: Clock) -> World:
    """The shared world, a minute after it was made."""
    fixed_clock.advance(60)
    return shared_world
