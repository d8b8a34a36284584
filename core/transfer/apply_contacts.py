"""Contacts into the database: new ones inserted, known ones filled and corrected, never emptied."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from core import people, tags
from core.database import Change, Work, engines, loading
from core.database.tables import contact_tag, tag
from core.transfer import newcomers
from core.transfer.apply_deals import DealApplier, Deals
from core.transfer.contact_changes import Wish, carry_out, find_known
from core.transfer.newcomers import Newcomer
from core.transfer.outlook import Outlook
from core.transfer.rows import ContactRow, DealRow, Remark
from core.words import fold

SAME_PHONE = "same phone as line {}: only what was blank is filled"


@dataclass
class Contacts(Outlook):
    """What a chunk of contacts will do."""

    wishes: dict[str, Wish] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    lines: dict[int, int] = field(default_factory=dict)
    deals: list[DealRow] = field(default_factory=list)
    of_deals: Deals | None = None

    def new(self) -> list[Wish]:
        """Contacts to be made, in the file's order."""
        return [wish for wish in self.wishes.values() if wish.known is None]

    def changed(self) -> list[Wish]:
        """Known contacts that will not stay as they are."""
        return [w for w in self.wishes.values() if w.known is not None and (w.tags or tuple(w.values) != w.before())]


class ContactApplier:
    """By phone. Blank cells change nothing, other values replace, tags are added.

    The first line of a phone counts; a later one in the same file fills what is still blank and adds tags. For that a
    number and a line are held in memory for each phone of the file, about 110 bytes; in a dry run, which cannot ask
    the database what earlier chunks have filled, about 250.
    """

    def __init__(self, *, is_dry: bool = False) -> None:
        self._lines: dict[int, int] = {}
        self._filled: dict[int, tuple[int, frozenset[str]]] | None = {} if is_dry else None
        self._deals = DealApplier()

    def look(self, reader: Connection, rows: Sequence[ContactRow]) -> Contacts:
        outlook = Contacts()
        known = find_known(reader, {row.phone for row in rows})
        carried = _tags_of(reader, [row.id for row in known.values()])
        with_deals = self._phones_with_news(reader, [deal for row in rows if row.phone in known for deal in row.deals])
        for row in rows:
            number = int(row.phone[1:])
            first = outlook.lines.get(number) or self._lines.get(number)
            wish = outlook.wishes.get(row.phone)
            is_new = False
            if wish is None:
                found = known.get(row.phone)
                wish = Wish(row, found, had=carried.get(found.id, frozenset()) if found else frozenset())
                outlook.wishes[row.phone] = wish
                outlook.lines[number] = row.line if first is None else first
                is_recalled = self._recall(number, wish)
                is_new = found is None and not is_recalled
            is_changed = _merge(wish, row, outlook.owners, is_repeated=first is not None)
            if row.deals:
                outlook.deals.extend(row.deals)
                is_changed = is_changed or row.phone in with_deals
            outlook.counts.inserted += is_new
            outlook.counts.updated += is_changed and not is_new
            outlook.counts.unchanged += not is_changed and not is_new
            outlook.remarks.extend((row.line, remark) for remark in row.remarks)
            if first is not None:
                outlook.remark(row.line, Remark("phone", row.phone, SAME_PHONE.format(first)))
        return outlook

    def write(self, work: Work, event_id: int, outlook: Contacts) -> list[Change]:
        owner_ids = people.ensure_owners(work, event_id, outlook.owners)
        new, changed = outlook.new(), outlook.changed()
        names = {key: name for wish in (*new, *changed) for key, name in wish.tags.items()}
        tag_ids = tags.ensure(work, event_id, names)
        ids = newcomers.take_ids(work, len(new))
        made = {id_: _newcomer(work, wish, owner_ids) for id_, wish in zip(ids, new, strict=True)}
        newcomers.insert(work, event_id, made)
        carried = [*zip(ids, new, strict=True), *((wish.known.id, wish) for wish in changed if wish.known is not None)]
        links = [(id_, tag_ids[key], work.now, "import", event_id) for id_, wish in carried for key in wish.tags]
        loading.load_rows(work.conn, contact_tag, _TAG_COLUMNS, sorted(links))
        changes = carry_out(work, event_id, changed, owner_ids, tag_ids)
        if outlook.deals:
            outlook.of_deals = self._deals.look(work.conn, outlook.deals)
            changes += self._deals.write(work, event_id, outlook.of_deals)
        return changes

    def settle(self, outlook: Contacts) -> None:
        self._lines.update(outlook.lines)
        if outlook.of_deals is not None:
            self._deals.settle(outlook.of_deals)
        if self._filled is not None:
            for number, wish in zip(outlook.lines, outlook.wishes.values(), strict=True):
                filled = sum(1 << place for place, value in enumerate(wish.values) if value)
                self._filled[number] = filled, wish.had.union(wish.tags)

    def _phones_with_news(self, reader: Connection, deals: list[DealRow]) -> set[str]:
        if not deals:
            return set()
        found = self._deals.look(reader, deals)
        return {row.phone for row in (*found.new.values(), *(row for _, row in found.changed))}

    def _recall(self, number: int, wish: Wish) -> bool:
        """In a dry run: what an earlier chunk would have filled by now; whether there was one."""
        if self._filled is None or number not in self._filled:
            return False
        filled, wish.had = self._filled[number]
        wish.values = [value or ("?" if filled >> place & 1 else "") for place, value in enumerate(wish.values)]
        return True


_TAG_COLUMNS = ("contact_id", "tag_id", "added_at", "origin", "event_id")


def _tags_of(reader: Connection, ids: list[int]) -> dict[int, frozenset[str]]:
    if not ids:
        return {}
    listed = select(contact_tag.c.contact_id, tag.c.name_key).join(tag, tag.c.id == contact_tag.c.tag_id)
    found: dict[int, set[str]] = {}
    for row in reader.execute(listed.where(contact_tag.c.contact_id.in_(engines.id_set(reader, ids)))):
        found.setdefault(row.contact_id, set()).add(row.name_key)
    return {id_: frozenset(keys) for id_, keys in found.items()}


def _merge(wish: Wish, row: ContactRow, owners: dict[str, str], *, is_repeated: bool) -> bool:
    """Put the row's values into the wish; returns whether that changed anything."""
    owner = fold(row.owner) if row.owner else ""
    given = (
        row.first_name, row.last_name, row.email, row.date_of_birth or "", row.zip_code, row.city, row.state,
        row.external_id, row.source, owner, row.notes,
    )  # fmt: skip
    is_changed = False
    values = wish.values
    for place, value in enumerate(given):
        if value and value != values[place] and not (is_repeated and values[place]):
            values[place] = value
            is_changed = True
    if owner and values[9] == owner:
        owners.setdefault(owner, row.owner)
    for name in row.tags:
        key = fold(name)
        if key not in wish.had and key not in wish.tags:
            wish.tags[key] = name
            is_changed = True
    return is_changed


def _newcomer(work: Work, wish: Wish, owner_ids: dict[str, int]) -> Newcomer:
    first, last, email, born, zip_code, city, state, external_id, source, owner, text = wish.values
    row = wish.row
    created_at = work.now if row.created_at is None else row.created_at
    return Newcomer(
        row.phone, row.is_phone_valid, first, last, email, born or None, zip_code, city, state, external_id or None,
        created_at, source, owner_ids[owner] if owner else None, text,
    )  # fmt: skip
