"""The thread of an application that carries imports and their undoing out, one after the other."""

import threading
from contextlib import suppress

from sqlalchemy.exc import DBAPIError

from core import people
from core.database import Store
from core.errors import AppError, Conflict
from core.settings import Settings
from core.transfer import ledger, run, undo
from core.transfer.outlook import Counts

LOOK_SECONDS = 1.0
LAST_SECONDS = 10.0
"""How long an application that ends waits for the chunk at hand; whatever is broken off goes on at its next start."""


BROKEN = "Stopped by an error in Talkdeck; the log says which. What was imported so far stays, and can be undone."


class Runner:
    """Takes what waits, and what a process that died has left; only one process has an import at a time."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._wanted = threading.Event()
        self._is_stopped = False
        self._broken: set[int] = set()  # what met a bug is not tried again before the next start
        self._thread = threading.Thread(target=self._go, name="imports", daemon=True)

    @classmethod
    def start(cls, store: Store, settings: Settings) -> "Runner":
        """A runner at work."""
        runner = cls(store, settings)
        runner._thread.start()
        return runner

    def wake(self) -> None:
        """Look for work now."""
        self._wanted.set()

    def stop(self) -> None:
        """Take nothing new, and break off after the chunk at hand; another process, or the next start, goes on."""
        self._is_stopped = True
        self._wanted.set()
        self._thread.join(LAST_SECONDS)

    def _go(self) -> None:
        while not self._is_stopped:
            self._wanted.wait(LOOK_SECONDS)
            self._wanted.clear()
            for found in self._waiting():
                if self._is_stopped:
                    return
                # A thread of its own: a bug met by one import shows in the log, and the next one still runs.
                job = threading.Thread(target=self._carry_out, args=(found,), name=f"import {found.event_id}")
                job.start()
                job.join()

    def _waiting(self) -> list[ledger.Waiting]:
        with suppress(AppError, DBAPIError), self._store.read() as reader:  # a database that is away comes back
            return [found for found in ledger.waiting(reader) if found.event_id not in self._broken]
        return []

    def _carry_out(self, found: ledger.Waiting) -> None:
        try:
            with suppress(AppError):  # said in the import's own state, or another process was faster
                self._go_on_with(found)
        except DBAPIError:  # a database that is away comes back, and the import is taken up again
            raise
        except Exception:
            self._broken.add(found.event_id)
            if found.state == "running":
                self._store.write(people.SYSTEM, ledger.stop, found.event_id, "failed", BROKEN)
            raise

    def _go_on_with(self, found: ledger.Waiting) -> None:
        with self._store.read() as reader:
            actor = people.actor(reader, found.user_id)
        if found.state == "undoing":
            undo.carry_out(self._store, actor, found.event_id, run.Pace())
        else:
            pace = run.Pace(progress=self._ask_whether_stopped)
            run.carry_out(self._store, actor, found.event_id, self._settings, pace)

    def _ask_whether_stopped(self, _done: int, _total: int, _counts: Counts) -> None:
        if self._is_stopped:
            raise Conflict("The application is ending; this import goes on at its next start.")
