"""Enrollments go from step to step by themselves: texts, waits, tags, stages; each move accounted for."""

import json
import time
from pathlib import Path

from sqlalchemy import select

from core import tags, undo, workflows
from core.database import Store
from core.database.tables import (
    change,
    contact_tag,
    conversation,
    deal,
)
from core.settings import load
from core.worker import Worker
from core.workflows import Rules, Step
from tests.conftest import ALICE, NOON, Clock
from tests.core.messages import world as people
from tests.core.messages.world import Scripted
from tests.core.runner.world import (
    A_DAY,
    DAY,
    FREE,
    HELLO,
    HOUR,
    STILL,
    enroll,
    events,
    go,
    live_counts,
    made,
    one,
    run,
    runs,
    stages,
    taken,
    texts,
)


def test_texts_go_one_after_the_other_with_their_waits_between_them(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock
) -> None:
    begun = fixed_clock.now
    enroll(store, made(store, HELLO, A_DAY, STILL), ids)
    go(store, provider, fixed_clock, 3 * DAY)
    assert [(each.to, each.body) for each in provider.told[:3]] == [
        (people.phone(id_), f"Hello Contact {id_}") for id_ in ids
    ]
    assert [each.body for each in provider.told[3:]] == ["Still there?"] * 3
    assert {row.intent_at - begun for row in texts(store)[3:]} == {DAY}
    assert {(row.state, row.is_live, row.next_due_at, row.stop_reason) for row in runs(store)} == {
        ("completed", 0, None, "")
    }
    assert live_counts(store) == dict.fromkeys(ids, 0)
    assert taken(store) == [(id_, position, "send") for id_ in ids for position in (0, 2)]


def test_each_move_is_accounted_for_with_its_reason(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock
) -> None:
    enroll(store, made(store, HELLO, A_DAY, Step("end")), ids[:1])
    go(store, provider, fixed_clock, 2 * DAY)
    with store.read() as reader:
        k = change.c
        moves = reader.execute(select(change).where(k.table_name == "enrollment").order_by(k.event_id, k.n)).all()
    assert [row.reason for row in moves] == [
        "", "its text is in the outbox", "its text left", "waits", "came to the end",
    ]  # fmt: skip
    images = [json.loads(row.after) for row in moves]
    assert [each["state"] for each in images] == ["scheduled", "waiting", "active", "waiting", "completed"]
    for before, after in zip(images[1:], moves[2:], strict=False):
        assert before == json.loads(after.before)


def test_steps_on_the_contact_are_taken_by_the_actions_of_the_list(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock
) -> None:
    warm, cold = (store.write(ALICE, tags.add, name, 1, n) for n, name in enumerate(("Warm", "Cold")))
    store.write(ALICE, stages)
    steps = (
        HELLO, Step("tag", params={"tag_id": warm}), Step("tag", params={"tag_id": cold}),
        Step("untag", params={"tag_id": cold}), Step("stage", params={"stage_id": 1}), Step("hot"),
        Step("assign", params={"owner_id": 2}),
    )  # fmt: skip
    enroll(store, made(store, *steps), ids)
    go(store, provider, fixed_clock, HOUR)
    with store.read() as reader:
        carried = reader.execute(select(contact_tag.c.contact_id, contact_tag.c.tag_id)).all()
        rows = reader.execute(select(conversation).where(conversation.c.id.in_(ids))).all()
        deals = reader.execute(select(deal.c.stage_id)).scalars().all()
        moved = reader.execute(select(change.c.event_id).where(change.c.table_name == "deal")).scalars().first()
    assert {tuple(row) for row in carried} == {(id_, warm) for id_ in ids}
    assert {(row.is_hot, row.owner_id, row.stage_id) for row in rows} == {(1, 2, 1)}
    assert deals == [1, 1, 1]
    assert {row.state for row in runs(store)} == {"completed"}
    assert events(store, "contact.tag") == 2, "one event for all who are at the step"
    undo.start(store, ALICE, moved)
    with store.read() as reader:
        assert reader.execute(select(deal)).all() == []


