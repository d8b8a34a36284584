"""What a user has begun to write to a contact: their own, kept until it is sent or emptied; not worth an event."""

from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from core.access import Right
from core.database import Work
from core.database.tables import conversation, draft
from core.errors import Invalid, NotFound

LONGEST = 10_000
"""Letters of a draft; more than can be sent, so that nothing is cut while somebody shortens it."""


class Draft(NamedTuple):
    """What was written so far, and the template it began with, if any."""

    body: str
    template_id: int | None


def get(reader: Connection, user_id: int, contact_id: int) -> Draft:
    """The user's draft for this contact; blank when there is none."""
    d = draft.c
    row = reader.execute(select(d.body, d.template_id).where(d.user_id == user_id, d.contact_id == contact_id)).first()
    return Draft("", None) if row is None else Draft(*row)


def save(work: Work, contact_id: int, body: str, template_id: int | None = None) -> None:
    """Keep what the actor has written so far; blank: nothing.

    Raises: NotAllowed; NotFound; Invalid for what no database holds.
    """
    work.actor.require(Right.MESSAGE_SEND)
    if len(body) > LONGEST:
        raise Invalid(f"A draft holds at most {LONGEST:,} letters.")
    if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in body):
        raise Invalid("This text holds a sign that cannot be kept. Write it anew.")
    if work.conn.execute(select(conversation.c.id).where(conversation.c.id == contact_id)).first() is None:
        raise NotFound("This contact does not exist (any more).")
    drop(work, contact_id)
    if body:
        own = {"user_id": work.actor.id, "contact_id": contact_id}
        work.conn.execute(insert(draft).values(**own, body=body, template_id=template_id, saved_at=work.now))


def drop(work: Work, contact_id: int) -> None:
    """The actor's draft for this contact is gone."""
    work.conn.execute(delete(draft).where(draft.c.user_id == work.actor.id, draft.c.contact_id == contact_id))


def give_back(work: Work, contact_id: int, body: str) -> None:
    """A text that was taken back is the actor's draft again, before whatever was begun meanwhile."""
    begun = get(work.conn, work.actor.id, contact_id).body
    save(work, contact_id, f"{body}\n{begun}" if begun else body)
