"""Undo, first part: rows that the import changed get their old values again, and lose what it put on them."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Table, bindparam, delete, select, update

from core import templates
from core.conversations.upkeep import refresh, refresh_names
from core.database import Change, Work, engines
from core.database.search import reindexing
from core.database.tables import (
    consent_event,
    contact,
    contact_tag,
    conversation,
    deal,
    message,
    note,
    note_version,
    stage_event,
    template,
)
from core.transfer import own

CHANGED_SINCE = "changed since the import"

_TABLES: dict[str, tuple[Table, Any]] = {
    "contact": (contact, contact.c.id),
    "conversation": (conversation, conversation.c.id),
    "note": (note, note.c.contact_id),
    "deal": (deal, deal.c.id),
    "template": (template, template.c.id),
}
"""The tables whose rows an import changes, and the column that a change calls its row by."""


def restore(work: Work, event_id: int, changes: Sequence[Row[Any]]) -> list[Change]:
    """Take these changes of the import back, given newest first; also the rows it inserted for their contacts.

    Contacts that the import itself made are left to the part that deletes them.
    """
    touched = {row.contact_id for row in changes if row.contact_id is not None}
    made = contact.c.id.in_(engines.id_set(work.conn, list(touched))) & (contact.c.event_id == event_id)
    touched -= set(work.conn.execute(select(contact.c.id).where(made)).scalars())
    ids = sorted(touched)
    mine = [row for row in changes if row.contact_id is None or row.contact_id in touched]
    changed = [row for row in mine if row.outcome == "changed"]
    of_own = [row for row in changed if row.table_name == "custom_value"]
    restoring = _Restoring(work, [row for row in changed if row.table_name in _TABLES and row.before is not None])
    with reindexing(work.conn, ids):
        restoring.run()
        restoring.listed += own.restore(work, of_own, CHANGED_SINCE)
        restoring.listed += _delete_inserted(work, event_id, ids, restoring.kept_deals())
        refresh_names(work.conn, ids)
        refresh(work.conn, ids, work.now)
    return restoring.listed


def _delete_inserted(work: Work, event_id: int, ids: Sequence[int], kept_deals: Sequence[int]) -> list[Change]:
    """Messages, tags, notes and deals of the event on these contacts, but for notes and deals changed since."""
    of = engines.id_set(work.conn, ids)
    for table in (message, contact_tag, consent_event):
        work.conn.execute(delete(table).where(table.c.contact_id.in_(of), table.c.event_id == event_id))
    notes = note.c.contact_id.in_(of), note.c.event_id == event_id
    deals = deal.c.contact_id.in_(of), deal.c.event_id == event_id
    work.conn.execute(delete(note).where(*notes, note.c.version == 1))
    work.conn.execute(delete(deal).where(*deals, deal.c.version == 1))
    changed_notes = work.conn.execute(select(note.c.contact_id).where(*notes)).scalars().all()
    changed_deals = work.conn.execute(select(deal.c.contact_id, deal.c.id).where(*deals)).all()
    kept = engines.id_set(work.conn, [*kept_deals, *(row.id for row in changed_deals)])
    events = stage_event.c.contact_id.in_(of), stage_event.c.event_id == event_id
    work.conn.execute(delete(stage_event).where(*events, stage_event.c.deal_id.not_in(kept)))
    listed = [Change("note", id_, id_, outcome="skipped", reason=CHANGED_SINCE) for id_ in changed_notes]
    return listed + [
        Change("deal", row.id, row.contact_id, outcome="skipped", reason=CHANGED_SINCE) for row in changed_deals
    ]


class _Restoring:
    def __init__(self, work: Work, changes: Sequence[Row[Any]]) -> None:
        self.work = work
        self.changes = changes
        self.listed: list[Change] = []
        self.current = {name: self._current(name) for name in {row.table_name for row in changes}}
        self.written: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = {}

    def _current(self, table_name: str) -> dict[int, dict[str, Any]]:
        table, column = _TABLES[table_name]
        rows = [row for row in self.changes if row.table_name == table_name]
        wanted = [column.in_(engines.id_set(self.work.conn, [row.row_id for row in rows]))]
        if table is deal:
            wanted.append(deal.c.contact_id.in_(engines.id_set(self.work.conn, [row.contact_id for row in rows])))
        found = self.work.conn.execute(select(table).where(*wanted)).mappings()
        return {row[column.name]: dict(row) for row in found}

    def run(self) -> None:
        for row in self.changes:
            self._take(row)
        self._write()

    def kept_deals(self) -> list[int]:
        return [
            item.row_id
            for item in self.listed
            if item.table == "deal" and item.outcome == "skipped" and item.row_id is not None
        ]

    def _take(self, row: Row[Any]) -> None:
        before, after = json.loads(row.before), json.loads(row.after)
        now = self.current[row.table_name].get(row.row_id)
        if now is not None and all(now[name] == value for name, value in before.items() if name != "version"):
            return  # an earlier undo, or a person, has brought it back already
        if now is None or self._is_other(row, now, before, after):
            kept = Change(row.table_name, row.row_id, row.contact_id, outcome="skipped", reason=CHANGED_SINCE)
            self.listed.append(kept)
            return
        values = {name: value for name, value in before.items() if name != "version"}
        if "version" in after:
            values["version"] = before["version"] if now["version"] == after["version"] else now["version"] + 1
        if row.table_name == "note":
            old = note_version.c.contact_id == row.contact_id, note_version.c.version == before["version"]
            self.work.conn.execute(delete(note_version).where(*old))
        old_values = {name: now[name] for name in values}
        now.update(values)
        key = {"of": row.row_id, "of_contact": row.contact_id} if row.table_name == "deal" else {"of": row.row_id}
        self.written.setdefault((row.table_name, tuple(sorted(values))), []).append({**key, **values})
        self.listed.append(Change(row.table_name, row.row_id, row.contact_id, old_values, values))

    def _is_other(self, row: Row[Any], now: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> bool:
        """The row, or the place it would go back to, is another one's since."""
        if any(now[name] != value for name, value in after.items() if name != "version"):
            return True
        if row.table_name != "template" or now["is_retired"]:
            return False
        return templates.in_place(self.work.conn, {**now, **before}, row.row_id) is not None

    def _write(self) -> None:
        for (table_name, names), rows in self.written.items():
            table, column = _TABLES[table_name]
            wanted = column == bindparam("of")
            if table is deal:
                wanted &= deal.c.contact_id == bindparam("of_contact")
            values: dict[str, Any] = {name: bindparam(name) for name in names}
            self.work.conn.execute(update(table).where(wanted).values(values), rows)
