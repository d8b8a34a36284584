"""Templates made, changed, moved between folders and owners, retired and taken back into use."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from core import sms
from core.access import Right
from core.database import Change, Work
from core.database.tables import template
from core.errors import Conflict, Invalid, NotFound
from core.words import clean, fold, line

LONGEST_TITLE = 120
LONGEST_SHORTCUT = 60
LONGEST_FOLDER = 60
DETAILS = ("title", "shortcut", "body", "folder", "user_id")

t = template.c


@dataclass(frozen=True)
class Draft:
    """A template as it shall be. `shortcut`: one word, or blank; `is_own`: the actor's own instead of the team's."""

    title: str
    body: str
    shortcut: str = ""
    folder: str = ""
    is_own: bool = False


def add(work: Work, draft: Draft) -> int:
    """Make a template; returns its id. Undoing that retires it.

    Raises: NotAllowed; Invalid; Conflict when its title or shortcut is taken in the folder.
    """
    _may(work, draft.is_own)
    values = _checked(work, draft)
    _free(work, values, None)
    template_id = work.take_ids("template")
    made = Change("template", template_id, None, {"is_retired": 1}, {"is_retired": 0})
    event_id = work.record_change("template.add", made, said=f"added the template {values['title']}")
    work.conn.execute(insert(template).values(id=template_id, created_at=work.now, event_id=event_id, **values))
    return template_id


def edit(work: Work, template_id: int, draft: Draft) -> int:
    """Make it as the draft says, folder and owner included; returns the event.

    Raises: NotAllowed; NotFound; Invalid; Conflict when its title or shortcut is taken in the folder.
    """
    held = _held(work, template_id)
    _may(work, draft.is_own)
    values = _checked(work, draft)
    _free(work, values, template_id)
    before = {key: held._mapping[key] for key in DETAILS}
    return _change(work, template_id, ("template.edit", f"changed the template {values['title']}"), before, values)


def retire(work: Work, template_id: int) -> int:
    """Offer it no longer; texts that came from it stay. Returns the event.

    Raises: NotAllowed; NotFound.
    """
    held = _held(work, template_id)
    return _switch(work, held, ("template.retire", f"retired the template {held.title}"), 1)


def revive(work: Work, template_id: int) -> int:
    """Offer it again; returns the event.

    Raises: NotAllowed; NotFound; Conflict when its title or shortcut was given away meanwhile.
    """
    held = _held(work, template_id)
    _free(work, dict(held._mapping), template_id)
    return _switch(work, held, ("template.revive", f"took the template {held.title} back into use"), 0)


def used(work: Work, template_id: int) -> None:
    """Count one use, inside the event of the text it was used for; a template that has gone counts nothing."""
    work.actor.require(Right.MESSAGE_SEND)
    counted = {"use_count": t.use_count + 1, "used_at": work.now}
    work.conn.execute(update(template).where(t.id == template_id).values(counted))


def as_shortcut(text: str) -> str:
    """The shortcut as it is kept and compared: folded; blank for none.

    Raises: Invalid.
    """
    shortcut = fold(clean(text).strip())
    if shortcut.split() not in ([], [shortcut]) or len(shortcut) > LONGEST_SHORTCUT:
        raise Invalid(f"A shortcut is one word of at most {LONGEST_SHORTCUT} letters, without blanks.")
    return shortcut


def _may(work: Work, is_own: bool) -> None:
    work.actor.require(Right.MESSAGE_SEND if is_own else Right.TEMPLATE_EDIT)


def _held(work: Work, template_id: int) -> Row[Any]:
    row = work.conn.execute(select(template).where(t.id == template_id)).first()
    if row is None or row.user_id not in (None, work.actor.id):
        raise NotFound("This template does not exist (any more).")
    _may(work, row.user_id is not None)
    return row


def _change(work: Work, template_id: int, event: tuple[str, str], before: dict[str, Any], after: dict[str, Any]) -> int:
    verb, said = event
    event_id = work.record_change(verb, Change("template", template_id, None, before, after), said=said)
    work.conn.execute(update(template).where(t.id == template_id).values(**after))
    return event_id


def _switch(work: Work, held: Row[Any], event: tuple[str, str], is_retired: int) -> int:
    return _change(work, held.id, event, {"is_retired": held.is_retired}, {"is_retired": is_retired})


def _checked(work: Work, draft: Draft) -> dict[str, Any]:
    """The columns DETAILS."""
    title, folder = line(draft.title), line(draft.folder)
    shortcut, body = as_shortcut(draft.shortcut), clean(draft.body).strip()
    if not 0 < len(title) <= LONGEST_TITLE:
        raise Invalid(f"Give the template a title of at most {LONGEST_TITLE} letters.")
    if len(folder) > LONGEST_FOLDER:
        raise Invalid(f"Give the folder a name of at most {LONGEST_FOLDER} letters.")
    if not 0 < len(body) <= sms.LONGEST:
        raise Invalid(f"Write a text of at most {sms.LONGEST:,} letters.")
    user_id = work.actor.id if draft.is_own else None
    return {"title": title, "shortcut": shortcut, "body": body, "folder": folder, "user_id": user_id}


def _free(work: Work, values: Mapping[str, Any], template_id: int | None) -> None:
    """Title and shortcut are free among the templates in use of this owner and folder."""
    taken = in_place(work.conn, values, template_id)
    if taken is None:
        return
    where = f"in the folder “{values['folder']}”" if values["folder"] else "outside of folders"
    if taken.title == values["title"]:
        raise Conflict(f"There is already a template “{taken.title}” {where}. Choose another title or folder.")
    raise Conflict(
        f"The shortcut “{taken.shortcut}” stands for “{taken.title}” {where}. Choose another shortcut or folder."
    )


def in_place(reader: Connection, values: Mapping[str, Any], template_id: int | None) -> Row[*tuple[Any, ...]] | None:
    """Another template in use that has this title or shortcut, of the same folder and `user_id`; or None."""
    same_title = t.title == values["title"]
    same_shortcut = t.shortcut == values["shortcut"]
    return reader.execute(
        select(t.title, t.shortcut)
        .where(func.coalesce(t.user_id, 0) == (values["user_id"] or 0), t.folder == values["folder"])
        .where(t.is_retired == 0, t.id != (template_id or 0))
        .where(or_(same_title, same_shortcut) if values["shortcut"] else same_title)
        .limit(1)
    ).first()
