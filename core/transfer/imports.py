"""Imports as pages and commands use them: look first, start, watch, list the problems."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice

import pandas as pd
from sqlalchemy import Connection, select

from core import custom, jobs
from core.access import Actor, Right
from core.database import Store, Work
from core.database.tables import event, import_problem, user
from core.transfer import ledger, run
from core.transfer.outlook import Counts
from core.transfer.rejects import rejects_csv
from core.transfer.rows import Reject
from core.transfer.source import Source

CHUNK = 10_000
PROBLEMS = ("n", "line", "column", "value", "reason", "is_rejected")
SHOWN_PROBLEMS = 1_000
"""How many problems a dry run lists; it counts them all."""


@dataclass(frozen=True)
class Preview:
    """What an import would do. `rows`: the first ones as they will be stored; `problems`: the first ones found."""

    counts: Counts
    rows: pd.DataFrame
    problems: pd.DataFrame
    problem_count: int


@dataclass(frozen=True)
class Status:
    """How far an import is. `state` as event_state; times UTC epoch seconds."""

    event_id: int
    kind: str
    file_name: str
    state: str
    counts: Counts
    bytes_done: int
    bytes_total: int
    message: str
    started_at: int

    @property
    def is_running(self) -> bool:
        """Whether it will go on by itself."""
        return self.state in {"running", "undoing"}


def preview(store: Store, source: Source, limit: int = 20, progress: run.Progress | None = None) -> Preview:
    """Read the whole file and say exactly what importing it now would do; nothing is written.

    Raises: Conflict from `progress`, which may stop it so.
    """
    applied = run.applier(source.plan.kind, is_dry=True)
    counts, shown, problems, problem_count = Counts(), list[tuple[object, ...]](), list[tuple[object, ...]](), 0
    names: tuple[str, ...] = ()
    rows = source.rows()
    while chunk := list(islice(rows, CHUNK)):
        with store.read() as reader:
            outlook = run.look(applied, reader, chunk)
        applied.settle(outlook)
        counts.add(outlook.counts)
        for row in chunk:
            if len(shown) < limit and not isinstance(row, Reject):
                names = row._fields
                shown.append(row)
        found = ledger.problems_of(outlook)
        problem_count += len(found)
        problems += found[: SHOWN_PROBLEMS - len(problems)]
        if progress:
            progress(source.bytes_read, source.text.size, counts)
    hidden = {"own", "remarks", "cells", "deals", "derived"}
    frame = pd.DataFrame(shown, columns=list(names), dtype=object)
    own_values = [dict(value[:2] for value in row) for row in frame.get("own", [])]
    frame = frame[[name for name in names if name not in hidden]]
    for field_id, label in [(custom.field_id(key), each["name"]) for key, each in source.plan.own.items()]:
        frame[label if label not in frame else f"{label} (own)"] = [held.get(field_id, "") for held in own_values]
    listed = pd.DataFrame([(n, *row[:5]) for n, row in enumerate(problems, 1)], columns=PROBLEMS, dtype=object)
    return Preview(counts, frame, listed, problem_count)


def start(store: Store, actor: Actor, source: Source, request_id: str | None = None) -> int:
    """Begin an import, or find the unfinished one of the same file; returns its event. A runner carries it out.

    Raises: NotAllowed.
    """
    actor.require(Right.IMPORT_RUN)
    return store.write(actor, _start, source, str(source.keep()), request_id)


def take(store: Store, actor: Actor, source: Source) -> int:
    """Begin an import, or go on with the unfinished one of the same file, for this process alone to carry out.

    Raises: NotAllowed; Conflict while another process has it.
    """
    actor.require(Right.IMPORT_RUN)
    return store.write(actor, _take, source, str(source.keep()))


def _take(work: Work, source: Source, path: str) -> int:
    event_id = _start(work, source, path, None)
    ledger.hold(work, event_id, jobs.me())
    return event_id


def _start(work: Work, source: Source, path: str, request_id: str | None) -> int:
    work.actor.require(Right.IMPORT_RUN)
    if request_id is not None and (answered := work.answered(request_id)) is not None:
        return int(answered["event_id"])
    same = ledger.unfinished(work.conn, source.plan.kind, source.text.sha256)
    if same and same[0].choices == source.choices():
        ledger.resume(work, same[0].event_id, path)
        return same[0].event_id
    return ledger.begin(work, source, path, request_id)


def status(reader: Connection, event_id: int) -> Status:
    """Raises: NotFound."""
    return _status(ledger.get(reader, event_id))


def _status(found: ledger.Run) -> Status:
    return Status(
        found.event_id,
        found.kind,
        found.file_name,
        found.state,
        found.counts,
        found.bytes_done,
        found.bytes_total,
        found.message,
        found.happened_at,
    )


def recent(reader: Connection, limit: int = 50) -> pd.DataFrame:
    """The newest imports.

    Shape: one row per import; event_id, started_at (UTC epoch seconds), kind, file_name, by, state, rows, inserted,
    updated, unchanged, rejected. Order: newest first.
    """
    runs = ledger.latest(reader, limit)
    names = {row.id: row.name for row in reader.execute(select(user.c.id, user.c.name))}
    rows = [
        {
            "event_id": found.event_id,
            "started_at": found.happened_at,
            "kind": found.kind,
            "file_name": found.file_name,
            "by": names.get(found.user_id, ""),
            "state": found.state,
            "rows": found.counts.rows,
            **asdict(found.counts),
        }
        for found in runs
    ]
    columns = ["event_id", "started_at", "kind", "file_name", "by", "state", "rows", *asdict(Counts())]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def problems(reader: Connection, event_id: int, after_n: int = 0, limit: int = 200) -> pd.DataFrame:
    """What an import refused or remarked.

    Shape: one row per problem; n, line (physical, header = 1), column, value, reason, is_rejected. Order: as read.
    """
    p = import_problem.c
    columns = (p.n, p.line, p.column_name.label("column"), p.value, p.reason, p.is_rejected)
    wanted = select(*columns).where(p.event_id == event_id, p.n > after_n).order_by(p.n).limit(limit)
    return pd.DataFrame([tuple(row) for row in reader.execute(wanted)], columns=PROBLEMS, dtype=object)


def rejects_file(reader: Connection, event_id: int) -> Iterator[bytes]:
    """The refused records as a CSV file (UTF-8) that can be mended and imported again, in pieces.

    Raises: NotFound.
    """
    ledger.get(reader, event_id)
    params = reader.execute(select(event.c.params).where(event.c.id == event_id)).scalar_one()
    columns = json.loads(params)["columns"]
    p = import_problem.c
    wanted = select(p.line, p.column_name, p.value, p.reason, p.cells).where(p.event_id == event_id, p.is_rejected == 1)
    rows = reader.execute(wanted.order_by(p.n).execution_options(yield_per=1_000))
    rejects = (Reject(*row[:4], tuple(json.loads(row.cells))) for row in rows)
    return (line.encode() for line in rejects_csv(columns, rejects))


def cancel(store: Store, actor: Actor, event_id: int) -> None:
    """Stop a running import; what it has done stays, and can be undone.

    Raises: NotAllowed; NotFound; Conflict when it has ended.
    """
    actor.require(Right.IMPORT_RUN)
    store.write(actor, ledger.stop, event_id, "cancelled", "Cancelled.")
    with store.read() as reader:
        ledger.let_go_of_file(reader, event_id)
