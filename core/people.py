"""Users: adding them, finding them as owners, and turning one into an actor."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from core.access import ROLES, Actor, Right
from core.database import Change, Store, Work, engines
from core.database.tables import role_right, user, user_preference, user_role
from core.errors import Conflict, Invalid, NotFound
from core.words import fold, line

SYSTEM = Actor(0, "Talkdeck", frozenset(Right))
"""The application itself, for what it sets up before anybody can sign in."""

LOCAL_NAME = "Local user"
LONGEST_NAME = 80


@dataclass(frozen=True)
class Person:
    """A user as listed: `roles` sorted; `may_sign_in` is False for people who are only named as owners."""

    id: int
    name: str
    email: str | None
    may_sign_in: bool
    roles: tuple[str, ...]


def local_actor(store: Store) -> Actor:
    """The first user, who holds all roles, made at the first call; who acts until there is a sign-in."""
    with store.read() as reader:
        first = _first(reader)
    if first is None:
        first = store.write(SYSTEM, _add_first)
    with store.read() as reader:
        return actor(reader, first)


def _first(reader: Connection) -> int | None:
    return reader.execute(select(func.min(user.c.id)).where(user.c.may_sign_in == 1)).scalar_one()  # type: ignore[no-any-return]


def _add_first(work: Work) -> int:
    found = _first(work.conn)
    return add(work, LOCAL_NAME, None, sorted(ROLES)) if found is None else found


def actor(reader: Connection, user_id: int) -> Actor:
    """The user as an actor, rights read now.

    Raises: NotFound.
    """
    row = reader.execute(select(user.c.name).where(user.c.id == user_id, user.c.may_sign_in == 1)).first()
    if row is None:
        raise NotFound("This user does not exist or may not sign in.")
    rights = reader.execute(
        select(role_right.c.right)
        .join(user_role, user_role.c.role == role_right.c.role)
        .where(user_role.c.user_id == user_id)
    ).scalars()
    return Actor(user_id, row.name, frozenset(Right(right) for right in rights if right in set(Right)))


def add(work: Work, name: str, email: str | None, roles: Sequence[str]) -> int:
    """Add a user who may sign in; returns the id.

    Raises: NotAllowed; Invalid for an empty name or an unknown role; Conflict when the name or e-mail is taken.
    """
    work.actor.require(Right.USER_EDIT)
    unknown = sorted(set(roles) - set(ROLES))
    if unknown:
        raise Invalid(f"There is no role “{unknown[0]}”. Roles are {', '.join(sorted(ROLES))}.")
    name = line(name)
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid(f"Give the user a name of at most {LONGEST_NAME} letters.")
    taken = work.conn.execute(
        select(user.c.name).where((user.c.name_key == fold(name)) | (user.c.email == (email or "").lower()))
    ).first()
    if taken:
        raise Conflict(f"There is already a user “{taken.name}” with this name or e-mail. Choose another.")
    seed_roles(work)
    user_id = work.take_ids("user")
    event_id = work.record("user.add", name=name, roles=sorted(roles))
    row = {"id": user_id, "name": name, "email": email.lower() if email else None, "may_sign_in": 1}
    work.conn.execute(insert(user).values(**row, name_key=fold(name), created_at=work.now, event_id=event_id))
    work.conn.execute(insert(user_role), [{"user_id": user_id, "role": role} for role in sorted(set(roles))] or [])
    work.account(event_id, 1, [Change("user", user_id, None, after={**row, "roles": sorted(roles)})])
    return user_id


def ensure_owners(work: Work, event_id: int, names: Mapping[str, str]) -> dict[str, int]:
    """The ids of users given as folded name -> name; unknown ones are made by the event, and may not sign in."""
    if not names:
        return {}
    wanted = user.c.name_key.in_(engines.text_set(work.conn, names))
    found = {row.name_key: row.id for row in work.conn.execute(select(user.c.name_key, user.c.id).where(wanted))}
    missing = [key for key in names if key not in found]
    if missing:
        first = work.take_ids("user", len(missing))
        made = {"may_sign_in": 0, "created_at": work.now, "event_id": event_id}
        rows = [{"id": first + n, "name": names[key], "name_key": key, **made} for n, key in enumerate(missing)]
        work.conn.execute(insert(user), rows)
        found |= {row["name_key"]: row["id"] for row in rows}
    return found


def seed_roles(work: Work) -> None:
    """Fill the rights of the roles when the table is empty; afterwards the table decides."""
    if work.conn.execute(select(role_right.c.role).limit(1)).first() is None:
        work.conn.execute(
            insert(role_right),
            [{"role": role, "right": right} for role, rights in ROLES.items() for right in sorted(rights)],
        )


def find(reader: Connection) -> list[Person]:
    """All users, by name."""
    roles: dict[int, list[str]] = {}
    for row in reader.execute(select(user_role).order_by(user_role.c.role)):
        roles.setdefault(row.user_id, []).append(row.role)
    rows = reader.execute(select(user).order_by(user.c.name_key))
    return [Person(row.id, row.name, row.email, bool(row.may_sign_in), tuple(roles.get(row.id, ()))) for row in rows]


def preference(reader: Connection, user_id: int, key: str) -> Any:
    """What the user chose under `key`, or None."""
    value = reader.execute(
        select(user_preference.c.value).where(user_preference.c.user_id == user_id, user_preference.c.key == key)
    ).scalar_one_or_none()
    return None if value is None else json.loads(value)


def prefer(work: Work, key: str, value: Any) -> None:
    """Keep `value` (what JSON can hold) as the actor's own choice; not worth an event.

    Raises: NotAllowed.
    """
    work.actor.require(Right.CONVERSATION_VIEW)
    own = {"user_id": work.actor.id, "key": key}
    work.conn.execute(
        delete(user_preference).where(user_preference.c.user_id == own["user_id"], user_preference.c.key == key)
    )
    work.conn.execute(insert(user_preference).values(**own, value=json.dumps(value, separators=(",", ":"))))
