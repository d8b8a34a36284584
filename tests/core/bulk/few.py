"""A few conversations with all that actions touch: made, put back, edited past all verbs, and read as plain values."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Row, delete, insert, select, update

from core.database import Store, Work
from core.database.tables import (
    change,
    contact_tag,
    conversation,
    deal,
    enrollment,
    message,
    pipeline,
    stage,
    stage_event,
    tag,
    workflow,
)
from tests.core.bulk.test_kills import people

ROWS = 12
TAGS = (1, 2)
WORKFLOWS = (1, 2)
REDRIP = 1
"""This one takes nobody who has won."""

BRINGS_TAG, BROUGHT = 2, ("tag", 2)
"""Who enrolls in this workflow gets this tag."""

STAGES = {1: "open", 2: "open", 3: "won"}

PLAIN: dict[str, Any] = {
    "is_archived": 0,
    "archived_at": None,
    "is_hot": 0,
    "unread_count": 0,
    "owner_id": None,
    "is_opted_out": 0,
}
EDITS: dict[str, Callable[[Any], Any]] = {
    "is_hot": lambda was: 1 - was,
    "is_opted_out": lambda was: 1 - was,
    "owner_id": lambda _: 3,
    "unread_count": lambda _: 7,
}
"""What somebody makes of a column."""

ENROLLED = ("state", "is_live", "next_due_at", "stopped_at", "stop_reason")
DEALT = ("stage_id", "outcome", "amount_cents", "stage_entered_at", "closed_at", "changed_at")


def fill(work: Work) -> None:
    """Once for a database."""
    people(work, ROWS)
    own = {"created_at": 1, "event_id": 1}
    work.conn.execute(insert(tag).values(id=2, name="y", name_key="y", **own))
    second = {"name": "v", "name_key": "v", "kind": "workflow", "state": "on", "tag_id": BROUGHT[1]}
    work.conn.execute(insert(workflow).values(id=2, **second, **own))
    work.conn.execute(insert(pipeline).values(id=1, name="p", name_key="p", event_id=1))
    for id_, kind in STAGES.items():
        named = {"name": str(id_), "name_key": str(id_), "kind": kind}
        work.conn.execute(insert(stage).values(id=id_, pipeline_id=1, event_id=1, **named))


def reset(work: Work) -> None:
    """As plain as in the beginning; messages stay."""
    for table in (contact_tag, enrollment, stage_event, deal):
        work.conn.execute(delete(table))
    derived_ = {"enrollment_count": 0, "deal_count": 0, "stage_id": None, "amount_key": -1}
    work.conn.execute(update(conversation).values(**PLAIN, **derived_))


def edit(work: Work, id_: int, what: Hashable, value: Any) -> None:
    """A column of the conversation, or a tag put on (when and by which event) or taken off (None)."""
    if isinstance(what, str):
        work.conn.execute(update(conversation).where(conversation.c.id == id_).values({what: value}))
        return
    _, tag_id = what  # type: ignore[misc]
    if value is None:
        work.conn.execute(delete(contact_tag).where(contact_tag.c.contact_id == id_, contact_tag.c.tag_id == tag_id))
    else:
        row = {"contact_id": id_, "tag_id": tag_id, "added_at": value[0], "event_id": value[1]}
        work.conn.execute(insert(contact_tag).values(**row))


def go_on(work: Work, id_: int) -> None:
    """The live enrollments of a contact come further."""
    e = enrollment.c
    work.conn.execute(update(enrollment).where(e.contact_id == id_, e.is_live == 1).values(state="active"))


def receive(work: Work, id_: int) -> None:
    """The contact writes; these few are in no text index."""
    row: dict[str, Any] = {"direction": "in", "body": "hello", "sent_at": work.now, "event_id": 1}
    work.conn.execute(insert(message).values(contact_id=id_, id=work.take_ids("message"), **row))
    values = {"last_message_at": work.now, "last_direction": "in"}
    work.conn.execute(update(conversation).where(conversation.c.id == id_).values(**values))


def read(reader: Connection) -> dict[int, dict[Hashable, Any]]:
    """Everything of each conversation by its parts, and what is derived from them."""
    names = [*PLAIN, "enrollment_count", "deal_count", "stage_id", "amount_key"]
    found: dict[int, dict[Hashable, Any]] = {
        row.id: {name: row._mapping[name] for name in names} for row in reader.execute(select(conversation))
    }
    for row in reader.execute(select(contact_tag)):
        found[row.contact_id]["tag", row.tag_id] = (row.added_at, row.event_id)
    for row in reader.execute(select(enrollment)):
        found[row.contact_id]["enrollment", row.workflow_id, row.event_id] = _of(row, ENROLLED)
    for row in reader.execute(select(deal)):
        found[row.contact_id]["deal", row.event_id] = _of(row, DEALT)
    return found


def _of(row: Row[Any], names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(row._mapping[name] for name in names)


def derived(deals: dict[Any, Any], live: dict[Any, Any]) -> dict[str, Any]:
    """What the conversation row carries of its deals and live enrollments."""
    shown = max(deals, key=lambda key: (deals[key][1] == "open", deals[key][5], key), default=None)
    stage_id, _, amount, *_ = deals[shown] if shown else (None, None, None)
    return {
        "enrollment_count": len(live),
        "deal_count": len(deals),
        "stage_id": stage_id,
        "amount_key": -1 if amount is None else amount,
    }


def stages(reader: Connection) -> dict[tuple[int, int], int]:
    """The stage of each deal."""
    return {(row.contact_id, row.id): row.stage_id for row in reader.execute(select(deal))}


def last_stages(reader: Connection) -> dict[tuple[int, int], int]:
    """The same as the history of stages tells it."""
    rows = reader.execute(select(stage_event).order_by(stage_event.c.id))
    return {(row.contact_id, row.deal_id): row.to_stage_id for row in rows}


def changed(store: Store, event_id: int) -> set[int]:
    """The conversations of which an event changed anything."""
    wanted = select(change.c.contact_id).where(change.c.event_id == event_id, change.c.outcome == "changed")
    with store.read() as reader:
        return set(reader.execute(wanted).scalars())


def is_there(deal: tuple[Any, ...], stage_id: int, amount: int | None) -> bool:
    """The deal lies in the stage, with the amount, if one is asked for."""
    return deal[0] == stage_id and (amount is None or deal[2] == amount)


@contextmanager
def at_most(n: int) -> Iterator[None]:
    """Larger selections than `n` become jobs of small chunks, without a rest between them."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("core.bulk.run", "core.undo.run"):
            patch.setattr(f"{module}.AT_ONCE", n)
        for size in ("FIRST_CHUNK", "LARGEST_CHUNK"):
            patch.setattr(f"core.bulk.pace.{size}", 3)
        patch.setattr("core.database.turns.rest", lambda _engine: None)
        yield
