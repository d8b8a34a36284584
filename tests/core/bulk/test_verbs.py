"""Every action on every engine: undo is identity, twice is once, the account sums up, and rights hold."""

import hashlib
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from core import bulk, undo
from core.access import Actor, Right
from core.database import Store, Work
from core.database.search import reindexing
from core.database.tables import change, conversation, message, stage_event
from core.errors import Conflict, Invalid, NotAllowed
from tests.conftest import ALICE, BOB, NOON, VERA, Clock
from tests.core.bulk.conftest import World
from tests.core.bulk.world import (
    ACTIONS,
    SIZE,
    accounted,
    assert_wide_rows_hold,
    do,
    fill,
    finish,
    picture,
    state,
    status,
    take_back,
    written,
)

FORGED = [10_000_001, 10_000_002]


@pytest.fixture
def ids(store: Store, fixed_clock: Clock) -> list[int]:
    """The conversations of a small world, a minute after it was made."""
    found = fill(store)
    fixed_clock.advance(60)
    return found


@pytest.fixture(params=ACTIONS.values(), ids=ACTIONS)
def action(request: pytest.FixtureRequest) -> bulk.Action:
    name, params = request.param
    return bulk.action(name, **params)


def test_undo_is_identity_and_an_undone_undo_holds_again(world: World, action: bulk.Action) -> None:
    store, ids = world.store, world.ids
    before = picture(store)
    event_id = do(store, action, ids)
    after = picture(store)
    assert after != before
    assert_wide_rows_hold(store, ids)
    undo_id = take_back(store, event_id)
    assert picture(store) == before
    assert_wide_rows_hold(store, ids)
    assert (state(store, event_id), status(store, undo_id).skipped) == ("undone", 0)
    again = take_back(store, undo_id)
    assert picture(store) == after
    assert (state(store, event_id), state(store, undo_id), state(store, again)) == ("done", "undone", "done")
    take_back(store, event_id)
    assert picture(store) == before


def test_twice_changes_nothing_the_second_time(world: World, action: bulk.Action) -> None:
    store, ids = world.store, world.ids
    first = do(store, action, ids)
    before = picture(store)
    second = do(store, action, ids)
    assert picture(store) == before
    assert status(store, second).changed == 0
    take_back(store, first)


def test_outcomes_sum_up_as_the_preview_said(world: World, action: bulk.Action) -> None:
    store, ids = world.store, world.ids
    asked = bulk.choose("ticked", [*ids, *FORGED, ids[0]])
    preview = bulk.preview(store, ALICE, action, asked)
    assert preview.total == sum(group.n for group in preview.groups) == SIZE + 2
    behind = {group: bulk.preview_ids(store, ALICE, action, asked, group) for group in preview.groups}
    assert all(len(found) == group.n for group, found in behind.items())
    event_id = bulk.start(store, ALICE, action, asked)
    listed = accounted(store, event_id)
    assert [row.contact_id for row in listed] == sorted([*ids, *FORGED])
    for group, found in behind.items():
        rows = [row for row in listed if (row.outcome, row.reason) == (group.outcome, group.reason)]
        assert tuple(row.contact_id for row in rows) == found
    done = status(store, event_id)
    assert (done.changed, done.already, done.skipped) == (preview.changed, preview.already, preview.skipped)
    take_back(store, event_id)


def test_whoever_lacks_the_right_is_refused_and_nothing_is_written(world: World, action: bulk.Action) -> None:
    store, ids = world.store, world.ids
    before, changes = picture(store), written(store)
    lacking = [
        VERA,
        *[Actor(2, "Bob", BOB.rights - {right}) for right in {*action.kind.rights, Right.CONVERSATION_BULK}],
    ]
    for actor in lacking:
        with pytest.raises(NotAllowed):
            bulk.start(store, actor, action, bulk.choose("ticked", ids))
        groups = bulk.preview(store, actor, action, bulk.choose("ticked", ids)).groups
        assert [(group.outcome, group.reason, group.n) for group in groups] == [("skipped", "not_allowed", SIZE)]
    assert (picture(store), written(store)) == (before, changes)


