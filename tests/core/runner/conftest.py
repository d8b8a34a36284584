"""A provider that takes everything, and three contacts at four in the afternoon."""

import pytest

from core.database import Store
from tests.conftest import ALICE, Clock
from tests.core.messages import world as people
from tests.core.messages.world import Scripted
from tests.core.runner.world import HOUR


@pytest.fixture
def provider() -> Scripted:
    return Scripted()


@pytest.fixture
def ids(store: Store, fixed_clock: Clock) -> list[int]:
    """Three contacts, in Michigan; the clock stands at four in the afternoon there."""
    fixed_clock.advance(9 * HOUR)
    return store.write(ALICE, people.contacts, 3)
