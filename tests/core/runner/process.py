"""A runner in a process of its own, for the tests that kill."""

import threading
from contextlib import closing
from multiprocessing.connection import Connection

from core.database import Store
from core.runner import Runner

BATCH = 2


def carry_on(url: str, ready: Connection) -> None:
    """At work until it is ended; says so when the database is open."""
    with closing(Store.open(url)) as store:
        ready.send("ready")
        Runner(store, BATCH).run(threading.Event())
