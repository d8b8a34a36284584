"""Contacts that were unknown: their rows in every table, many at once."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from core import phone
from core.conversations.upkeep import SHIFT, activity_key, free_keys
from core.database import Work, loading, newcomers
from core.database.tables import contact, contact_tag, conversation, note, phone_claim
from core.transfer.rows import ContactRow, Derived
from core.words import fold, words

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
_TAG = ("contact_id", "tag_id", "added_at", "origin", "event_id")


def name_key(first_name: str, last_name: str, number: str) -> str:
    """What orders conversations by name: the folded name, else the phone."""
    return fold(" ".join(f"{first_name} {last_name}".split())) or number


def derive(row: ContactRow) -> Derived:
    """What follows from the row; needs no database, so it may be done anywhere."""
    zones = phone.zones(row.phone) if row.is_phone_valid else ()
    text = f"{row.first_name} {row.last_name} {row.email} {row.notes}"
    return Derived(
        name_key(row.first_name, row.last_name, row.phone), zones[0] if len(zones) == 1 else None, " ".join(words(text))
    )


def take_ids(work: Work, n: int) -> list[int]:
    """Ids for contacts to be made."""
    first = work.take_ids("contact", n)
    return list(range(first, first + n))


class Names(NamedTuple):
    """Folded names of owners and tags -> ids, for all that the contacts at hand mention."""

    owners: Mapping[str, int]
    tags: Mapping[str, int]


def insert(
    work: Work, event_id: int, people: Mapping[int, ContactRow], names: Names, *, is_indexed: bool = True
) -> None:
    """Make these contacts, given by new id, with conversations, tags and notes.

    `is_indexed`: with their places in the text index; not inside `reindexing`, which sees to that itself.
    """
    if not people:
        return
    now, owners = work.now, names.owners
    made = [(id_, row, row.derived or derive(row)) for id_, row in people.items()]
    keys = _keys(work, {id_: now if row.created_at is None else row.created_at for id_, row in people.items()})
    contacts = [
        (id_, row[1], int(row[2]), *row[3:10], row[10] or None, zone, zone and "phone", row[13] or now, event_id)
        for id_, row, (_, zone, _) in made
    ]
    conversations = [
        (id_, keys[id_], derived[0], row[11], owners[fold(row[12])] if row[12] else None) for id_, row, derived in made
    ]
    notes = [(id_, row[15], now, work.actor.id, event_id) for id_, row in people.items() if row[15]]
    loading.load_rows(work.conn, contact, _CONTACT, contacts)
    loading.load_rows(work.conn, phone_claim, ("phone", "contact_id"), sorted((row[1], id_) for id_, row, _ in made))
    loading.load_rows(work.conn, conversation, _CONVERSATION, conversations)
    loading.load_rows(work.conn, note, _NOTE, notes)
    add_tags(work, event_id, {id_: row[14] for id_, row in people.items() if row[14]}, names)
    if is_indexed:
        texts = [newcomers.Newcomer(id_, keys[id_], row[1], derived[2]) for id_, row, derived in made]
        newcomers.index(work.conn, texts)


def add_tags(work: Work, event_id: int, tags: Mapping[int, Iterable[str]], names: Names) -> None:
    """Put tags, given by name, on contacts that do not carry them."""
    links = [
        (id_, tag_id, work.now, "import", event_id)
        for id_, listed in tags.items()
        for tag_id in sorted({names.tags[fold(name)] for name in listed})
    ]
    loading.load_rows(work.conn, contact_tag, _TAG, sorted(links))


def _keys(work: Work, created_at: dict[int, int]) -> dict[int, int]:
    keys = {id_: activity_key(min(at, work.now), id_) for id_, at in created_at.items()}
    # Two ids share their low bits only when they are 2^20 apart, so up to there nothing can collide.
    return keys if max(keys) < 1 << SHIFT else free_keys(work.conn, keys)
