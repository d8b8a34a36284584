"""Tags: the words put on contacts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from core.access import Right
from core.database import Change, Work, engines
from core.database.tables import contact_tag, tag
from core.errors import Conflict, Invalid, NotFound
from core.words import fold, line

COLOURS = 12
"""Places in the palette; new tags take them by turn."""

LONGEST_NAME = 60
HIGHEST_PRIORITY = 1_000_000


@dataclass(frozen=True)
class Tag:
    """A tag as listed. `color`: place in the palette; the highest `priority` colours the bubble; `count`: carriers."""

    id: int
    name: str
    color: int
    priority: int
    is_retired: bool
    count: int


def find(reader: Connection, include_retired: bool = True) -> list[Tag]:
    """The tags, the highest priority first, then by name."""
    counted = select(contact_tag.c.tag_id, func.count().label("n")).group_by(contact_tag.c.tag_id).subquery()
    t = tag.c
    wanted = (
        select(t.id, t.name, t.color, t.priority, t.is_retired, func.coalesce(counted.c.n, 0))
        .outerjoin(counted, counted.c.tag_id == t.id)
        .order_by(t.priority.desc(), t.name_key)
    )
    rows = reader.execute(wanted if include_retired else wanted.where(t.is_retired == 0))
    return [Tag(row[0], row[1], row[2], row[3], bool(row[4]), row[5]) for row in rows]


def add(work: Work, name: str, color: int, priority: int) -> int:
    """Make a tag, or take a retired one of the same name back into use; returns its id.

    Raises: NotAllowed; Invalid; Conflict when a tag of this name is in use.
    """
    work.actor.require(Right.CONTACT_EDIT)
    values = _checked(name, color, priority)
    said = f"added the tag {values['name']}"
    held = work.conn.execute(select(tag).where(tag.c.name_key == values["name_key"])).first()
    if held is not None and not held.is_retired:
        raise Conflict(f"There is already a tag “{held.name}”. Use it, or choose another name.")
    if held is not None:
        before = {key: held._mapping[key] for key in values} | {"is_retired": 1}
        return _change(work, held.id, ("tag.add", said), before, {**values, "is_retired": 0})[0]
    tag_id = work.take_ids("tag")
    # Undoing it retires it: whoever carries it meanwhile keeps it.
    made = Change("tag", tag_id, None, {"is_retired": 1}, {"is_retired": 0})
    event_id = work.record_change("tag.add", made, said=said, **values)
    work.conn.execute(insert(tag).values(id=tag_id, created_at=work.now, event_id=event_id, **values))
    return tag_id


def edit(
    work: Work, tag_id: int, name: str | None = None, color: int | None = None, priority: int | None = None
) -> int:
    """Rename, recolour or rank a tag, everywhere at once; None: stays. Returns the event.

    Raises: NotAllowed; NotFound; Invalid; Conflict when another tag has the name.
    """
    work.actor.require(Right.CONVERSATION_BULK)
    held = _held(work, tag_id)
    values = _checked(
        held.name if name is None else name,
        held.color if color is None else color,
        held.priority if priority is None else priority,
    )
    other = select(tag.c.name).where(tag.c.name_key == values["name_key"], tag.c.id != tag_id)
    if (taken := work.conn.execute(other).scalar_one_or_none()) is not None:
        raise Conflict(f"There is already a tag “{taken}”. Merge the two, or choose another name.")
    before = {key: held._mapping[key] for key in values}
    renamed = values["name"] != held.name
    said = f"renamed the tag {held.name} to {values['name']}" if renamed else f"changed the tag {held.name}"
    return _change(work, tag_id, ("tag.edit", said), before, values)[1]


def retire(work: Work, tag_id: int) -> int:
    """Offer a tag no longer; who carries it keeps it. Returns the event.

    Raises: NotAllowed; NotFound.
    """
    return _switch(work, tag_id, "tag.retire", 1)


def revive(work: Work, tag_id: int) -> int:
    """Offer a retired tag again; returns the event.

    Raises: NotAllowed; NotFound.
    """
    return _switch(work, tag_id, "tag.revive", 0)


def _switch(work: Work, tag_id: int, verb: str, is_retired: int) -> int:
    work.actor.require(Right.CONVERSATION_BULK)
    held = _held(work, tag_id)
    said = f"retired the tag {held.name}" if is_retired else f"took the tag {held.name} back into use"
    return _change(work, tag_id, (verb, said), {"is_retired": held.is_retired}, {"is_retired": is_retired})[1]


def _change(
    work: Work, tag_id: int, event: tuple[str, str], before: dict[str, Any], after: dict[str, Any]
) -> tuple[int, int]:
    """Returns the tag and the event."""
    verb, said = event
    event_id = work.record_change(verb, Change("tag", tag_id, None, before, after), said=said)
    work.conn.execute(update(tag).where(tag.c.id == tag_id).values(**after))
    return tag_id, event_id


def _held(work: Work, tag_id: int) -> Row[Any]:
    row = work.conn.execute(select(tag).where(tag.c.id == tag_id).with_for_update()).first()
    if row is None:
        raise NotFound("This tag does not exist (any more).")
    return row


def _checked(name: str, color: int, priority: int) -> dict[str, Any]:
    name = line(name)
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid(f"Give the tag a name of at most {LONGEST_NAME} letters.")
    if not 0 <= color < COLOURS:
        raise Invalid("Choose a colour of the palette.")
    if not 0 <= priority <= HIGHEST_PRIORITY:
        raise Invalid(f"A priority lies between 0 and {HIGHEST_PRIORITY:,}.")
    return {"name": name, "name_key": fold(name), "color": color, "priority": priority}


def ensure(work: Work, event_id: int, names: Mapping[str, str]) -> dict[str, int]:
    """The ids of tags given as folded name -> name; those that do not exist are made by the event."""
    if not names:
        return {}
    wanted = tag.c.name_key.in_(engines.text_set(work.conn, names))
    found = {row.name_key: row.id for row in work.conn.execute(select(tag.c.name_key, tag.c.id).where(wanted))}
    missing = [key for key in names if key not in found]
    if missing:
        first = work.take_ids("tag", len(missing))
        turn = work.conn.execute(select(func.count()).select_from(tag)).scalar_one()
        rows = [
            {
                "id": first + n,
                "name": names[key],
                "name_key": key,
                "color": (turn + n) % COLOURS,
                "created_at": work.now,
                "event_id": event_id,
            }
            for n, key in enumerate(missing)
        ]
        work.conn.execute(insert(tag), rows)
        found |= {row["name_key"]: row["id"] for row in rows}
    return found
