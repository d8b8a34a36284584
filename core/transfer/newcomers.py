"""Contacts that were unknown: their rows in every table, many at once."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from core import phone
from core.conversations.upkeep import KEY_SQL, SHIFT, UNKNOWN, activity_key, free_keys, name_key
from core.database import Work, arrivals, loading, newcomers
from core.database.tables import contact_tag
from core.transfer import own
from core.transfer.rows import (
    CREATED_AT,
    DERIVED,
    NOTES,
    OWN,
    OWNER,
    PHONE,
    TAGS,
    Block,
    ContactRow,
    Derived,
    PlainContact,
)
from core.words import fold, words

_NOTHING_ELSE: tuple[Any, ...] = (), (), (), None
"""What a contact of a block has behind its notes."""
_TAG = ("contact_id", "tag_id", "added_at", "origin", "event_id")


def derive(row: ContactRow) -> Derived:
    """What follows from the row; needs no database, so it may be done anywhere."""
    zones = phone.zones(row.phone) if row.is_phone_valid else ()
    name = name_key(row.first_name, row.last_name, "")  # folding it once more with the others changes nothing
    listed = " ".join(words(f"{name} {row.email} {row.notes}"))
    return name or row.phone, zones[0] if len(zones) == 1 else None, listed


def take_ids(work: Work, n: int) -> list[int]:
    """Ids for contacts to be made."""
    first = work.take_ids("contact", n)
    return list(range(first, first + n))


class Names(NamedTuple):
    """Folded names of owners and tags -> ids, for all that the contacts at hand mention."""

    owners: Mapping[str, int]
    tags: Mapping[str, int]


def insert(
    work: Work, event_id: int, people: Mapping[int, PlainContact], names: Names, *, is_indexed: bool = True
) -> None:
    """Make these contacts, given by new id, with conversations, tags and notes.

    `is_indexed`: with their places in the text index; not inside `reindexing`, which sees to that itself.
    """
    if not people:
        return
    now = work.now
    owners = {name: names.owners[fold(name)] for name in {row[OWNER] for row in people.values()} if name}
    keys = _keys(work, {id_: row[CREATED_AT] for id_, row in people.items()})
    staged = [
        (
            *(id_, keys[id_], row[PHONE], int(row[2]), *row[3:OWNER], owners.get(row[OWNER])),
            *(UNKNOWN if row[CREATED_AT] is None else row[CREATED_AT], row[NOTES]),
            *(row[DERIVED] or derive(ContactRow(*row))),
        )
        for id_, row in people.items()
    ]
    made = {"event_id": event_id, "user_id": work.actor.id, "now": now}
    newcomers.insert(work.conn, staged, made, is_indexed=is_indexed)
    add_tags(work, event_id, {id_: row[TAGS] for id_, row in people.items() if row[TAGS]}, names)
    own.add(work, event_id, {id_: row[OWN] for id_, row in people.items() if row[OWN]})


class Arrived(NamedTuple):
    """What became of plain contacts; `differing`: known ones about which something new is said, still to be applied."""

    inserted: int
    unchanged: int
    differing: list[ContactRow]


def arrive(work: Work, event_id: int, blocks: Sequence[Block]) -> Arrived:
    """Make the contacts in these blocks that are not known yet."""
    if not blocks:
        return Arrived(0, 0, [])
    newcomers.clear(work.conn)
    arrivals.receive(work.conn, [block.content for block in blocks])
    n, known = sum(block.n for block in blocks), arrivals.known(work.conn)
    said = arrivals.differing(work.conn) if known else []
    if known < n:
        first = work.take_ids("contact", n)
        values = {"first": first, "now": work.now, "unknown": UNKNOWN}
        arrivals.admit(work.conn, KEY_SQL, values, is_all_new=not known)
        if first + n > 1 << SHIFT:
            _make_keys_differ(work)
        made = {"event_id": event_id, "user_id": work.actor.id, "now": work.now}
        newcomers.settle(work.conn, made, is_indexed=True)
    return Arrived(n - known, known - len(said), [_row(row) for row in said])


def _row(values: tuple[Any, ...]) -> ContactRow:
    """The row that the sieve has put into a block."""
    owner, tags = "", ()
    given = *values[:2], bool(values[2]), *values[3:12], owner, values[12], tags, values[13]
    return ContactRow._make((*given, *_NOTHING_ELSE))


def _make_keys_differ(work: Work) -> None:
    wanted = newcomers.keys(work.conn)
    free = free_keys(work.conn, wanted)
    newcomers.change_keys(work.conn, {id_: key for id_, key in free.items() if key != wanted[id_]})


def add_tags(work: Work, event_id: int, tags: Mapping[int, tuple[str, ...]], names: Names) -> None:
    """Put tags, given by name, on contacts that do not carry them."""
    ids = {listed: sorted({names.tags[fold(name)] for name in listed}) for listed in set(tags.values())}
    links = [(id_, tag_id, work.now, "import", event_id) for id_, listed in tags.items() for tag_id in ids[listed]]
    loading.load_rows(work.conn, contact_tag, _TAG, sorted(links))


def _keys(work: Work, created_at: Mapping[int, int | None]) -> dict[int, int]:
    now = work.now
    keys = {id_: activity_key(UNKNOWN if at is None else min(at, now), id_) for id_, at in created_at.items()}
    # Two ids share their low bits only when they are 2^20 apart, so up to there nothing can collide.
    return keys if max(keys) < 1 << SHIFT else free_keys(work.conn, keys)
