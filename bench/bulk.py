"""Bulk actions with their account, and their undo: scattered and neighbouring rows, beside the floor and a loop."""

import os
import random
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import select, update

from bench.data import SEED, WORK, Set, sqlite_file
from bench.measure import once, timing
from bench.report import BUDGETS, Row
from core import bulk, conversations, jobs, notes, undo
from core.access import Actor
from core.conversations import ConversationFilter
from core.database import Change, Store, Work, engines
from core.database.tables import conversation, note, workflow

SIZES = (100, 10_000, 100_000, 800_000)
SHARE = 0.8
"""At most so much of all conversations."""

LASTING = 10_000
"""From so many rows on it lasts long enough for others to meet it."""

ONE_BY_ONE = 300
"""Rows of the loop, whose time is then reckoned up."""

PAUSE_SECONDS = 0.05
ASK_SECONDS = 0.001


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
    with path.open("rb") as copy:
        os.fsync(copy)  # or the first checkpoint would wait for all of the copy
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
    """By itself, for its time and its locks; then, where it takes long enough, beside others, for what they meet."""
    what = f"{action.name} {len(listed):,} {place}"
    budget = len(listed) == 100_000 and place == "scattered"
    locks_of = _refusals if measured.engine == "sqlite" else _transactions
    for name, key, carry_out in _there_and_back(measured, action, listed):
        with locks_of(measured.store) as locks:
            begun, worked = time.perf_counter(), time.process_time()
            changed = carry_out()
            taken = (time.perf_counter() - begun) * 1_000
            note = f"{changed:,} changed, {_worked(worked)}"
        yield Row("bulk", name + what, timing([taken], note), key if budget else "")
        lock = timing([max(locks, default=0.0)])
        yield Row("bulk", f"longest write lock during {name}{what}", lock, "longest write lock" if budget else "")
    if len(listed) < LASTING:
        return
    for name, _, carry_out in _there_and_back(measured, action, listed):
        with _meanwhile(_turn(measured)) as pages, _meanwhile(_save(measured)) as saves:
            carry_out()
        for whose, times in (("another's note save", saves), ("another's page", pages)):
            if times:
                held = whose if budget and whose in BUDGETS else ""
                yield Row("bulk", f"{whose} during {name}{what}", timing(times), held)


def _there_and_back(
    measured: Set, action: bulk.Action, listed: list[int]
) -> Iterator[tuple[str, str, Callable[[], int]]]:
    """The action and its undo: what goes before its name, its budget, and what carries it out and returns how many
    conversations it changed.
    """
    store, events = measured.store, list[int]()

    def there() -> int:
        events.append(bulk.start(store, measured.actor, action, bulk.choose("ticked", listed)))
        return _finish(store, events[0])

    def back() -> int:
        return _finish(store, undo.start(store, measured.actor, events[0]))

    yield "", "bulk", there
    yield "undo of ", "bulk undo", back


def _worked(since: float) -> str:
    """Beside a wall clock that others slow down."""
    return f"{(time.process_time() - since) * 1_000:.0f} ms of processor time"


def _finish(store: Store, event_id: int) -> int:
    with store.read() as reader:
        found = jobs.status(reader, event_id)
    if found.is_running:
        (bulk if found.undoes_event_id is None else undo).carry_out(store, event_id)
    with store.read() as reader:
        return jobs.status(reader, event_id).changed


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
def _beside(work_on: Callable[[threading.Event, list[float]], None]) -> Iterator[list[float]]:
    """In a thread, until the event that it is given is set; what it puts into its list, in milliseconds."""
    taken: list[float] = []
    ended = threading.Event()
    thread = threading.Thread(target=work_on, args=(ended, taken))
    thread.start()
    try:
        yield taken
    finally:
        ended.set()
        thread.join()


def _refusals(store: Store) -> AbstractContextManager[list[float]]:
    """How long somebody who asks every millisecond was refused SQLite's one write lock, in milliseconds.

    A COMMIT says nothing about that: while it folds the log into the file, others write already.
    """

    def ask(ended: threading.Event, taken: list[float]) -> None:
        since = None
        with closing(sqlite3.connect(str(store.engine.url.database), timeout=0, isolation_level=None)) as connection:
            while not ended.wait(ASK_SECONDS):
                try:
                    connection.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError:
                    since = since or time.perf_counter()
                    continue
                connection.execute("ROLLBACK")
                if since is not None:
                    taken.append((time.perf_counter() - since) * 1_000)
                since = None

    return _beside(ask)


@contextmanager
def _transactions(store: Store) -> Iterator[list[float]]:
    """How long each write on PostgreSQL kept the rows it had locked, in milliseconds."""
    taken: list[float] = []
    write = store.write

    def timed(actor: Actor, verb: Any, *arguments: Any, **named: Any) -> Any:
        begun: list[float] = []

        def with_lock(work: Work) -> Any:
            begun.append(time.perf_counter())
            return verb(work, *arguments, **named)

        try:
            return write(actor, with_lock)
        finally:
            taken.append((time.perf_counter() - begun[-1]) * 1_000)

    store.write = timed  # type: ignore[method-assign]
    try:
        yield taken
    finally:
        del store.write


def _turn(measured: Set) -> Callable[[], None]:
    """Another user turns a page."""

    def turn() -> None:
        with measured.store.read() as reader:
            conversations.find(reader, ConversationFilter())

    return turn


def _save(measured: Set) -> Callable[[], None]:
    """Another user saves a note."""
    drawn = random.Random(SEED)

    def write(work: Work) -> None:
        id_ = drawn.randint(1, measured.n)
        known = select(note.c.version).where(note.c.contact_id == id_)
        version = work.conn.execute(known).scalar_one_or_none() or 0
        notes.save(work, id_, f"Called back, {drawn.random()}", version)

    return lambda: Store.write(measured.store, measured.actor, write)  # past what times the locks of the job


def _meanwhile(work: Callable[[], None]) -> AbstractContextManager[list[float]]:
    """Somebody else works on and on, with pauses; milliseconds of each time."""

    def work_on(ended: threading.Event, taken: list[float]) -> None:
        while not ended.wait(PAUSE_SECONDS):
            taken.append(once(work))

    return _beside(work_on)
