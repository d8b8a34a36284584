"""Which measures each view of the page shows, and in which order."""

import streamlit as st

from core.conversations.choices import Choices
from core.errors import Unavailable
from pages.ui import (
    analytics_block,
    analytics_check,
    analytics_data,
    analytics_filters,
    analytics_rows,
    analytics_tiles,
)
from pages.ui.analytics_place import Place
from pages.ui.places import here

MEASURES = {
    "summary": ("value_by_stage", "flow", "forecast", "funnel"),
    "stages": ("funnel", "conversion", "time_in_stage", "velocity"),
    "outcomes": ("flow", "win_rate", "lost_reasons", "bridge"),
    "care": ("ageing", "gone_quiet", "unanswered"),
    "messages": (
        "volumes", "first_reply", "replies_by_step", "replies_by_template", "messages_to_quote", "messages_to_win",
    ),
}  # fmt: skip


def show(place: Place, choices: Choices) -> None:
    """What the address asks for: the rows of one figure, the check, or a view."""
    with st.container(key="analytics.about", gap=None):
        st.text(f"{_about(place, choices)} · days begin in {here().zone}")
    try:
        _asked_for(place, choices)
    except Unavailable:
        if analytics_data.is_ready():
            raise
        analytics_data.wait()


def _asked_for(place: Place, choices: Choices) -> None:
    if not analytics_data.is_ready():
        analytics_data.wait()
    elif place.measure:
        analytics_rows.show(place, choices.names, _about(place, choices, place.measure))
    elif place.view == "check":
        analytics_check.show(place, _about(place, choices))
    else:
        _figures(place, choices)


def _about(place: Place, choices: Choices, name: str = "") -> str:
    """The days that a measure is about, and the filters, in words."""
    when = place.period.words
    if name in analytics_data.NOW or (name in analytics_data.STANDING and place.asked().at is None):
        when = "now"
    elif name in analytics_data.STANDING:
        when = f"at the end of {place.period.last:%-d %b %Y}"
    return analytics_filters.said(place, choices, when)


def _figures(place: Place, choices: Choices) -> None:
    if place.view == "summary":
        analytics_tiles.show(place)
    names = MEASURES[place.view]
    for first in range(0, len(names), 2):
        for column, name in zip(st.columns(2), names[first : first + 2], strict=False):
            with column:
                analytics_block.show(place, name, _about(place, choices, name))
