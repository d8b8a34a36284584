"""Exports that are written by themselves, daily or weekly, into a folder of the data folder."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, insert, select, update

from core import clock, conversations, people
from core.access import Actor, Right
from core.analytics.mirror import Mirror
from core.database import Change, Store, Work
from core.database.tables import export_schedule
from core.errors import AppError, Invalid, NotFound
from core.exports import place, report
from core.exports.columns import masks
from core.exports.report import Report
from core.exports.run import export
from core.exports.wish import Wish, read
from core.words import line

FOLDER = "exports"
LONGEST_NAME = 80
EVERY = {"day": "Every day", "week": "Every week"}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
A_DAY = 1_440

e = export_schedule.c


@dataclass(frozen=True)
class Times:
    """`minute`: of the day by the clocks of the wish's zone; `weekday`: Monday 0, for every week."""

    every: Literal["day", "week"] = "day"
    minute: int = 6 * 60
    weekday: int = 0

    @property
    def words(self) -> str:
        day = "Every day" if self.every == "day" else f"Every {DAYS[self.weekday]}"
        return f"{day} at {self.minute // 60}:{self.minute % 60:02}"

    def next(self, after: int, zone: str) -> int:
        """The first such second after that one (UTC); an hour that clocks skip counts as the same after it."""
        local = datetime.fromtimestamp(after, UTC).astimezone(ZoneInfo(zone))
        for days in range(9):
            day = (local + timedelta(days=days)).date()
            at = datetime(day.year, day.month, day.day, self.minute // 60, self.minute % 60, tzinfo=ZoneInfo(zone))
            fits = self.every == "day" or day.weekday() == self.weekday
            if fits and at.timestamp() > after:
                return int(at.timestamp())
        raise Invalid("Such a time never comes.")


@dataclass(frozen=True)
class Schedule:
    """Written for `user_id`, by their rights. `message`: what the last time led to. UTC epoch seconds."""

    id: int
    user_id: int
    name: str
    wish: Wish | Report
    is_per_owner: bool
    times: Times
    next_at: int
    last_at: int | None
    message: str


def find(reader: Connection, actor: Actor) -> list[Schedule]:
    """One's own, by name."""
    rows = reader.execute(
        select(export_schedule).where(e.user_id == actor.id, e.is_retired == 0).order_by(e.name, e.id)
    )
    return [_schedule(row) for row in rows]


def add(work: Work, name: str, wish: Wish | Report, times: Times, *, is_per_owner: bool = False) -> int:
    """Write what is wished at these times; returns the id. Undoing it ends it.

    Raises: NotAllowed; Invalid.
    """
    _require(work.actor, wish)
    name = line(name)
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid(f"Give it a name of at most {LONGEST_NAME} letters.")
    if times.every not in EVERY or not 0 <= times.minute < A_DAY or times.weekday not in range(7):
        raise Invalid("Choose a time of the day, and a day of the week.")
    schedule_id = work.take_ids("export_schedule")
    made = Change("export_schedule", schedule_id, None, {"is_retired": 1}, {"is_retired": 0})
    event_id = work.record_change("schedule.add", made, said=f"scheduled the export {name}")
    row = {"id": schedule_id, "user_id": work.actor.id, "name": name, "what": _what(wish), "wish": wish.text()}
    when = {"every": times.every, "weekday": times.weekday, "minute": times.minute}
    own = {"next_at": times.next(work.now, wish.zone), "created_at": work.now, "event_id": event_id}
    work.conn.execute(insert(export_schedule).values(**row, **when, **own, is_per_owner=int(is_per_owner)))
    return schedule_id


def retire(work: Work, schedule_id: int) -> int:
    """Write it no more; returns the event.

    Raises: NotFound, also for somebody else's.
    """
    row = work.conn.execute(select(export_schedule).where(e.id == schedule_id, e.user_id == work.actor.id)).first()
    if row is None or row.is_retired:
        raise NotFound("This schedule does not exist (any more).")
    change = Change("export_schedule", schedule_id, None, {"is_retired": 0}, {"is_retired": 1})
    event_id = work.record_change("schedule.retire", change, said=f"ended the scheduled export {row.name}")
    work.conn.execute(update(export_schedule).where(e.id == schedule_id).values(is_retired=1))
    return event_id


def due(reader: Connection) -> list[int]:
    """Those whose time has come."""
    wanted = select(e.id).where(e.is_retired == 0, e.next_at <= clock.now()).order_by(e.next_at)
    return list(reader.execute(wanted).scalars())


def carry_out(store: Store, schedule_id: int, data_dir: Path, mirror: Mirror | None = None) -> None:
    """Write the files of a schedule that is due, unless another process was faster. Its next time follows from now,
    so times that were missed are not made up for.
    """
    schedule = store.write(people.SYSTEM, _claim, schedule_id)
    if schedule is None:
        return
    message = ""
    try:
        with store.read() as reader:
            actor = people.actor(reader, schedule.user_id)
        if isinstance(schedule.wish, Report):
            message = _report(store, actor, schedule, data_dir, mirror)
        else:
            rows = [_write(store, actor, wish, path) for wish, path in _files(store, schedule, schedule.wish, data_dir)]
            message = f"{sum(rows):,} conversations in {len(rows)} {'file' if len(rows) == 1 else 'files'}"
    except (AppError, OSError) as error:
        message = f"Not written: {error}"
    finally:
        store.write(
            people.SYSTEM, _ended, schedule_id, message or "Not written: an error in Talkdeck; the log says which"
        )


def folder(schedule: Schedule, data_dir: Path) -> Path:
    """Where its files are."""
    return data_dir / FOLDER / f"{schedule.id}-{_slug(schedule.name)}"


def _files(store: Store, schedule: Schedule, wish: Wish, data_dir: Path) -> Iterator[tuple[Wish, Path]]:
    day, into = _today(wish.zone), _made(folder(schedule, data_dir))
    if not schedule.is_per_owner:
        yield wish, into / f"{day}.{wish.format}"
        return
    with store.read() as reader:
        owners = conversations.choices(reader).owners
        wishes = [
            (replace(wish, wanted=replace(wish.wanted, owner_mode="these", owners=(id_,))), f"{_slug(name)}-{id_}")
            for id_, name in owners
        ]
        wishes.append((replace(wish, wanted=replace(wish.wanted, owner_mode="unassigned", owners=())), "unassigned"))
        wanted = [(each, name) for each, name in wishes if conversations.count(reader, each.wanted, 1).n]
    for each, name in wanted:
        yield each, into / f"{day}-{name}.{wish.format}"


def _write(store: Store, actor: Actor, wish: Wish, path: Path) -> int:
    place.check(path)
    with place.written(path) as (file, about):
        done = export(store, actor, wish, file)
        about |= done.about
    return done.rows


def _report(store: Store, actor: Actor, schedule: Schedule, data_dir: Path, running: Mirror | None) -> str:
    wish = schedule.wish
    assert isinstance(wish, Report)  # noqa: S101 - asked by the caller
    path = _made(folder(schedule, data_dir)) / f"{_today(wish.zone)}.xlsx"
    with report.mirrored(store, running) as mirror:
        content = report.write(mirror, actor, wish)
    place.check(path)
    with place.written(path) as (file, about):
        file.write(content)
        store.write(actor, report.record, schedule.name)
        about |= {"what": "pipeline", "user": actor.name, "zone": wish.zone}
        about |= {"sha256_of_rows": hashlib.sha256(content).hexdigest()}
    return f"{len(report.MEASURES)} measures in 1 file"


def _what(wish: Wish | Report) -> str:
    return "pipeline" if isinstance(wish, Report) else "conversations"


def _require(actor: Actor, wish: Wish | Report) -> None:
    masks(actor)
    if isinstance(wish, Report):
        actor.require(Right.ANALYTICS_VIEW)


def _today(zone: str) -> date:
    return datetime.fromtimestamp(clock.now(), UTC).astimezone(ZoneInfo(zone)).date()


def _made(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _claim(work: Work, schedule_id: int) -> Schedule | None:
    held = select(export_schedule).where(e.id == schedule_id).with_for_update()
    row = work.conn.execute(held).one()
    if row.is_retired or row.next_at > work.now:
        return None
    schedule = _schedule(row)
    following = schedule.times.next(work.now, schedule.wish.zone)
    work.conn.execute(update(export_schedule).where(e.id == schedule_id).values(next_at=following))
    return schedule


def _ended(work: Work, schedule_id: int, message: str) -> None:
    work.conn.execute(update(export_schedule).where(e.id == schedule_id).values(last_at=work.now, message=message))


def _schedule(row: Row[Any]) -> Schedule:
    times = Times(row.every, row.minute, row.weekday)
    wish = report.read(row.wish) if row.what == "pipeline" else read(row.wish)
    return Schedule(
        row.id, row.user_id, row.name, wish, bool(row.is_per_owner), times, row.next_at, row.last_at, row.message
    )


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "export"
