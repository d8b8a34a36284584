"""Who may be texted: the one question that every way to a text asks, when it is written and again when it is sent."""

from sqlalchemy import Connection, select

from core.database.tables import conversation
from core.errors import Conflict, NotFound

CONFIRMATION = "opt_out"
"""Origin of the one text that still goes to somebody who has opted out: that it was understood."""

OPTED_OUT = "opted_out"
"""Why a text in the outbox is suppressed."""


def refusal(reader: Connection, contact_id: int) -> str:
    """Why this contact must not be texted, as a sentence; blank: nothing stands against it.

    Raises: NotFound.
    """
    is_out = reader.execute(select(conversation.c.is_opted_out).where(conversation.c.id == contact_id)).scalar()
    if is_out is None:
        raise NotFound("This contact does not exist (any more).")
    if is_out:
        return "They have opted out of texts. Only they can take that back, by texting START; a call is possible."
    return ""


def require(reader: Connection, contact_id: int) -> None:
    """Raises: Conflict when this contact must not be texted; NotFound."""
    if why := refusal(reader, contact_id):
        raise Conflict(why)
