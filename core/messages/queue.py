"""The outbox as a list: what waits, is held, is on its way or in doubt, what failed and why; and how fast each number
sends.
"""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, select, tuple_

from core import setup
from core.access import Actor, Right
from core.database.tables import contact, conversation, enrollment, outbox, rate_bucket, workflow
from core.database.tables.talk import UNSETTLED
from core.messages import numbers
from core.messages.numbers import Number
from core.messages.outbox import SENT_AGAIN
from core.messages.provider import LOST
from core.messages.rates import day_key

STATES = {
    "scheduled": "Queue",
    "held": "Held",
    "sending": "On its way",
    "unknown": "Unknown",
    "failed": "Failed",
    "suppressed": "Withheld",
    "cancelled": "Taken back",
}
"""What can be looked at, as the page calls it."""

ORIGINS = {
    "manual": "By hand", "template": "From a template", "workflow": "Workflows", "opt_out": "Answers to opt-outs",
    "help": "Answers to HELP",
}  # fmt: skip

HOUR = 3_600
o, c = outbox.c, conversation.c


@dataclass(frozen=True)
class Wanted:
    """What to list. `origin`, `number_id`: blank and None for any."""

    state: str = "scheduled"
    origin: str = ""
    number_id: int | None = None


@dataclass(frozen=True)
class Line:
    """A text. `at`: when something happens next, or happened (UTC epoch seconds); `number_id`: where it goes from."""

    id: int
    contact_id: int
    message_id: int | None
    name: str
    phone: str
    body: str
    origin: str
    workflow: str
    reason: str
    error_code: str
    at: int
    number_id: int | None
    segments: int
    attempts: int

    @property
    def is_unclear(self) -> bool:
        """It may have been sent: whether it goes once more is for a person to say."""
        return self.error_code == LOST


@dataclass(frozen=True)
class Speed:
    """What a number does: segments of the last hour, and texts that wait for it."""

    number: Number
    last_hour: int
    waiting: int


Cursor = tuple[int, int]
"""Of the last line of a page: its `at` and id."""


def find(
    reader: Connection, actor: Actor, wanted: Wanted, after: Cursor | None = None, limit: int = 25
) -> tuple[list[Line], Cursor | None]:
    """A page of the list, and where the next one begins; None: there is none. Phones and texts are blank for who may
    not see them.

    Raises: NotAllowed.
    """
    actor.require(Right.CONVERSATION_VIEW)
    at = o.due_at if wanted.state in UNSETTLED else o.updated_at
    listed = _lines(reader, at).where(*_tests(reader, wanted))
    if wanted.state in UNSETTLED:
        listed = listed.order_by(at, o.id)
        listed = listed if after is None else listed.where(tuple_(at, o.id) > tuple_(*after))
    else:
        listed = listed.order_by(at.desc(), o.id.desc())
        listed = listed if after is None else listed.where(tuple_(at, o.id) < tuple_(*after))
    may = actor.may(Right.CONTACT_PERSONAL)
    rows = [_line(row, may) for row in reader.execute(listed.limit(limit + 1))]
    last = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], None if last is None else (last.at, last.id)


def counts(reader: Connection, wanted: Wanted) -> dict[str, int]:
    """How many there are in each state, of the origin and number that are wanted."""
    tests = _tests(reader, replace(wanted, state=""))
    listed = select(o.state, func.count()).select_from(outbox.join(conversation, c.id == o.contact_id))
    counted = listed.where(o.state.in_(STATES), *tests).group_by(o.state)
    found = {row[0]: int(row[1]) for row in reader.execute(counted)}
    return {state: found.get(state, 0) for state in STATES}


def speeds(reader: Connection, now: int) -> list[Speed]:
    """Of each number in use, and of a retired one that still sends."""
    lately = and_(o.state.in_(("sent", "sending", "unknown", "failed")), o.updated_at > now - HOUR)
    sent = select(o.sender_id, func.sum(o.segments)).where(lately, o.intent_at > now - HOUR).group_by(o.sender_id)
    used = {id_: int(n) for id_, n in reader.execute(sent)}
    number = func.coalesce(_number(reader), 0).label("number")
    due = select(number, func.count()).select_from(outbox.join(conversation, c.id == o.contact_id))
    waits = {id_: int(n) for id_, n in reader.execute(due.where(o.state == "scheduled").group_by(number))}
    known = numbers.listed(reader)
    shown = [each for each in known if not each.is_retired or used.get(each.id) or waits.get(each.id)]
    return [Speed(each, used.get(each.id, 0), waits.get(each.id, 0)) for each in shown]


def used_today(reader: Connection, now: int) -> tuple[int, int]:
    """Segments of this day, and how many it may have; 0: any number."""
    chosen = setup.load(reader)
    key = day_key(now, chosen.time_zone)
    used = reader.execute(select(rate_bucket.c.used).where(rate_bucket.c.key == key)).scalar()
    return int(used or 0), int(chosen.segments_per_day or 0)


def _lines(reader: Connection, at: ColumnElement[int]) -> Select[Any]:
    p, e, w = contact.c, enrollment.c, workflow.c
    own = (o.id, o.contact_id, o.message_id, o.body, o.origin, o.reason, o.error_code, o.segments, o.attempts)
    who = (p.first_name, p.last_name, p.phone, w.name.label("workflow"))
    wanted = select(*own, *who, at.label("at"), _number(reader).label("number_id")).select_from(outbox)
    wanted = wanted.join(contact, p.id == o.contact_id).join(conversation, c.id == o.contact_id)
    wanted = wanted.outerjoin(enrollment, and_(e.contact_id == o.contact_id, e.id == o.enrollment_id))
    return wanted.outerjoin(workflow, w.id == e.workflow_id)


def _number(reader: Connection) -> ColumnElement[Any]:
    """Where a text went from, or would go from now."""
    known = numbers.find(reader)
    usual = setup.load(reader).sender_number
    live = [each.id for each in known if not each.is_retired]
    answered = case((c.sender_id.in_(live), c.sender_id))
    return func.coalesce(o.sender_id, answered, *[each.id for each in known if each.phone == usual])


def _tests(reader: Connection, wanted: Wanted) -> list[ColumnElement[bool]]:
    """`state`: blank for any."""
    tests: list[ColumnElement[bool]] = [o.reason != SENT_AGAIN]
    if wanted.state:
        tests.append(o.state == wanted.state)
    if wanted.origin:
        tests.append(o.origin == wanted.origin)
    if wanted.number_id is not None:
        tests.append(_number(reader) == wanted.number_id)
    return tests


def _line(row: Any, may: bool) -> Line:
    taken = ("id", "contact_id", "message_id", "origin", "reason", "error_code")
    own: dict[str, Any] = {name: getattr(row, name) for name in (*taken, "at", "number_id", "segments", "attempts")}
    shown = {"phone": row.phone, "body": row.body} if may else {"phone": "", "body": ""}
    return Line(name=f"{row.first_name} {row.last_name}".strip(), workflow=row.workflow or "", **own, **shown)
