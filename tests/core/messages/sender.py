"""Processes for the tests that kill: `python -m tests.core.messages.sender URL FOLDER [--naive] [--runner]` starts one
that sends, until it is ended, for each line it reads, and answers with its number. It is a copy of itself, which takes
no time.

One with a runner carries enrollments on as well. A naive one sends again what it does not know the fate of: the guard
that the tests are about is switched off.
"""

import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Row, update

from core.database import Store, Work
from core.database.tables import outbox
from core.messages.claims import Pace
from core.messages.sender import Sender
from core.messages.simulator import Client
from core.people import SYSTEM
from core.runner import Runner

FEW = 5
"""Enrollments that a runner takes at a time."""

PACE = Pace(lease=2, look=1, give_up=6, idle=0.05)


class Naive(Sender):
    """Takes silence for a no."""

    def _ask(self, rows: Sequence[Row[Any]]) -> None:
        self._store.write(SYSTEM, _send_again, [row.id for row in rows])


def _send_again(work: Work, ids: list[int]) -> None:
    o = outbox.c
    again = update(outbox).where(o.id.in_(ids), o.state == "unknown")
    work.conn.execute(again.values(state="scheduled", due_at=work.now))


def work() -> None:
    """Send without end."""
    never = threading.Event()
    with closing(Store.open(sys.argv[1])) as store:
        if "--runner" in sys.argv:
            threading.Thread(target=Runner(store, FEW).run, args=(never,), daemon=True).start()
        client = Client(Path(sys.argv[2]), timeout=1.0)
        (Naive if "--naive" in sys.argv else Sender)(store, client, PACE).run(never)


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that were killed
    for _ in sys.stdin:
        started = os.fork()
        if started == 0:
            work()
        sys.stdout.write(f"{started}\n")
        sys.stdout.flush()
