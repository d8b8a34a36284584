"""Pipelines and stages as an administrator makes and changes them; a stage keeps its history under any name."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, Table, func, insert, select, update

from core.access import Right
from core.database import Change, Work
from core.database.tables import deal, pipeline, stage
from core.errors import Conflict, Invalid, NotFound
from core.words import fold, line

KINDS = ("open", "won", "lost")
LONGEST_NAME = 60
LONGEST_ROT = 3_650
CLOSED = {"won": 1.0, "lost": 0.0}
"""How probable it is that a deal is won which is closed."""


@dataclass(frozen=True)
class StageDraft:
    """A stage as typed; as `find.Stage` in the rest."""

    name: str
    kind: str = "open"
    probability: float | None = None
    rot_days: int | None = None


USUAL = (
    StageDraft("New", "open", 0.1, 7), StageDraft("Contacted", "open", 0.25, 14), StageDraft("Quoted", "open", 0.5, 14),
    StageDraft("Won", "won"), StageDraft("Lost", "lost"),
)  # fmt: skip
"""What a new pipeline begins with."""


def add(work: Work, name: str, stages: Sequence[StageDraft] = USUAL) -> int:
    """Make a pipeline, or take a retired one of the same name back as it was; returns its id.

    Raises: NotAllowed; Invalid; Conflict when a pipeline of this name is in use.
    """
    work.actor.require(Right.SETTINGS_EDIT)
    values = _named(name, "pipeline")
    known = work.conn.execute(select(pipeline).where(pipeline.c.name_key == values["name_key"])).first()
    if known is not None and not known.is_retired:
        raise Conflict(f"There is already a pipeline “{known.name}”. Choose another name.")
    drafts = [_checked(draft) for draft in stages]
    pipeline_id = int(known.id) if known is not None else work.take_ids("pipeline")
    made = Change("pipeline", pipeline_id, None, {"is_retired": 1}, {"is_retired": 0})
    event_id = work.record_change("pipeline.add", made, said=f"added the pipeline {values['name']}")
    if known is not None:
        work.conn.execute(update(pipeline).where(pipeline.c.id == pipeline_id).values(is_retired=0))
        return pipeline_id
    position = work.conn.execute(select(func.count()).select_from(pipeline)).scalar_one()
    work.conn.execute(insert(pipeline).values(id=pipeline_id, position=position, event_id=event_id, **values))
    first = work.take_ids("stage", len(drafts))
    own = {"pipeline_id": pipeline_id, "event_id": event_id}
    rows = [{**own, "id": first + n, "position": n, **draft} for n, draft in enumerate(drafts)]
    work.conn.execute(insert(stage), rows)
    return pipeline_id


def rename(work: Work, pipeline_id: int, name: str) -> int:
    """Returns the event.

    Raises: NotAllowed; NotFound; Invalid; Conflict when another pipeline has the name.
    """
    work.actor.require(Right.SETTINGS_EDIT)
    was, values = _held(work, pipeline, pipeline_id), _named(name, "pipeline")
    _refuse_taken(work.conn, pipeline, values["name_key"], pipeline_id)
    said = f"renamed the pipeline {was.name} to {values['name']}"
    return _write(work, ("pipeline.edit", said), [_change(pipeline, was, values)])


def retire(work: Work, pipeline_id: int) -> int:
    """Offer a pipeline no longer; its closed deals keep their history. Returns the event.

    Raises: NotAllowed; NotFound; Conflict while deals are open in it.
    """
    work.actor.require(Right.SETTINGS_EDIT)
    was = _held(work, pipeline, pipeline_id)
    of_pipeline = select(stage.c.id).where(stage.c.pipeline_id == pipeline_id)
    still_open = select(func.count()).where(deal.c.stage_id.in_(of_pipeline), deal.c.outcome == "open")
    if n := work.conn.execute(still_open).scalar_one():
        said = "1 deal is" if n == 1 else f"{n:,} deals are"
        raise Conflict(f"{said} still open in {was.name}. Close them on its board first.")
    said = f"retired the pipeline {was.name}"
    return _write(work, ("pipeline.retire", said), [_change(pipeline, was, {"is_retired": 1})])


def arrange(work: Work, ids: Sequence[int]) -> int:
    """The pipelines in use, all of them, in this order; returns the event.

    Raises: NotAllowed; Conflict when others have come or gone meanwhile.
    """
    work.actor.require(Right.SETTINGS_EDIT)
    rows = work.conn.execute(select(pipeline).where(pipeline.c.is_retired == 0).with_for_update()).all()
    return _write(work, ("pipeline.order", "changed the order of the pipelines"), _in_order(pipeline, rows, ids))


def add_stage(work: Work, pipeline_id: int, draft: StageDraft) -> int:
    """Make a stage, or take a retired one of the same name back; returns its id. An open one stands before the closed.

    Raises: NotAllowed; NotFound; Invalid; Conflict when the pipeline has a stage of this name.
    """
    work.actor.require(Right.SETTINGS_EDIT)
    of, values = _held(work, pipeline, pipeline_id), _checked(draft)
    rows = _stages(work.conn, pipeline_id)
    known = next((row for row in rows if row.name_key == values["name_key"]), None)
    if known is not None and not known.is_retired:
        raise Conflict(f"{of.name} already has a stage “{known.name}”. Choose another name.")
    if known is not None:
        _refuse_other_kind(work.conn, known, values["kind"])
    stage_id = int(known.id) if known is not None else work.take_ids("stage")
    was = {name: known._mapping[name] for name in values} if known is not None else {}
    made = Change("stage", stage_id, None, {**was, "is_retired": 1}, {**(values if was else {}), "is_retired": 0})
    event_id = work.record("stage.add", said=f"added the stage {values['name']} to {of.name}")
    if known is None:
        work.conn.execute(insert(stage).values(id=stage_id, pipeline_id=pipeline_id, event_id=event_id, **values))
    else:
        work.conn.execute(update(stage).where(stage.c.id == stage_id).values(is_retired=0, **values))
    used = [row for row in _stages(work.conn, pipeline_id) if not row.is_retired]
    order = [row.id for row in used if row.id != stage_id]
    before = sum(row.kind == "open" for row in used if row.id != stage_id) if draft.kind == "open" else len(order)
    order.insert(before, stage_id)
    moved = _in_order(stage, used, order)
    work.account_each(event_id, [made, *moved])
    _place(work, stage, moved)
    return stage_id


def edit_stage(work: Work, stage_id: int, draft: StageDraft) -> int:
    """Rename it, or change what is expected of it, everywhere at once; returns the event.

    Raises: NotAllowed; NotFound; Invalid; Conflict when the name is taken, or its kind would change under its deals.
    """
    work.actor.require(Right.SETTINGS_EDIT)
    was, values = _held(work, stage, stage_id), _checked(draft)
    _refuse_other_kind(work.conn, was, values["kind"])
    _refuse_taken(work.conn, stage, values["name_key"], stage_id, of=was.pipeline_id)
    renamed = values["name"] != was.name
    said = f"renamed the stage {was.name} to {values['name']}" if renamed else f"changed the stage {was.name}"
    return _write(work, ("stage.edit", said), [_change(stage, was, values)])


def arrange_stages(work: Work, pipeline_id: int, ids: Sequence[int]) -> int:
    """The stages in use, all of them, in this order; returns the event.

    Raises: NotAllowed; NotFound; Conflict when others have come or gone meanwhile.
    """
    work.actor.require(Right.SETTINGS_EDIT)
    of = _held(work, pipeline, pipeline_id)
    rows = [row for row in _stages(work.conn, pipeline_id) if not row.is_retired]
    said = f"changed the order of the stages of {of.name}"
    return _write(work, ("pipeline.order", said), _in_order(stage, rows, ids))


def _stages(reader: Connection, pipeline_id: int) -> Sequence[Row[Any]]:
    wanted = select(stage).where(stage.c.pipeline_id == pipeline_id)
    return reader.execute(wanted.order_by(stage.c.position, stage.c.id)).all()


def _held(work: Work, table: Table, id_: int) -> Row[Any]:
    """The row, which nobody else changes until the transaction ends."""
    row = work.conn.execute(select(table).where(table.c.id == id_).with_for_update()).first()
    if row is None or row.is_retired:
        raise NotFound(f"This {table.name} does not exist (any more).")
    return row


def _named(name: str, what: str) -> dict[str, Any]:
    name = line(name)
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid(f"Give the {what} a name of at most {LONGEST_NAME} letters.")
    return {"name": name, "name_key": fold(name)}


def _checked(draft: StageDraft) -> dict[str, Any]:
    """The columns of a stage. What is closed does not rot, and its probability is no guess."""
    if draft.kind not in KINDS:
        raise Invalid("A stage is open, won or lost.")
    if draft.kind != "open":
        draft = replace(draft, probability=CLOSED[draft.kind], rot_days=None)
    if draft.probability is not None and not 0 <= draft.probability <= 1:
        raise Invalid("A probability lies between 0 and 100 %.")
    if draft.rot_days is not None and not 1 <= draft.rot_days <= LONGEST_ROT:
        raise Invalid(f"The days after which a deal rots lie between 1 and {LONGEST_ROT:,}.")
    return {**asdict(draft), **_named(draft.name, "stage")}


def _refuse_taken(reader: Connection, table: Table, key: str, id_: int, of: int | None = None) -> None:
    others = select(table.c.name, table.c.is_retired).where(table.c.name_key == key, table.c.id != id_)
    other = reader.execute(others if of is None else others.where(table.c.pipeline_id == of)).first()
    if other is not None:
        held = "There was once" if other.is_retired else "There is already"
        raise Conflict(f"{held} a {table.name} “{other.name}”. Choose another name.")


def _refuse_other_kind(reader: Connection, was: Row[Any], kind: str) -> None:
    if was.kind == kind:
        return
    n = reader.execute(select(func.count()).where(deal.c.stage_id == was.id)).scalar_one()
    if n:
        held = "1 deal is" if n == 1 else f"{n:,} deals are"
        raise Conflict(f"{held} in {was.name}, so it stays {was.kind}. Make another stage, and move them there.")


def _change(table: Table, was: Row[Any], values: dict[str, Any]) -> Change:
    return Change(table.name, was.id, None, {name: was._mapping[name] for name in values}, values)


def _in_order(table: Table, rows: Sequence[Row[Any]], ids: Sequence[int]) -> list[Change]:
    """The changes of position that bring the rows into the order of the ids."""
    held = {row.id: row for row in rows}
    if sorted(held) != sorted(ids):
        raise Conflict("Somebody else has changed this meanwhile. Look at it again.")
    places = {id_: n for n, id_ in enumerate(ids)}
    return [_change(table, held[id_], {"position": n}) for id_, n in places.items() if held[id_].position != n]


def _write(work: Work, event: tuple[str, str], changes: Sequence[Change]) -> int:
    """One event with these changes of pipelines or stages, which are made so; returns it."""
    verb, said = event
    event_id = work.record(verb, said=said)
    if changes:
        work.account_each(event_id, changes)
    for table in (pipeline, stage):
        _place(work, table, [change for change in changes if change.table == table.name])
    return event_id


def _place(work: Work, table: Table, changes: Sequence[Change]) -> None:
    for change in changes:
        work.conn.execute(update(table).where(table.c.id == change.row_id).values(**(change.after or {})))
