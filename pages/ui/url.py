"""The address holds the list's whole state; it is read part by part, and what cannot be used is left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from core.conversations.filters import TABS, ConversationFilter
from core.conversations.paging import Slice, Sort
from core.conversations.upkeep import activity_key
from core.custom import asked
from core.words import fold
from pages.ui import address
from pages.ui.address import Part
from pages.ui.places import here

SIZES = (50, 100, 200)
MOST_CENTS = 10**14


@dataclass(frozen=True)
class Place:
    """Where the person is: what is listed, in which order, which page of it, and which conversation is open."""

    wanted: ConversationFilter = field(default_factory=ConversationFilter)
    by: str = "activity"
    descending: bool = True
    size: int = SIZES[0]
    after: str = ""
    before: str = ""
    is_last: bool = False
    at: str = ""  # begin at this value: a day, the beginning of a name, an amount
    row: int | None = 0  # rows of the list in front of the page; None: not known
    opened: int | None = None
    queue: str = ""  # the queue that is worked through, by its name
    ticked_from: int | None = None  # the ticked ones alone, from this one on; ticks are no part of the address

    @property
    def sort(self) -> Sort:
        return Sort(self.by, self.descending)

    @property
    def slice(self) -> Slice:
        begin = self._begin() if self.at else None
        return Slice(self.size, self.after or None, self.before or None, self.is_last, begin)

    def _begin(self) -> str | int:
        if self.by == "name":
            return fold(self.at) + ("\U0010ffff" if self.descending else "")  # downwards: all names that begin so first
        if self.by == "amount":
            return min(int(self.at), MOST_CENTS // 100) * 100
        if self.sort.field_id is not None:
            return self.at  # read as the field's kind demands, where fields are known
        day = address.day([self.at])
        return activity_key(here().start_of(day + timedelta(days=1) if self.descending else day), 0)

    def first_page(self) -> "Place":
        """The same list from its beginning."""
        return replace(self, after="", before="", is_last=False, at="", row=0, ticked_from=None)

    def showing(self, **parts: Any) -> "Place":
        """Other parts of the filter, from the beginning."""
        return replace(self.first_page(), wanted=replace(self.wanted, **parts))


def _cursor(values: list[str]) -> str:
    return str(address.number(values))


def _asked(values: list[str]) -> tuple[str, ...]:
    return tuple(str(asked.parse(text)) for text in address.texts(values))


def _row(values: list[str]) -> int | None:
    return None if values == ["unknown"] else address.number(values)


def _cents(values: list[str]) -> int:
    whole, _, rest = address.one(values).partition(".")
    cents = address.number([whole]) * 100 + address.number([rest.ljust(2, "0")])
    if len(rest) > 2 or cents > MOST_CENTS:
        raise ValueError(values)
    return cents


def _amount(cents: int) -> str:
    return f"{cents / 100:.2f}" if cents % 100 else str(cents // 100)


def _from_day(values: list[str]) -> int:
    return here().start_of(address.day(values))


def _to_day(values: list[str]) -> int:
    return here().start_of(address.day(values) + timedelta(days=1))


FILTER = {
    "tab": Part("tab", address.among(*TABS)),
    "archived": Part("include_archived", address.truth, address.flag),
    "q": Part("search", address.one),
    "tag": Part("tags", address.numbers, list),
    "tags": Part("tags_mode", address.among("any", "all", "none")),
    "stage": Part("stages", address.numbers, list),
    "pipeline": Part("pipeline_id", address.number),
    "who": Part("owner_mode", address.among("anyone", "mine", "unassigned", "these")),
    "owner": Part("owners", address.numbers, list),
    "source": Part("sources", address.texts, list),
    "unread": Part("unread", address.truth, address.flag),
    "hot": Part("is_hot", address.truth, address.flag),
    "last": Part("last_direction", address.among("in", "out")),
    "from": Part("active_from", _from_day, lambda at: here().local(at).date().isoformat()),
    "to": Part("active_to", _to_day, lambda at: here().local(at - 1).date().isoformat()),
    "min": Part("amount_from", _cents, _amount),
    "max": Part("amount_to", _cents, _amount),
    "quoted": Part("is_quoted", address.truth, address.flag),
    "optout": Part("opted_out", address.truth, address.flag),
    "deal": Part("has_deal", address.truth, address.flag),
    "open_deal": Part("has_open_deal", address.truth, address.flag),
    "field": Part("custom", _asked, list),
    "workflow": Part("in_workflow", address.truth, address.flag),
    "followup": Part("follow_up", address.among("due", "planned", "none")),
}

PLACE = {
    "sort": Part("by", lambda values: Sort(address.one(values)).by),
    "down": Part("descending", address.truth, address.flag),
    "size": Part("size", address.among(*SIZES)),
    "after": Part("after", _cursor),
    "before": Part("before", _cursor),
    "end": Part("is_last", address.truth, address.flag),
    "at": Part("at", address.one),
    "row": Part("row", _row, lambda row: "unknown" if row is None else str(row)),
    "c": Part("opened", address.number),
    "queue": Part("queue", address.one),
}

PARTS = frozenset((*FILTER, *PLACE))


def read(params: Mapping[str, list[str]]) -> tuple[Place, list[str]]:
    """The place an address names, and the names in it that could not be used."""
    wanted, left_out = address.read(params, FILTER)
    parts, also = address.read(params, PLACE)
    unknown = [name for name in params if name not in PARTS]
    place = Place(ConversationFilter(**wanted), **parts)
    try:
        place.slice  # noqa: B018
    except ValueError:
        place, also = place.first_page(), [*also, "at"]
    return place, [*left_out, *also, *unknown]


def write(place: Place) -> dict[str, Any]:
    """The address of a place; what is as usual is left out."""
    return {**address.written(place.wanted, ConversationFilter(), FILTER), **address.written(place, Place(), PLACE)}


def query(place: Place) -> str:
    """The address as text, for links and saved views."""
    return urlencode(write(place), doseq=True)


def listed(place: Place) -> Place:
    """The list alone, from its beginning, with nothing open: what a saved view keeps."""
    return replace(place.first_page(), opened=None, queue="")


def contact() -> int | None:
    """The contact that a page of its own is asked for; None when the address names none."""
    found, _ = address.read({"c": st.query_params.get_all("c")}, {"c": PLACE["c"]})
    return found.get("opened")


KEPT = address.Kept("conversations", Place(), read, write)
STATE, MOVED = KEPT.state, KEPT.moved
current, now, go, follow, stay, keep = KEPT.current, KEPT.now, KEPT.go, KEPT.follow, KEPT.stay, KEPT.keep
