"""The loop that takes what is due, batch after batch; one row that cannot be carried out keeps no other waiting."""

import logging
import threading

from sqlalchemy import select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from core import clock, people
from core.database import Store, Work, images, turns
from core.database.tables import enrollment
from core.errors import AppError, Unavailable
from core.runner.carry import Carrier, try_again
from core.runner.claim import claim, due_workflows
from core.workflows.moves import write

log = logging.getLogger(__name__)

BATCH = 500
IDLE_SECONDS = 1.0

POISON = (AppError, IntegrityError, DataError, ValueError, LookupError, TypeError)
"""What one enrollment may raise by what is stored of it; the others go on without it."""

e = enrollment.c


class Runner:
    """One who carries enrollments on."""

    def __init__(self, store: Store, most: int = BATCH) -> None:
        self._store = store
        self._most = most
        self._size = most
        self._at_hand: list[tuple[int, int]] = []
        self.taken = 0

    def run(self, is_stopped: threading.Event) -> None:
        """Carry on what comes due, until stopped."""
        while not is_stopped.is_set():
            try:
                found = self.step()
            except (*POISON, DBAPIError) as error:  # a database that is away comes back
                log.warning("Workflows wait: %s", error)
                found = False
            if found:
                turns.rest(self._store.engine)
            else:
                is_stopped.wait(IDLE_SECONDS)

    def step(self) -> bool:
        """Carry one batch on; False: nothing is due now."""
        with self._store.read() as reader:
            if not due_workflows(reader, clock.now()):
                return False
        try:
            found = self._store.write(people.SYSTEM, self._carry)
        except Unavailable:
            raise
        except POISON as error:
            if not self._at_hand:  # none of them is to blame
                raise
            self._set_aside(error)
            return True
        self._size = min(self._most, self._size * 2)
        return found

    def _carry(self, work: Work) -> bool:
        self._at_hand = []
        batch = claim(work, self._size)
        if batch is None:
            return False
        self._at_hand = [(row.contact_id, row.id) for row in batch.rows]
        self.taken += Carrier(work, batch).run()
        return True

    def _set_aside(self, error: Exception) -> None:
        """Halve the batch until the one that cannot go on stands alone; it is tried again later, and then no more."""
        if len(self._at_hand) > 1:
            self._size = len(self._at_hand) // 2
            return
        ((contact_id, id_),) = self._at_hand
        log.error("Enrollment %s of contact %s cannot go on: %s", id_, contact_id, error)
        self._store.write(people.SYSTEM, _postpone, contact_id, id_, f"{type(error).__name__}: {error}"[:200])


def _postpone(work: Work, contact_id: int, id_: int, why: str) -> None:
    images.lock(work.conn, [contact_id])
    held = select(enrollment).where(e.contact_id == contact_id, e.id == id_, e.is_live == 1, e.next_due_at <= work.now)
    write(work, [try_again(work.now, row, why) for row in work.conn.execute(held)])
