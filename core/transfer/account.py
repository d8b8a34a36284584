"""What an import did and left, for people: all its problems as a file, and what its undo kept."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from sqlalchemy import Column, Connection, func, select

from core.database.tables import (
    change,
    contact,
    event,
    import_problem,
    pipeline,
    stage,
    tag,
    template,
    user,
)
from core.transfer.rejects import problems_csv

KEPT = ("what", "name", "phone", "reason")
_NAMES: dict[str, tuple[Column[Any], Column[Any]]] = {
    "tag": (tag.c.id, tag.c.name),
    "stage": (stage.c.id, stage.c.name),
    "pipeline": (pipeline.c.id, pipeline.c.name),
    "template": (template.c.id, template.c.title),
    "user": (user.c.id, user.c.name),
}


def problem_count(reader: Connection, event_id: int) -> int:
    """How many problems an import has, rejected records and remarks together; they are numbered from 1 on."""
    last = select(func.coalesce(func.max(import_problem.c.n), 0)).where(import_problem.c.event_id == event_id)
    return int(reader.execute(last).scalar_one())


def problems_file(reader: Connection, event_id: int) -> Iterator[bytes]:
    """All problems as a CSV file (UTF-8), in pieces.

    Shape: one row per problem; line, column, value, reason, outcome (rejected, or imported with this remark).
    Order: as read.
    """
    p = import_problem.c
    wanted = select(p.line, p.column_name, p.value, p.reason, p.is_rejected).where(p.event_id == event_id)
    rows = reader.execute(wanted.order_by(p.n).execution_options(yield_per=1_000))
    return (line.encode() for line in problems_csv(tuple(row) for row in rows))


def kept_count(reader: Connection, event_id: int) -> int:
    """How many rows the newest undo of an import left as they are."""
    return int(reader.execute(select(func.count()).select_from(change).where(*_kept(event_id))).scalar_one())


def kept(reader: Connection, event_id: int, limit: int = 200) -> pd.DataFrame:
    """What the newest undo of an import left, because it was used or changed since.

    Shape: one row per row left; what (contact, deal, tag, …), name (of the contact, else its own), phone (E.164),
    reason. Order: as left.
    """
    c = contact.c
    wanted = (
        select(change.c.table_name, change.c.row_id, change.c.reason, c.first_name, c.last_name, c.phone)
        .join(contact, c.id == change.c.contact_id, isouter=True)
        .where(*_kept(event_id))
        .order_by(change.c.n)
        .limit(limit)
    )
    found = reader.execute(wanted).all()
    names = {table: _names(reader, table, [row.row_id for row in found if row.table_name == table]) for table in _NAMES}
    rows = []
    for row in found:
        name = " ".join(filter(None, (row.first_name, row.last_name)))
        own = names.get(row.table_name, {}).get(row.row_id, "")
        rows.append((row.table_name, name or own, row.phone or "", row.reason))
    return pd.DataFrame(rows, columns=KEPT, dtype=object)


def _kept(event_id: int) -> tuple[Any, ...]:
    undoing = select(func.max(event.c.id)).where(event.c.undoes_event_id == event_id).scalar_subquery()
    return change.c.event_id == undoing, change.c.outcome == "skipped"


def _names(reader: Connection, table: str, ids: list[int]) -> dict[int, str]:
    of, name = _NAMES[table]
    if not ids:
        return {}
    return {row[0]: row[1] for row in reader.execute(select(of, name).where(of.in_(ids)))}
