"""The thread that carries imports out: it ends with the application, and what it broke off goes on."""

import threading
import time
from typing import Any

import pytest

from core import jobs
from core.transfer import imports, ledger, run
from core.worker import Worker
from tests.conftest import Clock
from tests.core.transfer.world import Office


def status(office: Office, event_id: int) -> imports.Status:
    with office.store.read() as reader:
        return imports.status(reader, event_id)


def wait_for_rows(office: Office, event_id: int, n: int) -> None:
    end = time.monotonic() + 60
    while status(office, event_id).counts.rows < n:
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.usefixtures("small_chunks")
def test_a_runner_that_stops_breaks_off_and_the_next_one_goes_on(office: Office, fixed_clock: Clock) -> None:
    rows = "".join(f"(212) 555-{n:04},Name {n}\n" for n in range(600))
    event_id = office.begin(f"phone,first_name\n{rows}")
    runner = Worker.start(office.store, office.settings)
    wait_for_rows(office, event_id, 3)
    runner.stop()
    broken_off = status(office, event_id)
    assert broken_off.state == "running"
    assert broken_off.counts.rows < 600
    time.sleep(0.3)
    assert status(office, event_id).counts == broken_off.counts
    fixed_clock.advance(jobs.LEASE_SECONDS + 1)
    runner = Worker.start(office.store, office.settings)
    wait_for_rows(office, event_id, 600)
    runner.stop()
    assert status(office, event_id).counts.inserted == 600


def test_an_import_that_meets_a_bug_ends_with_a_sentence_and_is_not_tried_for_ever(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    met: list[int] = []

    def broken(*arguments: Any) -> None:
        met.append(arguments[2])
        raise ZeroDivisionError

    monkeypatch.setattr(run, "carry_out", broken)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)  # it would be in the log
    event_id = office.begin("phone,first_name\n(212) 555-0101,Ann\n")
    runner = Worker.start(office.store, office.settings)
    end = time.monotonic() + 60
    while status(office, event_id).state == "running" and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(1.5)
    runner.stop()
    found = status(office, event_id)
    assert (found.state, met) == ("failed", [event_id])
    assert "Stopped by an error" in found.message


def test_a_command_takes_its_import_before_a_runner_can(office: Office) -> None:
    with office.open("phone,first_name\n(212) 555-0101,Ann\n") as source:
        event_id = imports.take(office.store, office.actor, source)
    with office.store.read() as reader:
        assert ledger.waiting(reader) == []
    assert office.carry_out(event_id).inserted == 1
