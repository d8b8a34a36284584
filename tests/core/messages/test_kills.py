"""Senders killed at any instruction, before a provider with every fault: nothing goes twice, nothing is lost.

The truth is the simulator's own ledger.
"""

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
from sqlalchemy import select

from core.database import Store
from core.database.tables import outbox
from core.messages import Text, again, consent, send
from core.messages.simulator import Faults, Simulator
from tests.conftest import ALICE
from tests.core.messages import world

CI, FULL = (100, 10), (3_000, 200)
"""Texts, and how often a sender is killed."""

FAULTS = Faults(
    latency=0.25, lost=0.05, garbled=0.03, after=0.04, before=0.03, busy=0.05, invalid=0.02, undelivered=0.05,
    doubled=0.2, shuffled=0.2,
)  # fmt: skip
OPEN = ("scheduled", "sending", "unknown")


def start(url: str, folder: Path) -> "subprocess.Popen[str]":
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.core.messages.sender", url, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def states(store: Store) -> Counter[str]:
    with store.read() as reader:
        return Counter(reader.execute(select(outbox.c.state)).scalars())


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Simulator]:
    with closing(Simulator(tmp_path / "provider", faults=FAULTS)) as running:
        yield running


def kill_again_and_again(url: str, store: Store, folder: Path, kills: int) -> int:
    """Two senders at a time, one after the other killed and replaced, until nothing is open; returns the kills."""
    drawn, killed = random.Random(kills), 0
    senders = [start(url, folder) for _ in range(2)]
    try:
        end = time.monotonic() + 240
        while any(states(store)[state] for state in OPEN):
            assert time.monotonic() < end, states(store)
            time.sleep(drawn.uniform(0.05, 0.4))
            if killed < kills:
                place = killed % len(senders)
                senders[place].send_signal(signal.SIGKILL)
                senders[place].communicate()
                senders[place] = start(url, folder)
                killed += 1
    finally:
        for each in senders:
            each.kill()
            each.communicate()
    return killed


def test_nothing_is_sent_twice_and_nothing_is_lost(
    database_url: str, store: Store, provider: Simulator, tmp_path: Path, is_full: bool
) -> None:
    n, kills = FULL if is_full else CI
    ids = store.write(ALICE, world.people, n)
    for id_ in ids:
        store.write(ALICE, send, Text(id_, f"Text to {id_}", due_at=None))
    folder = tmp_path / "provider"
    killed = kill_again_and_again(database_url, store, folder, kills)
    assert killed >= kills // 2
    unclear = []
    with store.read() as reader:
        rows = reader.execute(select(outbox)).all()
    taken = Counter(each.to for each in provider.ledger.all())
    for row in rows:
        # What was taken is known to be; what was not is known to be refused, or shown to a person as unclear.
        assert (row.state, taken[world.phone(row.contact_id)]) in {("sent", 1), ("failed", 0)}, row
        assert row.state == "sent" or row.error_code in {"21211", "unclear"}
        unclear += [row] if row.error_code == "unclear" else []
    assert len(rows) == n
    provider.faults = Faults()
    for row in unclear:
        store.write(ALICE, again, row.message_id, row.contact_id)
    kill_again_and_again(database_url, store, folder, 0)
    taken = Counter(each.to for each in provider.ledger.all())
    refused = [row for row in rows if row.error_code == "21211"]
    assert (len(taken), set(taken.values())) == (n - len(refused), {1})


def test_no_text_starts_after_the_opt_out_is_written(
    database_url: str, store: Store, tmp_path: Path, is_full: bool
) -> None:
    """Opt-outs race with senders: whoever opts out while a text waits gets it before that, or never."""
    n, folder = (400 if is_full else 40), tmp_path / "provider"
    with closing(Simulator(folder, faults=Faults(latency=0.01))) as running:
        ids = store.write(ALICE, world.people, n)
        store.write(ALICE, lambda work: [send(work, Text(id_, "Hello", due_at=work.now)) for id_ in ids])
        sender = start(database_url, folder)
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
        sender.kill()
        sender.communicate()
        went = {each.to for each in running.ledger.all()}
    assert went == {world.phone(id_) for id_, intent_at in out_at.items() if intent_at}
