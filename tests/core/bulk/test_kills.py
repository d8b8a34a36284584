"""A worker that is killed at any instruction: every row is done once, the account is whole, and undo restores."""

import random
import time
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from core import bulk, undo
from core.conversations.upkeep import activity_key
from core.database import Store, Work, images
from core.database.tables import change, contact, conversation, enrollment, tag, workflow
from tests.conftest import ALICE
from tests.core.bulk.worker import PROCESSES, work
from tests.core.bulk.world import drawn, state, status

CI, FULL = (20_000, 10), (300_000, 50)
"""Rows, and how often the worker is killed at most, in the action and in its undo each."""

CHUNKS = 50
"""A job has about so many, so that it outlives that many workers."""

LIFE_SECONDS = 0.1

STEP = 5_000


def people(work: Work, n: int) -> None:
    """`n` plain conversations, a tag, and a workflow that every third contact is in."""
    event_id = work.record("test.fill")
    own = {"created_at": 1, "event_id": event_id}
    work.conn.execute(insert(tag).values(id=1, name="x", name_key="x", **own))
    work.conn.execute(insert(workflow).values(id=1, name="w", name_key="w", kind="redrip", state="on", **own))
    for first in range(1, n + 1, STEP):
        ids = range(first, min(first + STEP, n + 1))
        work.conn.execute(insert(contact), [{"id": i, "phone": f"+1212{i:07}", **own} for i in ids])
        rows: list[dict[str, Any]] = [
            {"id": i, "activity_key": activity_key(i, i), "name_key": str(i), "enrollment_count": int(i % 3 == 0)}
            for i in ids
        ]
        work.conn.execute(insert(conversation), rows)
        live = {"workflow_id": 1, "version": 1, "state": "waiting", "is_live": 1, "started_at": 1, "event_id": event_id}
        work.conn.execute(insert(enrollment), [{"contact_id": i, "id": i, **live} for i in ids if i % 3 == 0])
    work.take_ids("contact", n)


def run_and_kill(url: str, store: Store, event_id: int, n: int, kills: int) -> int:
    """Workers one after the other, each killed after a random while, the last one not; returns how many were."""
    drawn_by = random.Random(event_id)
    killed = 0
    while status(store, event_id).is_running:
        ready, told = PROCESSES.Pipe(duplex=False)
        worker = PROCESSES.Process(target=work, args=(url, n // CHUNKS, told))
        worker.start()
        assert ready.recv() == "ready"
        if killed < kills:
            time.sleep(drawn_by.uniform(0.0, LIFE_SECONDS))
            worker.kill()
            killed += 1
        worker.join()
    return killed


@pytest.mark.timeout(1_800)  # at full figures
def test_killed_again_and_again_every_row_is_done_once(database_url: str, store: Store, is_full: bool) -> None:
    n, kills = FULL if is_full else CI
    store.write(ALICE, people, n)
    with store.read() as reader:
        before = drawn(reader)
    event_id = bulk.start(store, ALICE, bulk.action("archive"), bulk.choose("all", range(1, n + 1)), "once")
    killed = run_and_kill(database_url, store, event_id, n, kills)
    done = status(store, event_id)
    assert (done.state, done.total, done.done, done.changed) == ("done", n, n, n)
    assert accounted(store, event_id) == (n, n)
    with store.read() as reader:
        archived, live = reader.execute(
            select(func.sum(conversation.c.is_archived), func.sum(conversation.c.enrollment_count))
        ).one()
    assert (archived, live) == (n, 0)
    undo_id = undo.start(store, ALICE, event_id)
    killed += run_and_kill(database_url, store, undo_id, n, kills)
    assert (state(store, event_id), status(store, undo_id).changed, accounted(store, undo_id)) == ("undone", n, (n, n))
    with store.read() as reader:
        assert drawn(reader) == before
    assert killed >= kills


def accounted(store: Store, event_id: int) -> tuple[int, int]:
    """The changes that count for their conversation, and how many conversations they are of."""
    with store.read() as reader:
        wanted = select(func.count(), func.count(change.c.contact_id.distinct())).where(
            change.c.event_id == event_id, images.is_main(change.c.n), change.c.outcome == "changed"
        )
        return tuple(reader.execute(wanted).one())
