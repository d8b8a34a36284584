"""Who is in a workflow and where: the step, the next send, why somebody is held or was stopped."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, and_, case, func, select, union_all

from core.database.tables import contact, enrollment, outbox, workflow
from core.database.tables.talk import UNSETTLED
from core.errors import Invalid

e, o = enrollment.c, outbox.c

SHOWN = 100
STATES = ("scheduled", "active", "waiting", "held", "completed", "stopped", "failed")
ENDED = ("completed", "stopped", "failed")
NEWEST, SOONEST = "newest", "soonest"


@dataclass(frozen=True)
class Member:
    """One run of a contact. `position`: of the step at hand, from 0; `due_at`: when it comes, or the text that waits
    in the outbox for it; None: nothing is planned. `why`: it is held, was stopped or failed. `text`: the state of the
    one that waits in the outbox, blank for none. `name`: blank for none; `phone`: E.164, for those who may see it. UTC
    epoch seconds.
    """

    enrollment_id: int
    contact_id: int
    name: str
    version: int
    run: int
    state: str
    position: int
    due_at: int | None
    why: str
    text: str
    started_at: int
    stopped_at: int | None
    phone: str

    @property
    def is_live(self) -> bool:
        """Whether it goes on by itself."""
        return self.state not in ENDED


@dataclass(frozen=True)
class Ending:
    """A run of a contact that has ended: its `state` of ENDED, `why`, and when, UTC epoch seconds."""

    workflow: str
    state: str
    why: str
    at: int


def endings(reader: Connection, contact_id: int, since: int = 0) -> list[Ending]:
    """The runs of one contact that ended from `since` on, in the order in which they did."""
    mine = (e.contact_id == contact_id, e.is_live == 0, e.stopped_at >= since)
    why = case((e.stop_reason != "", e.stop_reason), else_=e.reason)
    wanted = select(workflow.c.name, e.state, why, e.stopped_at).join(workflow, workflow.c.id == e.workflow_id)
    return [Ending(*row) for row in reader.execute(wanted.where(*mine).order_by(e.stopped_at, e.id))]


def counts(reader: Connection, workflow_id: int) -> dict[str, int]:
    """Runs by state, each of STATES."""
    rows = reader.execute(select(e.state, func.count()).where(e.workflow_id == workflow_id).group_by(e.state))
    return {**dict.fromkeys(STATES, 0), **dict(tuple(row) for row in rows)}


def whereabouts(reader: Connection, workflow_id: int) -> dict[tuple[int, int], int]:
    """How many are at each step now, by version and position."""
    live = select(e.version, e.position, func.count()).where(e.workflow_id == workflow_id, e.is_live == 1)
    rows = reader.execute(live.group_by(e.version, e.position))
    return {(version, position): n for version, position, n in rows}


def members(reader: Connection, workflow_id: int, state: str = "", after: int = 0, limit: int = SHOWN) -> list[Member]:
    """Runs through the workflow, the newest first, of one state where it is given. `after`: the last enrollment of the
    page before.

    Raises: Invalid for an unknown state.
    """
    if state and state not in STATES:
        raise Invalid(f"A run is {', '.join(STATES)}.")
    wanted = [e.workflow_id == workflow_id, *([e.state == state] if state else []), *([e.id < after] if after else [])]
    # The index holds those that are live and those that are not apart, each in order.
    halves = [int(state not in ENDED)] if state else [0, 1]
    newest = [_first([*wanted, e.is_live == half], NEWEST, limit) for half in halves]
    return _read(reader, union_all(*[select(each.subquery()) for each in newest]), NEWEST, limit)


def next_sends(reader: Connection, workflow_id: int, limit: int = SHOWN) -> list[Member]:
    """Those who come to a step next, the soonest first; whose text waits in the outbox is not among them."""
    due = [e.workflow_id == workflow_id, e.next_due_at.is_not(None)]
    return _read(reader, _first(due, SOONEST, limit), SOONEST, limit)


def _first(wanted: list[ColumnElement[bool]], order: str, limit: int) -> Select[Any]:
    return select(enrollment).where(*wanted).order_by(*_order(e, order)).limit(limit)


def _read(reader: Connection, rows: Select[Any] | CompoundSelect[Any], order: str, limit: int) -> list[Member]:
    found = rows.subquery("found")
    page = select(found).order_by(*_order(found.c, order)).limit(limit).subquery("page")
    p, text = page.c, outbox.alias("text").c
    here = and_(text.contact_id == p.contact_id, text.enrollment_id == p.id, text.position == p.position)
    newest = select(func.max(text.id)).where(here).scalar_subquery()
    waits = and_(o.id == newest, o.state.in_(UNSETTLED))
    name = func.trim(contact.c.first_name + " " + contact.c.last_name)
    due_at = func.coalesce(p.next_due_at, o.due_at)
    why = case((p.stop_reason != "", p.stop_reason), (p.reason != "", p.reason), else_=func.coalesce(o.reason, ""))
    run = (p.id, p.contact_id, name, p.version, p.run, p.state, p.position, due_at, why)
    told = (
        select(*run, func.coalesce(o.state, ""), p.started_at, p.stopped_at, contact.c.phone)
        .select_from(page)
        .join(contact, contact.c.id == p.contact_id)
    )
    ordered = told.outerjoin(outbox, waits).order_by(*_order(p, order))
    return [Member(*tuple(row)) for row in reader.execute(ordered)]


def _order(columns: Any, order: str) -> tuple[Any, ...]:
    return (columns.id.desc(),) if order == NEWEST else (columns.next_due_at, columns.id)
