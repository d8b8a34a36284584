"""Contacts that were unknown: their rows in every table, many at once."""

from collections.abc import Mapping
from typing import NamedTuple

from core import phone
from core.conversations.upkeep import activity_key, free_keys
from core.database import Work, loading, newcomers
from core.database.tables import contact, conversation, note, phone_claim
from core.words import fold

_CONTACT = (
    *(
        "id",
        "phone",
        "is_phone_valid",
        "first_name",
        "last_name",
        "email",
        "date_of_birth",
        "zip_code",
        "city",
        "state",
    ),
    *("external_id", "time_zone", "time_zone_source", "created_at", "event_id"),
)
_CONVERSATION = ("id", "activity_key", "name_key", "source", "owner_id")
_NOTE = ("contact_id", "body", "updated_at", "user_id", "event_id")


class Newcomer(NamedTuple):
    """A contact to be made. Units: E.164, ISO day, UTC epoch seconds."""

    phone: str
    is_phone_valid: bool
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    date_of_birth: str | None = None
    zip_code: str = ""
    city: str = ""
    state: str = ""
    external_id: str | None = None
    created_at: int = 0
    source: str = ""
    owner_id: int | None = None
    note: str = ""


def name_key(first_name: str, last_name: str, number: str) -> str:
    """What orders conversations by name: the folded name, else the phone."""
    return fold(" ".join(f"{first_name} {last_name}".split())) or number


def take_ids(work: Work, n: int) -> list[int]:
    """Ids for contacts to be made."""
    first = work.take_ids("contact", n)
    return list(range(first, first + n))


def insert(work: Work, event_id: int, people: Mapping[int, Newcomer], *, is_indexed: bool = True) -> None:
    """Make these contacts, given by new id, with their conversations and notes.

    `is_indexed`: with their places in the text index; not inside `reindexing`, which sees to that itself.
    """
    keys = free_keys(
        work.conn,
        {id_: activity_key(min(p.created_at, work.now), id_) for id_, p in people.items()},
    )
    contacts, conversations, notes, texts = [], [], [], []
    for id_, p in people.items():
        zones = phone.zones(p.phone) if p.is_phone_valid else ()
        zone = (zones[0], "phone") if len(zones) == 1 else (None, None)
        contacts.append((id_, p.phone, int(p.is_phone_valid), *p[2:10], *zone, p.created_at, event_id))
        key = name_key(p.first_name, p.last_name, p.phone)
        conversations.append((id_, keys[id_], key, p.source, p.owner_id))
        if p.note:
            notes.append((id_, p.note, work.now, work.actor.id, event_id))
        text = f"{p.first_name} {p.last_name} {p.email} {p.note}"
        texts.append(newcomers.Newcomer(id_, keys[id_], p.phone, text))
    loading.load_rows(work.conn, contact, _CONTACT, contacts)
    claims = sorted((p.phone, id_) for id_, p in people.items())
    loading.load_rows(work.conn, phone_claim, ("phone", "contact_id"), claims)
    loading.load_rows(work.conn, conversation, _CONVERSATION, conversations)
    loading.load_rows(work.conn, note, _NOTE, notes)
    if is_indexed:
        newcomers.index(work.conn, texts)
