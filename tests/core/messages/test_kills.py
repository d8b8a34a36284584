"""Senders killed at any instruction, before a provider with every fault: nothing goes twice, nothing is lost.

The truth is the simulator's own ledger.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from core import clock
from core.database import Store, Work
from core.database.tables import message, outbox
from core.messages import Text, again, consent, send
from core.messages.outbox import FURTHEST, put_all
from core.messages.simulator import Faults, Simulator
from tests.conftest import ALICE
from tests.core.messages import world

SIZES = {("sqlite", False): (300, 20), ("sqlite", True): (10_000, 500), ("postgresql", False): (100, 5),
         ("postgresql", True): (2_000, 100)}  # fmt: skip
"""Texts, and how often a sender is killed, by engine and by whether the figures are full."""

WORKERS = 4

UNCLEAR = {"lost": 0.05, "garbled": 0.03, "after": 0.04, "before": 0.03}
"""Of 15 % of the calls nobody knows at first what they did."""

FAULTS = Faults(**UNCLEAR, latency=0.25, busy=0.05, invalid=0.02, undelivered=0.05, doubled=0.2, shuffled=0.2)
OPEN = ("scheduled", "sending", "unknown")


class Senders:
    """Processes that send; each that is killed is replaced."""

    def __init__(self, url: str, folder: Path, *words: str, n: int = WORKERS) -> None:
        command = [sys.executable, "-m", "tests.core.messages.sender", url, str(folder), *words]
        self._starter = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._running = [self._start() for _ in range(n)]

    def kill(self, place: int) -> None:
        """Kill one at whatever instruction it is."""
        os.kill(self._running[place], signal.SIGKILL)
        self._running[place] = self._start()

    def close(self) -> None:
        """End all."""
        for each in self._running:
            os.kill(each, signal.SIGKILL)
        self._starter.kill()
        self._starter.communicate()

    def _start(self) -> int:
        assert self._starter.stdin is not None
        assert self._starter.stdout is not None
        self._starter.stdin.write("\n")
        self._starter.stdin.flush()
        return int(self._starter.stdout.readline())


def states(store: Store) -> Counter[str]:
    with store.read() as reader:
        return Counter(reader.execute(select(outbox.c.state)).scalars())


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Simulator]:
    with closing(Simulator(tmp_path / "provider", faults=FAULTS)) as running:
        yield running


def write_texts(store: Store, n: int) -> list[int]:
    """A text to each of `n` contacts, none of them due; returns their ids in the outbox."""
    ids = store.write(ALICE, world.people, n)
    texts = [Text(id_, f"Text to {id_}", clock.now() + FURTHEST) for id_ in ids]
    return [int(each.row_id or 0) for each in store.write(ALICE, lambda work: put_all(work, work.record("t"), texts))]


def send_and_kill(senders: Senders, store: Store, ids: list[int], kills: int) -> None:
    """Some texts come due and a sender is killed, again and again; then all is waited for that is open."""
    drawn, portion = random.Random(kills), -(-len(ids) // kills)
    for place in range(kills):
        some = ids[place * portion : (place + 1) * portion]
        store.write(ALICE, make_due, some)
        time.sleep(drawn.uniform(0.05, 0.6))
        senders.kill(place % WORKERS)
    wait_for_all(store)


def make_due(work: Work, ids: list[int]) -> None:
    work.conn.execute(update(outbox).where(outbox.c.id.in_(ids)).values(due_at=work.now))


def wait_for_all(store: Store) -> None:
    end = time.monotonic() + 240
    while any(states(store)[state] for state in OPEN):
        assert time.monotonic() < end, states(store)
        time.sleep(0.2)


def send_unclear_again(store: Store) -> int:
    """What a person does with texts that may not have been sent, once it is certain that they were not; returns how
    many there are.
    """
    o, m = outbox.c, message.c
    last = select(func.max(m.id)).where(m.contact_id == o.contact_id).scalar_subquery()
    with store.read() as reader:
        unclear = select(o.message_id, o.contact_id).where(o.error_code == "unclear", o.message_id == last)
        rows = reader.execute(unclear).all()
    for row in rows:
        store.write(ALICE, again, row.message_id, row.contact_id)
    return len(rows)


def taken_by(provider: Simulator) -> Counter[str]:
    return Counter(each.to for each in provider.ledger.all())


@pytest.mark.timeout(3_600)
def test_nothing_is_sent_twice_and_nothing_is_lost(
    database_url: str, store: Store, provider: Simulator, tmp_path: Path, is_full: bool
) -> None:
    n, kills = SIZES[store.engine.dialect.name, is_full]
    ids = write_texts(store, n)
    with closing(Senders(database_url, tmp_path / "provider")) as senders:
        send_and_kill(senders, store, ids, kills)
    with store.read() as reader:
        rows = reader.execute(select(outbox)).all()
    taken = taken_by(provider)
    for row in rows:
        # What was taken is known to be; what was not is known to be refused, or shown to a person as unclear.
        assert (row.state, taken[world.phone(row.contact_id)]) in {("sent", 1), ("failed", 0)}, row
        assert row.state == "sent" or row.error_code in {"21211", "unclear"}
    assert len(rows) == n
    provider.faults = Faults()
    with closing(Senders(database_url, tmp_path / "provider")):
        while send_unclear_again(store):
            wait_for_all(store)
    refused = [row for row in rows if row.error_code == "21211"]
    taken = taken_by(provider)
    assert (len(taken), set(taken.values())) == (n - len(refused), {1})
    assert states(store)["unknown"] == 0


@pytest.mark.timeout(3_600)
def test_without_the_guard_texts_are_sent_twice(
    sqlite_url: str, provider: Simulator, tmp_path: Path, is_full: bool
) -> None:
    """So that what the other test finds to be nothing is something it would find."""
    n, kills = SIZES["sqlite", False] if is_full else (100, 5)
    with closing(Store.open(sqlite_url)) as store:
        ids = write_texts(store, n)
        with closing(Senders(sqlite_url, tmp_path / "provider", "--naive")) as senders:
            send_and_kill(senders, store, ids, kills)
    assert max(taken_by(provider).values()) > 1


def test_no_text_starts_after_the_opt_out_is_written(
    database_url: str, store: Store, tmp_path: Path, is_full: bool
) -> None:
    """Opt-outs race with senders: whoever opts out while a text waits gets it before that, or never."""
    n, folder = (400 if is_full else 40), tmp_path / "provider"
    with closing(Simulator(folder, faults=Faults(latency=0.01))) as running:
        ids = store.write(ALICE, world.people, n)
        store.write(ALICE, lambda work: [send(work, Text(id_, "Hello", due_at=work.now)) for id_ in ids])
        senders = Senders(database_url, folder, n=1)
        out_at: dict[int, int] = {}

        def leave() -> None:
            for id_ in reversed(ids):
                store.write(ALICE, consent.record_opt_out, id_, "said so")
                with store.read() as reader:
                    o = outbox.c
                    out_at[id_] = (
                        reader.execute(select(o.intent_at).where(o.contact_id == id_, o.state != "suppressed")).scalar()
                        or 0
                    )

        leaver = threading.Thread(target=leave)
        leaver.start()
        leaver.join()
        while any(states(store)[state] for state in OPEN):
            time.sleep(0.1)
        senders.close()
        went = {each.to for each in running.ledger.all()}
    assert went <= {world.phone(id_) for id_, intent_at in out_at.items() if intent_at}
    with store.read() as reader:  # whose opt-out came between the intent and the call was not called, and is not lost
        rows = reader.execute(select(outbox.c.contact_id, outbox.c.state)).all()
    assert went == {world.phone(row.contact_id) for row in rows if row.state == "sent"}
    assert {row.state for row in rows} <= {"sent", "suppressed"}
