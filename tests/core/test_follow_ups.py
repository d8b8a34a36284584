"""A follow-up brings its conversation back to the top at its time, out of the archive too, and once."""

import pytest
from sqlalchemy import select

from core import bulk, follow_ups, history, undo
from core.conversations import ConversationFilter, Slice, Sort, count, find
from core.conversations.upkeep import activity_at
from core.database import Store
from core.database.tables import conversation
from core.errors import Conflict, Invalid
from core.settings import Settings
from core.worker import Worker
from tests.conftest import ALICE, NOON, Clock
from tests.core.bulk.world import assert_wide_rows_hold, do, fill, take_back

HOUR = 3_600
c = conversation.c


@pytest.fixture
def ids(store: Store, fixed_clock: Clock) -> list[int]:
    """Conversations of which none has a follow-up yet."""
    found = fill(store)
    do(store, bulk.action("follow_up_done"), found)
    fixed_clock.advance(60)
    return found


def row(store: Store, id_: int) -> tuple[int | None, int, int]:
    """When to follow up, whether it is due, whether it is archived."""
    with store.read() as reader:
        return tuple(reader.execute(select(c.follow_up_at, c.is_due, c.is_archived).where(c.id == id_)).one())


def listed(store: Store, **wanted: object) -> list[int]:
    with store.read() as reader:
        page = find(reader, ConversationFilter(**wanted), Sort(), Slice(100))  # type: ignore[arg-type]
        assert count(reader, ConversationFilter(**wanted)).n == len(page.rows)  # type: ignore[arg-type]
    return [int(id_) for id_ in page.rows["id"]]


def active(store: Store, id_: int) -> int:
    with store.read() as reader:
        return activity_at(reader.execute(select(c.activity_key).where(c.id == id_)).scalar_one())


def oldest(store: Store) -> int:
    with store.read() as reader:
        ids = reader.execute(select(c.id).where(c.is_archived == 0).order_by(c.activity_key).limit(1))
        return int(ids.scalar_one())


def test_what_is_due_comes_to_the_top_marked_and_once(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    id_ = oldest(store)
    before = active(store, id_)
    do(store, bulk.action("follow_up", at=NOON + HOUR), [id_])
    assert follow_ups.bring_back(store) == 0
    assert listed(store, follow_up="planned") == [id_]
    assert active(store, id_) == before
    fixed_clock.advance(2 * HOUR)
    assert follow_ups.bring_back(store) == 1
    assert follow_ups.bring_back(store) == 0
    assert row(store, id_) == (NOON + HOUR, 1, 0)
    assert active(store, id_) == NOON + HOUR
    assert listed(store)[0] == id_
    assert listed(store, tab="recents", search="")[0] == id_
    assert (listed(store, follow_up="due"), listed(store, follow_up="planned")) == ([id_], [])
    assert_wide_rows_hold(store, ids)
    with store.read() as reader:
        assert history.events(reader, ALICE)[0].words.endswith("brought 1 conversation back to follow up")


def test_it_is_found_by_its_words_where_it_now_stands(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    hits = listed(store, search="hello", include_archived=True)
    do(store, bulk.action("follow_up", at=NOON + HOUR), [hits[-1]])
    fixed_clock.advance(2 * HOUR)
    follow_ups.bring_back(store)
    assert listed(store, search="hello", include_archived=True) == [hits[-1], *hits[:-1]]


def test_an_archived_one_is_restored_when_due_and_stays_so_when_archived_again(
    store: Store, ids: list[int], fixed_clock: Clock
) -> None:
    id_ = oldest(store)
    do(store, bulk.action("follow_up", at=NOON + HOUR), [id_])
    do(store, bulk.action("archive"), [id_])
    fixed_clock.advance(2 * HOUR)
    follow_ups.bring_back(store)
    assert row(store, id_)[1:] == (1, 0)
    do(store, bulk.action("archive"), [id_])
    assert follow_ups.bring_back(store) == 0
    assert row(store, id_)[1:] == (1, 1)


def test_done_it_goes_back_to_its_place_and_undone_it_is_due_again(
    store: Store, ids: list[int], fixed_clock: Clock
) -> None:
    id_ = oldest(store)
    order = listed(store, include_archived=True)
    do(store, bulk.action("follow_up", at=NOON + HOUR), [id_])
    fixed_clock.advance(2 * HOUR)
    follow_ups.bring_back(store)
    event_id = do(store, bulk.action("follow_up_done"), [id_])
    assert row(store, id_) == (None, 0, 0)
    assert listed(store, include_archived=True) == order
    take_back(store, event_id)
    assert row(store, id_) == (NOON + HOUR, 1, 0)
    assert listed(store)[0] == id_
    assert_wide_rows_hold(store, ids)


def test_planned_anew_it_is_no_longer_due(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    id_ = oldest(store)
    do(store, bulk.action("follow_up", at=NOON + HOUR), [id_])
    fixed_clock.advance(2 * HOUR)
    follow_ups.bring_back(store)
    do(store, bulk.action("follow_up", at=NOON + 24 * HOUR), [id_])
    assert row(store, id_) == (NOON + 24 * HOUR, 0, 0)
    assert listed(store, follow_up="due") == []


def test_what_time_did_cannot_be_undone(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    do(store, bulk.action("follow_up", at=NOON), [ids[0]])
    follow_ups.bring_back(store)
    with store.read() as reader:
        event_id = Store.revision(reader)
        assert not undo.offer(reader, ALICE, event_id).is_possible
    with pytest.raises(Conflict, match="cannot be undone"):
        undo.start(store, ALICE, event_id)


@pytest.mark.parametrize("at", [0, -5, 1 << 50, None, "tomorrow"])
def test_a_follow_up_needs_a_time(store: Store, ids: list[int], at: object) -> None:
    with pytest.raises(Invalid, match="a day and a time"):
        do(store, bulk.action("follow_up", at=at), [ids[0]])


def test_the_worker_looks_for_what_is_due(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    do(store, bulk.action("follow_up", at=NOON), ids)
    Worker(store, Settings()).run(until_done=True)
    assert len(listed(store, follow_up="due", include_archived=True)) == len(ids)
    assert listed(store, follow_up="planned", include_archived=True) == []
