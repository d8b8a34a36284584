"""A runner in a process of its own, for the tests that kill."""

import threading
import time
from contextlib import closing
from multiprocessing.connection import Connection
from typing import Any

from core.database import Store, Work
from core.runner import Runner, carry
from core.workflows.moves import write

BATCH = 2


def carry_on(url: str, ready: Connection, *, apart: bool = False) -> None:
    """At work until it is ended; says so when the database is open. `apart`: what the steps do is committed first, and
    how far they are then, as it must not be; on SQLite.
    """
    if apart:
        carry.write = _write_apart  # type: ignore[assignment]
    with closing(Store.open(url)) as store:
        ready.send("ready")
        Runner(store, BATCH).run(threading.Event())


def _write_apart(work: Work, *moves: Any, event_id: int) -> None:
    work.conn.exec_driver_sql("COMMIT")
    time.sleep(0.2)
    work.conn.exec_driver_sql("BEGIN IMMEDIATE")
    write(work, *moves, event_id=event_id)
