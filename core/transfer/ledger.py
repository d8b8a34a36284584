"""What an import has been told and has done so far: its event, its progress, its problems, and who carries it out."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from core import jobs
from core.database import Work, loading
from core.database.tables import change, event, event_state, import_problem, import_run
from core.errors import Conflict, NotFound
from core.transfer import copies
from core.transfer.outlook import Counts, Outlook
from core.transfer.source import Choices, Source

HELD = ("running", "undoing")
"""States in which a process has the import at hand, or should."""

_PROBLEM = ("event_id", "n", "line", "column_name", "value", "reason", "is_rejected", "cells")
_RUN = (*[c for c in import_run.c if c.name != "event_id"], event_state.c.state, event.c.happened_at, event.c.user_id)


@dataclass(frozen=True)
class Run:
    """An import as the ledger has it. `params` are the choices it was started with; times UTC epoch seconds."""

    event_id: int
    kind: str
    file_name: str
    file_path: str
    file_hash: str
    preset: str
    params: dict[str, Any]
    state: str
    user_id: int
    happened_at: int
    bytes_total: int
    bytes_done: int
    records_done: int
    counts: Counts
    message: str

    @property
    def choices(self) -> Choices:
        """What the person decided about the file."""
        return Choices(**self.params)


@dataclass(frozen=True)
class Waiting:
    """Work for a runner: an import to carry on (running) or to take back (undoing), and for whom."""

    event_id: int
    state: str
    user_id: int


def begin(work: Work, source: Source, path: str, request_id: str | None) -> int:
    """Write a new import down, ready to be carried out; returns its event."""
    choices = source.choices()
    event_id = work.record(
        f"import.{source.plan.kind}",
        state="running",
        request_id=request_id,
        file=source.name,
        sha256=source.text.sha256,
        preset=source.plan.preset.key,
        columns=list(source.plan.columns),
    )
    work.conn.execute(
        insert(import_run).values(
            event_id=event_id,
            kind=source.plan.kind,
            file_name=source.name,
            file_path=path,
            file_hash=source.text.sha256,
            preset=source.plan.preset.key,
            mapping=json.dumps(asdict(choices)),
            bytes_total=source.text.size,
        )
    )
    return event_id


def get(reader: Connection, event_id: int) -> Run:
    """Raises: NotFound."""
    found = _find(reader, import_run.c.event_id == event_id, 1)
    if not found:
        raise NotFound(f"There is no import {event_id}.")
    return found[0]


def latest(reader: Connection, limit: int) -> list[Run]:
    """The newest imports first."""
    return _find(reader, None, limit)


def unfinished(reader: Connection, kind: str = "", file_hash: str = "") -> list[Run]:
    """Imports that wait to be carried on, oldest last; of one file where it is given."""
    wanted = event_state.c.state == "running"
    if file_hash:
        wanted = event_state.c.state.in_(("running", "failed")) & (import_run.c.file_hash == file_hash)
        wanted &= import_run.c.kind == kind
    return _find(reader, wanted, 100)


def waiting(reader: Connection) -> list[Waiting]:
    """Imports and undoings that no living process has at hand, oldest first."""
    s, undoing = event_state.c, event.alias()
    of_import = select(undoing.c.user_id).where(undoing.c.undoes_event_id == s.event_id)
    newest = of_import.order_by(undoing.c.id.desc()).limit(1).scalar_subquery()
    acting = func.coalesce(newest, event.c.user_id)
    rows = reader.execute(
        select(s.event_id, s.state, acting.label("user_id"), s.lease_by, s.lease_until)
        .join(import_run, import_run.c.event_id == s.event_id)
        .join(event, event.c.id == s.event_id)
        .where(s.state.in_(HELD))
        .order_by(s.event_id)
    )
    return [Waiting(*row[:3]) for row in rows if jobs.is_free(row.lease_by, row.lease_until)]


def let_go_of_file(reader: Connection, event_id: int) -> None:
    """Delete our copy of the file of an import that has ended, unless one that runs or may go on reads the same."""
    s, run = event_state.c, get(reader, event_id)
    wanted = select(import_run.c.file_hash).join(event_state, s.event_id == import_run.c.event_id)
    needed = reader.execute(wanted.where(s.state.in_(("running", "failed")))).scalars().all()
    copies.let_go(Path(run.file_path), run.file_hash, needed)


def _find(reader: Connection, wanted: Any, limit: int) -> list[Run]:
    statement = (
        select(import_run.c.event_id, *_RUN)
        .join(event, event.c.id == import_run.c.event_id)
        .join(event_state, event_state.c.event_id == import_run.c.event_id)
        .order_by(import_run.c.event_id.desc())
        .limit(limit)
    )
    rows = reader.execute(statement if wanted is None else statement.where(wanted)).mappings()
    return [_run(dict(row)) for row in rows]


def _run(row: dict[str, Any]) -> Run:
    counts = Counts(*[row.pop(name) for name in ("inserted", "updated", "unchanged", "rejected")])
    params = json.loads(row.pop("mapping"))
    return Run(**row, params=params, counts=counts)


def hold(work: Work, event_id: int, holder: str) -> None:
    """Take the import, or keep it, for a while.

    Raises: Conflict when another process has it, or when it is not running (any more).
    """
    s = event_state.c
    row = work.conn.execute(select(s.state, s.lease_by, s.lease_until).where(s.event_id == event_id)).one()
    if row.state not in HELD:
        raise Conflict(f"This import is {row.state.replace('_', ' ')}.")
    if row.lease_by != holder and not jobs.is_free(row.lease_by, row.lease_until):
        raise Conflict("Another process is carrying this import out.")
    same = or_(s.lease_by == row.lease_by, s.lease_by.is_(None) & (row.lease_by is None))
    taken = work.conn.execute(
        update(event_state)
        .where(s.event_id == event_id, same)
        .values(lease_by=holder, lease_until=work.now + jobs.LEASE_SECONDS, updated_at=work.now)
    )
    if taken.rowcount != 1:
        raise Conflict("Another process is carrying this import out.")


def advance(work: Work, event_id: int, outlook: Outlook, records: int, bytes_done: int) -> None:
    """Add a chunk of records to the progress, and write its problems down."""
    counts, r = outlook.counts, import_run.c
    values = {
        "bytes_done": bytes_done,
        "records_done": r.records_done + records,
        "inserted": r.inserted + counts.inserted,
        "updated": r.updated + counts.updated,
        "unchanged": r.unchanged + counts.unchanged,
        "rejected": r.rejected + counts.rejected,
    }
    work.conn.execute(update(import_run).where(r.event_id == event_id).values(values))
    p = import_problem.c
    n = work.conn.execute(select(func.coalesce(func.max(p.n), 0)).where(p.event_id == event_id)).scalar_one()
    rows = [
        (event_id, n, line, column, value, reason, is_rejected, cells)
        for n, (line, column, value, reason, is_rejected, cells) in enumerate(problems_of(outlook), n + 1)
    ]
    loading.load_rows(work.conn, import_problem, _PROBLEM, rows)


def problems_of(outlook: Outlook) -> list[tuple[int, str, str, str, int, str]]:
    """Rejects and remarks by line: line, column, value, reason, is_rejected, cells as JSON (rejects only)."""
    found = [(r.line, r.column, r.value, r.reason, 1, json.dumps(r.cells, ensure_ascii=False)) for r in outlook.rejects]
    found += [(line, remark.column, remark.value, remark.reason, 0, "") for line, remark in outlook.remarks]
    return sorted(found, key=lambda problem: problem[0])


def next_change(connection: Connection, event_id: int) -> int:
    """The number of the event's next change."""
    top = select(func.coalesce(func.max(change.c.n), 0)).where(change.c.event_id == event_id)
    return int(connection.execute(top).scalar_one()) + 1


