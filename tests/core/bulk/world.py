"""A small world to act on, what every action is tried with, and pictures of all rows that actions may touch."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update

from core import bulk, jobs, undo
from core.access import Actor
from core.conversations import upkeep
from core.database import Store, Work
from core.database.search import reindexing
from core.database.tables import change, contact_tag, conversation, deal, enrollment, event_state, tag, workflow
from tests.conftest import ALICE, NOON
from tests.core.conversations import world

SIZE = 60
TABLES = (conversation, contact_tag, enrollment, deal, tag)

ACTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "archive": ("archive", {}),
    "archive, enrollments go on": ("archive", {"stop_enrollments": False}),
    "restore": ("restore", {}),
    "hot": ("hot", {}),
    "not hot": ("not_hot", {}),
    "read": ("read", {}),
    "unread": ("unread", {}),
    "assign": ("assign", {"owner_id": 2}),
    "assign nobody": ("assign", {"owner_id": None}),
    "follow up": ("follow_up", {"at": NOON + 86_400}),
    "follow-up done": ("follow_up_done", {}),
    "tag": ("tag", {"tag_ids": [1]}),
    "several tags": ("tag", {"tag_ids": [1, 2, 3]}),
    "untag": ("untag", {"tag_ids": [2]}),
    "several tags off": ("untag", {"tag_ids": [1, 2, 4]}),
    "merge": ("merge", {"from_id": 2, "into_id": 3}),
    "enroll": ("enroll", {"workflow_id": 1}),
    "stop": ("stop", {"workflow_id": None}),
    "stop one workflow": ("stop", {"workflow_id": 1}),
    "move": ("move", {"stage_id": 11, "amount_cents": None}),
    "move with an amount": ("move", {"stage_id": 12, "amount_cents": 12_345}),
    "move deals by name": ("move", {"stage_id": 11, "deal_ids": tuple(range(4, 2_000, 3))}),
    "delete a stage": ("retire_stage", {"from_id": 10, "into_id": 11}),
}


def fill(store: Store, n: int = SIZE) -> list[int]:
    """Conversations with everything on them; a workflow is on and brings a tag."""
    ids: list[int] = store.write(ALICE, world.fill, n, 7)
    store.write(ALICE, _prepare)
    return ids


def _prepare(work: Work) -> None:
    work.conn.execute(update(workflow).values(state="on", tag_id=5))
    for name in ("deal", "enrollment", "tag", "workflow"):
        work.take_ids(name, 100_000)  # the world gives its own rows numbers of its own


def picture(store: Store) -> dict[str, set[tuple[Any, ...]]]:
    """All rows of TABLES, without the versions that writing raises."""
    with store.read() as reader:
        return drawn(reader)


def drawn(reader: Connection, *, without: str = "") -> dict[str, set[tuple[Any, ...]]]:
    found = {}
    for table in TABLES:
        columns = [column for column in table.c if not (column.name == "version" and table is not enrollment)]
        columns = [column for column in columns if column.name != without]
        found[table.name] = {tuple(row) for row in reader.execute(select(*columns))}
    return found


class _Enough(Exception):
    """Raised to roll back."""


def assert_wide_rows_hold(store: Store, ids: Sequence[int]) -> None:
    """What the conversation row carries of deals and enrollments is what derives from them."""

    def derive(work: Work) -> None:
        before = drawn(work.conn, without="activity_key")  # some messages lie in the future, and activity ends now
        with reindexing(work.conn, ids):
            upkeep.refresh(work.conn, ids, work.now)
        assert drawn(work.conn, without="activity_key") == before
        raise _Enough

    with pytest.raises(_Enough):
        store.write(ALICE, derive)


def do(store: Store, action: bulk.Action, ids: Sequence[int], actor: Actor = ALICE) -> int:
    """Start it, and carry it out where it became a job."""
    event_id = bulk.start(store, actor, action, bulk.choose("ticked", ids))
    return finish(store, event_id)


def take_back(store: Store, event_id: int, actor: Actor = ALICE) -> int:
    """Undo it, and carry that out where it became a job."""
    return finish(store, undo.start(store, actor, event_id))


def finish(store: Store, event_id: int) -> int:
    found = status(store, event_id)
    if found.is_running and found.undoes_event_id is not None:
        undo.carry_out(store, event_id)
    elif found.is_running:
        bulk.carry_out(store, event_id)
    return event_id


def status(store: Store, event_id: int) -> jobs.Status:
    with store.read() as reader:
        return jobs.status(reader, event_id)


def state(store: Store, event_id: int) -> str:
    with store.read() as reader:
        return str(reader.execute(select(event_state.c.state).where(event_state.c.event_id == event_id)).scalar_one())


def accounted(store: Store, event_id: int) -> list[Any]:
    """The changes that count, one for each conversation, in order."""
    with store.read() as reader:
        wanted = select(change).where(change.c.event_id == event_id, change.c.n % 1024 == 0)
        return list(reader.execute(wanted.order_by(change.c.n)))


def written(store: Store) -> int:
    """How many changes there are in all."""
    with store.read() as reader:
        return int(reader.execute(select(func.count()).select_from(change)).scalar_one())
