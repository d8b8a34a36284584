"""Where on the page of analytics somebody is: which figures, about which days and deals, and which one is opened."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from core import clock
from core.analytics.measures import Asked
from pages.ui import address
from pages.ui.address import Part
from pages.ui.analytics_period import AGAINST, Period, usual
from pages.ui.places import here

PAGE = "pipeline/analytics.py"
VIEWS = {
    "summary": "Summary", "stages": "Stages", "outcomes": "Outcomes", "care": "Needs care", "messages": "Messages",
    "check": "Check",
}  # fmt: skip
BREAKDOWNS = {
    "owner": "Owner", "source": "Source", "tag": "Tag", "pipeline": "Pipeline", "workflow": "Workflow",
    "template": "Template", "stage": "Stage",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """`first` and `last`: None for the usual period; `owner_id` 0: unassigned; `source` "": none given.

    `measure` and `cell` name the figure whose rows are listed: parts such as "stage_id:3" and "column:deals".
    """

    view: str = "summary"
    first: date | None = None
    last: date | None = None
    against: str = "previous"
    pipeline_id: int | None = None
    owner_id: int | None = None
    tag_id: int | None = None
    source: str | None = None
    by: str = ""
    measure: str = ""
    cell: tuple[str, ...] = ()

    @property
    def period(self) -> Period:
        """The days asked for; half of an answer, or days in the wrong order, are made whole."""
        today = here().local(clock.now()).date()
        last = self.last or today
        first = self.first or usual(last).first
        return Period(min(first, last), max(first, last))

    @property
    def earlier(self) -> Period | None:
        """What it is compared with."""
        return self.period.earlier(self.against)

    def asked(self, period: Period | None = None) -> Asked:
        """The same for core; a `period` other than that of the page for comparison."""
        days = period or self.period
        end = here().start_of(days.last + timedelta(days=1))
        return Asked(
            here().start_of(days.first), end, str(here().zone), self.pipeline_id, self.owner_id, self.tag_id,
            self.source, self.by, end if end <= clock.now() else None,
        )  # fmt: skip

    @property
    def cells(self) -> dict[str, str]:
        """What `cell` says, without the name of the figure."""
        parts = dict(part.split(":", 1) for part in self.cell if ":" in part)
        return {key: text for key, text in parts.items() if key != "column"}

    @property
    def figure(self) -> str:
        """The name of the figure whose rows are listed."""
        return next((part.removeprefix("column:") for part in self.cell if part.startswith("column:")), "")

    def showing(self, **parts: Any) -> "Place":
        """Other figures, or other days or deals; no figure is opened any more."""
        return replace(self, **{"measure": "", "cell": (), **parts})


PARTS = {
    "view": Part("view", address.among(*VIEWS)),
    "from": Part("first", address.day),
    "to": Part("last", address.day),
    "against": Part("against", address.among(*AGAINST)),
    "pipeline": Part("pipeline_id", address.number),
    "owner": Part("owner_id", address.number),
    "tag": Part("tag_id", address.number),
    "source": Part("source", address.one),
    "by": Part("by", address.among(*BREAKDOWNS)),
    "of": Part("measure", address.one),
    "cell": Part("cell", address.texts, list),
}


def read(params: Mapping[str, list[str]]) -> tuple[Place, list[str]]:
    """The place an address names, and the names in it that could not be used."""
    found, left_out = address.read(params, PARTS)
    return Place(**found), [*left_out, *(name for name in params if name not in PARTS)]


def write(place: Place) -> dict[str, Any]:
    """The address of a place; what is as usual is left out."""
    return address.written(place, Place(), PARTS)


def href(place: Place) -> str:
    """A link to a place, for another window."""
    return "/analytics?" + urlencode(write(place), doseq=True)


def opening(place: Place, measure: str, cell: Mapping[str, Any]) -> Place:
    """Where the rows of one figure are listed; `cell`: keys of its line, and under "column" its name."""
    return replace(place, measure=measure, cell=tuple(f"{key}:{value}" for key, value in cell.items()))


KEPT = address.Kept("analytics", Place(), read, write)
current, now, go, follow, stay, leave = KEPT.current, KEPT.now, KEPT.go, KEPT.follow, KEPT.stay, KEPT.leave
