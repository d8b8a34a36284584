"""Which enrollments are due: taken with their conversations locked, those of one workflow at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, literal_column, select

from core.database import Work, engines
from core.database.tables import conversation, enrollment, workflow
from core.workflows import rules as rules_
from core.workflows.rules import Rules

e, w, c = enrollment.c, workflow.c, conversation.c

MOVING = ("on", "retired")
"""States of a workflow whose enrollments are looked at: those of a retired one are stopped."""


@dataclass(frozen=True)
class Batch:
    """Due enrollments of one workflow, by contact; nobody else changes them or their conversations."""

    workflow_id: int
    name: str
    is_retired: bool
    rules: Rules
    rows: Sequence[Row[Any]]


def due_workflows(reader: Connection, now: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Workflows with due enrollments, the longest overdue first; paused ones cost nothing here."""
    first = select(func.min(e.next_due_at)).where(e.workflow_id == w.id, e.next_due_at.is_not(None)).scalar_subquery()
    moving = select(w.id, w.name, w.state, w.rules, first.label("first")).where(w.state.in_(MOVING)).subquery()
    due = select(moving).where(moving.c.first <= now)
    return reader.execute(due.order_by(moving.c.first, moving.c.id)).all()


def claim(work: Work, most: int) -> Batch | None:
    """Take the next of them, at most so many; None: nothing is due, or others have it at hand."""
    for row in due_workflows(work.conn, work.now):
        engines.look_up_by_key(work.conn)
        due = (e.workflow_id == row.id, e.next_due_at.is_not(None), e.next_due_at <= work.now)
        first = select(e.contact_id).join(conversation, c.id == e.contact_id).where(*due)
        # Whose conversation another writer has locked is passed over, on engines that have more than one.
        free = (
            first.order_by(e.next_due_at).limit(most).with_for_update(of=conversation, key_share=True, skip_locked=True)
        )
        ids = list(work.conn.execute(free).scalars())
        if not ids:
            continue
        # Once more, now that nobody else can change them.
        held = select(enrollment).where(e.contact_id.in_(engines.id_set(work.conn, ids)), *due)
        rows = work.conn.execute(held.where(e.is_live == literal_column("1")).order_by(e.contact_id)).all()
        if rows:
            return Batch(row.id, row.name, row.state == "retired", rules_.read(row.rules), rows)
    return None
