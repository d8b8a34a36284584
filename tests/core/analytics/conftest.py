"""A mirror that a test moves by hand."""

import pytest

from core.access import Actor
from core.analytics import mirror as room
from core.analytics import tables
from core.analytics.mirror import Mirror
from core.database import Store
from tests.conftest import Clock
from tests.core.conversations import world


@pytest.fixture
def filled(store: Store, alice: Actor, fixed_clock: Clock) -> Store:
    """Three hundred conversations."""
    store.write(alice, world.fill, 300, 1)
    return store


@pytest.fixture
def mirror(filled: Store, monkeypatch: pytest.MonkeyPatch) -> Mirror:
    """Loaded, and never moving by itself: a test calls `step`."""
    monkeypatch.setattr(room, "REST", 1)  # may load again at once
    monkeypatch.setattr(room, "PATIENCE_SECONDS", 0)
    return load(filled)


def load(store: Store) -> Mirror:
    made = Mirror(store)
    made.step()
    assert made.status.state == "ready", made.status
    return made


@pytest.fixture(params=[(128, 64), (3, 2)], ids=["bits", "few bits"])
def bits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tags and stages that have a bit, and those that have none."""
    monkeypatch.setattr(tables, "TAG_BITS", request.param[0])
    monkeypatch.setattr(tables, "STAGE_BITS", request.param[1])
