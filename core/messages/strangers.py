"""The contact of a phone, made with the phone alone when nobody has it yet."""

from typing import Any

from sqlalchemy import Row, select

from core import phone
from core.database import Work, images
from core.database.tables import conversation, phone_claim
from core.transfer import newcomers
from core.transfer.rows import ContactRow


def meet(work: Work, event_id: int, number: phone.Phone, source: str) -> Row[Any]:
    """The conversation of this phone, locked. `source`: where a contact comes from who is made."""
    claim = select(phone_claim.c.contact_id).where(phone_claim.c.phone == number.e164)
    contact_id = work.conn.execute(claim).scalar_one_or_none()
    if contact_id is None:
        (contact_id,) = newcomers.take_ids(work, 1)
        blank: tuple[Any, ...] = ("", "", "", None, "", "", "", "", source, "", work.now, (), "")
        row = ContactRow(0, number.e164, number.is_valid, *blank)
        newcomers.insert(work, event_id, {contact_id: row}, newcomers.Names({}, {}))
    images.lock(work.conn, [contact_id])
    return work.conn.execute(select(conversation).where(conversation.c.id == contact_id)).one()
