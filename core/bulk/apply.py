"""Making the rows follow the changes that were planned: the same for doing, undoing and doing again."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Table,
    and_,
    delete,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)

from core.conversations import upkeep
from core.database import Work, images
from core.database.search import reindexing
from core.database.tables import (
    call,
    change,
    cleanup_rule,
    contact,
    contact_tag,
    conversation,
    custom_field,
    custom_value,
    deal,
    enrollment,
    export_schedule,
    note,
    note_version,
    opt_out_review,
    phone_claim,
    pipeline,
    sender_number,
    sending_window,
    setting,
    stage,
    stage_event,
    step_run,
    tag,
    template,
    workflow,
)
from core.workflows import advance

CHANGED = change.c.outcome == literal_column("'changed'")


@dataclass(frozen=True)
class Rows:
    """A table whose rows changes speak of: `row` is the column that a change calls its row by.

    `has_version`: each write raises the version, which tells editors that the row is another now.
    """

    table: Table
    row: ColumnElement[int]
    contact: ColumnElement[int] | None = None
    has_version: bool = False

    def found(self, of: Any) -> ColumnElement[bool]:
        """The row of a change (`of`: the columns of change)."""
        same = self.row == of.row_id
        return same if self.contact is None else and_(self.contact == of.contact_id, same)


TABLES = {
    "contact": Rows(contact, contact.c.id, has_version=True),
    "conversation": Rows(conversation, conversation.c.id, has_version=True),
    "phone_claim": Rows(phone_claim, phone_claim.c.contact_id),
    "note": Rows(note, note.c.contact_id, has_version=True),
    "custom_value": Rows(custom_value, custom_value.c.field_id, custom_value.c.contact_id),
    "contact_tag": Rows(contact_tag, contact_tag.c.tag_id, contact_tag.c.contact_id),
    "enrollment": Rows(enrollment, enrollment.c.id, enrollment.c.contact_id),
    "call": Rows(call, call.c.id, call.c.contact_id),
    "opt_out_review": Rows(opt_out_review, opt_out_review.c.id, opt_out_review.c.contact_id),
    "pipeline": Rows(pipeline, pipeline.c.id),
    "stage": Rows(stage, stage.c.id),
    "deal": Rows(deal, deal.c.id, deal.c.contact_id, has_version=True),
    "tag": Rows(tag, tag.c.id),
    "template": Rows(template, template.c.id),
    "workflow": Rows(workflow, workflow.c.id),
    "cleanup_rule": Rows(cleanup_rule, cleanup_rule.c.id),
    "custom_field": Rows(custom_field, custom_field.c.id),
    "export_schedule": Rows(export_schedule, export_schedule.c.id),
    "setting": Rows(setting, setting.c.id),
    "sending_window": Rows(sending_window, sending_window.c.id),
    "sender_number": Rows(sender_number, sender_number.c.id),
}
"""By the name that changes call them; parents stand before their children."""

NAMED = {"first_name", "last_name", "email"}
"""Columns of a contact that its text document holds."""


@dataclass(frozen=True)
class Shape:
    """Changes of one table that all insert, update or delete, and the columns in their images."""

    table: str
    mode: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Stretch:
    """The changes of an event from number `low` to below `high`."""

    event_id: int
    low: int
    high: int

    @property
    def test(self) -> ColumnElement[bool]:
        """Those that change something."""
        return and_(change.c.event_id == self.event_id, change.c.n >= self.low, change.c.n < self.high, CHANGED)


def shapes(connection: Connection, stretch: Stretch) -> list[Shape]:
    """What kinds of changes are there; all of one kind have images of the same columns."""
    k = change.c
    before, after = func.min(k.before), func.min(k.after)
    inserts, deletes = k.before.is_(None), k.after.is_(None)
    rows = connection.execute(
        select(k.table_name, before, after).where(stretch.test).group_by(k.table_name, inserts, deletes)
    )
    found = []
    for table, was, becomes in rows:
        mode = "insert" if was is None else "delete" if becomes is None else "update"
        found.append(Shape(table, mode, tuple(json.loads(was if becomes is None else becomes))))
    return found


def follow(work: Work, stretch: Stretch, cause: str) -> None:
    """Make all rows as the stretch's images `after` say, and what is derived from them."""
    found = sorted(shapes(work.conn, stretch), key=_turn)
    reworded = _reworded(work.conn, stretch, found)
    with reindexing(work.conn, reworded):
        for shape in found:
            _FOLLOW[shape.mode](work.conn, stretch, shape)
        upkeep.refresh_names(work.conn, reworded)
    tables = {shape.table for shape in found}
    if any(shape.table == "conversation" and "is_due" in shape.columns for shape in found):
        _come_back(work, stretch)
    if "deal" in tables:
        _enter_stages(work, stretch, cause)
        upkeep.refresh_deals(work.conn, _contacts(stretch, "deal"))
    if "enrollment" in tables:
        upkeep.refresh_enrollments(work.conn, _contacts(stretch, "enrollment"))
    if any(shape.table == "enrollment" and shape.mode != "insert" for shape in found):
        advance.let_go(work, _contacts(stretch, "enrollment"))
    if any(shape.table == "workflow" and "state" in shape.columns for shape in found):
        k = change.c
        advance.look_again(work, select(k.row_id).where(stretch.test, k.table_name == literal_column("'workflow'")))


def _turn(shape: Shape) -> tuple[int, int]:
    """Children go before their parents, and come after them."""
    place = list(TABLES).index(shape.table)
    return (0, -place) if shape.mode == "delete" else (1, place)


