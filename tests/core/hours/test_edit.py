"""Windows as data: added, changed, retired, each an event that can be undone, and each binding at once."""

from dataclasses import replace

import pytest

from core import history, hours, undo
from core.database import Store
from core.errors import Conflict, Invalid, NotAllowed, NotFound
from core.hours import Rule, Window
from tests.conftest import ALICE, BOB, NOON, Clock

CALIFORNIA = Rule("ca", "6", 720, 1200, "a law of our own")


def held(store: Store, window_id: int) -> Window:
    with store.read() as reader:
        return next(each for each in hours.windows(reader) if each.id == window_id)


def opening(store: Store, state: str, at: int) -> int | None:
    with store.read() as reader:
        return hours.load(reader).opening(["UTC"], state, at)


def newest(store: Store) -> int:
    with store.read() as reader:
        return history.events(reader, ALICE, limit=1)[0].event_id


def test_the_federal_window_and_those_of_nine_states_are_there_with_their_source(store: Store) -> None:
    with store.read() as reader:
        found = hours.windows(reader)
    assert (found[0].place, found[0].days, found[0].opens, found[0].closes) == ("", "0123456", 480, 1260)
    assert found[0].source == "47 CFR 64.1200(c)(1)"
    assert {each.place for each in found} == {"", "CT", "FL", "MD", "MS", "NJ", "OK", "RI", "TX"}
    assert all(each.source for each in found)


def test_a_window_binds_as_soon_as_it_is_added_and_no_more_when_it_is_undone(store: Store, fixed_clock: Clock) -> None:
    sunday = NOON + 2 * 86_400 - 3 * 3_600
    assert opening(store, "CA", sunday) == sunday
    window_id = store.write(ALICE, hours.add, CALIFORNIA)
    assert opening(store, "CA", sunday) == sunday + 3 * 3_600
    undo.start(store, ALICE, newest(store))
    assert opening(store, "CA", sunday) == sunday
    assert held(store, window_id).is_retired


def test_a_change_is_said_and_undone(store: Store, fixed_clock: Clock) -> None:
    window_id = store.write(ALICE, hours.add, CALIFORNIA)
    later = replace(CALIFORNIA, opens=780, valid_until="2027-01-01")
    event_id = store.write(ALICE, hours.change, window_id, later)
    assert event_id is not None
    assert (held(store, window_id).opens, held(store, window_id).valid_until) == (780, "2027-01-01")
    with store.read() as reader:
        assert history.get(reader, ALICE, event_id).words == "Alice changed the hours of CA on Sun, 13:00-20:00"
    assert store.write(ALICE, hours.change, window_id, later) is None
    undo.start(store, ALICE, event_id)
    assert (held(store, window_id).opens, held(store, window_id).valid_until) == (720, "")


def test_a_retired_window_binds_again_when_taken_back(store: Store, fixed_clock: Clock) -> None:
    window_id = store.write(ALICE, hours.add, CALIFORNIA)
    retired = store.write(ALICE, hours.retire, window_id)
    with pytest.raises(Conflict, match="retired already"):
        store.write(ALICE, hours.retire, window_id)
    assert held(store, window_id).is_retired
    undo.start(store, ALICE, retired)
    assert not held(store, window_id).is_retired
    with pytest.raises(Conflict, match="in use already"):
        store.write(ALICE, hours.revive, window_id)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"place": "Bavaria"}, "no state of the US"),
        ({"days": ""}, "Choose the days"),
        ({"days": "07"}, "Choose the days"),
        ({"opens": 800, "closes": 700}, "end after they begin"),
        ({"closes": 1_441}, "end after they begin"),
        ({"source": " "}, "which rule"),
        ({"valid_from": "1 July"}, "“1 July” is no day"),
        ({"valid_from": "20260701"}, "“20260701” is no day"),
        ({"valid_from": "2026-07-01", "valid_until": "2026-07-01"}, "after the first day"),
    ],
)
def test_what_is_no_window_is_refused(store: Store, parts: dict[str, str], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        store.write(ALICE, hours.add, replace(CALIFORNIA, **parts))


def test_only_who_may_change_settings_changes_windows(store: Store) -> None:
    for verb, *given in ((hours.add, CALIFORNIA), (hours.change, 1, CALIFORNIA), (hours.retire, 1), (hours.revive, 1)):
        with pytest.raises(NotAllowed, match="change settings"):
            store.write(BOB, verb, *given)
    with pytest.raises(NotFound):
        store.write(ALICE, hours.retire, 999)
