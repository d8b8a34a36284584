"""Carrying an import out: chunk by chunk, each with its progress in one transaction, so that it can die at any time."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from core import clock, jobs
from core.access import Actor, Right
from core.database import Store, Work, engines, indexes
from core.database.tables import phone_claim
from core.errors import AppError, Invalid
from core.settings import Settings
from core.transfer import ledger, newcomers
from core.transfer.apply_contacts import ContactApplier
from core.transfer.apply_deals import DealApplier
from core.transfer.apply_messages import MessageApplier
from core.transfer.apply_optouts import OptOutApplier
from core.transfer.apply_templates import TemplateApplier
from core.transfer.apply_workflows import WorkflowApplier
from core.transfer.outlook import Applier, Counts, Outlook
from core.transfer.reading import Job, Reading, reading
from core.transfer.rows import Chunk, Reject, Row

FIRST_CHUNK = 1_000
SMALLEST_CHUNK = 100
HEAVY_BYTES = 8 << 20
BYTES_OF_A_CONTACT = 80
HEAVY_TIMES = 3
"""An import is heavy when its file is large, and the contacts held are less than three times as many as may come."""

LARGEST_CHUNK = 60_000

Progress = Callable[[int, int, Counts], None]
"""Told bytes read, bytes in all, and the counts so far."""


COMMAND_SECONDS = 1.0
"""How long a write of the command line may take."""


@dataclass(frozen=True)
class Pace:
    """How an import goes on: the seconds a write may take, the rest others get after it, who is told."""

    seconds: float = 0.2
    rest: float = 0.02
    progress: Progress | None = None


def applier(kind: str, *, is_dry: bool = False) -> Applier:
    """What applies rows of a kind; one for each reading of a file."""
    if kind == "contacts":
        return ContactApplier(is_dry=is_dry)
    if kind == "messages":
        return MessageApplier(is_dry=is_dry)
    return _PLAIN[kind]()


_PLAIN: dict[str, Callable[[], Applier]] = {
    "deals": DealApplier,
    "templates": TemplateApplier,
    "optouts": OptOutApplier,
    "workflows": WorkflowApplier,
}


def look(applied: Applier, reader: Connection, chunk: Sequence[Row | Reject]) -> Outlook:
    """What a chunk would do, its rejected records counted and listed with the others."""
    rejects = [row for row in chunk if isinstance(row, Reject)]
    rows = [row for row in chunk if not isinstance(row, Reject)] if rejects else chunk
    outlook = applied.look(reader, rows)
    outlook.counts.rejected += len(rejects)
    outlook.rejects += rejects
    return outlook


def carry_out(store: Store, actor: Actor, event_id: int, settings: Settings, pace: Pace) -> Counts:
    """Go on with an import to its end; returns its counts.

    Raises: Conflict when another process has it or somebody cancelled it; Invalid when its file is gone or another.
    """
    actor.require(Right.IMPORT_RUN)
    holder = jobs.me()
    store.write(actor, ledger.hold, event_id, holder)
    with store.read() as reader:
        run, is_sqlite = ledger.get(reader, event_id), engines.is_sqlite(reader)
    try:
        job = Job(run.kind, settings, run.choices, run.records_done, is_sqlite)
        with reading(Path(run.file_path), run.file_hash, job) as file:
            _Carrier(store, actor, run, file, pace).run()
    except AppError as error:
        if isinstance(error, Invalid):
            store.write(actor, ledger.stop, event_id, "failed", str(error))
        indexes.restore_abandoned(store.engine)  # it was cancelled, perhaps
        raise
    indexes.restore(store.engine)
    store.write(actor, ledger.finish, event_id)
    with store.read() as reader:
        ledger.let_go_of_file(reader, event_id)
        return ledger.get(reader, event_id).counts


class _Carrier:
    def __init__(self, store: Store, actor: Actor, run: ledger.Run, file: Reading, pace: Pace) -> None:
        self.store = store
        self.actor = actor
        self.begun = run
        self.event_id = run.event_id
        self.file = file
        self.pace = pace
        self.applier = applier(run.kind)
        self.holder = jobs.me()

    def run(self) -> None:
        counts = self.begun.counts
        is_heavy = self._is_heavy()
        self._pass_over(self.begun.records_done)
        size = FIRST_CHUNK
        while (chunk := self.file.take(size)).records:
            begun = time.monotonic()
            outlook = self.store.write(self.actor, self._write, chunk)
            self.applier.settle(outlook)
            counts.add(outlook.counts)
            if is_heavy and outlook.counts.inserted > chunk.records // 2:  # known ones leave the indexes as they are
                self.store.write(self.actor, lambda work: indexes.drop(work.conn))
                is_heavy = False
            if self.pace.progress:
                self.pace.progress(self.file.bytes_read, self.file.bytes_total, counts)
            taken = max(time.monotonic() - begun, 1e-3)
            size = max(SMALLEST_CHUNK, min(LARGEST_CHUNK, int(chunk.records * min(2.0, self.pace.seconds / taken))))
            time.sleep(self.pace.rest)

    def _is_heavy(self) -> bool:
        """Whether so much comes in that indexes are better made anew afterwards than kept all along."""
        if self.begun.kind != "contacts" or self.file.bytes_total - self.begun.bytes_done < HEAVY_BYTES:
            return False
        with self.store.read() as reader:
            held = reader.execute(select(func.count()).select_from(phone_claim)).scalar_one()
        return held * BYTES_OF_A_CONTACT < HEAVY_TIMES * self.file.bytes_total

    def _write(self, work: Work, chunk: Chunk) -> Outlook:
        ledger.hold(work, self.event_id, self.holder)
        outlook = self._look(work, chunk)
        changes = self.applier.write(work, self.event_id, outlook)
        work.account(self.event_id, ledger.next_change(work.conn, self.event_id), changes)
        ledger.advance(work, self.event_id, outlook, chunk.records, self.file.bytes_read)
        return outlook

    def _look(self, work: Work, chunk: Chunk) -> Outlook:
        """What the chunk will do; its plain contacts are made, because later rows may have their phones."""
        if not isinstance(self.applier, ContactApplier):
            return look(self.applier, work.conn, chunk.rows)
        arrived = newcomers.arrive(work, self.event_id, chunk.blocks)
        self.applier.recall(chunk.lines)
        outlook = look(self.applier, work.conn, [*arrived.differing, *chunk.rows])
        outlook.counts.inserted += arrived.inserted
        outlook.counts.unchanged += arrived.unchanged
        return outlook

    def _pass_over(self, records: int) -> None:
        """Records that are done already; what later ones must know of them is learned again."""
        renewed = clock.now()
        while records > 0:
            chunk = self.file.take(min(records, LARGEST_CHUNK))
            if not chunk.records:
                raise Invalid("The file is shorter than what was imported of it already.")
            records -= chunk.records
            with self.store.read() as reader:
                self.applier.settle(look(self.applier, reader, chunk.rows))
            if clock.now() - renewed > jobs.LEASE_SECONDS // 3:
                self.store.write(self.actor, ledger.hold, self.event_id, self.holder)
                renewed = clock.now()
