"""Enrollments moved many at a time: each with its reason, one event for all, the wide rows kept true."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, update

from core.conversations import upkeep
from core.database import Change, Work, engines
from core.database.tables import enrollment

e = enrollment.c

COLUMNS = ("state", "is_live", "position", "next_due_at", "attempts", "reason", "stopped_at", "stop_reason")
"""What a move may change; the images of each move hold them all."""


class Move(NamedTuple):
    """An enrollment, as its row was read, and the columns that become others, with the reason in words."""

    row: Row[Any]
    after: dict[str, Any]
    why: str


def ended(now: int, state: str, why: str) -> dict[str, Any]:
    """The columns of an enrollment that is completed, stopped or failed."""
    reason = "" if state == "completed" else why
    return {"state": state, "is_live": 0, "next_due_at": None, "stopped_at": now, "stop_reason": reason, "reason": ""}


def onward(now: int, position: int) -> dict[str, Any]:
    """The columns of an enrollment that comes to a step now."""
    return {"state": "active", "position": position, "next_due_at": now, "attempts": 0, "reason": ""}


def write(work: Work, moves: Sequence[Move], also: Sequence[Change] = (), *, event_id: int | None = None) -> None:
    """Make the moves, whose conversations are locked, under one event; `also`: what else it has changed."""
    if not moves:
        return
    event_id = work.record("enrollment.move") if event_id is None else event_id
    before = [{name: each.row._mapping[name] for name in COLUMNS} for each in moves]
    after = [{**was, **each.after} for was, each in zip(before, moves, strict=True)]
    changes = [
        Change("enrollment", each.row.id, each.row.contact_id, was, now, reason=each.why)
        for each, was, now in zip(moves, before, after, strict=True)
    ]
    work.account_each(event_id, [*changes, *also])
    work.conn.execute(_MOVE, [_named(each.row, now) for each, now in zip(moves, after, strict=True)])
    ends = [each.row.contact_id for each, now in zip(moves, after, strict=True) if not now["is_live"]]
    if ends:
        upkeep.refresh_enrollments(work.conn, engines.id_set(work.conn, ends))


def _named(row: Row[Any], now: dict[str, Any]) -> dict[str, Any]:
    return {"whose": row.contact_id, "of": row.id, **{f"new_{name}": now[name] for name in COLUMNS}}


_MOVE = (
    update(enrollment)
    .where(e.contact_id == bindparam("whose"), e.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}", type_=e[name].type) for name in COLUMNS})
)
