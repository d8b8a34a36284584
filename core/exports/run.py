"""Carrying an export out: one state of the database, written down as an event, with progress, to be cancelled."""

import io
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any, cast
from zoneinfo import ZoneInfo

import pyarrow as pa
from sqlalchemy import Connection, select, update

from core import clock, conversations, jobs
from core.access import Actor, Right
from core.conversations import Choices
from core.database import Store, Work
from core.database.blocks import freeze
from core.database.tables import event, event_state, job
from core.errors import Conflict, NotFound
from core.exports.columns import Column, columns, masks
from core.exports.csv import CsvFile, File, Rows, Sink
from core.exports.parquet import ParquetFile
from core.exports.rows import batches, schema
from core.exports.wish import FORMATS, Wish
from core.exports.xlsx import XlsxFile

VERB = "export.conversations"
PACE_SECONDS = 0.5
"""How often it is written down how far an export is, and asked whether it is still wanted."""

LOST = "The application ended before the file was whole. Export again."
MASKED = "phones and e-mail addresses; notes, last messages and dates of birth are left out"
GONE = "It was no longer wanted."
FILES: dict[str, Callable[[IO[bytes], pa.Schema], File]] = {"csv": CsvFile, "xlsx": XlsxFile, "parquet": ParquetFile}


@dataclass(frozen=True)
class Watch:
    """Who is told: the event and the number of rows before the first of them; then, now and then, how far it is."""

    begun: Callable[[int, int], None] = lambda _event_id, _rows: None
    reached: Callable[[int], None] = lambda _rows: None


NOBODY = Watch()


@dataclass(frozen=True)
class Done:
    """`about`: what the side file says, in its order."""

    event_id: int
    rows: int
    about: dict[str, Any]


def export(store: Store, actor: Actor, wish: Wish, sink: Sink, watch: Watch = NOBODY) -> Done:
    """Write all rows of a filter into the sink, as they are at one moment.

    Raises: NotAllowed; Invalid; Conflict when it was cancelled; what the sink raises: then it counts as cancelled.
    """
    is_masked = masks(actor)
    with store.read() as reader:
        freeze(reader)
        at, known = clock.now(), conversations.choices(reader)
        chosen = columns(reader, known, wish.columns, is_masked=is_masked)
        total = conversations.count(reader, wish.wanted).n
        event_id = store.write(actor, _begin, wish, wish.words(known), total)
        watch.begun(event_id, total)
        about = _about(wish, known, actor, at) | {"columns": ", ".join(column.name for column in chosen)}
        about |= {"masked": MASKED} if is_masked else {}

        def reached(n: int) -> None:
            store.write(actor, _advance, event_id, n)
            watch.reached(n)

        about |= {"event": event_id}
        # Closed before the transaction is: the engine may be in the middle of its answer.
        with (
            _failing(store, actor, event_id),
            closing(batches(reader, wish.wanted, wish.sort, chosen, wish.zone)) as read,
        ):
            _write(_File(wish, chosen, sink), read, about, reached)
            store.write(actor, _finish, event_id, about)
    return Done(event_id, about["rows"], about)


class _Way(io.RawIOBase):
    """Into the sink, forward only, so that what was written may be on its way already; nowhere once it is broken."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.is_broken = False

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if not self.is_broken:
            self._sink.write(data)
        return memoryview(data).nbytes


class _File:
    """The rows on their way into the sink."""

    def __init__(self, wish: Wish, chosen: list[Column], sink: Sink) -> None:
        form = schema(chosen, wish.zone)
        self._way = _Way(sink)
        self.rows = Rows(chosen, form)
        self.file = FILES[wish.format](cast(IO[bytes], self._way), self.rows.form if wish.format == "csv" else form)
        self.n = 0

    def take(self, batch: pa.RecordBatch) -> None:
        self.file.write(batch, self.rows.lines(batch))
        self.n += batch.num_rows

    def let_go(self) -> None:
        """Something broke it off: what the format would still write at its end goes nowhere."""
        self._way.is_broken = True
        with suppress(ValueError):  # it was just being closed
            self.file.close({})


def _write(file: _File, read: Iterator[pa.RecordBatch], about: dict[str, Any], reached: Callable[[int], None]) -> None:
    with ExitStack() as unless_whole:
        unless_whole.callback(file.let_go)
        told = time.monotonic()
        for batch in read:
            file.take(batch)
            if time.monotonic() - told > PACE_SECONDS:
                reached(file.n)
                told = time.monotonic()
        reached(file.n)
        about |= {"rows": file.n, "sha256_of_rows": file.rows.sha256}
        file.file.close(about)
        unless_whole.pop_all()


@contextmanager
def _failing(store: Store, actor: Actor, event_id: int) -> Iterator[None]:
    """Whatever breaks an export off ends its event."""
    try:
        yield
    except Conflict:
        raise  # it was cancelled, and says so
    except BaseException:
        store.write(actor, _give_up, event_id)
        raise


def _about(wish: Wish, known: Choices, actor: Actor, at: int) -> dict[str, Any]:
    local = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(wish.zone))
    return {
        "what": "conversations",
        "filter": wish.words(known) or "all that are not archived",
        "order": wish.order(known),
        "user": actor.name,
        "time": local.isoformat(timespec="seconds"),
        "zone": wish.zone,
    }


def _begin(work: Work, wish: Wish, words: str, total: int) -> int:
    masks(work.actor)
    said, selection = f"exported {{n}} as {FORMATS[wish.format]}", {"kind": "all", "n": total, "words": words}
    event_id = work.record(VERB, state="running", said=said, wish=wish.text(), selection=selection)
    jobs.queue(work, event_id, total)
    jobs.hold(work, event_id, jobs.me())
    return event_id


def _advance(work: Work, event_id: int, n: int) -> None:
    """Raises: Conflict when it was cancelled."""
    try:
        jobs.hold(work, event_id, jobs.me(), ("running",))
    except Conflict as ended:
        raise Conflict("This export was cancelled.") from ended
    _reach(work, event_id, n)


def _reach(work: Work, event_id: int, n: int) -> None:
    work.conn.execute(update(job).where(job.c.event_id == event_id).values(place=n, position=n))
    work.conn.execute(
        update(event_state).where(event_state.c.event_id == event_id).values(changed=n, updated_at=work.now)
    )


def _finish(work: Work, event_id: int, about: dict[str, Any]) -> None:
    jobs.hold(work, event_id, jobs.me(), ("running",))
    work.set_state(event_id, "done", lease_by=None, lease_until=None, result=json.dumps(about, ensure_ascii=False))


def _give_up(work: Work, event_id: int) -> None:
    """No longer wanted, or the disk is full, or a bug: nobody goes on with it."""
    state = work.conn.execute(event_state.select().where(event_state.c.event_id == event_id)).one().state
    if state == "running":
        jobs.finish(work, event_id, "cancelled", GONE)


def about(reader: Connection, actor: Actor, event_id: int) -> dict[str, Any]:
    """What the side file of an export says.

    Raises: NotFound, also for what the actor may not see.
    """
    wanted = select(event.c.user_id, event_state.c.result).join(event_state, event_state.c.event_id == event.c.id)
    row = reader.execute(wanted.where(event.c.id == event_id, event.c.verb == VERB)).first()
    if row is None or not row.result or (row.user_id != actor.id and not actor.may(Right.AUDIT_VIEW)):
        raise NotFound("There is no such export.")
    found: dict[str, Any] = json.loads(row.result)
    return found


def lose(work: Work, event_id: int) -> None:
    """Its process has died."""
    jobs.finish(work, event_id, "failed", LOST)
