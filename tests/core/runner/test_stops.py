"""Stopping runs and taking that back: each write is in the account, and what was withheld is sent once, or never."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from core import bulk, undo
from core.database import Store, Work
from core.database.tables import change, enrollment, outbox, step_run
from core.messages import Incoming, accept
from core.messages.outbox import cancel
from core.workflows import Rules, Step
from core.workflows.moves import COLUMNS
from tests.conftest import ALICE, Clock
from tests.core.messages.world import Scripted, drain, phone
from tests.core.runner.world import A_DAY, DAY, HELLO, HOUR, STILL, enroll, go, made, one, run, runs, stages, texts

STOPS: dict[str, tuple[str, dict[str, Any]]] = {
    "by hand": ("stop", {}),
    "archived": ("archive", {}),
    "won": ("move", {"stage_id": 2}),
}


def stop(store: Store, ids: list[int], how: str = "by hand") -> int:
    name, params = STOPS[how]
    return bulk.start(store, ALICE, bulk.action(name, **params), bulk.choose("ticked", ids))


def assert_all_is_accounted(store: Store) -> None:
    """The changes of each run, one after the other, begin where those before them ended, and end at its row."""
    k = change.c
    wanted = select(change).where(k.table_name == "enrollment", k.outcome == "changed").order_by(k.event_id, k.n)
    held: dict[int, dict[str, Any]] = {}
    with store.read() as reader:
        for row in reader.execute(wanted):
            before, after = (None if image is None else json.loads(image) for image in (row.before, row.after))
            was = held.get(row.row_id, {})
            known = {name: value for name, value in (before or {}).items() if name in was}
            assert known == {name: was[name] for name in known}, row
            held[row.row_id] = {**was, **(after or {})}
    for run_ in runs(store):
        told = {name: value for name, value in held[run_.id].items() if name in COLUMNS}
        assert told == {name: run_._mapping[name] for name in told}


@pytest.mark.parametrize("how", STOPS)
def test_a_stop_withholds_what_waits_and_undone_it_is_sent_once(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock, how: str
) -> None:
    store.write(ALICE, stages)
    enroll(store, made(store, HELLO, A_DAY, STILL), ids[:1])
    run(store)
    stopped = stop(store, ids[:1], how)
    drain(store, provider)
    assert (provider.told, texts(store)[0].state, texts(store)[0].reason) == ([], "cancelled", "enrollment stopped")
    undo.start(store, ALICE, stopped)
    assert (one(store).state, one(store).next_due_at) == ("active", fixed_clock.now)
    go(store, provider, fixed_clock, 2 * DAY)
    assert [each.body for each in provider.told] == ["Hello Contact 1", "Still there?"]
    assert_all_is_accounted(store)


@pytest.mark.parametrize("how", STOPS)
def test_the_undo_of_such_an_undo_finds_nothing_changed(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock, how: str
) -> None:
    store.write(ALICE, stages)
    enroll(store, made(store, HELLO), ids)
    run(store)
    stopped = stop(store, ids, how)
    rows = runs(store)
    drain(store, provider)
    back = undo.start(store, ALICE, stopped)
    assert_all_is_accounted(store)
    again = undo.start(store, ALICE, back)
    assert runs(store) == rows
    with store.read() as reader:
        k = change.c
        left = select(k.reason).where(k.event_id == again, k.outcome != "changed")
        assert reader.execute(left).all() == []
    go(store, provider, fixed_clock, DAY)
    assert provider.told == []


def test_who_has_no_withheld_text_is_as_before_and_gets_none(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock
) -> None:
    """Runs of long ago wait for a text that this outbox never had; others are in the midst of a wait."""
    id_ = made(store, HELLO, A_DAY, STILL)
    enroll(store, id_, ids[:1])
    go(store, provider, fixed_clock, HOUR)
    store.write(ALICE, _old_run, ids[1], id_)
    before = runs(store)
    undo.start(store, ALICE, stop(store, ids))
    assert runs(store) == before
    go(store, provider, fixed_clock, 2 * DAY)
    assert [each.body for each in provider.told] == ["Hello Contact 1", "Still there?"]


def _old_run(work: Work, contact_id: int, workflow_id: int) -> None:
    own = {"contact_id": contact_id, "id": work.take_ids("enrollment"), "workflow_id": workflow_id, "version": 1}
    told = {"state": "waiting", "is_live": 1, "position": 0, "started_at": work.now - 90 * DAY, "event_id": 1}
    work.conn.execute(insert(enrollment).values(**own, **told))


def test_undone_before_a_sender_has_looked_the_text_goes_once(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock
) -> None:
    enroll(store, made(store, HELLO, A_DAY, STILL), ids[:1])
    run(store)
    before = one(store)
    undo.start(store, ALICE, stop(store, ids[:1]))
    assert one(store) == before
    go(store, provider, fixed_clock, 2 * DAY)
    assert [each.body for each in provider.told] == ["Hello Contact 1", "Still there?"]


def test_a_text_that_left_all_the_same_is_not_sent_again(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock
) -> None:
    """It was on its way when its run was stopped."""
    enroll(store, made(store, HELLO, A_DAY, STILL), ids[:1])
    run(store)
    stopped = stop(store, ids[:1])
    store.write(ALICE, lambda work: work.conn.execute(update(outbox).values(state="sent", intent_at=work.now)))
    undo.start(store, ALICE, stopped)
    go(store, provider, fixed_clock, 2 * DAY)
    assert [each.body for each in provider.told] == ["Still there?"]
    with store.read() as reader:
        assert reader.execute(select(step_run.c.outbox_id).order_by(step_run.c.position)).scalars().first() is not None


def test_a_text_taken_back_by_hand_meanwhile_stays_so(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock
) -> None:
    enroll(store, made(store, HELLO, A_DAY, STILL), ids[:1])
    run(store)
    stopped = stop(store, ids[:1])
    store.write(ALICE, cancel, texts(store)[0].id)
    undo.start(store, ALICE, stopped)
    go(store, provider, fixed_clock, 2 * DAY)
    assert [each.body for each in provider.told] == ["Still there?"]


def test_taking_an_enrollment_back_withholds_what_has_not_left(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock
) -> None:
    event_id = enroll(store, made(store, HELLO, A_DAY, STILL), ids)
    run(store)
    assert {row.state for row in texts(store)} == {"scheduled"}
    undo.start(store, ALICE, event_id)
    assert runs(store) == []
    drain(store, provider)
    assert [(row.state, row.reason) for row in texts(store)] == [("cancelled", "enrollment stopped")] * 3
    go(store, provider, fixed_clock, DAY)
    assert provider.told == []


def test_taken_back_and_enrolled_after_all_is_texted_once(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock
) -> None:
    event_id = enroll(store, made(store, HELLO, A_DAY, STILL), ids[:1])
    run(store)
    undo.start(store, ALICE, undo.start(store, ALICE, event_id))
    go(store, provider, fixed_clock, 2 * DAY)
    assert [each.body for each in provider.told] == ["Hello Contact 1", "Still there?"]


def test_a_text_held_over_night_is_withheld_at_once(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock
) -> None:
    fixed_clock.advance(7 * HOUR)  # eleven at night
    enroll(store, made(store, HELLO), ids[:1])
    run(store)
    drain(store, provider)
    assert (texts(store)[0].state, texts(store)[0].due_at > fixed_clock.now) == ("held", True)
    stop(store, ids[:1])
    drain(store, provider)
    assert texts(store)[0].state == "cancelled"


@pytest.mark.parametrize("ends", [True, False])
def test_who_has_answered_meanwhile_does_not_return_into_what_ends_with_an_answer(
    store: Store, ids: list[int], fixed_clock: Clock, tmp_path: Path, ends: bool
) -> None:
    id_ = made(store, A_DAY, STILL, rules=Rules(stop_on_reply=ends))
    enroll(store, id_, ids[:2])
    stopped = stop(store, ids[:2])
    fixed_clock.advance(HOUR)
    accept(store, tmp_path, "US", Incoming("IN1", phone(ids[0]), "Yes, call me"))
    undo.start(store, ALICE, stopped)
    assert [row.is_live for row in runs(store)] == [int(not ends), 1]


def test_long_after_each_contact_gets_one_of_the_withheld_texts_a_day(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock
) -> None:
    for n in range(3):
        enroll(store, made(store, Step("send", f"Text {n}"), name=f"w{n}"), ids[:1])
    run(store)
    stopped = stop(store, ids[:1])
    drain(store, provider)
    fixed_clock.advance(2 * DAY)
    undo.start(store, ALICE, stopped)
    for day in range(3):
        go(store, provider, fixed_clock, 0)
        assert len(provider.told) == day + 1
        fixed_clock.advance(DAY)