def finish(work: Work, event_id: int) -> None:
    """The whole file was read."""
    run = get(work.conn, event_id)
    counts = run.counts
    work.set_state(
        event_id,
        "done_with_errors" if counts.rejected else "done",
        changed=counts.inserted + counts.updated,
        already=counts.unchanged,
        failed=counts.rejected,
        result=json.dumps({"rows": counts.rows, **asdict(counts)}),
        lease_by=None,
        lease_until=None,
    )
    done = update(import_run).where(import_run.c.event_id == event_id)
    work.conn.execute(done.values(bytes_done=import_run.c.bytes_total, message=""))


def stop(work: Work, event_id: int, state: str, message: str) -> None:
    """End an unfinished import as cancelled or failed; what it has done stays, and can be undone.

    Raises: Conflict when it is not running (any more).
    """
    if get(work.conn, event_id).state != "running":
        raise Conflict("This import is not running any more.")
    work.set_state(event_id, state, lease_by=None, lease_until=None)
    work.conn.execute(update(import_run).where(import_run.c.event_id == event_id).values(message=message))


def resume(work: Work, event_id: int, path: str) -> None:
    """Let an import go on with the same file, which may lie elsewhere by now; also one that failed."""
    if get(work.conn, event_id).state == "failed":
        work.set_state(event_id, "running", lease_by=None, lease_until=None)
    moved = update(import_run).where(import_run.c.event_id == event_id)
    work.conn.execute(moved.values(file_path=path, message=""))
