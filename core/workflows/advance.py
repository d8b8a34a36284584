"""Enrollments that wait for a text go on when it has left or never will; and how each text fared, step by step."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    select,
    update,
)

from core.database import Work, engines
from core.database.tables import enrollment, outbox, step_run
from core.database.tables.talk import UNSENT, UNSETTLED
from core.workflows import pace
from core.workflows.moves import Move, ended, onward, write

e, o, r = enrollment.c, outbox.c, step_run.c

OPTED_OUT = "opted_out"
STOPPED = "enrollment stopped"
"""Why a text never leaves whose enrollment lives no longer."""
INVALID_CODES = frozenset({"21211", "21214", "21217", "21614"})
"""Refusals that mean: this is no number that can be texted. Source: Twilio's list of errors."""


class Left(NamedTuple):
    """A row of the outbox that has left (state sent) or never will (failed, suppressed, cancelled), and why not."""

    row: Row[Any]
    state: str
    reason: str = ""
    code: str = ""

    @property
    def ends(self) -> str:
        """Why the enrollment ends with it; blank: it goes on."""
        if self.code in INVALID_CODES:
            return "invalid number"
        return "opt-out" if self.reason == OPTED_OUT else ""


def text_left(work: Work, outbox_row: Row[Any], state: str, reason: str = "", code: str = "") -> None:
    """As `texts_left`, for one."""
    texts_left(work, [Left(outbox_row, state, reason, code)])


def texts_left(work: Work, texts: Sequence[Left]) -> None:
    """Move the enrollments of these texts on, whose conversations are locked; texts of no enrollment are passed over.

    One event for all. A text that never left is passed over by its enrollment, unless the reason ends that.
    """
    of_runs = {(each.row.contact_id, each.row.enrollment_id): each for each in texts if each.row.enrollment_id}
    if not of_runs:
        return
    _note(work, list(of_runs.values()))
    ids = engines.id_set(work.conn, [contact_id for contact_id, _ in of_runs])
    waiting = select(enrollment).where(e.contact_id.in_(ids), e.is_live == 1, e.next_due_at.is_(None))
    rows = [(row, of_runs.get((row.contact_id, row.id))) for row in work.conn.execute(waiting)]
    write(work, [_move(work.now, row, left) for row, left in rows if left and left.row.position == row.position])


def _move(now: int, row: Row[Any], left: Left) -> Move:
    if left.ends:
        return Move(row, ended(now, "stopped", left.ends), left.ends)
    why = "its text left" if left.state == "sent" else f"its text never left: {left.reason or left.state}"
    return Move(row, onward(now, row.position + 1), why)


def _note(work: Work, texts: Sequence[Left]) -> None:
    """When the text of a step left, or why it did not."""
    rows = []
    for each in texts:
        key = {"whose": each.row.contact_id, "of": each.row.enrollment_id, "at": each.row.position}
        why = "" if each.state == "sent" else each.reason or each.state
        rows.append({**key, "when": work.now, "why": why})
    work.conn.execute(_NOTE, rows)


_NOTE = (
    update(step_run)
    .where(r.contact_id == bindparam("whose"), r.enrollment_id == bindparam("of"), r.position == bindparam("at"))
    .values(done_at=bindparam("when"), reason=bindparam("why"))
)


def answered(work: Work, contact_id: int, *, is_opt_out: bool) -> None:
    """The contact has written: so marks the last text of each of their runs that was not answered before. Part of the
    event of that message.
    """
    other = step_run.alias("other").c
    own = r.contact_id == contact_id
    later = select(func.max(other.position)).where(
        other.contact_id == contact_id, other.enrollment_id == r.enrollment_id, _has_left(other)
    )
    values: dict[str, Any] = {"replied_at": func.coalesce(r.replied_at, work.now)}
    if is_opt_out:
        values["opted_out_at"] = func.coalesce(r.opted_out_at, work.now)
    last = r.position == later.scalar_subquery()
    work.conn.execute(update(step_run).where(own, _has_left(r), last).values(values))


def _has_left(columns: Any) -> ColumnElement[bool]:
    gone = exists().where(o.id == columns.outbox_id, o.state.in_(("sent", "sending", "unknown")))
    return and_(columns.outbox_id.is_not(None), gone)


def over_since() -> ColumnElement[int | None]:
    """When the text of the step at hand was put into the outbox, if it has left or never will; else None."""
    here = and_(o.contact_id == e.contact_id, o.enrollment_id == e.id, o.position == e.position)
    put_at = case((o.state.not_in(UNSETTLED), o.created_at))
    return select(put_at).where(here).order_by(o.id.desc()).limit(1).scalar_subquery()


def let_go(work: Work, contact_ids: Select[Any]) -> None:
    """Enrollments were stopped or taken back: what they have in the outbox is looked at now, by a sender, who withholds
    it unless that was undone before.
    """
    live = exists().where(e.contact_id == o.contact_id, e.id == o.enrollment_id, e.is_live == 1)
    of_none = and_(o.contact_id.in_(contact_ids), o.enrollment_id.is_not(None), o.state.in_(UNSENT), ~live)
    work.conn.execute(update(outbox).where(of_none).values(due_at=work.now))
    pace.settle(work)


def look_again(work: Work, workflow_ids: Select[Any] | Sequence[int]) -> None:
    """A workflow goes on, or never will: its texts that are held, as those of a paused one are, are looked at now."""
    of_it = exists().where(e.contact_id == o.contact_id, e.id == o.enrollment_id, e.workflow_id.in_(workflow_ids))
    work.conn.execute(update(outbox).where(o.state == "held", of_it).values(due_at=work.now))
