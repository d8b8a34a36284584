"""What carries out whatever waits: bulk jobs, undos and imports one after the other, texts beside them; a thread of the
application, or a process of its own."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy.exc import DBAPIError, OperationalError

from core import bulk, exports, follow_ups, jobs, people, setup, undo
from core.analytics.mirror import Mirror
from core.database import Store, statistics
from core.errors import AppError, Conflict, Unavailable
from core.exports import schedules
from core.messages import providers
from core.messages.sender import Sender
from core.runner import Runner
from core.settings import Settings
from core.transfer import ledger, run
from core.transfer import undo as import_undo
from core.transfer.outlook import Counts

LOOK_SECONDS = 1.0
SENDERS = 2
"""Who send at a time, some texts each; a long job keeps none waiting."""

LOOK_AFTER_SECONDS = 3_600.0
"""How often, while nothing waits, it is seen to whether the planner's figures are still true."""

LAST_SECONDS = 10.0
"""How long an application that ends waits for the chunk at hand; whatever is broken off goes on at its next start."""

BROKEN = "Stopped by an error in Talkdeck; the log says which. What was done so far stays, and can be undone."

Task = tuple[int, Callable[[], None], Callable[[], None]]
"""An event, how it is carried out, and what is said of it when it meets a bug."""


class Worker:
    """Takes what waits, and what a process that died has left; only one process has a job at a time."""

    def __init__(self, store: Store, settings: Settings, mirror: Callable[[], Mirror | None] = lambda: None) -> None:
        self._mirror = mirror
        self._store = store
        self._settings = settings
        self._wanted = threading.Event()
        self._is_stopped = threading.Event()
        self._senders = [Sender(store, providers.chosen(settings)) for _ in range(SENDERS)]
        self._runner = Runner(store)
        self._looked_after = -LOOK_AFTER_SECONDS
        self._broken: set[int] = set()  # what met a bug is not tried again before the next start
        self._thread = threading.Thread(target=self._go, name="worker", daemon=True)

    @classmethod
    def start(cls, store: Store, settings: Settings, mirror: Callable[[], Mirror | None] = lambda: None) -> "Worker":
        """A worker at work in a thread; `mirror`: that of this process, for reports."""
        worker = cls(store, settings, mirror)
        worker._thread.start()
        return worker

    def wake(self) -> None:
        """Look for work now."""
        self._wanted.set()

    def stop(self) -> None:
        """Take nothing new, and break off after the chunk at hand; another process, or the next start, goes on."""
        self._is_stopped.set()
        self._wanted.set()
        if self._thread.is_alive():
            self._thread.join(LAST_SECONDS)

    def run(self, *, until_done: bool = False) -> None:
        """Work in this thread, with others that send and carry workflows on, until stopped; or until nothing waits."""
        if until_done:
            return self._work(until_done=True)
        loops = [self._runner.run, *(each.run for each in self._senders)]
        others = [threading.Thread(target=loop, args=(self._is_stopped,), daemon=True) for loop in loops]
        for other in others:
            other.start()
        self._work()
        for other in others:  # what is on its way is written down, or nobody would know of it
            other.join(LAST_SECONDS)

    def _work(self, *, until_done: bool = False) -> None:
        while not self._is_stopped.is_set():
            with suppress(AppError, DBAPIError):  # a database that is away comes back
                follow_ups.bring_back(self._store)
            tasks = self._tasks()
            for task in tasks:
                if self._is_stopped.is_set():
                    return
                # A thread of its own: a bug met by one job shows in the log, and the next one still runs.
                job = threading.Thread(target=self._carry_out, args=(task,), name=f"event {task[0]}")
                job.start()
                job.join()
            if not tasks:
                self._look_after()
                if until_done:
                    if not (self._runner.step() or self._senders[0].step()):
                        return
                    continue
                self._wanted.wait(LOOK_SECONDS)
                self._wanted.clear()

    def _go(self) -> None:
        self.run()

    def _look_after(self) -> None:
        if time.monotonic() - self._looked_after < LOOK_AFTER_SECONDS:
            return
        self._looked_after = time.monotonic()
        with suppress(DBAPIError):  # busy, or away: later will do
            statistics.refresh(self._store.engine)

    def _tasks(self) -> list[Task]:
        with suppress(AppError, DBAPIError), self._store.read() as reader:  # a database that is away comes back
            found = [self._job(job) for job in jobs.waiting(reader)] + [
                self._import(one) for one in ledger.waiting(reader)
            ]
            found += [self._scheduled(id_) for id_ in schedules.due(reader)]
            return [task for task in found if task[0] not in self._broken]
        return []

    def _carry_out(self, task: Task) -> None:
        event_id, carry_out, give_up = task
        try:
            carry_out()
        except Unavailable:  # a database that is away comes back, and the job is taken up again
            self._is_stopped.wait(LOOK_SECONDS)
        except AppError:  # said in the job's own state, or another process was faster
            pass
        except OperationalError:  # taken up again as well, and the log has it
            raise
        except Exception:
            self._broken.add(event_id)
            give_up()
            raise

    def _job(self, waiting: jobs.Waiting) -> Task:
        if waiting.verb == exports.VERB:  # whoever waited for the file waits no longer
            return waiting.event_id, lambda: self._store.write(people.SYSTEM, exports.lose, waiting.event_id), _nothing
        carry_out = undo.carry_out if waiting.verb == "undo" else bulk.carry_out
        event_id = waiting.event_id

        def give_up() -> None:
            if waiting.verb != "undo":  # half an undo is no state to stay in: the next start goes on with it
                self._store.write(people.SYSTEM, jobs.finish, event_id, "failed", BROKEN)

        return event_id, lambda: carry_out(self._store, event_id, lambda: not self._is_stopped.is_set()), give_up

    def _scheduled(self, schedule_id: int) -> Task:
        data_dir = Path(self._settings.data_dir)

        def carry_out() -> None:
            schedules.carry_out(self._store, schedule_id, data_dir, self._mirror())

        return -schedule_id, carry_out, _nothing

    def _import(self, waiting: ledger.Waiting) -> Task:
        event_id = waiting.event_id

        def give_up() -> None:
            if waiting.state == "running":
                self._store.write(people.SYSTEM, ledger.stop, event_id, "failed", BROKEN)

        def carry_out() -> None:
            with self._store.read() as reader:
                actor, known = people.actor(reader, waiting.user_id), setup.load(reader, self._settings)
            if waiting.state == "undoing":
                import_undo.carry_out(self._store, actor, event_id, run.Pace())
            else:
                run.carry_out(self._store, actor, event_id, known, run.Pace(progress=self._ask))

        return event_id, carry_out, give_up

    def _ask(self, _done: int, _total: int, _counts: Counts) -> None:
        if self._is_stopped.is_set():
            raise Conflict("The application is ending; this import goes on at its next start.")


def _nothing() -> None:
    """Of an export nothing stays to be given up."""
