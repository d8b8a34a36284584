"""The mirror may break, be killed or be asked by many at once: the application goes on, and the mirror comes back."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.access import Actor
from core.analytics import inbox, rows
from core.analytics import mirror as room
from core.analytics.child import Child
from core.analytics.mirror import Mirror
from core.conversations import ConversationFilter
from core.database import Store, engines
from core.errors import Unavailable
from tests.core.analytics import verbs

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def _wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(1200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen within a minute")


def test_until_it_is_built_nobody_waits_for_it(filled: Store) -> None:
    fresh = Mirror(filled)
    assert fresh.status.state == "building"
    assert fresh.age() is None
    assert not fresh.current(0)
    assert inbox.count(fresh, ConversationFilter()) is None
    assert inbox.tab_counts(fresh, ConversationFilter()) is None
    assert inbox.facets(fresh, ConversationFilter()) is None


def test_a_child_killed_half_way_is_a_failure_that_is_tried_again(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(Child):
        def reached(self) -> object:  # type: ignore[override]
            found = super().reached()
            self.kill()
            self._process.wait()
            return found

    fresh = Mirror(filled)
    monkeypatch.setattr(room, "Child", Killed)
    pauses = [fresh.step() for _ in range(2)]
    assert fresh.status.state == "failed"
    assert fresh.status.reason
    assert pauses == list(room.FAILURE_SECONDS[:2])
    assert inbox.count(fresh, ConversationFilter()) is None
    monkeypatch.setattr(room, "Child", Child)
    fresh.step()
    assert fresh.status.state == "ready"
    assert verbs.equals(filled, fresh)


def test_a_database_that_is_away_leaves_the_old_figures_and_their_age(
    filled: Store, mirror: Mirror, tmp_path: Path
) -> None:
    checked = mirror.status.checked_at
    engine = filled.engine
    filled.engine = engines.open_engine(f"sqlite:///{tmp_path / 'away' / 'talkdeck.db'}")
    assert mirror.step() == room.FAILURE_SECONDS[0]
    assert inbox.count(mirror, ConversationFilter()) is not None
    assert mirror.status.checked_at == checked
    filled.engine = engine
    mirror.step()
    assert mirror.status.reason == ""


@pytest.mark.parametrize("damage", ["DROP TABLE tag_set", "ALTER TABLE conversation DROP flags"])
def test_broken_tables_are_taken_out_of_use_and_built_anew(filled: Store, mirror: Mirror, damage: str) -> None:
    assert mirror._tables is not None
    mirror._tables.state().cursor.execute(damage).fetchall()
    assert inbox.facets(mirror, ConversationFilter()) is None
    assert mirror.status.state == "failed"
    assert inbox.count(mirror, ConversationFilter()) is None
    mirror.step()
    assert verbs.equals(filled, mirror)


def test_a_break_found_by_the_refresh_is_mended_as_well(filled: Store, alice: Actor, mirror: Mirror) -> None:
    assert mirror._tables is not None
    mirror._tables.state().cursor.execute("ALTER TABLE conversation DROP flags").fetchall()
    filled.write(alice, verbs.mark, verbs.ids(mirror)[:2], is_hot=1)
    mirror.step()
    assert mirror.status.state == "failed"
    mirror.step()
    assert verbs.equals(filled, mirror)


def test_a_refresh_that_breaks_off_while_it_reads_leaves_everything_as_it_was(
    filled: Store, alice: Actor, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Unavailable("the database is away")

    before = verbs.ids(mirror)
    filled.write(alice, verbs.mark, before[:50], is_hot=1)
    with monkeypatch.context() as patch:
        patch.setattr(rows, "of_contacts", away)
        assert mirror.step() == room.FAILURE_SECONDS[0]
    assert verbs.ids(mirror) == before
    assert not mirror.current(verbs.revision(filled))
    mirror.step()
    assert verbs.equals(filled, mirror)


def test_those_who_ask_while_it_is_refreshed_see_one_state_each(filled: Store, alice: Actor, mirror: Mirror) -> None:
    ids = verbs.ids(mirror)
    wrong: list[object] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            found = inbox.tab_counts(mirror, ConversationFilter()) or {}
            if found.get("all", 0) + found.get("archived", 0) != len(ids):
                wrong.append(found)

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    for turn in range(20):
        filled.write(alice, verbs.mark, ids[:100], is_archived=turn % 2)
        mirror.step()
    done.set()
    for asker in askers:
        asker.join()
    assert wrong == []
    assert verbs.equals(filled, mirror)


def test_a_started_mirror_follows_by_itself_and_stops(filled: Store, alice: Actor) -> None:
    started = Mirror.start(filled)
    _wait_until(lambda: started.status.state == "ready")
    filled.write(alice, verbs.mark, verbs.ids(started)[:7], is_archived=1)
    _wait_until(lambda: started.current(verbs.revision(filled)))
    assert verbs.equals(filled, started)
    assert started.age() is not None
    started.stop()
    assert not started._thread.is_alive()


def test_it_stops_while_it_is_loading(filled: Store) -> None:
    started = Mirror.start(filled)
    _wait_until(lambda: started._child is not None)
    child = started._child
    started.stop()
    assert child is not None
    assert child._process.returncode is not None
