"""Templates into the database, by folder and title."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from core.database import Change, Work, engines
from core.database.tables import template
from core.transfer.outlook import Outlook
from core.transfer.rows import Remark, TemplateRow

SAME_TITLE = "line {} has the same folder and title: only that one counts"

Key = tuple[str, str]
"""Folder and title."""


@dataclass
class Templates(Outlook):
    """What a chunk of templates will do."""

    new: dict[Key, TemplateRow] = field(default_factory=dict)
    changed: list[tuple[Row[*tuple[Any, ...]], TemplateRow]] = field(default_factory=list)
    lines: dict[Key, int] = field(default_factory=dict)


class TemplateApplier:
    """The first line of a folder and title counts. A known template takes another body, and a shortcut when given."""

    def __init__(self) -> None:
        self._lines: dict[Key, int] = {}

    def look(self, reader: Connection, rows: Sequence[TemplateRow]) -> Templates:
        outlook = Templates()
        titled = template.c.title.in_(engines.text_set(reader, {row.title for row in rows}))
        known = {(row.folder, row.title): row for row in reader.execute(select(template).where(titled))}
        for row in rows:
            key = row.folder, row.title
            first = outlook.lines.get(key) or self._lines.get(key)
            if first is not None:
                outlook.counts.unchanged += 1
                outlook.remark(row.line, Remark("title", row.title, SAME_TITLE.format(first)))
                continue
            outlook.lines[key] = row.line
            stored = known.get(key)
            if stored is None:
                outlook.counts.inserted += 1
                outlook.new[key] = row
            elif stored.body != row.body or row.shortcut not in {"", stored.shortcut}:
                outlook.counts.updated += 1
                outlook.changed.append((stored, row))
            else:
                outlook.counts.unchanged += 1
        return outlook

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
