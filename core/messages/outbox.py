"""What waits to be sent: the one door for every text, whoever wrote it, and taking it back before it has gone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from core import sms, templates
from core.access import Right
from core.database import Change, Work, images
from core.database.tables import conversation, message, outbox, user
from core.database.tables.talk import UNSENT
from core.database.work import STEP
from core.errors import Conflict, Invalid, NotFound
from core.messages import allowed, drafts
from core.workflows.advance import text_left

UNDO_SECONDS = 6
"""How long a text written by a person waits, so that it can be taken back."""

FURTHEST = 366 * 86_400
"""Seconds ahead that a text may be scheduled for."""

BY_HAND = ("manual", "template")
"""Origins of what a person wrote."""

SENT_AGAIN = "sent again"
"""Why a text that failed is no longer offered to be sent again."""

SHOWN_SECONDS = 7 * 86_400
"""How long a text that was written by a person and never sent is still shown."""


@dataclass(frozen=True)
class Text:
    """A text to be sent. `due_at`: UTC epoch seconds; None: as soon as it can no longer be taken back. `position`: of
    the enrollment's step that it comes from.
    """

    contact_id: int
    body: str
    due_at: int | None = None
    origin: str = "manual"
    template_id: int | None = None
    enrollment_id: int | None = None
    position: int | None = None


@dataclass(frozen=True)
class Waiting:
    """A text that is not sent yet, or never will be. `due_at`: UTC epoch seconds; `reason`: why it stays behind."""

    id: int
    body: str
    state: str
    due_at: int
    origin: str
    reason: str
    writer: str


def send(work: Work, text: Text, request_id: str | None = None) -> int:
    """Put a person's text into the outbox, its fields filled; returns its id there. What was written is no draft any
    more, and the conversation is read.

    Raises: NotAllowed; Invalid for what is no text or no time, or a field without a value; Conflict when the contact
    must not be texted; NotFound.
    """
    work.actor.require(Right.MESSAGE_SEND)
    if request_id is not None and (answered := work.answered(request_id)) is not None:
        return int(answered["outbox_id"])
    images.lock(work.conn, [text.contact_id])
    allowed.require(work.conn, text.contact_id)
    text = replace(text, body=sms.render(text.body, templates.values(work.conn, work.actor, text.contact_id)))
    _check(work, text)
    event_id = work.record("message.write", request_id=request_id)
    if text.template_id is not None:
        templates.used(work, text.template_id)
    outbox_id, change = put(work, event_id, text)
    changes = [change, *_read(work, text.contact_id)]
    work.account(event_id, STEP, changes)
    work.set_state(event_id, "done", changed=1, result=f'{{"outbox_id": {outbox_id}}}')
    drafts.drop(work, text.contact_id)
    return outbox_id


def put(work: Work, event_id: int, text: Text) -> tuple[int, Change]:
    """As `put_all`, for one."""
    (change,) = put_all(work, event_id, [text])
    return int(change.row_id or 0), change


def put_all(work: Work, event_id: int, texts: Sequence[Text]) -> list[Change]:
    """Rows of the outbox, made by this event, which accounts for them with these changes, one for each text in order;
    for texts of every origin.
    """
    if not texts:
        return []
    first = work.take_ids("outbox", len(texts))
    made = {"state": "scheduled", "user_id": work.actor.id or None, "event_id": event_id}
    made |= {"created_at": work.now, "updated_at": work.now}
    rows = []
    for outbox_id, text in enumerate(texts, first):
        due_at = work.now + UNDO_SECONDS if text.due_at is None else text.due_at
        counted = {"due_at": due_at, "segments": max(1, sms.count(text.body).segments)}
        rows.append({"id": outbox_id, **made, **vars(text), **counted})
    work.conn.execute(insert(outbox), rows)
    return [
        Change("outbox", row["id"], row["contact_id"], after={"state": "scheduled", "due_at": row["due_at"]})
        for row in rows
    ]


def cancel(work: Work, outbox_id: int) -> str:
    """Take a text back that has not gone; returns its body, which is the person's draft again where there is none.

    Raises: NotAllowed; NotFound; Conflict when it is on its way.
    """
    row = _unsent(work, outbox_id)
    (change,) = withdraw(work, [row], "cancelled", "by hand")
    work.record_change("message.cancel", change)
    text_left(work, row, "cancelled", "taken back by hand")
    if row.user_id == work.actor.id and row.origin in BY_HAND:
        drafts.give_back(work, row.contact_id, row.body)
    return str(row.body)


def send_now(work: Work, outbox_id: int) -> None:
    """Send at once what was scheduled for later.

    Raises: NotAllowed; NotFound; Conflict when it is on its way, or when the contact must not be texted.
    """
    row = _unsent(work, outbox_id)
    allowed.require(work.conn, row.contact_id)
    after = {"state": "scheduled", "due_at": work.now}
    change = Change("outbox", row.id, row.contact_id, {"state": row.state, "due_at": row.due_at}, after)
    work.record_change("message.hurry", change)
    work.conn.execute(update(outbox).where(outbox.c.id == row.id).values(**after, updated_at=work.now, reason=""))


def again(work: Work, message_id: int, contact_id: int) -> int:
    """Send once more what failed, or what nobody knows the fate of; returns its new id in the outbox.

    Raises: NotAllowed; NotFound; Conflict when it did not fail, or when the contact must not be texted.
    """
    work.actor.require(Right.MESSAGE_SEND)
    o = outbox.c
    row = work.conn.execute(select(outbox).where(o.contact_id == contact_id, o.message_id == message_id)).first()
    if row is None:
        raise NotFound("This text was not sent from here.")
    if row.state != "failed":
        raise Conflict("This text did not fail.")
    new = send(work, Text(contact_id, row.body, origin=row.origin, template_id=row.template_id), f"again {row.id}")
    work.conn.execute(update(outbox).where(o.id == row.id).values(reason=SENT_AGAIN))
    return new


def waiting(reader: Connection, contact_id: int, now: int) -> list[Waiting]:
    """What stands below the thread: texts to come, by the time they are due, and those of the last days that will
    never come because the contact opted out.
    """
    o = outbox.c
    to_come = o.state.in_(UNSENT)
    blocked = (o.state == "suppressed") & o.origin.in_(BY_HAND) & (o.updated_at > now - SHOWN_SECONDS)
    columns = (o.id, o.body, o.state, o.due_at, o.origin, o.reason, user.c.name.label("writer"))
    wanted = select(*columns).outerjoin(user, user.c.id == o.user_id)
    wanted = wanted.where(o.contact_id == contact_id, o.message_id.is_(None), to_come | blocked)
    rows = reader.execute(wanted.order_by(o.due_at, o.id))
    return [Waiting(*row[:6], row.writer or "") for row in rows]


def failed(reader: Connection, contact_id: int) -> dict[int, str]:
    """Messages that can be sent again, with the reason why they failed."""
    o = outbox.c
    rows = reader.execute(
        select(o.message_id, o.reason).where(
            o.contact_id == contact_id, o.state == "failed", o.message_id.is_not(None), o.reason != SENT_AGAIN
        )
    )
    return {row.message_id: row.reason for row in rows}


def withdraw(work: Work, rows: Sequence[Row[Any]], state: str, reason: str) -> list[Change]:
    """Move these rows of the outbox, all of one contact whose conversation is locked, to an end without a text."""
    after = {"state": state, "reason": reason}
    if rows:
        o, m = outbox.c, message.c
        work.conn.execute(update(outbox).where(o.id.in_([row.id for row in rows])).values(**after, updated_at=work.now))
        put_off = [row.message_id for row in rows if row.message_id is not None]
        status = "blocked_opt_out" if state == "suppressed" else state
        here = (m.contact_id == rows[0].contact_id) & m.id.in_(put_off)
        work.conn.execute(update(message).where(here).values(status=status))
    return [Change("outbox", row.id, row.contact_id, {"state": row.state, "reason": row.reason}, after) for row in rows]


def _unsent(work: Work, outbox_id: int) -> Row[Any]:
    work.actor.require(Right.MESSAGE_SEND)
    wanted = select(outbox).where(outbox.c.id == outbox_id)
    row = work.conn.execute(wanted).first()
    if row is None:
        raise NotFound("There is no such text.")
    images.lock(work.conn, [row.contact_id])
    row = work.conn.execute(wanted).one()
    if row.state not in UNSENT:
        raise Conflict("This text is on its way already, or was taken back before.")
    return row


def _check(work: Work, text: Text) -> None:
    if not text.body.strip():
        raise Invalid("Write a text first.")
    if len(text.body) > sms.LONGEST:
        raise Invalid(
            f"This text has {len(text.body):,} letters; at most {sms.LONGEST:,} can be sent. Make it shorter."
        )
    if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text.body):
        raise Invalid("This text holds a sign that cannot be sent. Write it anew.")
    if text.due_at is not None and not work.now <= text.due_at <= work.now + FURTHEST:
        raise Invalid("Choose a time to come, within a year.")


def _read(work: Work, contact_id: int) -> list[Change]:
    """Who answers has read."""
    c = conversation.c
    unread = work.conn.execute(select(c.unread_count).where(c.id == contact_id)).scalar_one()
    if not unread:
        return []
    work.conn.execute(update(conversation).where(c.id == contact_id).values(unread_count=0, version=c.version + 1))
    return [Change("conversation", contact_id, contact_id, {"unread_count": unread}, {"unread_count": 0})]
