"""Messages into the database: each once, onto its contact, which is made when it is unknown."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from core.conversations.upkeep import refresh
from core.database import Change, Work, engines, loading
from core.database.search import reindexing
from core.database.tables import message, phone_claim
from core.transfer import newcomers
from core.transfer.fields import split_name
from core.transfer.newcomers import Names
from core.transfer.outlook import Outlook
from core.transfer.rows import ContactRow, MessageRow, Remark

NEW_CONTACT = "no contact had this phone: one is made, with the phone alone"
NEW_NAMED_CONTACT = "no contact had this phone: one is made, with the name in the file"
OTHER_CONTENT = "a message with this id is stored with other content, which is left as it is"

_COLUMNS = (
    *("contact_id", "id", "direction", "body", "sent_at", "status", "origin", "sender", "external_id", "event_id"),
)
_STATUS = {"in": "received", "out": "sent"}

Key = tuple[str, str]
"""Phone and id of a message in the system it comes from."""

Content = tuple[str, str, int]
"""Direction, body and time of a message."""


@dataclass
class Messages(Outlook):
    """What a chunk of messages will do."""

    new: dict[Key, MessageRow] = field(default_factory=dict)
    contacts: dict[str, int] = field(default_factory=dict)  # phone -> id, of those that exist
    unknown: dict[str, MessageRow] = field(default_factory=dict)  # phone -> its first message
    repeats: dict[int, int] = field(default_factory=dict)


class MessageApplier:
    """By phone and the message's own id; without one, by its content and how often the file has had it so far.

    For that a number is held in memory for each message without an id of its own, about 100 bytes; in a dry run, which
    cannot ask the database for earlier chunks, for every message.
    """

    def __init__(self, *, is_dry: bool = False) -> None:
        self._is_dry = is_dry
        self._repeats: dict[int, int] = {}
        self._seen: set[int] = set()  # dry run only: messages and phones that would be there by now

    def look(self, reader: Connection, rows: Sequence[MessageRow]) -> Messages:
        outlook = Messages()
        phones = engines.text_set(reader, {row.phone for row in rows})
        claims = select(phone_claim.c.phone, phone_claim.c.contact_id).where(phone_claim.c.phone.in_(phones))
        outlook.contacts = {row.phone: row.contact_id for row in reader.execute(claims)}
        keys = [(row.phone, row.external_id or self._derived(outlook, row)) for row in rows]
        stored = _stored(reader, outlook.contacts, keys)
        for row, key in zip(rows, keys, strict=True):
            outlook.remarks.extend((row.line, remark) for remark in row.remarks)
            self._place(outlook, row, key, stored.get(key))
        return outlook

    def _place(self, outlook: Messages, row: MessageRow, key: Key, stored: Content | None) -> None:
        if key in outlook.new:
            first = outlook.new[key]
            stored = first.direction, first.body, first.sent_at
        if stored is None and hash(key) not in self._seen:
            outlook.counts.inserted += 1
            outlook.new[key] = row
            if row.phone not in outlook.contacts and row.phone not in outlook.unknown:
                self._meet(outlook, row)
            return
        outlook.counts.unchanged += 1
        if stored is not None and stored != (row.direction, row.body, row.sent_at):
            outlook.remark(row.line, Remark("external_id", row.external_id, OTHER_CONTENT))

    def _meet(self, outlook: Messages, row: MessageRow) -> None:
        outlook.unknown[row.phone] = row
        if hash(row.phone) not in self._seen:
            reason = NEW_NAMED_CONTACT if row.contact_name else NEW_CONTACT
            outlook.remark(row.line, Remark("phone", row.phone, reason))

    def _derived(self, outlook: Messages, row: MessageRow) -> str:
        content = "\0".join((row.phone, row.direction, str(row.sent_at), row.body))
        digest = hashlib.sha256(content.encode()).digest()
        number = int.from_bytes(digest[:8], "big")
        earlier = outlook.repeats.get(number, self._repeats.get(number, 0))
        outlook.repeats[number] = earlier + 1
        return f"h:{digest[:12].hex()}" + (f"/{earlier + 1}" if earlier else "")

    def write(self, work: Work, event_id: int, outlook: Messages) -> list[Change]:
        first_at: dict[str, int] = {}
        counts: dict[str, int] = {}
        for row in outlook.new.values():
            first_at[row.phone] = min(first_at.get(row.phone, row.sent_at), row.sent_at)
            counts[row.phone] = counts.get(row.phone, 0) + 1
        made = dict(zip(outlook.unknown, newcomers.take_ids(work, len(outlook.unknown)), strict=True))
        people = {made[phone]: _newcomer(row, first_at[phone]) for phone, row in outlook.unknown.items()}
        rows = _rows(work, event_id, outlook, outlook.contacts | made)
        touched = sorted({row[0] for row in rows})
        with reindexing(work.conn, touched):
            newcomers.insert(work, event_id, people, Names({}, {}), is_indexed=False)
            loading.load_rows(work.conn, message, _COLUMNS, rows)
            refresh(work.conn, touched, work.now)
        return [
            Change("message", None, outlook.contacts[phone], after={"rows": n})
            for phone, n in counts.items()
            if phone not in made
        ]

    def settle(self, outlook: Messages) -> None:
        self._repeats.update(outlook.repeats)
        if self._is_dry:
            self._seen.update(map(hash, outlook.new), map(hash, outlook.unknown))


def _rows(work: Work, event_id: int, outlook: Messages, contacts: dict[str, int]) -> list[tuple[Any, ...]]:
    first = work.take_ids("message", len(outlook.new))
    rows: list[tuple[Any, ...]] = []
    for n, ((_, external_id), row) in enumerate(outlook.new.items()):
        status = row.status.lower() or _STATUS[row.direction]
        known = contacts[row.phone], first + n, row.direction, row.body, row.sent_at
        rows.append((*known, status, "import", row.sender, external_id, event_id))
    return sorted(rows)


def _stored(reader: Connection, contacts: dict[str, int], keys: Sequence[Key]) -> dict[Key, Content]:
    phones = {id_: phone for phone, id_ in contacts.items()}
    pairs = [(contacts[phone], external_id) for phone, external_id in keys if phone in contacts]
    if not pairs:
        return {}
    wanted = engines.keyed_texts(reader, pairs).subquery()
    m = message.c
    listed = select(m.contact_id, m.external_id, m.direction, m.body, m.sent_at).join(
        wanted, (m.contact_id == wanted.c.id) & (m.external_id == wanted.c.text) & m.external_id.is_not(None)
    )
    return {(phones[row[0]], row[1]): (row[2], row[3], row[4]) for row in reader.execute(listed)}


def _newcomer(row: MessageRow, created_at: int) -> ContactRow:
    first, last = split_name(row.contact_name)
    blank = ("", None, "", "", "", "", "", "")
    return ContactRow(row.line, row.phone, row.is_phone_valid, first, last, *blank, created_at, (), "")
