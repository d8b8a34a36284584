"""Processes of their own for the tests that kill and for those that crowd: forked off one that has imported everything,
so that a hundred of them cost little."""

import multiprocessing
from contextlib import closing
from multiprocessing.connection import Connection

from core.bulk import pace
from core.database import Store
from core.settings import Settings
from core.worker import Worker

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([__name__])


def work(url: str, chunk: int, ready: Connection) -> None:
    """At work until nothing waits, in chunks of this many rows; says so when the database is open."""
    pace.FIRST_CHUNK = pace.SMALLEST_CHUNK = pace.LARGEST_CHUNK = chunk
    with closing(Store.open(url)) as store:
        ready.send("ready")
        Worker(store, Settings()).run(until_done=True)
