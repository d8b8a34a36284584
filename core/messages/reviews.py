"""Texts that read like an opt-out: nothing automatic is sent until a person has decided what was meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, func, insert, select, true, update

from core import setup
from core.access import Actor, Right
from core.database import Change, Work, engines, images
from core.database.tables import contact, opt_out_review, outbox
from core.errors import Conflict, NotFound
from core.messages import consent, workdays
from core.messages.allowed import IN_REVIEW

BUSINESS_DAYS = 10
"""Within which an opt-out in any words must be honoured. Source: 47 CFR 64.1200(a)(10)."""

FOR_EVER = 10 * 366 * 86_400
"""Seconds that a text is held which a person must look at first."""

r, o = opt_out_review.c, outbox.c


@dataclass(frozen=True)
class Review:
    """A text to decide. `due_at`: the tenth business day after it, to the second (UTC); `phone`, `body`: blank for who
    may not see them.
    """

    contact_id: int
    id: int
    name: str
    phone: str
    body: str
    said_at: int
    due_at: int


def open_(work: Work, event_id: int, contact_id: int, message_id: int, body: str) -> list[Change]:
    """Put the text before a person, and pause whatever would be sent by itself; the conversation is locked.

    A contact has one open review: what else they write meanwhile is read with it.
    """
    changes = consent.stop(work, contact_id, "asked to stop", true()) + _hold(work, contact_id)
    if undecided(work.conn, [contact_id]):
        return changes
    review_id = work.take_ids("opt_out_review")
    said = {"contact_id": contact_id, "message_id": message_id, "said_at": work.now, "due_at": _due(work)}
    work.conn.execute(insert(opt_out_review).values(id=review_id, body=body, event_id=event_id, **said))
    return [*changes, Change("opt_out_review", review_id, contact_id, after={"due_at": said["due_at"]})]


def decide(work: Work, contact_id: int, review_id: int, *, is_out: bool) -> int:
    """Record the opt-out, which cannot be undone, or say that it is none, which can; returns the event.

    What was stopped stays stopped either way; automatic texts of later enrollments go again when it is none.
    Raises: NotAllowed; NotFound; Conflict when it was decided already.
    """
    work.actor.require(Right.MESSAGE_SEND)
    images.lock(work.conn, [contact_id])
    row = work.conn.execute(select(opt_out_review).where(r.contact_id == contact_id, r.id == review_id)).first()
    if row is None:
        raise NotFound("There is no such text to decide (any more).")
    if row.decision:
        raise Conflict("This was decided already.")
    if is_out:
        return consent.opt_out(work, contact_id, consent.Why("phrase", row.body))
    before: dict[str, Any] = {"decision": "", "decided_at": None, "user_id": None}
    after = {"decision": "not_out", "decided_at": work.now, "user_id": work.actor.id or None}
    change = Change("opt_out_review", review_id, contact_id, before, after)
    event_id = work.record_change("review.not_out", change)
    work.conn.execute(update(opt_out_review).where(r.contact_id == contact_id, r.id == review_id).values(after))
    held = (o.contact_id == contact_id) & (o.state == "held") & (o.reason == IN_REVIEW) & o.enrollment_id.is_not(None)
    work.conn.execute(update(outbox).where(held).values(due_at=work.now, updated_at=work.now))
    return event_id


def undecided(reader: Connection, contact_ids: Sequence[int]) -> set[int]:
    """Those of these contacts with a text that nobody has decided yet."""
    wanted = select(r.contact_id).where(r.contact_id.in_(engines.id_set(reader, contact_ids)), r.decision == "")
    return set(reader.execute(wanted).scalars())


def waiting(reader: Connection, actor: Actor, limit: int = 50) -> list[Review]:
    """The texts to decide, the most urgent first.

    Raises: NotAllowed.
    """
    actor.require(Right.CONVERSATION_VIEW)
    p = contact.c
    columns = (r.contact_id, r.id, p.first_name, p.last_name, p.phone, r.body)
    wanted: Select[Any] = (
        select(*columns, r.said_at, r.due_at).join(contact, p.id == r.contact_id).where(r.decision == "")
    )
    may = actor.may(Right.CONTACT_PERSONAL)

    def shown(row: Row[Any]) -> Review:
        number, body = (row.phone, row.body) if may else ("", "")
        name = f"{row.first_name} {row.last_name}".strip()
        return Review(row.contact_id, row.id, name, number, body, row.said_at, row.due_at)

    return [shown(row) for row in reader.execute(wanted.order_by(r.due_at, r.contact_id, r.id).limit(limit))]


def count(reader: Connection) -> int:
    """How many texts wait to be decided."""
    wanted = select(func.count()).select_from(opt_out_review).where(r.decision == "")
    return int(reader.execute(wanted).scalar_one())


def _due(work: Work) -> int:
    zone = ZoneInfo(setup.load(work.conn).time_zone)
    said = datetime.fromtimestamp(work.now, zone)
    day = workdays.after(said.date(), BUSINESS_DAYS)
    return int(datetime.combine(day, said.time(), tzinfo=zone).timestamp())


def _hold(work: Work, contact_id: int) -> list[Change]:
    """What persons have written and is not on its way stays until one of them sends it or takes it back."""
    mine = select(outbox).where(o.contact_id == contact_id, o.state == "scheduled")
    rows = work.conn.execute(mine.where(o.enrollment_id.is_(None), o.user_id.is_not(None))).all()
    after = {"state": "held", "reason": IN_REVIEW}
    if rows:
        kept = {**after, "due_at": work.now + FOR_EVER, "updated_at": work.now}
        work.conn.execute(update(outbox).where(o.id.in_([row.id for row in rows])).values(kept))
    return [Change("outbox", row.id, contact_id, {"state": row.state, "reason": row.reason}, after) for row in rows]
