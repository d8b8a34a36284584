"""Jobs: cancelled, refused on the way, met by a row that cannot be written, tried again; and what is told of them."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from core import bulk, history, jobs, undo
from core.access import Actor, Right
from core.bulk import carry, pace, run
from core.database import Store, Work, turns
from core.database.tables import user_role
from core.errors import Conflict, NotAllowed, NotFound, Unavailable
from tests.conftest import ALICE, BOB, VERA, Clock
from tests.core.bulk.world import SIZE, do, fill, finish, picture, state, status, take_back


@pytest.fixture
def ids(store: Store, fixed_clock: Clock, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The conversations of a small world in which everything becomes a job of small chunks."""
    found = fill(store)
    fixed_clock.advance(60)
    monkeypatch.setattr(run, "AT_ONCE", 0)
    for name in ("FIRST_CHUNK", "LARGEST_CHUNK"):
        monkeypatch.setattr(pace, name, 7)
    return found


def begin(store: Store, ids: Sequence[int], actor: Actor = ALICE, chunks: int = 0) -> int:
    """Unread of all, so far carried out."""
    event_id = bulk.start(store, actor, bulk.action("assign", owner_id=3), bulk.choose("all", ids))
    left = [True] * chunks
    if chunks:
        bulk.carry_out(store, event_id, lambda: bool(left and left.pop()))
    return event_id


def groups(store: Store, event_id: int) -> dict[tuple[str, str], int]:
    with store.read() as reader:
        found = history.groups(reader, ALICE, event_id)
    assert sum(group.n for group in found) == SIZE
    return {(group.outcome, group.reason): group.n for group in found}


def test_a_cancelled_job_keeps_what_it_did_and_the_rest_can_be_done_later(store: Store, ids: list[int]) -> None:
    before = picture(store)
    event_id = begin(store, ids, chunks=2)
    assert (status(store, event_id).state, status(store, event_id).done) == ("running", 14)
    jobs.cancel(store, ALICE, event_id)
    with pytest.raises(Conflict):
        bulk.carry_out(store, event_id)
    with pytest.raises(Conflict):
        jobs.cancel(store, ALICE, event_id)
    assert groups(store, event_id)["left", ""] == SIZE - 14
    with store.read() as reader:
        assert history.ids(reader, ALICE, event_id, "left") == tuple(ids[14:])
    again = finish(store, bulk.retry(store, ALICE, event_id))
    assert bulk.retry(store, ALICE, event_id) == again
    assert status(store, again).total == SIZE - 14
    take_back(store, again)
    take_back(store, event_id)
    assert picture(store) == before


def test_who_loses_the_right_on_the_way_does_nothing_more(store: Store, ids: list[int]) -> None:
    event_id = begin(store, ids, BOB, chunks=3)
    store.write(ALICE, lambda work: bool(work.conn.execute(delete(user_role).where(user_role.c.user_id == BOB.id))))
    finish(store, event_id)
    assert state(store, event_id) == "done_with_errors"
    assert groups(store, event_id)["skipped", "not_allowed"] == SIZE - 21
    again = finish(store, bulk.retry(store, ALICE, event_id))
    assert (status(store, again).total, state(store, again)) == (SIZE - 21, "done")


