"""Calls: logged when dialled, told about later, listed in order, and taken back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import calls, history, undo
from core.calls import Call, Told
from core.database import Store
from core.errors import Invalid, NotAllowed, NotFound
from tests.conftest import ALICE, BOB, NOON, VERA, Clock
from tests.core.bulk.world import fill


@pytest.fixture
def id_(store: Store, fixed_clock: Clock) -> int:
    """A contact."""
    return fill(store, 20)[0]


def listed(store: Store, contact_id: int, since: int = 0) -> list[Call]:
    with store.read() as reader:
        return calls.find(reader, contact_id, since)


def newest(store: Store) -> int:
    with store.read() as reader:
        return Store.revision(reader)


def test_a_call_is_logged_told_about_and_both_undone(store: Store, id_: int, fixed_clock: Clock) -> None:
    first = store.write(ALICE, calls.log, id_)
    logged = newest(store)
    fixed_clock.advance(60)
    second = store.write(BOB, calls.log, id_)
    assert listed(store, id_) == [
        Call(first, NOON, "", None, "", "Alice"),
        Call(second, NOON + 60, "", None, "", "Bob"),
    ]
    assert [each.id for each in listed(store, id_, NOON + 1)] == [second]
    told = store.write(BOB, calls.describe, id_, first, Told("voicemail", 80, " ring\0 again "))
    assert listed(store, id_)[0] == Call(first, NOON, "voicemail", 80, "ring again", "Alice")
    with store.read() as reader:
        assert history.of_contact(reader, ALICE, id_)[0].words == "Bob said how a call went: voicemail"
    undo.start(store, ALICE, told)
    assert listed(store, id_)[0].outcome == ""
    undo.start(store, ALICE, logged)
    assert [each.id for each in listed(store, id_)] == [second]
    with pytest.raises(NotFound, match="undone"):
        store.write(ALICE, calls.describe, id_, first, Told("reached"))


def test_a_call_that_was_told_about_since_stays(store: Store, id_: int) -> None:
    call_id = store.write(ALICE, calls.log, id_)
    logged = newest(store)
    store.write(ALICE, calls.describe, id_, call_id, Told("reached"))
    undo.start(store, ALICE, logged)
    assert [each.outcome for each in listed(store, id_)] == ["reached"]


@pytest.mark.parametrize("told", [Told(""), Told("busy"), Told("reached", -1), Told("reached", 86_401),
                                  Told("reached", None, "x" * 2_001)])  # fmt: skip
def test_what_cannot_be_is_refused(store: Store, id_: int, told: Told) -> None:
    call_id = store.write(ALICE, calls.log, id_)
    with pytest.raises(Invalid):
        store.write(ALICE, calls.describe, id_, call_id, told)
    assert listed(store, id_)[0].outcome == ""


def test_an_analyst_logs_no_calls_and_nobody_calls_who_is_gone(store: Store, id_: int) -> None:
    with pytest.raises(NotAllowed):
        store.write(VERA, calls.log, id_)
    with pytest.raises(NotFound):
        store.write(ALICE, calls.log, 10_000_000)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("", None), (" ", None), ("4", 240), ("3:20", 200), ("0:05", 5), ("1:02:00", 3_720), (" 90 ", 5_400)],
)
def test_a_length_is_read_as_people_write_it(text: str, seconds: int | None) -> None:
    assert calls.seconds(text) == seconds


@pytest.mark.parametrize("text", ["x", "3:", ":3", "3:60", "1:2:3:4", "-1", "1.5", "²", "1:99:00", "99999"])
def test_what_is_no_length_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="no length of a call"):
        calls.seconds(text)


@given(st.integers(0, calls.LONGEST_SECONDS))
def test_every_length_is_read_back(seconds: int) -> None:
    assert calls.seconds(calls.length(seconds)) == seconds
