"""Opting out and in again: the record of it, and all that must fall silent in the same transaction."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, insert, select, true, update

from core.access import Right
from core.conversations import upkeep
from core.database import Change, Work, images
from core.database.tables import consent_event, conversation, enrollment, message, opt_out_review, outbox, workflow
from core.database.tables.talk import UNSENT
from core.database.work import STEP
from core.errors import Conflict, Invalid
from core.messages.allowed import CONFIRMATION, OPTED_OUT
from core.messages.outbox import Text, put, withdraw
from core.words import clean
from core.workflows import rules

CONFIRMED = "You have been unsubscribed and will get no more texts from us. Reply START to be texted again."

BY_WORD = ("keyword", "provider")
"""Ways of opting out that a word undoes; who told a person, or stood on an imported list, must be asked."""

YES_SECONDS = 86_400
"""How long after the confirmation of an opt-out a plain YES takes it back."""


class Why(NamedTuple):
    """How it was said (keyword, phrase, provider, staff), and in which words."""

    method: str
    body: str = ""


def record_opt_out(work: Work, contact_id: int, words: str) -> None:
    """Write down an opt-out that was said on the phone, by e-mail or in other words.

    Raises: NotAllowed; Conflict when they have opted out already.
    """
    work.actor.require(Right.MESSAGE_SEND)
    images.lock(work.conn, [contact_id])
    if is_out(work, contact_id):
        raise Conflict("They have opted out already.")
    opt_out(work, contact_id, Why("staff", clean(words).strip()))


def record_opt_in(work: Work, contact_id: int, words: str) -> int:
    """Write down that they agreed to be texted, and how; returns the event. It takes no opt-out back.

    Raises: NotAllowed; Invalid without words; Conflict when they have agreed already, or opted out.
    """
    work.actor.require(Right.MESSAGE_SEND)
    images.lock(work.conn, [contact_id])
    if not (said := clean(words).strip()):
        raise Invalid("Say how they agreed, such as: on the form of our site, 3 May.")
    if is_out(work, contact_id):
        raise Conflict("They have opted out. Only their own word START opts them in again.")
    if (newest := _newest(work, contact_id)) is not None and newest.kind == "in":
        raise Conflict("They have agreed already.")
    event_id = work.record("consent.in", method="staff")
    work.account(event_id, STEP, go_in(work, event_id, contact_id, Why("staff", said)))
    work.set_state(event_id, "done", changed=1)
    return event_id


def opt_out(work: Work, contact_id: int, why: Why, event_id: int | None = None) -> int:
    """As an event of its own, unless one is given; returns it. The conversation is locked."""
    if event_id is None:
        event_id = work.record("consent.out", method=why.method)
    work.account(event_id, STEP, go_out(work, event_id, contact_id, why))
    work.set_state(event_id, "done", changed=1)
    set_out(work, contact_id, 1)
    one = select(conversation.c.id).where(conversation.c.id == contact_id)
    upkeep.refresh_enrollments(work.conn, one)
    return event_id


def go_out(work: Work, event_id: int, contact_id: int, why: Why) -> list[Change]:
    """The contact is out: enrollments stop, what waits is suppressed, and of this nothing but one confirmation is sent.

    The conversation is locked; its row is derived by the caller.
    """
    changes = [_write(work, event_id, contact_id, "out", why)]
    o = outbox.c
    rows = work.conn.execute(
        select(outbox).where(o.contact_id == contact_id, o.state.in_(UNSENT), o.origin != CONFIRMATION)
    ).all()
    changes += withdraw(work, rows, "suppressed", OPTED_OUT)
    if why.method == "keyword" and not is_out(work, contact_id):
        changes.append(put(work, event_id, Text(contact_id, CONFIRMED, work.now, CONFIRMATION))[1])
    return changes + _settle_reviews(work, contact_id) + stop(work, contact_id, "opt-out", true())


def go_in(work: Work, event_id: int, contact_id: int, why: Why) -> list[Change]:
    """The contact may be texted again; what was stopped stays stopped."""
    return [_write(work, event_id, contact_id, "in", why)]


def may_return(work: Work, contact_id: int, *, by_yes: bool) -> bool:
    """Whether a word takes the last opt-out back. `by_yes`: the word says yes, and no more."""
    row = _newest(work, contact_id)
    if row is None or row.kind != "out" or row.method not in BY_WORD:
        return False
    m = message.c
    confirmed = select(m.id).where(m.contact_id == contact_id, m.origin == CONFIRMATION, m.sent_at >= row.happened_at)
    is_asked = row.happened_at > work.now - YES_SECONDS and work.conn.execute(confirmed.limit(1)).first() is not None
    return is_asked or not by_yes


def _newest(work: Work, contact_id: int) -> Row[Any] | None:
    """What they said last about being texted."""
    k = consent_event.c
    said: Select[Any] = select(k.kind, k.method, k.happened_at).where(k.contact_id == contact_id)
    return work.conn.execute(said.order_by(k.happened_at.desc(), k.id.desc()).limit(1)).first()


def stop(work: Work, contact_id: int, reason: str, which: ColumnElement[bool]) -> list[Change]:
    """Stop the live enrollments among `which`; what they have in the outbox is cancelled."""
    e, o = enrollment.c, outbox.c
    live = work.conn.execute(select(enrollment).where(e.contact_id == contact_id, e.is_live == 1, which)).all()
    if not live:
        return []
    ids = [row.id for row in live]
    after: dict[str, Any] = {"state": "stopped", "is_live": 0, "next_due_at": None}
    after |= {"stopped_at": work.now, "stop_reason": reason}
    work.conn.execute(update(enrollment).where(e.contact_id == contact_id, e.id.in_(ids)).values(after))
    queued = select(outbox).where(o.contact_id == contact_id, o.enrollment_id.in_(ids), o.state.in_(UNSENT))
    changes = [
        Change("enrollment", row.id, contact_id, {name: row._mapping[name] for name in after}, after) for row in live
    ]
    return changes + withdraw(work, work.conn.execute(queued).all(), "cancelled", reason)


def stop_on_reply(work: Work, contact_id: int) -> list[Change]:
    """The contact has answered: workflows that wait for that end."""
    e, w = enrollment.c, workflow.c
    own = select(w.id, w.rules).join(enrollment, e.workflow_id == w.id)
    rows = work.conn.execute(own.where(e.contact_id == contact_id, e.is_live == 1))
    ids = [row.id for row in rows if rules.read(row.rules).stop_on_reply]
    return stop(work, contact_id, "reply", e.workflow_id.in_(ids)) if ids else []


def _settle_reviews(work: Work, contact_id: int) -> list[Change]:
    """What sounded like an opt-out has become one."""
    r = opt_out_review.c
    open_ = (r.contact_id == contact_id) & (r.decision == "")
    ids = work.conn.execute(select(r.id).where(open_)).scalars().all()
    after = {"decision": "out", "decided_at": work.now, "user_id": work.actor.id or None}
    if ids:
        work.conn.execute(update(opt_out_review).where(open_).values(after))
    return [Change("opt_out_review", id_, contact_id, {"decision": ""}, {"decision": "out"}) for id_ in ids]


def is_out(work: Work, contact_id: int) -> bool:
    """Whether the conversation's row says so."""
    c = conversation.c
    return bool(work.conn.execute(select(c.is_opted_out).where(c.id == contact_id)).scalar())


def set_out(work: Work, contact_id: int, is_out: int) -> None:
    """What the row says from now on."""
    c = conversation.c
    work.conn.execute(update(conversation).where(c.id == contact_id).values(is_opted_out=is_out, version=c.version + 1))


def _write(work: Work, event_id: int, contact_id: int, kind: str, why: Why) -> Change:
    id_ = work.take_ids("consent_event")
    row = {"kind": kind, "method": why.method, "happened_at": work.now}
    own = {"contact_id": contact_id, "id": id_, "body": why.body, "user_id": work.actor.id or None}
    work.conn.execute(insert(consent_event).values(**row, **own, event_id=event_id))
    return Change("consent_event", id_, contact_id, after=row)
