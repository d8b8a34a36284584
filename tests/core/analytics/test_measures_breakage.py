"""The mirror is killed, emptied and broken at any moment: figures are right, or said to be on their way."""

import contextlib
import random
import threading
from collections.abc import Iterator

import pyarrow as pa
import pytest

from core import clock
from core.access import Actor
from core.analytics import measures
from core.analytics import mirror as room
from core.analytics.asked import Asked
from core.analytics.child import Child
from core.analytics.mirror import Mirror
from core.database import Store
from core.errors import Unavailable
from tests.conftest import NOON, Clock
from tests.core.analytics import drifting, naive_figures
from tests.core.analytics.conftest import load
from tests.core.analytics.drifting import DAY, Drift
from tests.core.analytics.naive import Facts
from tests.core.analytics.test_measures import differences, told

LOOKED_AT = ("value_by_stage", "bridge", "first_reply", "replies_by_step", "messages_to_quote", "gone_quiet")


@pytest.fixture
def drift(store: Store, alice: Actor, fixed_clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Drift:
    """What happens to forty conversations with a past; a mirror that broke is tried again at once."""
    monkeypatch.setattr(room, "REST", 1)
    ids = store.write(alice, drifting.fill, 40, 4)
    return Drift(store, ids, fixed_clock, random.Random(6))


def assert_right(store: Store, mirror: Mirror, actor: Actor) -> None:
    asked = Asked(NOON - 300 * DAY, NOON + 30 * DAY)
    with store.read() as reader:
        facts = Facts(reader)
    for name in LOOKED_AT:
        expected = naive_figures.lines(facts, name, asked, clock.now())
        assert differences(told(mirror, actor, measures.find(name), asked), expected) == [], name


def assert_never_an_error(mirror: Mirror, actor: Actor) -> None:
    for name in LOOKED_AT:
        with contextlib.suppress(Unavailable):
            measures.figures(mirror, actor, name, Asked(NOON - DAY, NOON))


def until_ready(mirror: Mirror) -> None:
    for _ in range(4):
        mirror.step()
        if mirror.status.state == "ready" and not mirror._must_load:
            return
    raise AssertionError(mirror.status)


def test_killed_in_build_and_refresh_it_comes_back_by_itself(
    store: Store, alice: Actor, drift: Drift, monkeypatch: pytest.MonkeyPatch, is_full: bool
) -> None:
    mirror, rng = load(store), drift.rng
    for kill in range(60 if is_full else 2):
        for _ in range(3):
            drift.step()
        if kill % 2:
            _killed_in_build(mirror, monkeypatch, rng.randrange(9))
        else:
            _killed_in_refresh(mirror, rng.random() * 0.05)
        assert_never_an_error(mirror, alice)
        until_ready(mirror)
        assert_right(store, mirror, alice)


def _killed_in_build(mirror: Mirror, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """The process that reads the database dies after so many tables."""

    class Killed(Child):
        def streams(self) -> Iterator[tuple[str, pa.RecordBatchReader]]:
            for place, found in enumerate(super().streams()):
                if place == after:
                    self.kill()
                    self._process.wait()
                yield found

    mirror._must_load = True
    with monkeypatch.context() as patch:
        patch.setattr(room, "Child", Killed)
        mirror.step()


def _killed_in_refresh(mirror: Mirror, seconds: float) -> None:
    """What DuckDB is at is broken off after so many seconds, wherever it is then."""
    assert mirror._tables is not None
    killer = threading.Timer(seconds, mirror._tables._connection.interrupt)
    killer.start()
    mirror.step()
    killer.join()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("damage", "name"),
    [("DROP TABLE state", "bridge"), ("DELETE FROM send; ALTER TABLE send DROP contact_id", "replies_by_step")],
)
def test_tables_that_are_gone_or_broken_are_built_anew(
    store: Store, alice: Actor, drift: Drift, damage: str, name: str
) -> None:
    mirror = load(store)
    assert mirror._tables is not None
    mirror._tables.state().cursor.execute(damage).fetchall()
    with pytest.raises(Unavailable, match="being worked out"):
        measures.rows(mirror, alice, name, Asked(NOON - DAY, NOON), {})
    until_ready(mirror)
    drift.step()
    mirror.step()
    assert_right(store, mirror, alice)
