"""Templates into the database, by folder and title."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from core.database import Change, Work, engines
from core.database.tables import template
from core.transfer.outlook import Outlook
from core.transfer.rows import Remark, TemplateRow

SAME_TITLE = "line {} has the same folder and title: only that one counts"
SAME_SHORTCUT = "stands for “{}” in this folder: this one goes without it"

t = template.c

Key = tuple[str, str]
"""Folder and title, or folder and shortcut."""


@dataclass
class Templates(Outlook):
    """What a chunk of templates will do."""

    new: dict[Key, TemplateRow] = field(default_factory=dict)
    changed: list[tuple[Row[*tuple[Any, ...]], TemplateRow]] = field(default_factory=list)
    lines: dict[Key, int] = field(default_factory=dict)
    shortcuts: dict[Key, str] = field(default_factory=dict)


class TemplateApplier:
    """The team's templates. The first line of a folder and title counts. A known template takes another body, and a
    shortcut when given. A shortcut that another one of the folder has stays with that one.
    """

    def __init__(self) -> None:
        self._lines: dict[Key, int] = {}
        self._shortcuts: dict[Key, str] = {}

    def look(self, reader: Connection, rows: Sequence[TemplateRow]) -> Templates:
        outlook = Templates()
        known = {(row.folder, row.title): row for row in _in_use(reader, t.title, {row.title for row in rows})}
        words = {row.shortcut for row in rows if row.shortcut}
        outlook.shortcuts = {(row.folder, row.shortcut): row.title for row in _in_use(reader, t.shortcut, words)}
        for row in rows:
            outlook.remarks.extend((row.line, remark) for remark in row.remarks)
            key = row.folder, row.title
            first = outlook.lines.get(key) or self._lines.get(key)
            if first is not None:
                outlook.counts.unchanged += 1
                outlook.remark(row.line, Remark("title", row.title, SAME_TITLE.format(first)))
                continue
            outlook.lines[key] = row.line
            self._weigh(outlook, self._with_free_shortcut(outlook, row), known.get(key))
        return outlook

    def _with_free_shortcut(self, outlook: Templates, row: TemplateRow) -> TemplateRow:
        if not row.shortcut:
            return row
        place = row.folder, row.shortcut
        holder = self._shortcuts.get(place) or outlook.shortcuts.setdefault(place, row.title)
        if holder == row.title:
            return row
        outlook.remark(row.line, Remark("shortcut", row.shortcut, SAME_SHORTCUT.format(holder)))
        return row._replace(shortcut="")

    @staticmethod
    def _weigh(outlook: Templates, row: TemplateRow, stored: Row[*tuple[Any, ...]] | None) -> None:
        if stored is None:
            outlook.counts.inserted += 1
            outlook.new[row.folder, row.title] = row
        elif stored.body != row.body or row.shortcut not in {"", stored.shortcut}:
            outlook.counts.updated += 1
            outlook.changed.append((stored, row))
        else:
            outlook.counts.unchanged += 1

    def write(self, work: Work, event_id: int, outlook: Templates) -> list[Change]:
        first = work.take_ids("template", len(outlook.new))
        rows = [
            {
                "id": first + n,
                "title": row.title,
                "shortcut": row.shortcut,
                "body": row.body,
                "folder": row.folder,
                "created_at": work.now,
                "event_id": event_id,
            }
            for n, row in enumerate(outlook.new.values())
        ]
        if rows:
            work.conn.execute(insert(template), rows)
        changes, updates = [], []
        for stored, row in outlook.changed:
            after = {"body": row.body, "shortcut": row.shortcut or stored.shortcut}
            before = {"body": stored.body, "shortcut": stored.shortcut}
            changes.append(Change("template", stored.id, None, before, after))
            updates.append({"of": stored.id, **after})
        if updates:
            changed = update(template).where(template.c.id == bindparam("of"))
            work.conn.execute(changed.values(body=bindparam("body"), shortcut=bindparam("shortcut")), updates)
        return changes

    def settle(self, outlook: Templates) -> None:
        self._lines.update(outlook.lines)
        self._shortcuts.update(outlook.shortcuts)


def _in_use(reader: Connection, column: Any, texts: set[str]) -> Iterable[Row[*tuple[Any, ...]]]:
    """The team's templates that have one of these texts in the column; retired ones are done with."""
    wanted = select(template).where(t.user_id.is_(None), t.is_retired == 0)
    return reader.execute(wanted.where(column.in_(engines.text_set(reader, texts))))
