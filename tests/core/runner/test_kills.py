"""Runners killed at any instruction: no step is taken twice, none is left out, and what is told is what was done."""

import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable

import pytest
from sqlalchemy import select

from core import tags
from core.database import Store, Work
from core.database.tables import change, contact_tag
from core.runner import Runner, carry
from core.workflows import Step
from tests.conftest import ALICE, Clock
from tests.core.messages import world as people
from tests.core.runner.world import FREE, HELLO, enroll, made, runs, taken, texts

CI, FULL = (120, 6), (3_000, 150)
"""Contacts, and how often a runner is killed."""


def start(url: str) -> "subprocess.Popen[str]":
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.core.runner.process", url], stdout=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def kill_until(url: str, is_done: Callable[[], bool], kills: int) -> int:
    """Two runners at a time, killed together, again and again; then two that come to the end. Returns the kills."""
    drawn, killed = random.Random(kills), 0
    end = time.monotonic() + 240
    while not is_done():
        assert time.monotonic() < end
        runners = [start(url) for _ in range(2)]
        try:
            while killed >= kills and not is_done():
                time.sleep(0.05)
            time.sleep(drawn.uniform(0, 0.2))
        finally:
            for each in runners:
                each.send_signal(signal.SIGKILL)
                each.communicate()
        killed += 2
    return killed


def test_every_step_is_taken_once_however_often_runners_die(database_url: str, store: Store, is_full: bool) -> None:
    n, kills = FULL if is_full else CI
    ids = store.write(ALICE, people.contacts, n)
    tag_id = store.write(ALICE, tags.add, "Warm", 1, 1)
    id_ = made(store, Step("hot"), Step("tag", params={"tag_id": tag_id}), HELLO)
    for at in range(0, n, 500):
        enroll(store, id_, ids[at : at + 500])
    assert kill_until(database_url, lambda: len(texts(store)) == n, kills) >= kills // 2
    assert Counter(row.contact_id for row in texts(store)) == dict.fromkeys(ids, 1)
    assert taken(store) == [(each, at, kind) for each in ids for at, kind in enumerate(("hot", "tag", "send"))]
    assert {(row.state, row.position, row.attempts) for row in runs(store)} == {("waiting", 2, 0)}
    with store.read() as reader:
        assert sorted(reader.execute(select(contact_tag.c.contact_id)).scalars()) == ids
        told = reader.execute(select(change).where(change.c.table_name == "enrollment", change.c.before.is_not(None)))
        images = defaultdict(list)
        for row in told:
            images[row.contact_id].append(json.loads(row.after))
    assert {len(each) for each in images.values()} == {1}
    assert {(each[0]["state"], each[0]["position"]) for each in images.values()} == {("waiting", 2)}


class _Died(Exception):
    """In place of a process that dies."""


def test_a_runner_that_dies_before_it_commits_leaves_nothing_half_done(
    store: Store, fixed_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = store.write(ALICE, people.contacts, 3)
    enroll(store, made(store, Step("hot"), HELLO, rules=FREE), ids)
    before = runs(store)

    def die(_work: Work, *_args: object, **_parts: object) -> None:
        raise _Died

    with monkeypatch.context() as patch:
        patch.setattr(carry, "write", die)
        with pytest.raises(_Died):
            Runner(store).step()
    assert (runs(store), texts(store), taken(store)) == (before, [], [])
    assert Runner(store).step()
    assert len(texts(store)) == 3
