"""Templates a user may insert, and what a typed shortcut stands for."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from core.database.tables import template
from core.errors import NotFound
from core.words import fold

t = template.c


@dataclass(frozen=True)
class Template:
    """A template as listed. `user_id`: whose own it is, None: the team's; `used_at`: UTC seconds, None: never."""

    id: int
    title: str
    shortcut: str
    body: str
    folder: str
    user_id: int | None
    is_retired: bool
    use_count: int
    used_at: int | None


@dataclass(frozen=True)
class Shortcut:
    """What a typed word stands for. One choice is inserted at once, several are asked about; `hidden`: the team's,
    before which one's own go.
    """

    choices: tuple[Template, ...]
    hidden: tuple[Template, ...] = ()


def find(reader: Connection, user_id: int, include_retired: bool = False) -> list[Template]:
    """The team's templates and the user's own, by folder and title."""
    wanted = select(template).where(or_(t.user_id.is_(None), t.user_id == user_id))
    if not include_retired:
        wanted = wanted.where(t.is_retired == 0)
    found = [_template(row) for row in reader.execute(wanted)]
    return sorted(found, key=lambda each: (fold(each.folder), fold(each.title), each.id))


def get(reader: Connection, user_id: int, template_id: int) -> Template:
    """One of them, retired or not.

    Raises: NotFound, also for another user's own.
    """
    row = reader.execute(select(template).where(t.id == template_id)).first()
    if row is None or row.user_id not in (None, user_id):
        raise NotFound("This template does not exist (any more). Choose another.")
    return _template(row)


def by_shortcut(found: Iterable[Template]) -> dict[str, Shortcut]:
    """What each shortcut stands for among these, which are one user's: their own goes before the team's."""
    sharing = defaultdict(list)
    for each in found:
        if each.shortcut and not each.is_retired:
            sharing[each.shortcut].append(each)
    answer = {}
    for word, all_ in sharing.items():
        own = tuple(each for each in all_ if each.user_id is not None)
        team = tuple(each for each in all_ if each.user_id is None)
        answer[word] = Shortcut(own, team) if own else Shortcut(team)
    return answer


def _template(row: Row[Any]) -> Template:
    retired = bool(row.is_retired)
    body = row.id, row.title, row.shortcut, row.body, row.folder, row.user_id, retired
    return Template(*body, row.use_count, row.used_at)
