"""Saved views: a name for a filter and an order, for oneself or for all."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, or_, select, update

from core.access import Actor, Right
from core.database import Change, Work
from core.database.tables import saved_view, user
from core.errors import Conflict, Invalid, NotAllowed, NotFound
from core.words import line

NAME_LENGTH = 80


@dataclass(frozen=True)
class View:
    """A saved view; `query` is the page's query string. `owner` is the name of who saved it."""

    id: int
    name: str
    query: str
    is_shared: bool
    is_own: bool
    owner: str


def views(reader: Connection, actor: Actor) -> list[View]:
    """The actor's own views and the shared ones, own first, then by name."""
    listed = select(saved_view, user.c.name.label("owner")).join(user, user.c.id == saved_view.c.user_id)
    rows = reader.execute(listed.where(or_(saved_view.c.user_id == actor.id, saved_view.c.is_shared == 1)))
    found = [View(row.id, row.name, row.query, bool(row.is_shared), row.user_id == actor.id, row.owner) for row in rows]
    return sorted(found, key=lambda view: (not view.is_own, view.name.casefold()))


def save(work: Work, name: str, query: str, is_shared: bool, *, replaces: bool = False) -> int:
    """Save the actor's view of this name; returns its id.

    Raises: NotAllowed; Invalid for an empty or overlong name; Conflict when the actor has a view of this name, unless
    the new one replaces it.
    """
    work.actor.require(Right.VIEW_SHARE if is_shared else Right.VIEW_SAVE)
    name = line(name)
    if not name or len(name) > NAME_LENGTH:
        raise Invalid(f"Give the view a name of 1 to {NAME_LENGTH} characters.")
    row = {"name": name, "query": query, "is_shared": int(is_shared)}
    own = (saved_view.c.user_id == work.actor.id, saved_view.c.name == name)
    before = work.conn.execute(
        select(saved_view.c.id, saved_view.c.name, saved_view.c.query, saved_view.c.is_shared).where(*own)
    ).first()
    if before is not None and not replaces:
        raise Conflict(f"You have a view “{name}” already. Replace it, or choose another name.")
    event_id = work.record("view.save", name=name, is_shared=is_shared)
    if before is None:
        view_id = work.take_ids("saved_view")
        work.conn.execute(insert(saved_view).values(id=view_id, user_id=work.actor.id, created_at=work.now, **row))
    else:
        view_id = before.id
        work.conn.execute(update(saved_view).where(*own).values(**row))
    image = None if before is None else {"name": before.name, "query": before.query, "is_shared": before.is_shared}
    work.account(event_id, 1, [Change("saved_view", view_id, None, image, row)])
    return view_id


def remove(work: Work, view_id: int) -> None:
    """Remove one of the actor's own views.

    Raises: NotAllowed for another user's view; NotFound.
    """
    work.actor.require(Right.VIEW_SAVE)
    row = work.conn.execute(select(saved_view).where(saved_view.c.id == view_id)).first()
    if row is None:
        raise NotFound("This view is gone already.")
    if row.user_id != work.actor.id:
        raise NotAllowed("Only the user who saved a view can remove it.")
    event_id = work.record("view.remove", name=row.name)
    work.conn.execute(delete(saved_view).where(saved_view.c.id == view_id))
    image = {"name": row.name, "query": row.query, "is_shared": row.is_shared}
    work.account(event_id, 1, [Change("saved_view", view_id, None, image, None)])
