"""Runners killed at any instruction: no step is taken twice, none is left out, and what is told is what was done."""

import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from sqlalchemy import select, update

from core import tags
from core.database import Store, Work
from core.database.tables import change, contact, contact_tag
from core.messages.simulator import Simulator
from core.runner import Runner, carry
from core.workflows import Step
from tests.conftest import ALICE, Clock
from tests.core.bulk.worker import PROCESSES
from tests.core.messages import world as people
from tests.core.messages.test_kills import FAULTS, WORKERS, Senders, wait_for_all
from tests.core.runner.process import carry_on
from tests.core.runner.world import FREE, HELLO, STILL, enroll, made, runs, taken, texts

CI, FULL = (60, 4), (3_000, 150)
"""Contacts, and how often a runner is killed."""

SENDING = {("sqlite", False): (40, 6), ("sqlite", True): (2_000, 100), ("postgresql", False): (24, 4),
           ("postgresql", True): (1_000, 50)}  # fmt: skip
"""Contacts, and how often one that carries on and sends is killed, by engine and by whether the figures are full."""


def start(url: str, *, apart: bool = False) -> ForkServerProcess:
    ready, told = PROCESSES.Pipe(duplex=False)
    started = PROCESSES.Process(target=carry_on, args=(url, told), kwargs={"apart": apart})
    started.start()
    assert ready.recv() == "ready"
    return started


def kill_until(url: str, is_done: Callable[[], bool], kills: int, *, apart: bool = False) -> int:
    """Two runners at a time, killed together, again and again; then two that come to the end. Returns the kills."""
    drawn, killed = random.Random(kills), 0
    end = time.monotonic() + 240
    while not is_done():
        assert time.monotonic() < end
        runners = [start(url, apart=apart) for _ in range(2)]
        try:
            while killed >= kills and not is_done():
                time.sleep(0.05)
            time.sleep(drawn.uniform(0, 0.2))
        finally:
            for each in runners:
                each.kill()
                each.join()
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


def test_with_steps_and_place_committed_apart_the_same_kills_leave_them_at_odds(sqlite_url: str) -> None:
    """So that what the other test finds to be nothing is something it would find."""
    with closing(Store.open(sqlite_url)) as store:
        ids = store.write(ALICE, people.contacts, CI[0])
        enroll(store, made(store, Step("hot"), HELLO), ids)

        def are_tried_again() -> bool:
            return any(row.attempts for row in runs(store))

        def are_through() -> bool:
            return all(row.position == 1 for row in runs(store))

        kill_until(sqlite_url, lambda: are_tried_again() or are_through(), CI[0], apart=True)
        assert are_tried_again()  # what the other test finds never to be


@pytest.mark.timeout(900)  # at full figures
def test_with_senders_beside_them_each_text_goes_once(
    database_url: str, store: Store, tmp_path: Path, is_full: bool
) -> None:
    """Before a provider with every fault, whose own ledger is the truth."""
    n, kills = SENDING[store.engine.dialect.name, is_full]
    ids = store.write(ALICE, people.contacts, n)
    store.write(ALICE, _where_it_is_noon)
    id_ = made(store, HELLO, Step("hot"), STILL)
    drawn, folder = random.Random(kills), tmp_path / "provider"
    with closing(Simulator(folder, faults=FAULTS)) as provider:
        with closing(Senders(database_url, folder, "--runner")) as workers:
            for at in range(kills):
                if some := ids[at * n // kills : (at + 1) * n // kills]:
                    enroll(store, id_, some)
                time.sleep(drawn.uniform(0.05, 0.6))
                workers.kill(at % WORKERS)
            end = time.monotonic() + 240
            while any(row.is_live for row in runs(store)):
                assert time.monotonic() < end, Counter((row.state, row.reason) for row in runs(store))
                time.sleep(0.2)
        wait_for_all(store)
        went = Counter((each.to, each.body) for each in provider.ledger.all())
    put = texts(store)
    assert len({(row.contact_id, row.position) for row in put}) == len(put)
    for row in put:
        # What was taken is known to be; what was not is known to be refused, or shown to a person as unclear.
        assert (row.state, went[people.phone(row.contact_id), row.body]) in {("sent", 1), ("failed", 0)}, row
    wrong = {row.contact_id for row in put if row.error_code == "21211"}
    assert {(row.contact_id in wrong, row.state, row.stop_reason) for row in runs(store)} <= {
        (False, "completed", ""), (True, "stopped", "invalid number"),
    }  # fmt: skip
    assert {each for each in ids if each not in wrong} == {row.contact_id for row in put if row.position == 2} - wrong
    assert sum(went.values()) == sum(row.state == "sent" for row in put)


def _where_it_is_noon(work: Work) -> None:
    """Automatic texts are lawful there, whenever the test runs."""
    ahead = 12 - datetime.fromtimestamp(work.now, UTC).hour
    zone = {"time_zone": f"Etc/GMT{-ahead:+d}", "time_zone_source": "manual"}
    work.conn.execute(update(contact).values(zone))


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
