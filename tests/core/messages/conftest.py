"""Three contacts at noon."""

import pytest

from core.database import Store
from tests.conftest import ALICE, Clock
from tests.core.messages import world


@pytest.fixture
def ids(store: Store, fixed_clock: Clock) -> list[int]:
    """The contacts of the test's own store."""
    return store.write(ALICE, world.people, 3)
