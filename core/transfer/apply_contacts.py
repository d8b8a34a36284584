"""Contacts into the database: new ones inserted, known ones filled and corrected, never emptied."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from core import people, tags
from core.database import Change, Work, engines
from core.database.tables import contact_tag, tag
from core.transfer import newcomers, own
from core.transfer.apply_deals import DealApplier, Deals
from core.transfer.contact_changes import Known, Wish, carry_out, find_known
from core.transfer.newcomers import Names
from core.transfer.outlook import Outlook
from core.transfer.rows import DEALS, NOTES, OWN, OWNER, PHONE, REMARKS, TAGS, ContactRow, DealRow, PlainContact, Remark
from core.words import fold

Carried = dict[int, frozenset[str]]
"""Contact id -> folded names of its tags."""

SAME_PHONE = "same phone as line {}: only what was blank is filled"


@dataclass
class Contacts(Outlook):
    """What a chunk of contacts will do.

    `fresh`: unknown phones that the file has but once so far; `wishes`: all others, by phone.
    """

    fresh: list[PlainContact] = field(default_factory=list)
    wishes: dict[str, Wish] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    lines: dict[int, int] = field(default_factory=dict)
    deals: list[DealRow] = field(default_factory=list)
    of_deals: Deals | None = None

    def new(self) -> list[PlainContact]:
        """Contacts to be made."""
        return [*self.fresh, *(_merged(wish) for wish in self.wishes.values() if wish.known is None)]

    def changed(self) -> list[Wish]:
        """Known contacts that will not stay as they are."""
        return [w for w in self.wishes.values() if w.known and (w.tags or w.own or tuple(w.values) != w.before())]


class ContactApplier:
    """By phone. Blank cells change nothing, other values replace, tags are added.

    The first line of a phone counts; a later one in the same file fills what is still blank and adds tags. For that a
    number and a line are held in memory for each phone of the file, about 110 bytes; in a dry run, which cannot ask
    the database what earlier chunks have filled, about 250.
    """

    def __init__(self, *, is_dry: bool = False) -> None:
        self._lines: dict[int, int] = {}
        self._filled: dict[int, tuple[int, frozenset[str], frozenset[int]]] | None = {} if is_dry else None
        self._deals = DealApplier()

    def recall(self, lines: dict[int, int]) -> None:
        """Learn on which line phones stood first that were not seen here; by their digits."""
        self._lines |= lines

    def look(self, reader: Connection, rows: Sequence[PlainContact]) -> Contacts:
        outlook = Contacts()
        known = find_known(reader, {row[PHONE] for row in rows})
        carried = _tags_of(reader, [row.id for row in known.values()])
        others = rows if self._filled is not None else self._sort_out(outlook, rows, known, carried)
        slow = [row if isinstance(row, ContactRow) else ContactRow(*row) for row in others]
        held = own.held(reader, [known[row.phone].id for row in slow if row.own and row.phone in known])
        with_deals = self._phones_with_news(reader, [deal for row in slow if row.phone in known for deal in row.deals])
        for row in slow:
            number = int(row.phone[1:])
            first = outlook.lines.get(number) or self._lines.get(number)
            first = None if first == row.line else first  # it was recalled for a later row
            wish = outlook.wishes.get(row.phone)
            is_new = False
            if wish is None:
                found = known.get(row.phone)
                wish = Wish(row, found, had=carried.get(found.id, frozenset()) if found else frozenset())
                wish.had_own = held.get(found.id, {}) if found else {}
                outlook.wishes[row.phone] = wish
                outlook.lines[number] = row.line if first is None else first
                is_recalled = self._recall(number, wish)
                is_new = found is None and not is_recalled
            is_changed = _merge(wish, row, outlook.owners, is_repeated=first is not None)
            if row.deals:
                is_changed = is_changed or row.phone in with_deals
            outlook.counts.inserted += is_new
            outlook.counts.updated += is_changed and not is_new
            outlook.counts.unchanged += not is_changed and not is_new
            if first is not None:
                outlook.remark(row.line, Remark("phone", row.phone, SAME_PHONE.format(first)))
        outlook.remarks += [(row[0], remark) for row in rows if row[REMARKS] for remark in row[REMARKS]]
        outlook.deals += [deal for row in rows if row[DEALS] for deal in row[DEALS]]
        return outlook

    def _sort_out(
        self, outlook: Contacts, rows: Sequence[PlainContact], known: dict[str, Known], carried: Carried
    ) -> list[PlainContact]:
        """The quick ways of most records, whose phone the file has but once so far: unknown ones, and known ones about
        which nothing new is said. Returns the other rows.
        """
        times = Counter([row[PHONE] for row in rows])
        fresh, others, lines = outlook.fresh, list[PlainContact](), outlook.lines
        for row in rows:
            phone = row[PHONE]
            number = int(phone[1:])
            found = known.get(phone)
            if times[phone] > 1 or number in self._lines:
                others.append(row)
            elif found is None:
                lines[number] = row[0]
                fresh.append(row)
            elif _says_nothing_new(row, found, carried):
                lines[number] = row[0]
                outlook.counts.unchanged += 1
            else:
                others.append(row)
        outlook.counts.inserted += len(fresh)
        outlook.owners |= {fold(name): name for name in sorted({row[OWNER] for row in fresh}) if name}
        return others

    def write(self, work: Work, event_id: int, outlook: Contacts) -> list[Change]:
        new, changed = outlook.new(), outlook.changed()
        tagged = {name for listed in {row[TAGS] for row in new} for name in listed} | {
            name for wish in changed for name in wish.tags.values()
        }
        names = Names(
            people.ensure_owners(work, event_id, outlook.owners),
            tags.ensure(work, event_id, {fold(name): name for name in sorted(tagged)}),
        )
        first = work.take_ids("contact", len(new))
        newcomers.insert(work, event_id, dict(enumerate(new, first)), names)
        added = {wish.known.id: tuple(wish.tags.values()) for wish in changed if wish.known is not None and wish.tags}
        newcomers.add_tags(work, event_id, added, names)
        changes = carry_out(work, event_id, changed, names)
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
                self._filled[number] = filled, wish.had.union(wish.tags), frozenset((*wish.had_own, *wish.own))

    def _phones_with_news(self, reader: Connection, deals: list[DealRow]) -> set[str]:
        if not deals:
            return set()
        found = self._deals.look(reader, deals)
        return {row.phone for row in (*found.new.values(), *(row for _, row in found.changed))}

    def _recall(self, number: int, wish: Wish) -> bool:
        """In a dry run: what an earlier chunk would have filled by now; whether there was one."""
        if self._filled is None or number not in self._filled:
            return False
        filled, wish.had, of_own = self._filled[number]
        wish.had_own = dict.fromkeys(of_own, "?") | wish.had_own
        wish.values = [value or ("?" if filled >> place & 1 else "") for place, value in enumerate(wish.values)]
        return True


def _says_nothing_new(row: PlainContact, known: Known, carried: Carried) -> bool:
    given, held = row[3:OWNER], known[2:11]
    if given != held and any(new and new != old for new, old in zip(given, held, strict=True)):
        return False
    if row[DEALS] or row[OWN]:
        return False
    if (row[OWNER] and fold(row[OWNER]) != known[11]) or (row[NOTES] and row[NOTES] != known[12]):
        return False
    return not row[TAGS] or {fold(name) for name in row[TAGS]} <= carried.get(known[1], frozenset())


def _tags_of(reader: Connection, ids: list[int]) -> Carried:
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
    return _merge_own(wish, row, is_repeated=is_repeated) or is_changed


def _merge_own(wish: Wish, row: ContactRow, *, is_repeated: bool) -> bool:
    is_changed = False
    for given in row.own:
        field_id, text, _ = given
        stands = wish.own[field_id][1] if field_id in wish.own else wish.had_own.get(field_id, "")
        if text != stands and not (is_repeated and stands):
            wish.own[field_id] = given
            is_changed = True
    return is_changed


def _merged(wish: Wish) -> ContactRow:
    first, last, email, born, zip_code, city, state, external_id, source, owner, text = wish.values
    row = wish.row
    return row._replace(
        first_name=first,
        last_name=last,
        email=email,
        date_of_birth=born or None,
        zip_code=zip_code,
        city=city,
        state=state,
        external_id=external_id,
        source=source,
        owner=owner,
        tags=tuple(wish.tags.values()),
        notes=text,
        own=tuple(wish.own.values()),
        derived=None,
    )
