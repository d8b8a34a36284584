"""Pipelines and stages changed by an administrator: names, order, what is expected, and a stage that goes."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from core import bulk, deals, pipelines, undo, workflows
from core.bulk import run
from core.conversations import upkeep
from core.database import Store, Work
from core.database.search import reindexing
from core.database.tables import deal, enrollment, event
from core.errors import Conflict, Invalid, NotAllowed, NotFound
from core.pipelines import Pipeline, StageDraft
from core.workflows import Draft, Step
from tests.conftest import ALICE, BOB, Clock
from tests.core.bulk.world import assert_wide_rows_hold, fill, finish, picture, state, take_back

AUTO, NEW, QUOTED, WON, LOST = 1, 10, 11, 12, 13


@pytest.fixture
def ids(store: Store, fixed_clock: Clock) -> list[int]:
    """The conversations of a small world; its own rows have numbers of their own."""
    found = fill(store)
    store.write(ALICE, _reserve)
    fixed_clock.advance(60)
    return found


def _reserve(work: Work) -> None:
    for name in ("pipeline", "stage"):
        work.take_ids(name, 100)


def found(store: Store, pipeline_id: int = AUTO) -> Pipeline:
    with store.read() as reader:
        return next(each for each in pipelines.find(reader) if each.id == pipeline_id)


def stages(store: Store, pipeline_id: int = AUTO) -> list[str]:
    return [each.name for each in found(store, pipeline_id).stages]


def newest(store: Store) -> int:
    with store.read() as reader:
        return int(reader.execute(select(event.c.id).order_by(event.c.id.desc()).limit(1)).scalar_one())


def test_a_new_pipeline_begins_with_usual_stages_and_its_undo_takes_it_out_of_use(store: Store, ids: list[int]) -> None:
    id_ = store.write(ALICE, pipelines.add, "  Boats ")
    assert (found(store, id_).name, stages(store, id_)) == ("Boats", [draft.name for draft in pipelines.USUAL])
    take_back(store, newest(store))
    with store.read() as reader:
        assert id_ not in {each.id for each in pipelines.find(reader)}
    assert store.write(ALICE, pipelines.add, "boats") == id_
    assert stages(store, id_) == [draft.name for draft in pipelines.USUAL]


def test_a_stage_keeps_its_deals_and_their_history_under_another_name(store: Store, ids: list[int]) -> None:
    with store.read() as reader:
        contact_id, id_ = reader.execute(select(deal.c.contact_id, deal.c.id).where(deal.c.stage_id == NEW)).first()
    bulk.start(store, ALICE, bulk.action("move", stage_id=QUOTED, deal_ids=[id_]), bulk.choose("ticked", [contact_id]))
    before = picture(store)
    event_id = store.write(ALICE, pipelines.edit_stage, QUOTED, StageDraft("Offer made", "open", 0.4, 21))
    quoted = next(each for each in found(store).stages if each.id == QUOTED)
    assert (quoted.name, quoted.probability, quoted.rot_days) == ("Offer made", 0.4, 21)
    assert picture(store) == before
    with store.read() as reader:
        assert deals.stays(reader, contact_id)[-1].stage == "Offer made"
    take_back(store, event_id)
    assert "Quoted" in stages(store)


def test_stages_and_pipelines_stand_in_the_order_given(store: Store, ids: list[int]) -> None:
    event_id = store.write(ALICE, pipelines.arrange_stages, AUTO, [QUOTED, NEW, LOST, WON])
    assert stages(store) == ["Quoted", "New", "Lost", "Won"]
    take_back(store, event_id)
    assert stages(store) == ["New", "Quoted", "Won", "Lost"]
    store.write(ALICE, pipelines.arrange, [2, 1])
    with store.read() as reader:
        assert [each.id for each in pipelines.find(reader)] == [2, 1]
    with pytest.raises(Conflict, match="Somebody else"):
        store.write(ALICE, pipelines.arrange_stages, AUTO, [QUOTED, NEW, LOST])


def test_a_new_open_stage_stands_before_the_closed_ones(store: Store, ids: list[int]) -> None:
    store.write(ALICE, pipelines.add_stage, AUTO, StageDraft("Signing", "open", 0.9))
    assert stages(store) == ["New", "Quoted", "Signing", "Won", "Lost"]
    take_back(store, newest(store))
    assert stages(store) == ["New", "Quoted", "Won", "Lost"]
    store.write(ALICE, pipelines.add_stage, AUTO, StageDraft("Gone", "lost", 0.7, 3))
    gone = found(store).stages[-1]
    assert (gone.name, gone.kind, gone.probability, gone.rot_days) == ("Gone", "lost", 0.0, None)


REFUSED: dict[str, tuple[Callable[..., object], tuple[object, ...], type[Exception], str]] = {
    "a name in use": (pipelines.add, ("AUTO",), Conflict, "already a pipeline “Auto”"),
    "no name": (pipelines.add, (" ",), Invalid, "a name of at most"),
    "a name as long as a letter": (pipelines.rename, (AUTO, "x" * 61), Invalid, "at most 60"),
    "another pipeline's name": (pipelines.rename, (AUTO, "home"), Conflict, "“Home”"),
    "a pipeline that is gone": (pipelines.rename, (99, "Boats"), NotFound, "pipeline does not exist"),
    "a pipeline with open deals": (pipelines.retire, (AUTO,), Conflict, "still open in Auto"),
    "a stage's name in use": (pipelines.add_stage, (AUTO, StageDraft("quoted")), Conflict, "already has a stage"),
    "another stage's name": (pipelines.edit_stage, (NEW, StageDraft("Quoted")), Conflict, "“Quoted”"),
    "another kind under deals": (pipelines.edit_stage, (NEW, StageDraft("New", "won")), Conflict, "it stays open"),
    "a kind that is none": (pipelines.edit_stage, (NEW, StageDraft("New", "shut")), Invalid, "open, won or lost"),
    "a probability above all": (pipelines.edit_stage, (NEW, StageDraft("New", "open", 1.1)), Invalid, "100 %"),
    "no days": (pipelines.edit_stage, (NEW, StageDraft("New", "open", None, 0)), Invalid, "between 1 and"),
    "a stage that is gone": (pipelines.edit_stage, (99, StageDraft("x")), NotFound, "stage does not exist"),
    "deals in the way": (pipelines.retire_empty, (NEW,), Conflict, "Choose the stage"),
    "the only one of its kind": (pipelines.retire_empty, (WON,), Conflict, "only stage of its kind"),
}


def test_what_cannot_be_is_said_and_changes_nothing(store: Store, ids: list[int]) -> None:
    event_id = newest(store)
    for name, (verb, args, error, words) in REFUSED.items():
        with pytest.raises(error) as told:
            store.write(ALICE, verb, *args)  # type: ignore[arg-type]
        assert (name, words in str(told.value)) == (name, True)
        with pytest.raises(NotAllowed):
            store.write(BOB, verb, *args)  # type: ignore[arg-type]
    assert newest(store) == event_id


def held(store: Store, stage_id: int) -> set[tuple[int, int, str]]:
    with store.read() as reader:
        rows = reader.execute(select(deal.c.contact_id, deal.c.id, deal.c.outcome).where(deal.c.stage_id == stage_id))
        return {tuple(row) for row in rows}


def test_a_deleted_stage_gives_its_deals_to_another_as_they_are_and_undo_brings_both_back(
    store: Store, ids: list[int]
) -> None:
    store.write(ALICE, _lose_some)
    before, moved, there = picture(store), held(store, NEW), held(store, QUOTED)
    assert len({outcome for *_, outcome in moved}) > 1
    event_id = finish(store, bulk.retire_stage(store, ALICE, NEW, QUOTED))
    assert held(store, QUOTED) == moved | there
    assert (held(store, NEW), stages(store)) == (set(), ["Quoted", "Won", "Lost"])
    assert_wide_rows_hold(store, ids)
    take_back(store, event_id)
    assert (state(store, event_id), picture(store), stages(store)[0]) == ("undone", before, "New")


def _lose_some(work: Work) -> None:
    rows = work.conn.execute(select(deal.c.contact_id, deal.c.id).where(deal.c.stage_id == NEW)).all()
    for contact_id, id_ in rows[::3]:
        work.conn.execute(deal.update().where(deal.c.contact_id == contact_id, deal.c.id == id_).values(outcome="lost"))
    with reindexing(work.conn, ids := sorted({row.contact_id for row in rows})):
        upkeep.refresh(work.conn, ids, work.now)


def test_a_stage_is_deleted_into_one_of_its_own_kind_and_pipeline_alone(store: Store, ids: list[int]) -> None:
    for into in (NEW, WON, 20, 99):
        with pytest.raises(Invalid):
            bulk.retire_stage(store, ALICE, NEW, into)
    assert stages(store)[0] == "New"


def test_a_stage_that_a_workflow_sets_stays(store: Store, ids: list[int]) -> None:
    steps = (Step("send", "Hello again"), Step("stage", params={"stage_id": NEW}))
    workflow_id = store.write(ALICE, workflows.add, Draft("Nudge again", "workflow", steps))
    with pytest.raises(Conflict, match="Nudge again"):
        bulk.retire_stage(store, ALICE, NEW, QUOTED)
    store.write(ALICE, workflows.set_state, workflow_id, "retired")
    bulk.retire_stage(store, ALICE, NEW, QUOTED)


def test_the_deals_that_are_named_move_whichever_of_their_contacts_they_are(store: Store, ids: list[int]) -> None:
    with store.read() as reader:
        rows = reader.execute(select(deal).where(deal.c.pipeline_id == AUTO).order_by(deal.c.id)).all()
    several = [row for row in rows if sum(other.contact_id == row.contact_id for other in rows) > 1]
    older = several[0]
    both = [row for row in several if row.contact_id == older.contact_id][:2]
    before = picture(store)
    move = bulk.action("move", stage_id=LOST, deal_ids=[older.id], lost_reason="too dear")
    event_id = bulk.start(store, ALICE, move, bulk.choose("ticked", [older.contact_id]))
    with store.read() as reader:
        of_contact = reader.execute(select(deal).where(deal.c.contact_id == older.contact_id)).all()
    changed = {row.id: row for row in of_contact}
    assert (changed[older.id].stage_id, changed[older.id].lost_reason) == (LOST, "too dear")
    untouched = {(row.id, row.stage_id) for row in of_contact if row.id != older.id}
    assert untouched == {
        (row[1], row[3]) for row in before["deal"] if row[0] == older.contact_id and row[1] != older.id
    }
    take_back(store, event_id)
    assert picture(store) == before
    move = bulk.action("move", stage_id=QUOTED, deal_ids=[row.id for row in both])
    event_id = bulk.start(store, ALICE, move, bulk.choose("ticked", [older.contact_id]))
    assert {row.id for row in both} <= {id_ for _, id_, _ in held(store, QUOTED)}
    assert_wide_rows_hold(store, ids)
    take_back(store, event_id)
    assert picture(store) == before


def test_a_deal_that_is_gone_or_there_already_is_accounted_for(store: Store, ids: list[int]) -> None:
    there = sorted(held(store, QUOTED))[0]
    other = next(id_ for id_ in ids if id_ != there[0])
    move = bulk.action("move", stage_id=QUOTED, deal_ids=[there[1], 10**6])
    found_ = bulk.preview(store, ALICE, move, bulk.choose("ticked", [there[0], other]))
    assert {(group.outcome, group.n) for group in found_.groups if group.n} == {("already", 1), ("skipped", 1)}


def test_an_old_name_that_was_given_away_does_not_return(store: Store, ids: list[int]) -> None:
    event_id = store.write(ALICE, pipelines.edit_stage, NEW, StageDraft("Fresh", "open"))
    store.write(ALICE, pipelines.add_stage, AUTO, StageDraft("New", "open"))
    undo_id = take_back(store, event_id)
    assert stages(store) == ["Fresh", "Quoted", "New", "Won", "Lost"]
    with store.read() as reader:
        assert undo.offer(reader, ALICE, undo_id).is_possible is False
    store.write(ALICE, pipelines.rename, AUTO, "Cars")
    event_id = newest(store)
    store.write(ALICE, pipelines.add, "Auto")
    take_back(store, event_id)
    assert found(store).name == "Cars"


def test_many_deals_of_a_deleted_stage_are_moved_by_a_job(
    store: Store, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "AT_ONCE", 2)
    before, moved = picture(store), held(store, NEW)
    event_id = bulk.retire_stage(store, ALICE, NEW, QUOTED)
    assert (state(store, event_id), held(store, NEW)) == ("queued", moved)
    finish(store, event_id)
    assert held(store, NEW) == set()
    assert_wide_rows_hold(store, ids)
    take_back(store, event_id)
    assert (picture(store), stages(store)[0]) == (before, "New")


def test_asking_twice_deletes_once(store: Store, ids: list[int]) -> None:
    first = bulk.retire_stage(store, ALICE, NEW, QUOTED, "the same")
    assert bulk.retire_stage(store, ALICE, NEW, QUOTED, "the same") == first
    with pytest.raises(NotAllowed):
        bulk.retire_stage(store, BOB, QUOTED, NEW)


def test_losing_two_deals_of_a_contact_stops_its_workflow_besides(store: Store, ids: list[int]) -> None:
    with store.read() as reader:
        rows = reader.execute(select(deal.c.contact_id, deal.c.id).where(deal.c.pipeline_id == AUTO)).all()
    contact_id = next(id_ for id_, _ in rows if sum(other == id_ for other, _ in rows) > 1)
    own = [id_ for other, id_ in rows if other == contact_id]
    chosen = bulk.choose("ticked", [contact_id])
    bulk.start(store, ALICE, bulk.action("enroll", workflow_id=1), chosen)
    bulk.start(store, ALICE, bulk.action("move", stage_id=NEW, deal_ids=own), chosen)
    before = picture(store)
    event_id = bulk.start(store, ALICE, bulk.action("move", stage_id=LOST, deal_ids=own), chosen)
    assert state(store, event_id) == "done"
    assert {(contact_id, id_, "lost") for id_ in own} <= held(store, LOST)
    with store.read() as reader:
        live = select(enrollment.c.id).where(enrollment.c.contact_id == contact_id, enrollment.c.is_live == 1)
        assert reader.execute(live).all() == []
    take_back(store, event_id)
    assert picture(store) == before
