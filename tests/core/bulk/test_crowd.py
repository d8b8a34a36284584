"""Eight supervisors who act on overlapping rows at the same time: no deadlock, no error, no lost update."""

import json
import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from core import bulk, tags, undo
from core.database import Store, images
from core.database.tables import change, contact_tag, conversation, enrollment
from core.errors import Conflict
from tests.conftest import ALICE, Clock
from tests.core.bulk.test_kills import people
from tests.core.bulk.worker import PROCESSES
from tests.core.bulk.world import do, fill, picture, state

SUPERVISORS = 8
ROWS, SELECTED = 400, 120
CI, FULL = 4, 25
"""How many actions each carries out."""

WISHES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("hot", {}),
    ("not_hot", {}),
    ("archive", {}),
    ("restore", {}),
    ("tag", {"tag_ids": [1]}),
    ("untag", {"tag_ids": [1]}),
    ("enroll", {"workflow_id": 1}),
    ("stop", {}),
    ("read", {}),
    ("unread", {}),
)


FLAGS = {
    "conversation": {"is_hot": "is_hot", "is_archived": "is_archived"},
    "enrollment": {"enrollment": "is_live"},
}


def supervise(url: str, seed: int, actions: int, barrier: Barrier, answers: Any) -> None:
    drawn = random.Random(seed)
    try:
        with closing(Store.open(url)) as store:
            barrier.wait()
            for n in range(actions):
                name, params = drawn.choice(WISHES)
                ids = drawn.sample(range(1, ROWS + 1), SELECTED)
                event_id = bulk.start(store, ALICE, bulk.action(name, **params), bulk.choose("ticked", ids))
                if n % 4 == 3 and may_undo(store, event_id):
                    undo.start(store, ALICE, event_id)
        answers.put("")
    except Exception as failure:  # noqa: BLE001 - whatever it is, the test shall show it
        answers.put(repr(failure))


def may_undo(store: Store, event_id: int) -> bool:
    with store.read() as reader:
        return undo.offer(reader, ALICE, event_id).is_possible


@pytest.mark.timeout(900)  # at full figures
def test_nobody_waits_for_ever_and_nothing_is_lost(database_url: str, store: Store, is_full: bool) -> None:
    store.write(ALICE, people, ROWS)
    before = stored(store)
    barrier, answers = PROCESSES.Barrier(SUPERVISORS), PROCESSES.Queue()
    actions = FULL if is_full else CI
    crowd = [
        PROCESSES.Process(target=supervise, args=(database_url, seed, actions, barrier, answers))
        for seed in range(SUPERVISORS)
    ]
    for process in crowd:
        process.start()
    found = [answers.get(timeout=600) for _ in crowd]
    for process in crowd:
        process.join()
    assert [failure for failure in found if failure] == []
    assert replayed(store, before) == stored(store)
    with store.read() as reader:
        derived = reader.execute(select(conversation.c.id, conversation.c.enrollment_count)).all()
    assert Counter({row.id: row.enrollment_count for row in derived}) == stored(store)["enrollment"]


def replayed(store: Store, before: dict[str, Counter[int]]) -> dict[str, Counter[int]]:
    """What the changes say, added up: a lost update would leave a flag where they say it was taken away."""
    sums = {name: Counter(count) for name, count in before.items()}
    with store.read() as reader:
        rows = reader.execute(select(change).where(change.c.outcome == "changed", change.c.contact_id.is_not(None)))
        for row in rows:
            if row.table_name == "contact_tag":
                sums["tag"][row.contact_id] += (row.after is not None) - (row.before is not None)
                continue
            for name, flag in FLAGS[row.table_name].items():
                was, now = (json.loads(image or "{}").get(flag, 0) for image in (row.before, row.after))
                sums[name][row.contact_id] += now - was
    return sums


def stored(store: Store) -> dict[str, Counter[int]]:
    with store.read() as reader:
        rows = reader.execute(select(conversation.c.id, conversation.c.is_hot, conversation.c.is_archived)).all()
        tags = reader.execute(select(contact_tag.c.contact_id, func.count()).group_by(contact_tag.c.contact_id))
        live = select(enrollment.c.contact_id, func.count()).where(enrollment.c.is_live == 1)
        return {
            "is_hot": Counter({row.id: row.is_hot for row in rows}),
            "is_archived": Counter({row.id: row.is_archived for row in rows}),
            "tag": Counter({row[0]: row[1] for row in tags}),
            "enrollment": Counter(dict(tuple(row) for row in reader.execute(live.group_by(enrollment.c.contact_id)))),
        }


def test_of_several_who_undo_the_same_at_once_one_does(store: Store, fixed_clock: Clock) -> None:
    ids = fill(store)
    fixed_clock.advance(60)
    before = picture(store)
    for _ in range(4):
        event_id = do(store, bulk.action("assign", owner_id=3), ids)
        together = threading.Barrier(4)

        def take_back(event_id: int = event_id, together: threading.Barrier = together) -> int:
            together.wait()
            try:
                undo.start(store, ALICE, event_id)
            except Conflict:
                return 0
            return 1

        with ThreadPoolExecutor(4) as pool:
            crowd = [pool.submit(take_back) for _ in range(4)]
        assert sum(each.result() for each in crowd) == 1
        assert (state(store, event_id), picture(store)) == ("undone", before)


def test_of_two_who_rename_a_tag_at_once_the_later_begins_where_the_earlier_ended(
    store: Store, fixed_clock: Clock
) -> None:
    fill(store)
    for n in range(5):
        together = threading.Barrier(2)

        def rename(name: str, together: threading.Barrier = together) -> int:
            together.wait()
            return int(store.write(ALICE, tags.edit, 4, name))

        with ThreadPoolExecutor(2) as pool:
            first, second = sorted(each.result() for each in [pool.submit(rename, f"{n} {who}") for who in "ab"])
        with store.read() as reader:
            images_ = select(change.c.before, change.c.after).where(change.c.event_id.in_((first, second)))
            earlier, later = reader.execute(images_.order_by(change.c.event_id)).all()
        assert later.before == earlier.after


def test_places_are_counted_from_one(store: Store) -> None:
    with store.read() as reader:
        assert [tuple(row) for row in reader.execute(images.places(reader, [5, 9], 3))] == [(3, 5), (4, 9)]
