"""The thread that carries imports out: it ends with the application, and what it broke off goes on."""

import time

import pytest

from core.transfer import imports, ledger
from core.transfer.runner import Runner
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
    runner = Runner.start(office.store, office.settings)
    wait_for_rows(office, event_id, 3)
    runner.stop()
    broken_off = status(office, event_id)
    assert broken_off.state == "running"
    assert broken_off.counts.rows < 600
    time.sleep(0.3)
    assert status(office, event_id).counts == broken_off.counts
    fixed_clock.advance(ledger.LEASE_SECONDS + 1)
    runner = Runner.start(office.store, office.settings)
    wait_for_rows(office, event_id, 600)
    runner.stop()
    assert status(office, event_id).counts.inserted == 600