def test_a_step_that_wins_ends_the_workflow_that_stops_when_somebody_wins(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock
) -> None:
    store.write(ALICE, stages)
    rules = Rules(stop_on_won=True)
    enroll(store, made(store, HELLO, Step("stage", params={"stage_id": 2}), A_DAY, STILL, rules=rules), ids[:1])
    go(store, provider, fixed_clock, 3 * DAY)
    assert (one(store).state, one(store).stop_reason) == ("stopped", "won")
    assert len(provider.told) == 1


def test_a_wait_for_a_weekday_and_hour_is_at_the_contacts_place(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock
) -> None:
    monday_at_ten = Step("wait", params={"weekday": 0, "minute": 600})
    enroll(store, made(store, monday_at_ten, HELLO), ids[:1])
    run(store)
    assert (one(store).state, one(store).next_due_at) == ("waiting", NOON + 3 * DAY + 3 * HOUR)  # 15:00 in Greenwich
    go(store, provider, fixed_clock, 3 * DAY)
    assert [row.intent_at for row in texts(store)] == [NOON + 3 * DAY + 3 * HOUR]


def test_nobody_moves_while_the_workflow_is_paused_and_goes_on_afterwards(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock
) -> None:
    id_ = made(store, HELLO, A_DAY, STILL)
    enroll(store, id_, ids)
    store.write(ALICE, workflows.set_state, id_, "paused")
    before = runs(store)
    go(store, provider, fixed_clock, 2 * HOUR)
    assert (runs(store), provider.told) == (before, [])
    store.write(ALICE, workflows.set_state, id_, "on")
    go(store, provider, fixed_clock, DAY + 3 * HOUR)
    assert len(provider.told) == 6


def test_who_is_in_a_retired_workflow_is_stopped_at_the_next_step(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock
) -> None:
    id_ = made(store, HELLO, A_DAY, STILL)
    enroll(store, id_, ids)
    go(store, provider, fixed_clock, HOUR)
    store.write(ALICE, workflows.set_state, id_, "retired")
    go(store, provider, fixed_clock, 2 * DAY)
    assert len(provider.told) == 3
    assert {(row.state, row.stop_reason) for row in runs(store)} == {("stopped", "workflow retired")}
    assert live_counts(store) == dict.fromkeys(ids, 0)


def test_who_has_begun_finishes_on_the_version_they_began_with(
    store: Store, ids: list[int], provider: Scripted, fixed_clock: Clock
) -> None:
    id_ = made(store, HELLO, A_DAY, STILL)
    enroll(store, id_, ids[:1])
    go(store, provider, fixed_clock, HOUR)
    draft = workflows.Draft("Nurture", "workflow", (Step("send", "New"), A_DAY, Step("send", "Newer")), rules=FREE)
    store.write(ALICE, workflows.save, id_, draft, 1)
    enroll(store, id_, ids[1:2])
    go(store, provider, fixed_clock, 2 * DAY)
    said = [(each.to, each.body) for each in provider.told]
    first, second = (people.phone(each) for each in ids[:2])
    assert [body for to, body in said if to == first] == ["Hello Contact 1", "Still there?"]
    assert [body for to, body in said if to == second] == ["New", "Newer"]


def test_a_worker_carries_workflows_on_beside_its_jobs(store: Store, ids: list[int], tmp_path: Path) -> None:
    enroll(store, made(store, Step("hot"), A_DAY, STILL), ids)
    worker = Worker.start(store, load({"TALKDECK_DATA_DIR": str(tmp_path)}))
    end = time.monotonic() + 60
    while any(row.state == "scheduled" for row in runs(store)):
        assert time.monotonic() < end
        time.sleep(0.05)
    worker.stop()
    assert taken(store) == [(id_, 0, "hot") for id_ in ids]
