"""When the steps of a workflow would come for one contact, with the dates at that contact's place."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from core import clock, hours, workflows
from core.hours import Place
from core.workflows import Planned, Rules, Step
from pages.ui import session, table
from pages.ui.table import Row
from pages.ui.wording import Shown

HEADS = ("When", "Step", "Why then")
WHEN = "%a %-d %b %Y, %H:%M"


def show(key: str, steps: Sequence[Step], rules: Rules, shown: Shown) -> None:
    """A line for each step, as if the contact were enrolled now and never answered."""
    if shown.contact_id is None:
        st.text("Nobody is found to show it for.")
        return
    with session.store().read() as reader:
        place = hours.places(reader, [shown.contact_id])[shown.contact_id]
        planned = workflows.simulate(reader, steps, rules, shown.contact_id, clock.now())
        names = workflows.names_of(reader, steps)
    st.text(f"If {shown.name} were enrolled now and never answered. {_zone(place)}")
    rows = [Row((_when(each.at, place), _what(each.step, names), _why(each, place))) for each in planned]
    table.show(key, HEADS, rows, label="Schedule")


def _what(step: Step, names: dict[tuple[str, int], str]) -> str:
    said = workflows.words(step, names)
    return f"{said}: over" if step.kind == "wait" else said


def _zone(place: Place) -> str:
    if not place.zones:
        return "No time zone of theirs is known, so their texts wait until one is."
    if len(place.zones) == 1:
        return f"Dates are at their place ({place.zones[0]})."
    others = ", ".join(place.zones[1:])
    return f"They may be in {place.zones[0]} (as the dates are) or {others}; texts go when all of them allow it."


def _when(at: int | None, place: Place) -> str:
    if at is None:
        return "Once a time zone is known"
    zone = ZoneInfo(place.zones[0]) if place.zones else UTC
    return datetime.fromtimestamp(at, zone).strftime(WHEN) + ("" if place.zones else " UTC")


def _why(each: Planned, place: Place) -> str:
    return "" if each.held_from is None else f"Not at {_when(each.held_from, place)}: outside the hours of sending"