def test_a_large_selection_becomes_a_job_with_the_same_result(
    world: World, action: bulk.Action, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, ids = world.store, world.ids
    small = do(store, action, ids)
    expected = {name: len(rows) for name, rows in picture(store).items()}
    counts = status(store, small)
    take_back(store, small)
    before = picture(store)
    monkeypatch.setattr("core.bulk.run.AT_ONCE", 3)
    monkeypatch.setattr("core.undo.run.AT_ONCE", 0)
    monkeypatch.setattr("core.bulk.pace.FIRST_CHUNK", 7)
    monkeypatch.setattr("core.bulk.pace.LARGEST_CHUNK", 7)
    event_id = bulk.start(store, ALICE, action, bulk.choose("ticked", ids), f"once {action}")
    assert status(store, event_id).state == "queued"
    assert bulk.start(store, ALICE, action, bulk.choose("ticked", ids), f"once {action}") == event_id
    finish(store, event_id)
    done = status(store, event_id)
    assert (done.state, done.total, done.done, done.left) == ("done", SIZE, SIZE, 0)
    assert (done.changed, done.already, done.skipped) == (counts.changed, counts.already, counts.skipped)
    assert {name: len(rows) for name, rows in picture(store).items()} == expected
    assert_wide_rows_hold(store, ids)
    take_back(store, event_id)
    assert picture(store) == before


def test_every_change_is_sealed(world: World, action: bulk.Action) -> None:
    store, ids = world.store, world.ids
    event_id = do(store, action, ids)
    with store.read() as reader:
        rows = reader.execute(select(change).where(change.c.event_id == event_id)).all()
    assert len({row.salt for row in rows}) == len(rows)
    for row in rows:
        parts = [bytes(row.salt), (row.before or "").encode(), (row.after or "").encode()]
        assert hashlib.sha256(b"\0".join(parts)).digest() == bytes(row.digest)
    take_back(store, event_id)


def test_rows_changed_since_are_left_and_listed(store: Store, ids: list[int]) -> None:
    event_id = do(store, bulk.action("assign", owner_id=2), ids)
    mine = [row.contact_id for row in accounted(store, event_id) if row.outcome == "changed"]
    later = do(store, bulk.action("assign", owner_id=3), mine[:3])
    do(store, bulk.action("hot"), ids)
    before = dict(owners(store))
    undo_id = take_back(store, event_id)
    assert state(store, event_id) == "undone_in_part"
    left = [row for row in accounted(store, undo_id) if row.outcome == "skipped"]
    assert [(row.contact_id, row.reason) for row in left] == [(id_, "changed_since") for id_ in mine[:3]]
    assert {id_ for id_, owner in owners(store) if owner == before[id_]} >= set(mine[:3])
    with pytest.raises(Conflict, match="changed since"):
        undo.start(store, ALICE, event_id)
    take_back(store, later)
    again = take_back(store, event_id)
    reasons = {row.contact_id: (row.outcome, row.reason) for row in accounted(store, again)}
    assert reasons == {id_: ("changed", "") if id_ in mine[:3] else ("already", "undone") for id_ in mine}
    assert state(store, event_id) == "undone"
    with pytest.raises(Conflict, match="undone already"):
        undo.start(store, ALICE, event_id)
    take_back(store, undo_id)
    assert state(store, event_id) == "undone_in_part"
    take_back(store, again)
    assert state(store, event_id) == "done"


def test_what_an_undo_restored_is_not_undone_again_though_somebody_did_the_same_since(
    store: Store, ids: list[int]
) -> None:
    event_id = do(store, bulk.action("hot"), ids)
    mine = [row.contact_id for row in accounted(store, event_id) if row.outcome == "changed"]
    do(store, bulk.action("not_hot"), mine[:1])
    take_back(store, event_id)
    do(store, bulk.action("hot"), mine)
    assert status(store, take_back(store, event_id)).changed == 1
    with store.read() as reader:
        hot = set(reader.execute(select(conversation.c.id).where(conversation.c.is_hot == 1)).scalars())
    assert hot >= set(mine[1:])
    assert mine[0] not in hot


def owners(store: Store) -> list[tuple[int, int | None]]:
    with store.read() as reader:
        return [tuple(row) for row in reader.execute(select(conversation.c.id, conversation.c.owner_id))]


def test_archiving_skips_who_wrote_after_being_selected(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    do(store, bulk.action("restore"), ids)
    chosen = bulk.choose("ticked", ids)
    fixed_clock.advance(5)
    store.write(ALICE, receive, ids[4])
    store.write(ALICE, receive, ids[9])
    event_id = bulk.start(store, ALICE, bulk.action("archive"), chosen)
    skipped = [row.contact_id for row in accounted(store, event_id) if row.reason == "new_message"]
    assert skipped == [ids[4], ids[9]]
    assert status(store, event_id).changed == SIZE - 2


def receive(work: Work, contact_id: int) -> None:
    row: dict[str, Any] = {"direction": "in", "body": "hello", "sent_at": work.now, "event_id": 1}
    with reindexing(work.conn, [contact_id]):
        work.conn.execute(insert(message).values(contact_id=contact_id, id=work.take_ids("message"), **row))
        values = {"last_message_at": work.now, "last_direction": "in"}
        work.conn.execute(update(conversation).where(conversation.c.id == contact_id).values(**values))


def test_a_move_is_written_into_the_history_of_stages_and_so_is_its_undo(store: Store, ids: list[int]) -> None:
    event_id = do(store, bulk.action("move", stage_id=13), ids)
    undo_id = take_back(store, event_id)
    with store.read() as reader:
        rows = reader.execute(
            select(stage_event).where(stage_event.c.event_id.in_((event_id, undo_id))).order_by(stage_event.c.id)
        ).all()
    moved = [row for row in rows if row.event_id == event_id]
    assert moved
    assert {row.to_stage_id for row in moved} == {13}
    back = [(row.contact_id, row.from_stage_id, row.to_stage_id) for row in rows if row.event_id == undo_id]
    assert sorted(back) == sorted((row.contact_id, row.to_stage_id, row.from_stage_id) for row in moved)
    assert {row.happened_at for row in rows} == {NOON + 60}


def test_an_unusable_action_is_a_sentence_and_writes_nothing(store: Store, ids: list[int]) -> None:
    before = written(store)
    for name, params in {"tag": {"tag_ids": [999]}, "enroll": {"workflow_id": 99}, "move": {"stage_id": 99}}.items():
        with pytest.raises(Invalid):
            do(store, bulk.action(name, **params), ids)
    with pytest.raises(Invalid, match="Nothing is selected"):
        do(store, bulk.action("hot"), [])
    with pytest.raises(Invalid, match="no action"):
        bulk.action("explode")
    with pytest.raises(Invalid, match="knows no"):
        bulk.action("hot", very=True)
    assert written(store) == before
