"""Known contacts that an import changes: what it wants of each, the updates, and a change for every row touched."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from core.conversations.upkeep import name_key
from core.database import Change, Work, engines
from core.database.search import reindexing
from core.database.tables import contact, conversation, note, note_version, phone_claim, user
from core.transfer import own
from core.transfer.newcomers import Names
from core.transfer.rows import ContactRow, Own

OF_CONTACT = ("first_name", "last_name", "email", "date_of_birth", "zip_code", "city", "state", "external_id")
FIELDS = (*OF_CONTACT, "source", "owner", "note")
"""The values that are compared, in this order; `owner` as the folded name."""

Known = Row[*tuple[Any, ...]]
"""A contact as the database holds it, with the columns of _KNOWN."""

_INDEXED = {"first_name", "last_name", "email"}

_KNOWN = (
    select(
        phone_claim.c.phone,
        contact.c.id,
        *[contact.c[name] for name in OF_CONTACT],
        conversation.c.source,
        user.c.name_key.label("owner"),
        note.c.body.label("note"),
        conversation.c.owner_id,
        contact.c.version,
        conversation.c.version.label("conversation_version"),
        note.c.version.label("note_version"),
        note.c.updated_at.label("note_at"),
        note.c.user_id.label("note_user_id"),
        note.c.event_id.label("note_event_id"),
    )
    .select_from(phone_claim)
    .join(contact, contact.c.id == phone_claim.c.contact_id)
    .join(conversation, conversation.c.id == contact.c.id)
    .outerjoin(user, user.c.id == conversation.c.owner_id)
    .outerjoin(note, note.c.contact_id == contact.c.id)
)


@dataclass(slots=True)
class Wish:
    """What the file wants of one contact. `known`: its row before, None for a new one; `values` as FIELDS, blank: none.

    `tags`: folded name -> name, to be added to those it `had`. `own`: field id -> value to be put over what it
    `had_own`.
    """

    row: ContactRow
    known: Known | None
    values: list[str] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    had: frozenset[str] = frozenset()
    own: dict[int, Own] = field(default_factory=dict)
    had_own: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values = list(self.before())

    def before(self) -> tuple[str, ...]:
        """The values the database holds."""
        return ("",) * len(FIELDS) if self.known is None else tuple(value or "" for value in self.known[2:13])


def find_known(reader: Connection, phones: Iterable[str]) -> dict[str, Known]:
    """The contacts of these phones: columns `phone`, `id`, those of FIELDS, and what an update must know."""
    wanted = phone_claim.c.phone.in_(engines.text_set(reader, phones))
    return {row[0]: row for row in reader.execute(_KNOWN.where(wanted)).all()}


def carry_out(work: Work, event_id: int, wishes: Sequence[Wish], names: Names) -> list[Change]:
    """Update what differs. Tags to be added are inserted elsewhere and accounted for here."""
    changes = _Changes(work, event_id, names.owners)
    for wish in wishes:
        changes.plan(wish)
        if wish.tags and wish.known is not None:
            added = sorted(names.tags[key] for key in wish.tags)
            changes.listed.append(Change("contact_tag", None, wish.known.id, after={"tag_ids": added}))
    with reindexing(work.conn, sorted(changes.reindexed)):
        changes.write()
    given = {wish.known.id: list(wish.own.values()) for wish in wishes if wish.known is not None and wish.own}
    return changes.listed + (own.replace(work, event_id, given) if given else [])


class _Changes:
    def __init__(self, work: Work, event_id: int, owner_ids: Mapping[str, int]) -> None:
        self.work = work
        self.event_id = event_id
        self.owner_ids = owner_ids
        self.listed: list[Change] = []
        self.reindexed: set[int] = set()
        self.contacts: list[dict[str, Any]] = []
        self.conversations: list[dict[str, Any]] = []
        self.notes: list[dict[str, Any]] = []
        self.new_notes: list[dict[str, Any]] = []
        self.old_notes: list[dict[str, Any]] = []

    def plan(self, wish: Wish) -> None:
        known = wish.known
        if known is None:
            return
        after = dict(zip(FIELDS, wish.values, strict=True))
        before = dict(zip(FIELDS, wish.before(), strict=True))
        differing = [name for name in FIELDS if after[name] != before[name]]
        fields = [name for name in differing if name in OF_CONTACT]
        if fields:
            stored = {name: after[name] or (known[OF_CONTACT.index(name) + 2]) for name in OF_CONTACT}
            self.contacts.append({"of": known.id, **stored})
            self._list("contact", known, fields, stored)
        if _INDEXED.intersection(fields):
            self.reindexed.add(known.id)
        if {"first_name", "last_name", "source", "owner"}.intersection(differing):
            self._conversation(known, after, differing)
        if "note" in differing:
            self._note(known, after["note"])

    def _list(self, table: str, known: Known, names: Sequence[str], after: dict[str, Any]) -> None:
        version = known.version if table == "contact" else known.conversation_version
        old = {name: known._mapping[name] for name in names} | {"version": version}
        new = {name: after[name] for name in names} | {"version": version + 1}
        self.listed.append(Change(table, known.id, known.id, old, new))

    def _conversation(self, known: Known, after: dict[str, str], differing: Sequence[str]) -> None:
        owner_id = self.owner_ids[after["owner"]] if "owner" in differing else known.owner_id
        key = name_key(after["first_name"], after["last_name"], known.phone)
        touched = [{"owner": "owner_id"}.get(name, name) for name in differing if name in {"source", "owner"}]
        values = {"source": after["source"], "owner_id": owner_id}
        self.conversations.append({"of": known.id, "name_key": key, "step": int(bool(touched)), **values})
        if touched:
            self._list("conversation", known, touched, values)

    def _note(self, known: Known, body: str) -> None:
        made = {"body": body, "updated_at": self.work.now, "user_id": self.work.actor.id}
        self.reindexed.add(known.id)
        if known.note_version is None:
            self.new_notes.append({"contact_id": known.id, "event_id": self.event_id, **made})
            self.listed.append(Change("note", known.id, known.id, after={"body": body}))
            return
        old = {"body": known.note, "version": known.note_version, "user_id": known.note_user_id}
        self.notes.append({"of": known.id, **made})
        self.old_notes.append(
            {"contact_id": known.id, "saved_at": known.note_at, "event_id": known.note_event_id, **old}
        )
        before = {**old, "updated_at": known.note_at}
        self.listed.append(Change("note", known.id, known.id, before, {**made, "version": known.note_version + 1}))

    def write(self) -> None:
        step = conversation.c.version + bindparam("step")
        self._update(contact, contact.c.id, self.contacts, OF_CONTACT, version=contact.c.version + 1)
        self._update(
            conversation, conversation.c.id, self.conversations, ("name_key", "source", "owner_id"), version=step
        )
        self._update(note, note.c.contact_id, self.notes, ("body", "updated_at", "user_id"), version=note.c.version + 1)
        for table, rows in ((note, self.new_notes), (note_version, self.old_notes)):
            if rows:
                self.work.conn.execute(insert(table), rows)

    def _update(self, table: Any, key: Any, rows: list[dict[str, Any]], names: Sequence[str], **computed: Any) -> None:
        if rows:
            values = {name: bindparam(name) for name in names} | computed
            self.work.conn.execute(update(table).where(key == bindparam("of")).values(values), rows)
