"""A contact made by hand; its phone says who it is, so a known phone gives the contact that is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from core import phone, zones
from core.access import Right
from core.bulk.apply import Stretch, follow
from core.contacts.edit import zone_columns
from core.contacts.fields import FIELDS, check
from core.contacts.read import OF_CONTACT
from core.conversations.upkeep import activity_key, free_keys, name_key
from core.database import Change, Work
from core.database.tables import phone_claim
from core.database.work import STEP
from core.errors import Invalid
from core.phone import Phone

_WHY = {
    phone.MISSING: "Give the phone number.",
    phone.LETTERS: "A phone number has no letters.",
    phone.SEVERAL: "These are several numbers. Make a contact for each, or put the others into the note.",
}


@dataclass(frozen=True)
class Added:
    """The contact of a phone. `event_id`: None when the contact was there already."""

    contact_id: int
    event_id: int | None


def add(work: Work, number: str, region: str, given: Mapping[str, str], order: str = "mdy") -> Added:
    """Make a contact with its conversation; `given`: values of fields.FIELDS but the owner.

    Raises: NotAllowed; Invalid.
    """
    work.actor.require(Right.CONTACT_EDIT)
    found = _phone(number, region)
    known = work.conn.execute(select(phone_claim.c.contact_id).where(phone_claim.c.phone == found.e164)).scalar()
    if known is not None:
        return Added(known, None)
    today = datetime.fromtimestamp(work.now, UTC).date()
    values = {name: check(name, given.get(name, ""), order, today) for name in FIELDS if name != "owner"}
    contact_id = work.take_ids("contact")
    event_id = work.record("contact.add", said=f"added the contact {_called(values, found)}")
    rows = {
        "contact": _contact(work, event_id, found, values),
        "conversation": _conversation(work, contact_id, found, values),
        "phone_claim": {"phone": found.e164},
    }
    work.account(event_id, STEP, [Change(table, contact_id, contact_id, None, row) for table, row in rows.items()])
    work.set_state(event_id, "done", changed=1)
    follow(work, Stretch(event_id, STEP, 2 * STEP), "manual")
    return Added(contact_id, event_id)


def _phone(number: str, region: str) -> Phone:
    try:
        return phone.parse(number, region)
    except Invalid as error:
        raise Invalid(_WHY.get(str(error), "This is no phone number. Write it like (734) 555-0132.")) from error


def _called(values: Mapping[str, str], found: Phone) -> str:
    return f"{values['first_name']} {values['last_name']}".strip() or phone.national(found.e164)


def _contact(work: Work, event_id: int, found: Phone, values: Mapping[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {name: values[name] for name in OF_CONTACT}
    row["date_of_birth"] = row["date_of_birth"] or None
    if values["time_zone"]:
        row |= {"time_zone": values["time_zone"], "time_zone_source": zones.CHOSEN}
    else:
        row |= zone_columns(zones.derived(found.e164, values["zip_code"], values["state"]))
    made = {"created_at": work.now, "event_id": event_id}
    return {"phone": found.e164, "is_phone_valid": int(found.is_valid), **row, **made}


def _conversation(work: Work, contact_id: int, found: Phone, values: Mapping[str, str]) -> dict[str, Any]:
    keys = free_keys(work.conn, {contact_id: activity_key(work.now, contact_id)})
    name = name_key(values["first_name"], values["last_name"], found.e164)
    return {"activity_key": keys[contact_id], "name_key": name, "source": values["source"]}
