"""Opt-outs into the database, by phone: who is unknown becomes a contact who is out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from core.conversations.upkeep import refresh
from core.database import Change, Work, engines, images
from core.database.search import reindexing
from core.database.tables import (
    consent_event,
    conversation,
    enrollment,
    message,
    opt_out_review,
    outbox,
    phone_claim,
)
from core.database.tables.talk import UNSENT
from core.transfer import newcomers
from core.transfer.newcomers import Names
from core.transfer.outlook import Outlook
from core.transfer.rows import ContactRow, OptOutRow, Remark

SOURCE = "Opt-out list"
"""Where a contact comes from who is made because a list names the phone."""

IMPORTED = "import"
NEW_CONTACT = "no contact had this phone: one is made, who is out"
SAME_PHONE = "line {} has the same phone: only that one counts"
IN_AGAIN = "has opted in again since: left as it is"

_STOPPED = {"state": "stopped", "is_live": 0, "next_due_at": None, "stop_reason": "opt-out"}
_SUPPRESSED = {"state": "suppressed", "reason": "opted_out"}


@dataclass
class OptOuts(Outlook):
    """What a chunk of opt-outs will do."""

    new: dict[str, OptOutRow] = field(default_factory=dict)
    contacts: dict[str, int] = field(default_factory=dict)  # phone -> id, of those that exist
    lines: dict[str, int] = field(default_factory=dict)


class OptOutApplier:
    """The first line of a phone counts. Who is out already is left alone, and so is who opted in after the date."""

    def __init__(self) -> None:
        self._lines: dict[str, int] = {}

    def look(self, reader: Connection, rows: Sequence[OptOutRow]) -> OptOuts:
        outlook = OptOuts()
        claims = select(phone_claim.c.phone, phone_claim.c.contact_id)
        wanted = phone_claim.c.phone.in_(engines.text_set(reader, {row.phone for row in rows}))
        outlook.contacts = {row.phone: row.contact_id for row in reader.execute(claims.where(wanted))}
        out, returned = _known(reader, list(outlook.contacts.values()))
        for row in rows:
            outlook.remarks.extend((row.line, remark) for remark in row.remarks)
            contact_id = outlook.contacts.get(row.phone, 0)
            is_back = row.said_at is not None and returned.get(contact_id, -1) >= row.said_at
            self._place(outlook, row, is_out=contact_id in out, is_back=is_back)
        return outlook

    def _place(self, outlook: OptOuts, row: OptOutRow, *, is_out: bool, is_back: bool) -> None:
        first = outlook.lines.get(row.phone) or self._lines.get(row.phone)
        outlook.lines.setdefault(row.phone, row.line)
        if first is not None:
            outlook.remark(row.line, Remark("phone", row.phone, SAME_PHONE.format(first)))
        elif is_back:
            outlook.remark(row.line, Remark("phone", row.phone, IN_AGAIN))
        elif not is_out:
            outlook.counts.inserted += 1
            outlook.new[row.phone] = row
            if row.phone not in outlook.contacts:
                outlook.remark(row.line, Remark("phone", row.phone, NEW_CONTACT))
            return
        outlook.counts.unchanged += 1

    def write(self, work: Work, event_id: int, outlook: OptOuts) -> list[Change]:
        unknown = [row for phone, row in outlook.new.items() if phone not in outlook.contacts]
        made = dict(zip((row.phone for row in unknown), newcomers.take_ids(work, len(unknown)), strict=True))
        ids = {phone: (outlook.contacts | made)[phone] for phone in outlook.new}
        known = sorted(set(ids.values()) - set(made.values()))
        images.lock(work.conn, known)
        touched = sorted(ids.values())
        with reindexing(work.conn, touched):
            people = {made[row.phone]: _newcomer(work, row) for row in unknown}
            newcomers.insert(work, event_id, people, Names({}, {}), is_indexed=False)
            changes = _say(work, event_id, {ids[phone]: row for phone, row in outlook.new.items()})
            changes += _fall_silent(work, known)
            refresh(work.conn, touched, work.now)
        return [change for change in changes if change.contact_id in set(known)]

    def settle(self, outlook: OptOuts) -> None:
        self._lines.update(outlook.lines)


def _known(reader: Connection, ids: list[int]) -> tuple[set[int], dict[int, int]]:
    """Of these contacts those who are out, and when others have opted in last."""
    c, k, of = conversation.c, consent_event.c, engines.id_set(reader, ids)
    out = set(reader.execute(select(c.id).where(c.id.in_(of), c.is_opted_out == 1)).scalars())
    back = select(k.contact_id, func.max(k.happened_at)).where(k.contact_id.in_(of), k.kind == "in")
    return out, {row[0]: row[1] for row in reader.execute(back.group_by(k.contact_id))}


def _newcomer(work: Work, row: OptOutRow) -> ContactRow:
    at = work.now if row.said_at is None else row.said_at
    blank = ("", "", "", None, "", "", "", "", SOURCE, "")
    return ContactRow(row.line, row.phone, row.is_phone_valid, *blank, at, (), "")


def _say(work: Work, event_id: int, people: dict[int, OptOutRow]) -> list[Change]:
    """Into the ledger of each, with the words of the list."""
    if not people:
        return []
    first = work.take_ids("consent_event", len(people))
    own = {"kind": "out", "method": IMPORTED, "user_id": work.actor.id or None, "event_id": event_id}
    rows: list[dict[str, Any]] = [
        {"contact_id": id_, "id": n, "happened_at": work.now if row.said_at is None else row.said_at, "body": row.words}
        for n, (id_, row) in enumerate(people.items(), first)
    ]
    work.conn.execute(insert(consent_event), [{**row, **own} for row in rows])
    said = {"kind": "out", "method": IMPORTED}
    return [Change("consent_event", row["id"], row["contact_id"], after=said) for row in rows]


def _fall_silent(work: Work, ids: list[int]) -> list[Change]:
    """Enrollments stop, what waits is suppressed, and no text has to be decided any more."""
    e, o, m, r = enrollment.c, outbox.c, message.c, opt_out_review.c
    of = engines.id_set(work.conn, ids)
    live = work.conn.execute(select(e.id, e.contact_id).where(e.contact_id.in_(of), e.is_live == 1)).all()
    stopped = e.contact_id.in_(of) & (e.is_live == 1)
    work.conn.execute(update(enrollment).where(stopped).values(**_STOPPED, stopped_at=work.now))
    unsent = o.contact_id.in_(of) & o.state.in_(UNSENT)
    waiting: Sequence[Any] = work.conn.execute(select(o.id, o.contact_id, o.state, o.message_id).where(unsent)).all()
    work.conn.execute(update(outbox).where(unsent).values(**_SUPPRESSED, updated_at=work.now))
    put_off = engines.id_set(work.conn, [row.message_id for row in waiting if row.message_id is not None])
    blocked = m.contact_id.in_(of) & m.id.in_(put_off)
    work.conn.execute(update(message).where(blocked).values(status="blocked_opt_out"))
    decided = {"decision": "out", "decided_at": work.now, "user_id": work.actor.id or None}
    work.conn.execute(update(opt_out_review).where(r.contact_id.in_(of), r.decision == "").values(decided))
    after = {"is_live": 0, "stop_reason": "opt-out"}
    changes = [Change("enrollment", row.id, row.contact_id, {"is_live": 1}, after) for row in live]
    return changes + [Change("outbox", row.id, row.contact_id, {"state": row.state}, _SUPPRESSED) for row in waiting]
