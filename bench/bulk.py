"""Bulk actions with their account, and their undo: scattered and neighbouring rows, beside the floor and a loop."""

import random
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select, update

from bench.data import SEED, WORK, Set, sqlite_file
from bench.measure import timing
from bench.report import Row
from core import bulk, conversations, jobs, undo
from core.conversations import ConversationFilter
from core.database import Change, Store, Work, engines
from core.database.tables import conversation, workflow

SIZES = (100, 10_000, 100_000, 800_000)
SHARE = 0.8
"""At most so much of all conversations."""

ONE_BY_ONE = 300
"""Rows of the loop, whose time is then reckoned up."""

PAGE_SECONDS = 0.05


@dataclass
class Locks:
    """How long each write took, in milliseconds: nobody else can write meanwhile."""

    taken: list[float]

    @property
    def longest(self) -> float:
        return max(self.taken, default=0.0)


@contextmanager
def copied(measured: Set) -> Iterator[Set]:
    """The data to be changed: on SQLite a copy of the file that is kept."""
    if measured.engine != "sqlite":
        yield measured
        return
    path = WORK / "bulk.db"
    with measured.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(sqlite_file(measured.n), path)
    try:
        with closing(Store.open(f"sqlite:///{path}")) as store:
            yield replace(measured, store=store)
    finally:
        for leftover in WORK.glob("bulk.db*"):
            leftover.unlink()


def bulks(kept: Set) -> Iterator[Row]:
    """Every action at every size; what was done is undone, and both are measured."""
    with copied(kept) as measured:
        sizes = [size for size in SIZES if size <= measured.n * SHARE]
        for size in sizes:
            for place in ("scattered", "neighbours"):
                for name, params in _actions(measured.store):
                    yield from _both(measured, bulk.action(name, **params), ids(measured.n, size, place), place)
        size = sizes[-1] if sizes[-1] <= 100_000 else 100_000
        yield from _floor(measured, ids(measured.n, size, "scattered"))
        yield _loop(measured, ids(measured.n, ONE_BY_ONE, "scattered"), size)


def ids(n: int, size: int, place: str) -> list[int]:
    """So many ids out of 1 to `n`, drawn or in a row."""
    if place == "scattered":
        return sorted(random.Random(SEED + size).sample(range(1, n + 1), size))
    return list(range((n - size) // 2 + 1, (n - size) // 2 + 1 + size))


def _actions(store: Store) -> list[tuple[str, dict[str, Any]]]:
    with store.read() as reader:
        flow = reader.execute(select(workflow.c.id).where(workflow.c.state == "on").order_by(workflow.c.id.desc()))
        return [("archive", {}), ("tag", {"tag_ids": [1]}), ("enroll", {"workflow_id": flow.scalars().first()})]


def _both(measured: Set, action: bulk.Action, listed: list[int], place: str) -> Iterator[Row]:
    store, actor = measured.store, measured.actor
    what = f"{action.name} {len(listed):,} {place}"
    budget = len(listed) == 100_000 and place == "scattered"
    with _locks(store) as locks, _reading(measured) as pages:
        begun, worked = time.perf_counter(), time.process_time()
        event_id = bulk.start(store, actor, action, bulk.choose("ticked", listed))
        _finish(store, event_id)
        taken = (time.perf_counter() - begun) * 1_000
    with store.read() as reader:
        changed = jobs.status(reader, event_id).changed
    page = timing(pages) if pages else None
    beside = "" if page is None else f", another's page {page.p95:.0f} ms"
    note = f"{changed:,} changed, {_worked(worked)}, longest lock {locks.longest:.0f} ms{beside}"
    yield Row("bulk", what, timing([taken], note), "bulk" if budget else "")
    with _locks(store) as locks:
        begun, worked = time.perf_counter(), time.process_time()
        undo_id = undo.start(store, actor, event_id)
        _finish(store, undo_id)
        taken = (time.perf_counter() - begun) * 1_000
    note = f"{_worked(worked)}, longest lock {locks.longest:.0f} ms"
    yield Row("bulk", f"undo of {what}", timing([taken], note), "bulk undo" if budget else "")


def _worked(since: float) -> str:
    """Beside a wall clock that others slow down."""
    return f"{(time.process_time() - since) * 1_000:.0f} ms of processor time"


def _finish(store: Store, event_id: int) -> None:
    with store.read() as reader:
        found = jobs.status(reader, event_id)
    if found.is_running:
        (bulk if found.undoes_event_id is None else undo).carry_out(store, event_id)


def _floor(measured: Set, listed: list[int]) -> Iterator[Row]:
    """One UPDATE without any account, there and back."""
    c = conversation.c
    for value in (1, 0):

        def write(work: Work, value: int = value) -> None:
            rows = update(conversation).where(c.id.in_(engines.id_set(work.conn, listed)), c.is_archived != value)
            work.conn.execute(rows.values(is_archived=value, archived_at=value or None, version=c.version + 1))

        begun, worked = time.perf_counter(), time.process_time()
        measured.store.write(measured.actor, write)
        taken = (time.perf_counter() - begun) * 1_000
        yield Row("bulk", f"one UPDATE without account, {len(listed):,} to {value}", timing([taken], _worked(worked)))


def _loop(measured: Set, listed: list[int], size: int) -> Row:
    """Row by row in one transaction, each read, written and accounted for by itself; reckoned up to `size`."""

    def write(work: Work) -> None:
        event_id = work.record("bench.loop")
        for n, id_ in enumerate(listed, 1):
            of_row = conversation.c.id == id_
            was = work.conn.execute(select(conversation.c.is_hot).where(of_row)).scalar_one()
            work.conn.execute(update(conversation).where(of_row).values(is_hot=1 - was))
            work.account(event_id, n, [Change("conversation", id_, id_, {"is_hot": was}, {"is_hot": 1 - was})])

    begun = time.perf_counter()
    measured.store.write(measured.actor, write)
    taken = (time.perf_counter() - begun) * 1_000 * size / len(listed)
    return Row("bulk", f"row by row, {size:,} (reckoned up from {len(listed)}; only hot)", timing([taken]))


@contextmanager
def _locks(store: Store) -> Iterator[Locks]:
    locks, write = Locks([]), store.write

    def timed(*arguments: Any, **named: Any) -> Any:
        begun = time.perf_counter()
        try:
            return write(*arguments, **named)
        finally:
            locks.taken.append((time.perf_counter() - begun) * 1_000)

    store.write = timed  # type: ignore[method-assign]
    try:
        yield locks
    finally:
        del store.write  # type: ignore[method-assign]


@contextmanager
def _reading(measured: Set) -> Iterator[list[float]]:
    """Another user turns pages meanwhile; milliseconds of each."""
    taken: list[float] = []
    ended = threading.Event()

    def turn() -> None:
        while not ended.wait(PAGE_SECONDS):
            begun = time.perf_counter()
            with measured.store.read() as reader:
                conversations.find(reader, ConversationFilter())
            taken.append((time.perf_counter() - begun) * 1_000)

    thread = threading.Thread(target=turn)
    thread.start()
    try:
        yield taken
    finally:
        ended.set()
        thread.join()
