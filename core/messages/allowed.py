"""Who may be texted: the one question that every way to a text asks, when it is written and again when it is sent."""

from sqlalchemy import Connection, select

from core.database.tables import contact, conversation, message
from core.errors import Conflict, NotFound
from core.messages.keywords import wish
from core.phone import national

CONFIRMATION = "opt_out"
"""Origin of the one text that still goes to somebody who has opted out: that it was understood."""

OPTED_OUT = "opted_out"
"""Why a text in the outbox is suppressed."""

IN_REVIEW = "Their answer sounds like an opt-out; it waits for a decision."
"""Why a text is held until a person has read it."""

ASKED = "Their last text sounds like an opt-out. If it is one, record it."


def refusal(reader: Connection, contact_id: int) -> str:
    """Why this contact must not be texted, as a sentence; blank: nothing stands against it.

    Raises: NotFound.
    """
    is_out = reader.execute(select(conversation.c.is_opted_out).where(conversation.c.id == contact_id)).scalar()
    if is_out is None:
        raise NotFound("This contact does not exist (any more).")
    if is_out:
        return "They have opted out of texts, so none can be sent to them. A call is possible."
    return ""


def require(reader: Connection, contact_id: int) -> None:
    """Raises: Conflict when this contact must not be texted; NotFound."""
    if why := refusal(reader, contact_id):
        raise Conflict(why)


def warnings(reader: Connection, contact_id: int) -> list[str]:
    """What somebody should know who is about to text this contact."""
    other, c = contact.alias("other").c, conversation.c
    person = select(contact.c.same_person_id).where(contact.c.id == contact_id).scalar_subquery()
    outs = select(other.phone).join(conversation, c.id == other.id)
    outs = outs.where(other.same_person_id == person, other.id != contact_id, c.is_opted_out == 1).order_by(other.id)
    found = [f"The same person has opted out with {national(each)}." for each in reader.execute(outs).scalars()]
    m = message.c
    last = select(m.body).where(m.contact_id == contact_id, m.direction == "in").order_by(m.sent_at.desc(), m.id.desc())
    body = reader.execute(last.limit(1)).scalar()
    return [*found, ASKED] if body and wish(body) == "phrase" else found
