"""What is stored of one contact, as the text of each field."""

from typing import Any

from sqlalchemy import Connection, Row, select

from core.contacts.fields import FIELDS
from core.database.tables import contact, conversation
from core.errors import NotFound

OF_CONTACT = ("first_name", "last_name", "email", "date_of_birth", "zip_code", "city", "state")
PLACE = ("phone", "time_zone", "time_zone_source")

Held = Row[*tuple[Any, ...]]

_HELD = select(
    contact.c.id,
    *[contact.c[name] for name in (*OF_CONTACT, *PLACE)],
    conversation.c.source,
    conversation.c.owner_id,
).join(conversation, conversation.c.id == contact.c.id)


def held(reader: Connection, contact_id: int) -> Held:
    """The contact's own columns with those of its conversation that are edited with them.

    Raises: NotFound.
    """
    row = reader.execute(_HELD.where(contact.c.id == contact_id)).first()
    if row is None:
        raise NotFound("This contact does not exist (any more). It may have been taken back with its import.")
    return row


def as_text(row: Held) -> dict[str, str]:
    """The fields as an editor shows them."""
    stored = {**row._mapping, "owner": row.owner_id}
    return {name: "" if stored[name] is None else str(stored[name]) for name in FIELDS}


def values(reader: Connection, contact_id: int) -> dict[str, str]:
    """Every field of fields.FIELDS as text, blank for none.

    Raises: NotFound.
    """
    return as_text(held(reader, contact_id))
