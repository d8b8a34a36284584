"""The mirror of this process: loaded in the background, kept near the database, built anew when it breaks."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, TypeVar

import duckdb
import pyarrow as pa
from sqlalchemy.exc import DBAPIError

from core import clock
from core.analytics import past, rows
from core.analytics.changes import Reached, read_on
from core.analytics.child import Child
from core.analytics.tables import State, Tables
from core.database import Store
from core.errors import Unavailable

POLL_SECONDS = 1.0
IDLE_SECONDS = 60.0
"""Nobody asked for so long: it is left as it is until somebody does."""

PATIENCE_SECONDS = 0.1
"""`current` waits so long for a mirror that is only a moment behind."""

RELOAD_FROM = 5_000
RELOAD_SHARE = 10
"""More touched contacts than this, and than one in ten, are not read one by one: everything is loaded again."""

REST = 5
"""Loading takes at most one part in so many of the time, however fast the database changes."""

FAILURE_SECONDS = (1, 2, 5, 15, 60)
"""The wait after the first, second ... failure in a row."""

BATCH = 5_000

FAILURES = (duckdb.Error, pa.ArrowException, DBAPIError, Unavailable, OSError, ValueError)

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Status:
    """`revision`: every event up to this id is in it. `checked_at`: when it last equalled the database, UTC seconds."""

    state: Literal["building", "ready", "failed"] = "building"
    revision: int = 0
    checked_at: int | None = None
    reason: str = ""


class Mirror:
    """One per process. `ask` answers None whenever it cannot, and the caller asks the database instead."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tables: Tables | None = None
        self._reached = Reached()
        self._status = Status()
        self._child: Child | None = None
        self._moved = threading.Condition()
        self._wake = threading.Event()
        self._stopping = False
        self._asked_at = time.monotonic()
        self._failed = 0
        self._load_from = 0.0  # monotonic: not loaded again before
        self._must_load = True
        self._is_behind = True  # more has changed than a refresh would follow
        self._thread = threading.Thread(target=self._run, name="mirror", daemon=True)

    @classmethod
    def start(cls, store: Store) -> "Mirror":
        """Begin to load in the background; returns at once."""
        mirror = cls(store)
        mirror._thread.start()
        return mirror

    def stop(self) -> None:
        """End the thread and its child process."""
        self._stopping = True
        self._wake.set()
        if (child := self._child) is not None:
            child.kill()
        self._thread.join()

    @property
    def status(self) -> Status:
        """How it stands."""
        return self._status

    def age(self) -> int | None:
        """Seconds since it was last known to equal the database; None before the first load."""
        checked = self._status.checked_at
        return None if checked is None else max(clock.now() - checked, 0)

    def current(self, revision: int) -> bool:
        """Whether everything up to the event `revision` is in it; waits a moment when it is only just behind."""
        self._asked_at = time.monotonic()
        with self._moved:
            may_come = self._tables is not None and not self._must_load and self._reached.is_exact
            if not self._knows(revision) and may_come:
                self._wake.set()
                self._moved.wait_for(lambda: self._knows(revision), PATIENCE_SECONDS)
            return self._knows(revision)

    def ask(self, question: Callable[[State], T]) -> T | None:
        """The answer from one state of the mirror, or None: it is not there (yet), or it broke just now."""
        self._asked_at = time.monotonic()
        tables = self._tables
        if tables is None:
            return None
        try:
            state = tables.state()
            state.cursor.begin()
            try:
                return question(state)
            finally:
                state.cursor.rollback()
        except (
            duckdb.DataError,
            duckdb.InvalidInputException,
        ):  # a value no column can hold: nothing is broken, the database answers
            return None
        except duckdb.Error as error:
            self._drop(tables, error)
            return None

    def _knows(self, revision: int) -> bool:
        return (
            self._tables is not None
            and not self._is_behind
            and self._reached.is_exact
            and revision <= self._reached.revision
        )

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(self.step())
            self._wake.clear()

    def step(self) -> float | None:
        """Load or refresh once; how long to wait until the next time."""
        try:
            if not self._must_load:
                self._refresh()
            if self._must_load and time.monotonic() >= self._load_from:
                self._load()
        except FAILURES as error:
            return self._rest(error)
        self._failed = 0
        with self._moved:
            self._moved.notify_all()
        idle = time.monotonic() - self._asked_at > IDLE_SECONDS
        return None if idle and not self._must_load else POLL_SECONDS

    def _rest(self, error: Exception) -> float:
        if not self._stopping:
            log.warning("The mirror could not be built or refreshed: %s", error)
        state = self._status.state if self._tables is not None else "failed"
        self._status = replace(self._status, state=state, reason=str(error))
        self._failed += 1
        return FAILURE_SECONDS[min(self._failed, len(FAILURE_SECONDS)) - 1]

    def _drop(self, tables: Tables, error: duckdb.Error) -> None:
        """Whoever finds the tables broken takes them out of use; the thread builds new ones."""
        log.warning("The mirror is broken and will be built anew: %s", error)
        with self._moved:
            if self._tables is tables:
                self._tables = None
                self._must_load = True
                self._status = replace(self._status, state="failed", reason=str(error))
        self._wake.set()

    def _load(self) -> None:
        began = time.monotonic()
        with Child(self._store.engine.url) as child:
            self._child = child
            if self._stopping:
                return
            reached = child.reached()
            tables = Tables()
            for name, stream in child.streams():
                tables.load(name, stream)
            child.finish()
        self._child = None
        tables.finish_load()
        self._load_from = time.monotonic() + (time.monotonic() - began) * (REST - 1)
        self._stand(reached, tables)

    def _stand(self, reached: Reached, tables: Tables) -> None:
        with self._moved:
            self._reached, self._tables, self._must_load, self._is_behind = reached, tables, False, False
            self._status = Status("ready", reached.revision, clock.now())
            self._moved.notify_all()

    def _refresh(self) -> None:
        tables = self._tables
        if tables is None:
            self._must_load = True
            return
        limit = max(RELOAD_FROM, tables.size // RELOAD_SHARE)
        with self._store.read() as reader:
            reached, touched = read_on(reader, self._reached, limit)
            if touched is None:
                self._must_load = self._is_behind = True
                return
            ids = sorted(touched.ids)
            try:
                if reached.top > self._reached.top and not tables.rename(past.names(reader)):
                    self._must_load = self._is_behind = True
                    return
                for at in range(0, len(ids), BATCH):
                    batch = ids[at : at + BATCH]
                    tables.replace(batch, partial(rows.of_contacts, reader, batch, touched.deep))
            except duckdb.Error as error:
                self._drop(tables, error)
                raise
        self._stand(reached, tables)
        # Rows that were taken out still lie in memory until the next load.
        self._must_load = tables.removed > limit * RELOAD_SHARE // 2
