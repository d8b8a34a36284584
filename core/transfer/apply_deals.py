"""Deals into the database: each once, onto a known contact, with its place in the pipeline and how it got there."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from core import people, pipelines
from core.conversations.upkeep import refresh
from core.database import Change, Work, engines, loading
from core.database.search import reindexing
from core.database.tables import deal, phone_claim, pipeline, stage, stage_event, user
from core.pipelines import Place
from core.transfer.outlook import Outlook
from core.transfer.rows import DealRow, Reject, Remark
from core.words import fold

NO_CONTACT = "no contact with this phone"
SAME_ID = "line {} has the same id: only that one counts"
CLOSED_EARLY = "closed before it was entered"

Stored = Row[*tuple[Any, ...]]
Key = tuple[int, str]
"""Contact and id of a deal in the system it comes from."""

_MUTABLE = ("pipeline_id", "stage_id", "outcome", "owner_id", "amount_cents", "account", "opened_at", "closed_at")
_COLUMNS = ("contact_id", "id", *_MUTABLE, "stage_entered_at", "external_id", "changed_at", "event_id")
_EVENT = (
    "contact_id",
    "id",
    "deal_id",
    "from_stage_id",
    "to_stage_id",
    "happened_at",
    "user_id",
    "cause",
    "amount_before",
    "amount_after",
    "event_id",
)

_STORED = (
    select(
        deal,
        pipeline.c.name_key.label("pipeline_key"),
        stage.c.name_key.label("stage_key"),
        stage.c.kind,
        user.c.name_key.label("owner_key"),
    )
    .join(pipeline, pipeline.c.id == deal.c.pipeline_id)
    .join(stage, stage.c.id == deal.c.stage_id)
    .outerjoin(user, user.c.id == deal.c.owner_id)
)


@dataclass
class Deals(Outlook):
    """What a chunk of deals will do."""

    contacts: dict[str, int] = field(default_factory=dict)
    new: dict[Key, DealRow] = field(default_factory=dict)
    changed: list[tuple[Stored, DealRow]] = field(default_factory=list)
    repeats: dict[str, int] = field(default_factory=dict)
    lines: dict[Key, int] = field(default_factory=dict)


class DealApplier:
    """By contact and the deal's own id; without one, by its content and how often the file has had it so far.

    Known deals take what is given and differs; blank cells change nothing. A key is held in memory for each deal.
    """

    def __init__(self) -> None:
        self._lines: dict[Key, int] = {}
        self._repeats: dict[str, int] = {}

    def look(self, reader: Connection, rows: Sequence[DealRow]) -> Deals:
        outlook = Deals()
        phones = engines.text_set(reader, {row.phone for row in rows})
        claims = select(phone_claim.c.phone, phone_claim.c.contact_id).where(phone_claim.c.phone.in_(phones))
        outlook.contacts = {row.phone: row.contact_id for row in reader.execute(claims)}
        known = [row for row in rows if row.phone in outlook.contacts]
        keys = [(outlook.contacts[row.phone], row.external_id or self._derived(outlook, row)) for row in known]
        stored = _find(reader, keys)
        for row, key in zip(known, keys, strict=True):
            self._place(outlook, row, key, stored.get(key))
        for row in rows:
            outlook.remarks.extend((row.line, remark) for remark in row.remarks)
            if row.phone not in outlook.contacts:
                outlook.counts.rejected += 1
                outlook.rejects.append(Reject(row.line, "phone", row.phone, NO_CONTACT, row.cells))
        return outlook

    def _place(self, outlook: Deals, row: DealRow, key: Key, stored: Stored | None) -> None:
        first = outlook.lines.get(key) or self._lines.get(key)
        if row.entered_at is not None and row.closed_at is not None and row.closed_at < row.entered_at:
            outlook.remark(row.line, Remark("closed_at", "", CLOSED_EARLY))
        if first is not None:
            outlook.counts.unchanged += 1
            outlook.remark(row.line, Remark("external_id", row.external_id, SAME_ID.format(first)))
            return
        outlook.lines[key] = row.line
        if stored is None:
            outlook.counts.inserted += 1
            outlook.new[key] = row
        elif _differs(stored, row):
            outlook.counts.updated += 1
            outlook.changed.append((stored, row))
        else:
            outlook.counts.unchanged += 1

    def _derived(self, outlook: Deals, row: DealRow) -> str:
        content = "\0".join(map(str, (row.phone, *row[3:11])))
        digest = hashlib.sha256(content.encode()).hexdigest()[:24]
        earlier = outlook.repeats.get(digest, self._repeats.get(digest, 0))
        outlook.repeats[digest] = earlier + 1
        return f"h:{digest}" + (f"/{earlier + 1}" if earlier else "")

    def write(self, work: Work, event_id: int, outlook: Deals) -> list[Change]:
        rows = [*outlook.new.values(), *(row for _, row in outlook.changed)]
        owners = people.ensure_owners(work, event_id, {fold(row.owner): row.owner for row in rows if row.owner})
        places = pipelines.ensure(work, event_id, [(row.pipeline, row.stage, row.outcome) for row in rows])
        writing = _Writing(work, event_id, owners, places)
        touched = sorted({*(key[0] for key in outlook.new), *(stored.contact_id for stored, _ in outlook.changed)})
        with reindexing(work.conn, touched):
            writing.insert(outlook.new)
            writing.update(outlook.changed)
            writing.record_stages()
            refresh(work.conn, touched, work.now)
        return writing.changes

    def settle(self, outlook: Deals) -> None:
        self._lines.update(outlook.lines)
        self._repeats.update(outlook.repeats)


class _Writing:
    def __init__(self, work: Work, event_id: int, owners: dict[str, int], places: dict[tuple[str, str], Place]) -> None:
        self.work = work
        self.event_id = event_id
        self.owners = owners
        self.places = places
        self.changes: list[Change] = []
        self.stage_events: list[tuple[Any, ...]] = []

    def insert(self, new: dict[Key, DealRow]) -> None:
        first = self.work.take_ids("deal", len(new))
        rows, counts = [], dict[int, int]()
        for n, ((contact_id, external_id), row) in enumerate(new.items()):
            place, outcome = self._place(row)
            at = _happened_at(row, outcome)
            owner_id = self.owners[fold(row.owner)] if row.owner else None
            mutable = (place.pipeline_id, place.stage_id, outcome, owner_id, row.amount_cents, row.account)
            times = (row.entered_at, row.closed_at, at, external_id, self.work.now if at is None else at)
            rows.append((contact_id, first + n, *mutable, *times, self.event_id))
            self._enter((contact_id, first + n), (None, place.stage_id), at, (None, row.amount_cents))
            counts[contact_id] = counts.get(contact_id, 0) + 1
        loading.load_rows(self.work.conn, deal, _COLUMNS, sorted(rows))
        self.changes += [Change("deal", None, contact_id, after={"rows": n}) for contact_id, n in counts.items()]

    def update(self, changed: Sequence[tuple[Stored, DealRow]]) -> None:
        rows = []
        for stored, row in changed:
            place, outcome = self._place(row)
            given = {
                "pipeline_id": place.pipeline_id,
                "stage_id": place.stage_id,
                "outcome": outcome,
                "owner_id": self.owners[fold(row.owner)] if row.owner else None,
                "amount_cents": row.amount_cents,
                "account": row.account or None,
                "opened_at": row.entered_at,
                "closed_at": row.closed_at,
            }
            values = {name: stored._mapping[name] if value is None else value for name, value in given.items()}
            values |= {"stage_entered_at": stored.stage_entered_at, "changed_at": self.work.now}
            is_moved = place.stage_id != stored.stage_id
            at = _happened_at(row, outcome) or self.work.now if is_moved else self.work.now
            amounts = (stored.amount_cents, values["amount_cents"])
            if is_moved:
                values["stage_entered_at"] = at
            if is_moved or amounts[0] != amounts[1]:
                self._enter((stored.contact_id, stored.id), (stored.stage_id, place.stage_id), at, amounts)
            values["version"] = stored.version + 1
            before = {name: stored._mapping[name] for name in values if stored._mapping[name] != values[name]}
            after = {name: values[name] for name in before}
            self.changes.append(Change("deal", stored.id, stored.contact_id, before, after))
            rows.append({"of_contact": stored.contact_id, "of": stored.id, **values})
        if rows:
            names = [name for name in rows[0] if not name.startswith("of")]
            wanted = (deal.c.contact_id == bindparam("of_contact")) & (deal.c.id == bindparam("of"))
            self.work.conn.execute(update(deal).where(wanted).values({name: bindparam(name) for name in names}), rows)

    def record_stages(self) -> None:
        first = self.work.take_ids("stage_event", len(self.stage_events))
        rows = [(row[0], first + n, *row[1:]) for n, row in enumerate(self.stage_events)]
        loading.load_rows(self.work.conn, stage_event, _EVENT, sorted(rows, key=lambda row: row[:2]))

    def _place(self, row: DealRow) -> tuple[Place, str]:
        place = self.places[fold(row.pipeline), fold(row.stage)]
        return place, row.outcome or place.kind

    def _enter(
        self,
        of: tuple[int, int],
        stages: tuple[int | None, int],
        at: int | None,
        amounts: tuple[Any, Any],
    ) -> None:
        """A line in the history of a deal (contact, id) that came to another stage or amount, if it is known when."""
        if at is not None:
            user_id = self.work.actor.id
            self.stage_events.append((*of, *stages, at, user_id, "import", *amounts, self.event_id))


def _happened_at(row: DealRow, outcome: str) -> int | None:
    """When the deal came into its stage, as far as a file knows that: closed ones when they were closed."""
    return row.entered_at if outcome == "open" or row.closed_at is None else row.closed_at


def _find(reader: Connection, keys: Sequence[Key]) -> dict[Key, Stored]:
    if not keys:
        return {}
    wanted = engines.keyed_texts(reader, keys).subquery()
    same = (deal.c.contact_id == wanted.c.id) & (deal.c.external_id == wanted.c.text) & deal.c.external_id.is_not(None)
    return {(row.contact_id, row.external_id): row for row in reader.execute(_STORED.join(wanted, same))}


def _differs(stored: Stored, row: DealRow) -> bool:
    pairs = (
        (fold(row.pipeline), stored.pipeline_key),
        (fold(row.stage), stored.stage_key),
        (row.outcome, stored.outcome),
        (fold(row.owner), stored.owner_key or ""),
        (row.account, stored.account),
    )
    if any(given and given != held for given, held in pairs):
        return True
    numbers = (
        (row.amount_cents, stored.amount_cents),
        (row.entered_at, stored.opened_at),
        (row.closed_at, stored.closed_at),
    )
    return any(given is not None and given != held for given, held in numbers)