def _reworded(connection: Connection, stretch: Stretch, found: list[Shape]) -> list[int]:
    """The contacts whose text documents become others."""
    tables = {shape.table for shape in found if shape.table == "note" or _is_reworded(shape)}
    ids = [connection.execute(_contacts(stretch, table)).scalars() for table in sorted(tables)]
    return sorted({id_ for listed in ids for id_ in listed})


def _is_reworded(shape: Shape) -> bool:
    return shape.table == "contact" and (shape.mode != "update" or bool(NAMED.intersection(shape.columns)))


def _come_back(work: Work, stretch: Stretch) -> None:
    """Activity follows whether a follow-up is due, and with it the place in the list."""
    k, column = change.c, conversation.c.is_due
    was, now = (images.unpacked(work.conn, image, column) for image in (k.before, k.after))
    moved = select(k.contact_id).where(stretch.test, k.table_name == literal_column("'conversation'"), was != now)
    ids = list(work.conn.execute(moved).scalars())
    with reindexing(work.conn, ids):
        upkeep.refresh(work.conn, ids, work.now)


def _of(shape: Shape, stretch: Stretch) -> list[ColumnElement[bool]]:
    k = change.c
    missing = {"insert": [k.before.is_(None)], "delete": [k.after.is_(None)]}
    both = [k.before.is_not(None), k.after.is_not(None)]
    return [stretch.test, k.table_name == literal_column(f"'{shape.table}'"), *missing.get(shape.mode, both)]


def _opened(connection: Connection, stretch: Stretch, shape: Shape) -> FromClause:
    wanted = select(change.c.n, change.c.contact_id, change.c.row_id).where(*_of(shape, stretch))
    return images.opened(connection, wanted)


def _update(connection: Connection, stretch: Stretch, shape: Shape) -> None:
    rows = TABLES[shape.table]
    if rows.table is note:
        _keep_notes(connection, stretch)
    o = _opened(connection, stretch, shape)
    values: dict[str, Any] = {
        name: images.unpacked(connection, o.c.becomes, rows.table.c[name]) for name in shape.columns
    }
    if rows.has_version:
        values["version"] = rows.table.c.version + 1
    connection.execute(update(rows.table).where(rows.found(o.c)).values(values))


def _keep_notes(connection: Connection, stretch: Stretch) -> None:
    """What stands in the notes becomes a version of theirs."""
    n = note.c
    kept = select(n.contact_id, n.version, n.body, n.updated_at, n.user_id, n.event_id)
    names = ["contact_id", "version", "body", "saved_at", "user_id", "event_id"]
    kept = kept.where(n.contact_id.in_(_contacts(stretch, "note")), n.body != literal_column("''"))
    connection.execute(insert(note_version).from_select(names, kept))


def _insert(connection: Connection, stretch: Stretch, shape: Shape) -> None:
    rows = TABLES[shape.table]
    o = _opened(connection, stretch, shape)
    keys = {rows.row.name: o.c.row_id}
    if rows.contact is not None:
        keys[rows.contact.name] = o.c.contact_id
    images_ = {name: images.unpacked(connection, o.c.becomes, rows.table.c[name]) for name in shape.columns}
    values = {**keys, **images_}
    chosen = select(*values.values()).order_by(o.c.n)
    connection.execute(insert(rows.table).from_select(list(values), chosen))


def _delete(connection: Connection, stretch: Stretch, shape: Shape) -> None:
    rows = TABLES[shape.table]
    key = [rows.row] if rows.contact is None else [rows.contact, rows.row]
    names = [change.c.row_id] if rows.contact is None else [change.c.contact_id, change.c.row_id]
    gone = select(*names).where(*_of(shape, stretch))
    connection.execute(delete(rows.table).where(tuple_(*key).in_(gone)))
    if rows.table is enrollment:
        r = step_run.c
        connection.execute(delete(step_run).where(tuple_(r.contact_id, r.enrollment_id).in_(gone)))
    if rows.table is deal:  # what never was has no history
        s = stage_event.c
        connection.execute(delete(stage_event).where(tuple_(s.contact_id, s.deal_id).in_(gone)))


_FOLLOW = {"update": _update, "insert": _insert, "delete": _delete}


def _contacts(stretch: Stretch, table: str) -> Select[Any]:
    k = change.c
    # Not DISTINCT: an engine would then walk the index of all changes by contact.
    return select(k.contact_id.label("id")).where(stretch.test, k.table_name == literal_column(f"'{table}'"))


def _enter_stages(work: Work, stretch: Stretch, cause: str) -> None:
    """A line in the history of stages for every deal that came into another stage, into being, or to another amount."""
    k, conn = change.c, work.conn
    was, now = (images.unpacked(conn, image, deal.c.stage_id) for image in (k.before, k.after))
    owed, owes = (images.unpacked(conn, image, deal.c.amount_cents) for image in (k.before, k.after))
    is_other = or_(k.before.is_(None), was != now, owed.is_distinct_from(owes))
    of_deals = [stretch.test, k.table_name == "deal", k.after.is_not(None), is_other]
    n = conn.execute(select(func.count()).where(*of_deals)).scalar_one()
    first = work.take_ids("stage_event", n)
    place = func.row_number().over(order_by=k.n)
    values: dict[str, ColumnElement[Any]] = {
        "contact_id": k.contact_id,
        "id": place + literal(first - 1, BigInteger),
        "deal_id": k.row_id,
        "from_stage_id": was,
        "to_stage_id": now,
        "happened_at": literal(work.now, BigInteger),
        "user_id": literal(work.actor.id, BigInteger),
        "cause": literal(cause),
        "amount_before": owed,
        "amount_after": owes,
        "event_id": literal(stretch.event_id, BigInteger),
    }
    conn.execute(insert(stage_event).from_select(list(values), select(*values.values()).where(*of_deals)))
