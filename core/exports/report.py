"""The pipeline as a workbook: the measures a manager looks at, a sheet for each with its definition."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from core import clock
from core.access import Actor
from core.analytics import measures
from core.analytics.asked import DAY, Asked
from core.analytics.mirror import Mirror
from core.conversations import Choices
from core.database import Store, Work
from core.errors import Unavailable
from core.exports.columns import masks
from core.exports.xlsx import book

MEASURES = (
    *("value_by_stage", "forecast", "flow", "win_rate", "funnel", "time_in_stage", "velocity", "lost_reasons"),
    *("ageing", "gone_quiet"),
)
VERB = "export.report"
PATIENCE_SECONDS = 300.0
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class Report:
    """The pipeline of the `days` before it is written. `by_owner`: every measure that can be is broken down."""

    days: int = 7
    zone: str = "UTC"
    by_owner: bool = False
    format: str = "xlsx"

    def text(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self))

    def words(self, _known: Choices) -> str:
        """What it is about."""
        return f"pipeline of the last {self.days} days" + (", by owner" if self.by_owner else "")


def read(text: str) -> Report:
    """What `Report.text` wrote."""
    return Report(**json.loads(text))


def write(mirror: Mirror, actor: Actor, wish: Report) -> bytes:
    """The workbook as of now.

    Raises: NotAllowed; Unavailable.
    """
    now = clock.now()
    asked = Asked(now - wish.days * DAY, now, wish.zone, by="owner" if wish.by_owner else "")
    plain = Asked(asked.start, asked.end, wish.zone)
    sheets: dict[str, list[list[Any]]] = {"About": []}
    for name in MEASURES:
        measure = measures.find(name)
        found = measures.figures(mirror, actor, name, asked if "owner" in measure.by else plain)
        sheets[_FORBIDDEN.sub(" ", measure.title)[:31]] = [[measure.definition], [], *_lines(found)]
        as_of = found.as_of
    facts = {"user": actor.name, "from": asked.start, "to": asked.end, "as of": as_of}
    sheets["About"] = [[name, _told(value, wish.zone)] for name, value in facts.items()]
    sheets["About"] += [["zone", wish.zone], ["days", wish.days], ["by owner", "yes" if wish.by_owner else "no"]]
    return book(sheets)


@contextmanager
def mirrored(store: Store, running: Mirror | None) -> Iterator[Mirror]:
    """The mirror of this process, or one for this once, when it is there and knows of everything.

    Raises: Unavailable when that takes too long.
    """
    mirror = running or Mirror.start(store)
    try:
        with store.read() as reader:
            revision = store.revision(reader)
        until = time.monotonic() + PATIENCE_SECONDS
        while not mirror.current(revision):
            if time.monotonic() > until:
                raise Unavailable("The figures are not there yet. The next time will do.")
            time.sleep(0.1)
        yield mirror
    finally:
        if running is None:
            mirror.stop()


def record(work: Work, name: str) -> None:
    """Write down that it was written.

    Raises: NotAllowed.
    """
    masks(work.actor)
    work.record(VERB, said=f"wrote the report {name}")


def _lines(found: measures.Figures) -> list[list[Any]]:
    """Amounts in whole units of the currency, spans of time in days."""
    units = {column.name: column.unit for column in found.measure.columns}
    names = [str(name) for name in found.frame.columns if not str(name).endswith("_id")]
    head = [_headed(name, units.get(name, "")) for name in names]
    rows = found.frame[names].itertuples(index=False)
    return [
        head,
        *([_value(value, units.get(name, "")) for name, value in zip(names, row, strict=True)] for row in rows),
    ]


def _headed(name: str, unit: str) -> str:
    said = name.removesuffix("_cents").replace("_", " ")
    return f"{said} (days)" if unit == "seconds" else said


def _value(value: Any, unit: str) -> Any:
    if isinstance(value, str):
        return value
    if value is None or pd.isna(value):
        return None
    if unit == "cents":
        return round(float(value) / 100, 2)
    return round(float(value) / DAY, 3) if unit == "seconds" else round(float(value), 6)


def _told(value: Any, zone: str) -> str:
    if isinstance(value, int):
        return datetime.fromtimestamp(value, UTC).astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
    return str(value)