def test_a_row_that_cannot_be_written_is_listed_and_the_others_are_done(
    store: Store, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned = ids[17]
    whole = carry.carry

    def breaks(work: Work, order: Any, listed: Sequence[int], *place: Any) -> Any:
        if poisoned in listed:
            raise IntegrityError("", None, Exception())
        return whole(work, order, listed, *place)

    monkeypatch.setattr(run, "carry", breaks)
    event_id = finish(store, begin(store, ids))
    assert state(store, event_id) == "done_with_errors"
    assert groups(store, event_id)["failed", "error"] == 1
    monkeypatch.setattr(run, "carry", whole)
    again = finish(store, bulk.retry(store, ALICE, event_id))
    assert status(store, again).total == 1


def test_a_row_that_cannot_be_written_among_few_is_listed_and_the_others_are_done(
    store: Store, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "AT_ONCE", SIZE)
    whole = carry.carry

    def breaks(work: Work, order: Any, listed: Sequence[int], *place: Any) -> Any:
        counts = whole(work, order, listed, *place)
        if ids[17] in listed:
            raise IntegrityError("", None, Exception())
        return counts

    monkeypatch.setattr(run, "carry", breaks)
    event_id = finish(store, begin(store, ids))
    assert (state(store, event_id), status(store, event_id).total) == ("done_with_errors", SIZE)
    assert groups(store, event_id)["failed", "error"] == 1


def test_what_was_tried_again_is_not_tried_once_more_unless_that_was_undone(store: Store, ids: list[int]) -> None:
    moving = bulk.action("move", stage_id=11, new_deal=True)
    event_id = bulk.start(store, ALICE, moving, bulk.choose("all", ids))
    jobs.cancel(store, ALICE, event_id)
    again = finish(store, bulk.retry(store, ALICE, event_id))
    assert bulk.retry(store, BOB, event_id) == again
    take_back(store, again)
    once_more = finish(store, bulk.retry(store, ALICE, event_id))
    assert once_more != again
    assert status(store, once_more).changed == SIZE
    assert bulk.retry(store, ALICE, event_id) == once_more


def test_a_job_cancelled_and_undone_after_its_last_row_stays_undone(
    store: Store, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = picture(store)
    event_id = begin(store, ids)
    monkeypatch.setattr(pace, "FIRST_CHUNK", SIZE)

    def meanwhile(_engine: Any) -> None:
        jobs.cancel(store, ALICE, event_id)
        undo.start(store, ALICE, event_id)

    monkeypatch.setattr(turns, "rest", meanwhile)
    with pytest.raises(Conflict):
        bulk.carry_out(store, event_id)
    assert (state(store, event_id), picture(store)) == ("undone", before)


def test_the_file_of_a_cancelled_job_lists_every_row_of_its_selection(
    store: Store, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    event_id = begin(store, ids, chunks=2)
    for is_cancelled in (False, True):
        if is_cancelled:
            jobs.cancel(store, ALICE, event_id)
        monkeypatch.setitem(history.csv.__globals__, "STREAMED", 9)
        text = b"".join(history.csv(store, ALICE, event_id)).decode()
        told = list(csv.DictReader(io.StringIO(text)))
        assert [int(row["conversation"]) for row in told] == ids
        assert [row["outcome"] for row in told].count("not reached") == SIZE - 14
        assert told[-1]["name"]
        assert told[-1]["phone"]
    blind = Actor(1, "Alice", ALICE.rights - {Right.CONTACT_PERSONAL})
    assert b"+1" not in b"".join(history.csv(store, blind, event_id))


def test_a_database_that_is_away_for_a_moment_refuses_no_row(
    store: Store, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = carry.carry
    losses = [Unavailable("The database cannot be reached.")]

    def breaks(*given: Any) -> Any:
        if losses:
            raise losses.pop()
        return whole(*given)

    event_id = begin(store, ids)
    monkeypatch.setattr(run, "carry", breaks)
    with pytest.raises(Unavailable):
        bulk.carry_out(store, event_id)
    finish(store, event_id)
    assert state(store, event_id) == "done"


def test_own_jobs_and_foreign_ones(store: Store, ids: list[int]) -> None:
    mine, foreign = begin(store, ids), begin(store, ids, BOB)
    with store.read() as reader:
        assert [job.event_id for job in jobs.own(reader, BOB)] == [foreign]
        assert [job.event_id for job in jobs.waiting(reader)] == [mine, foreign]
        assert history.events(reader, BOB)[0].event_id == foreign
        assert {entry.user_id for entry in history.events(reader, BOB)} == {BOB.id}
        with pytest.raises(NotFound):
            history.get(reader, BOB, mine)
    with pytest.raises(NotAllowed):
        jobs.cancel(store, BOB, mine)
    jobs.cancel(store, ALICE, foreign)


def test_history_tells_pages_and_hands_out_the_account(
    store: Store, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    event_id = do(store, bulk.action("archive"), ids)
    with store.read() as reader:
        entry = history.get(reader, ALICE, event_id)
        assert entry.changed < SIZE
        assert entry.words == f"Alice archived {entry.changed} conversations"
        shown = history.rows(reader, ALICE, event_id, limit=10)
        following = history.rows(reader, ALICE, event_id, after=int(shown["n"].iloc[-1]), limit=1_000)
        assert shown["n"].iloc[-1] < following["n"].iloc[0]
        whole = [*shown.to_dict("records"), *following.to_dict("records")]
        assert sorted(row["contact_id"] for row in whole if not row["details"]) == ids
        changed = next(row for row in whole if row["outcome"] == "changed")
        assert (changed["before"][:12], changed["after"][:13]) == ("archived: no", "archived: yes")
        assert {row["before"][:6] for row in whole if row["details"]} == {"state:"}
        monkeypatch.setitem(history.csv.__globals__, "STREAMED", 7)
        pieces = [piece.decode() for piece in history.csv(store, ALICE, event_id)]
        assert max(piece.count("\n") for piece in pieces) == 7
        told = list(csv.reader(io.StringIO("".join(pieces))))
        assert [int(row[0]) for row in told[1:]] == [row["contact_id"] for row in whole]
        already = history.ids(reader, ALICE, event_id, "already", "archived")
        assert len(already) == entry.already
        blind = Actor(1, "Alice", ALICE.rights - {Right.CONTACT_PERSONAL})
        assert set(history.rows(reader, blind, event_id)["phone"]) == {""}
        assert history.of_contact(reader, ALICE, already[0]) == []
        assert undo.newest(reader, ALICE) == event_id
        assert not undo.offer(reader, VERA, event_id).is_possible
    undo_id = take_back(store, event_id)
    with store.read() as reader:
        assert history.get(reader, ALICE, undo_id).words == f"Alice undid: {entry.words}"
        assert history.get(reader, ALICE, event_id).undone_by == undo_id
        assert undo.newest(reader, ALICE) is None
        only = history.events(reader, ALICE, history.Wanted(verb="conversation.archive", states=("undone",)))
        assert [entry.event_id for entry in only] == [event_id]
        assert history.events(reader, ALICE, history.Wanted(to_at=1)) == []
