"""Contacts that one person uses: linked by hand, and parted again."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from core.access import Right
from core.bulk.apply import Stretch, follow
from core.contacts.read import held
from core.database import Change, Work, images
from core.database.tables import contact, conversation
from core.database.work import STEP
from core.errors import Conflict, Invalid

p = contact.c


@dataclass(frozen=True)
class Linked:
    """Another contact of the same person."""

    id: int
    name: str
    phone: str
    is_opted_out: bool


def same_person(reader: Connection, contact_id: int) -> list[Linked]:
    """The other contacts of the person who uses this one, by id."""
    own = select(p.same_person_id).where(p.id == contact_id).scalar_subquery()
    wanted = select(p.id, p.first_name, p.last_name, p.phone, conversation.c.is_opted_out)
    wanted = wanted.join(conversation, conversation.c.id == p.id).where(p.same_person_id == own, p.id != contact_id)
    return [
        Linked(row.id, " ".join(f"{row.first_name} {row.last_name}".split()), row.phone, bool(row.is_opted_out))
        for row in reader.execute(wanted.order_by(p.id))
    ]


def link(work: Work, contact_id: int, other_id: int) -> int:
    """Say that one person uses both contacts, and all that are linked with either; returns the event.

    Raises: NotAllowed; NotFound; Invalid for a contact and itself; Conflict when they are linked already.
    """
    work.actor.require(Right.CONTACT_EDIT)
    if contact_id == other_id:
        raise Invalid("This is the same contact. Choose another one.")
    images.lock(work.conn, [contact_id, other_id])
    for id_ in (contact_id, other_id):
        held(work.conn, id_)
    groups = _groups(work.conn, [contact_id, other_id])
    if None not in groups.values() and len(set(groups.values())) == 1:
        raise Conflict("These contacts are linked already.")
    members = _members(work.conn, groups)
    person_id = min(members)
    return _write(work, "contact.link", "linked contacts of one person", members, dict.fromkeys(members, person_id))


def unlink(work: Work, contact_id: int) -> int:
    """Say that another person uses this contact than those it was linked with; returns the event.

    Raises: NotAllowed; NotFound; Conflict when it is not linked.
    """
    work.actor.require(Right.CONTACT_EDIT)
    held(work.conn, contact_id)
    groups = _groups(work.conn, [contact_id])
    if groups[contact_id] is None:
        raise Conflict("This contact is not linked with another (any more).")
    members = _members(work.conn, groups)
    images.lock(work.conn, list(members))
    others = [id_ for id_ in members if id_ != contact_id]
    after = {contact_id: None, **({others[0]: None} if len(others) == 1 else {})}
    return _write(work, "contact.unlink", "parted contacts of one person", members, after)


def _groups(reader: Connection, ids: list[int]) -> dict[int, int | None]:
    return {row.id: row.same_person_id for row in reader.execute(select(p.id, p.same_person_id).where(p.id.in_(ids)))}


def _members(reader: Connection, groups: dict[int, int | None]) -> dict[int, int | None]:
    """These contacts and all that are linked with them, with their groups as they are."""
    known = [group for group in groups.values() if group is not None]
    return dict(sorted((groups | _with_group(reader, known)).items()))


def _with_group(reader: Connection, known: list[int]) -> dict[int, int | None]:
    wanted = select(p.id, p.same_person_id).where(p.same_person_id.in_(known))
    return {row.id: row.same_person_id for row in reader.execute(wanted)} if known else {}


def _write(work: Work, verb: str, said: str, before: dict[int, int | None], after: dict[int, Any]) -> int:
    moved = {id_: group for id_, group in after.items() if before[id_] != group}
    event_id = work.record(verb, said=said)
    for n, (id_, group) in enumerate(moved.items(), 1):
        change = Change("contact", id_, id_, {"same_person_id": before[id_]}, {"same_person_id": group})
        work.account(event_id, n * STEP, [change])
    work.set_state(event_id, "done", changed=len(moved))
    follow(work, Stretch(event_id, STEP, (len(moved) + 1) * STEP), "manual")
    return event_id
