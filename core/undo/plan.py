"""What taking a change back would do to its row: the old image returns, unless the row was changed since."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    exists,
    false,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from core import workflows
from core.bulk.apply import TABLES, Rows, Shape, Stretch
from core.database import engines, images
from core.database.tables import (
    change,
    contact,
    conversation,
    enrollment,
    event,
    message,
    metadata,
    outbox,
    phone_claim,
    stage,
    template,
)
from core.workflows import advance

NAMED = ("tag", "workflow", "custom_field", "pipeline", "stage")
"""Tables whose names are unique, of stages in their pipeline: an old name may have been given away."""

MADE = (contact, conversation, phone_claim)
"""The rows of a new contact, which go together or not at all."""

_CHILDREN = [
    key.parent
    for table in metadata.sorted_tables
    for key in table.foreign_keys
    if key.column is contact.c.id and table not in MADE
]


def undoing(connection: Connection, stretch: Stretch, shape: Shape) -> Select[Any]:
    """For each change of this shape the change that takes it back, by the columns of images.PLANNED.

    What an earlier undo has taken back already stays as it is, whatever became of the row since.
    """
    rows, k = TABLES[shape.table], change.c
    missing = {"insert": k.before.is_(None), "delete": k.after.is_(None)}
    both = and_(k.before.is_not(None), k.after.is_not(None))
    of_table = k.table_name == literal_column(f"'{shape.table}'")
    wanted = select(k.n, k.contact_id, k.table_name, k.row_id, k.before, k.after)
    o = images.opened(connection, wanted.where(stretch.test, of_table, missing.get(shape.mode, both)))
    may = and_(_is_as_left(connection, rows, shape, o), *_guards(connection, rows, shape, o))
    is_back = _is_taken_back(connection, stretch.event_id, o.c.n)

    def by_outcome(back: str, restored: str, left: str) -> ColumnElement[Any]:
        return case((is_back, _word(back)), (may, _word(restored)), else_=_word(left))

    return select(
        o.c.n.label("n"),
        o.c.contact_id.label("contact_id"),
        o.c.table_name.label("table_name"),
        o.c.row_id.label("row_id"),
        by_outcome("already", "changed", "skipped").label("outcome"),
        by_outcome("undone", "", "changed_since").label("reason"),
        o.c.after.label("before"),
        _again(connection, rows, shape, o).label("after"),
    ).select_from(o.outerjoin(rows.table, rows.found(o.c)))


def _again(connection: Connection, rows: Rows, shape: Shape, o: Any) -> ColumnElement[Any]:
    """The old image. Who waited for a text that has come to its end meanwhile, withheld as a rule, is due since then
    instead: a runner looks what became of it, for nobody else will.
    """
    if rows.table is not enrollment or shape.mode != "update":
        return o.c.before  # type: ignore[no-any-return]
    was: dict[str, Any] = {name: images.unpacked(connection, o.c.was, enrollment.c[name]) for name in shape.columns}
    due_at = advance.over_since()
    waited = and_(was["is_live"] == literal_column("1"), was["next_due_at"].is_(None), due_at.is_not(None))
    due = images.pack(connection, {**was, "state": "active", "next_due_at": due_at})
    return case((waited, due), else_=o.c.before)


def _word(said: str) -> ColumnElement[str]:
    return literal_column(f"'{said}'")


def _is_taken_back(connection: Connection, event_id: int, n: ColumnElement[int]) -> ColumnElement[bool]:
    """An undo of the event has taken its change `n` back, and was not undone in that itself."""
    undos = connection.execute(select(event.c.id).where(event.c.undoes_event_id == event_id)).scalars().all()
    return or_(false(), *[_stands(connection, undo_id, n) for undo_id in undos])


def _stands(connection: Connection, undo_id: int, n: ColumnElement[int]) -> ColumnElement[bool]:
    own = change.alias()
    changed = own.c.outcome == literal_column("'changed'")
    made = exists().where(own.c.event_id == literal_column(str(undo_id)), own.c.n == n, changed)
    return and_(made, not_(_is_taken_back(connection, undo_id, n)))


def _is_as_left(connection: Connection, rows: Rows, shape: Shape, o: Any) -> ColumnElement[bool]:
    """The row is as the change has left it."""
    if shape.mode == "delete":
        return rows.row.is_(None)
    if shape.mode == "insert" and rows.table is enrollment:
        return _may_be_taken_out(o)
    columns = [rows.table.c[name] for name in shape.columns]
    same = [column.is_not_distinct_from(images.unpacked(connection, o.c.becomes, column)) for column in columns]
    return and_(rows.row.is_not(None), *same)


def _may_be_taken_out(o: Any) -> ColumnElement[bool]:
    """Who was enrolled is still in it, however far, and no text of it has left."""
    gone = ("sending", "unknown", "sent", "failed")
    of_run = and_(outbox.c.contact_id == enrollment.c.contact_id, outbox.c.enrollment_id == enrollment.c.id)
    has_left = exists().where(of_run, outbox.c.state.in_(gone))
    return and_(enrollment.c.id.is_not(None), enrollment.c.is_live == literal_column("1"), not_(has_left))


def _guards(connection: Connection, rows: Rows, shape: Shape, o: Any) -> list[ColumnElement[bool]]:
    """What the old row needs in order to be allowed back: its parents, and its place among unique ones."""
    if shape.mode == "insert":  # it is taken away again
        return [_is_unused(o)] if rows.table in MADE else [true()]
    guards = [_parent(connection, rows, shape, o, key) for key in rows.table.foreign_keys]
    if shape.mode == "delete" and rows.contact is not None:
        guards.append(exists().where(contact.c.id == o.c.contact_id))
    if rows.table is enrollment:
        guards.append(_no_other_live(connection, shape, o))
        guards.append(_is_unanswered(connection, shape, o))
    if rows.table is template:
        guards.append(_no_other_template(connection, shape, o))
    if shape.table in NAMED and "name_key" in shape.columns:
        other = rows.table.alias("other")
        key = images.unpacked(connection, o.c.was, rows.table.c["name_key"])
        within = [other.c.pipeline_id == stage.c.pipeline_id] if rows.table is stage else []
        guards.append(~exists().where(other.c.name_key == key, other.c.id != o.c.row_id, *within))
    return guards


def _is_unused(o: Any) -> ColumnElement[bool]:
    """Nobody has changed the contact since it was made, and nothing hangs on it."""
    is_as_made = exists().where(
        contact.c.id == o.c.contact_id,
        conversation.c.id == contact.c.id,
        contact.c.version == literal_column("1"),
        conversation.c.version == literal_column("1"),
    )
    return and_(is_as_made, *[~exists().where(column == o.c.contact_id) for column in _CHILDREN])


def _parent(connection: Connection, rows: Rows, shape: Shape, o: Any, key: Any) -> ColumnElement[bool]:
    parent = key.column.table.alias()
    column = key.parent
    if column is rows.row and shape.mode == "delete":
        return exists().where(parent.c[key.column.name] == o.c.row_id)
    if column.name in shape.columns:
        return exists().where(parent.c[key.column.name] == images.unpacked(connection, o.c.was, column))
    return true()


def _no_other_live(connection: Connection, shape: Shape, o: Any) -> ColumnElement[bool]:
    other = enrollment.alias("other")
    will_live = images.unpacked(connection, o.c.was, enrollment.c.is_live) == 1
    workflow_id: ColumnElement[Any] = enrollment.c.workflow_id
    if shape.mode == "delete":
        workflow_id = images.unpacked(connection, o.c.was, enrollment.c.workflow_id)
    held = exists().where(
        other.c.contact_id == o.c.contact_id,
        other.c.workflow_id == workflow_id,
        other.c.is_live == literal_column("1"),
        other.c.id != o.c.row_id,
    )
    return or_(~will_live, ~held) if "is_live" in shape.columns else or_(~held, false())


def _is_unanswered(connection: Connection, shape: Shape, o: Any) -> ColumnElement[bool]:
    """Nobody returns into a workflow that ends with an answer, who has answered since they were taken out of it."""
    if "stopped_at" not in shape.columns or shape.mode != "update":
        return true()
    m, stopped_at = message.c, images.unpacked(connection, o.c.becomes, enrollment.c.stopped_at)
    answered = exists().where(m.contact_id == o.c.contact_id, m.direction == "in", m.sent_at >= stopped_at)
    ending = workflows.with_rule(connection, "stop_on_reply")
    return not_(and_(enrollment.c.workflow_id.in_(engines.id_set(connection, ending)), answered))


def _no_other_template(connection: Connection, shape: Shape, o: Any) -> ColumnElement[bool]:
    """The place of a template, owner and folder with title and shortcut, is free where it goes back to."""
    other = template.alias("other")

    def again(name: str) -> ColumnElement[Any]:
        column = template.c[name]
        return images.unpacked(connection, o.c.was, column) if name in shape.columns else column

    same_shortcut = and_(other.c.shortcut == again("shortcut"), other.c.shortcut != "")
    held = exists().where(
        other.c.is_retired == 0,
        other.c.id != o.c.row_id,
        other.c.user_id.is_not_distinct_from(again("user_id")),
        other.c.folder == again("folder"),
        or_(other.c.title == again("title"), same_shortcut),
    )
    return or_(again("is_retired") == 1, ~held)
