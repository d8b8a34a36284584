"""What the figures are asked about: days, comparison, pipeline, owner, tag and source; each takes effect at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from core import clock
from core.conversations.choices import Choices
from pages.ui import analytics_place as places
from pages.ui.address import YEARS
from pages.ui.analytics_period import AGAINST, Period, presets
from pages.ui.analytics_place import BREAKDOWNS, VIEWS, Place
from pages.ui.places import here

OTHER = "Other days"
NOBODY, NO_SOURCE = "Nobody", "None given"


@dataclass(frozen=True)
class Filter:
    """One choice of the bar. `nothing`: what is said while it does not matter; blank: there is always a choice."""

    name: str
    label: str
    options: Mapping[Any, str]
    nothing: str = ""


def bar(place: Place, choices: Choices, moved: bool) -> None:
    """Drawn above the figures of every view."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="analytics.filters"):
        _period(place, moved)
        for filter_ in _filters(choices):
            _one(filter_, place, moved)
    key = "analytics.view"
    if moved or key not in st.session_state:
        st.session_state[key] = place.view
    st.segmented_control(
        "Figures", list(VIEWS), default=place.view, format_func=VIEWS.__getitem__, key=key, required=True,
        label_visibility="collapsed", on_change=_applied("view", str),
    )  # fmt: skip


def said(place: Place, choices: Choices, when: str) -> str:
    """What figures are about, in words: `when`, such as the words of a period, and the filters."""
    names = choices.names
    parts = [when]
    parts += [f"pipeline {names.pipeline(place.pipeline_id)}"] if place.pipeline_id is not None else []
    if place.owner_id is not None:
        parts.append(f"owner {names.owner(place.owner_id) if place.owner_id else 'nobody'}")
    parts += [f"tag {names.tag(place.tag_id)}"] if place.tag_id is not None else []
    parts += [f"source {place.source or 'none given'}"] if place.source is not None else []
    return ", ".join(parts)


def _period(place: Place, moved: bool) -> None:
    period, today = place.period, here().local(clock.now()).date()
    offered = presets(today)
    named = next((name for name, days in offered.items() if days == period), OTHER)
    key = "analytics.period"
    if moved or st.session_state.get(key) != named:
        st.session_state[key] = named

    def choose() -> None:
        days = presets(here().local(clock.now()).date()).get(st.session_state[key])
        if days is None:
            places.stay()
        else:
            _go_to(days)

    st.selectbox("Period", [*offered, OTHER], key=key, on_change=choose, width=140)
    days_key = "analytics.days"
    if moved or days_key not in st.session_state:
        st.session_state[days_key] = (period.first, period.last)

    def pick() -> None:
        picked = st.session_state[days_key]
        if len(picked) == 2:  # while the first of two days is chosen there is one
            _go_to(Period(*picked))
        else:
            places.stay()

    bounds = {"min_value": date(YEARS[0], 1, 1), "max_value": date(YEARS[-1], 12, 31)}
    st.date_input("Days", (period.first, period.last), key=days_key, on_change=pick, width=215, **bounds)


def _go_to(period: Period) -> None:
    places.go(places.now().showing(first=period.first, last=period.last))
    places.follow()


def _filters(choices: Choices) -> list[Filter]:
    names = choices.names
    return [
        Filter("against", "Compared with", AGAINST),
        Filter("pipeline_id", "Pipeline", dict(names.pipelines), "All"),
        Filter("owner_id", "Owner", {0: NOBODY, **names.owners}, "Everybody"),
        Filter("tag_id", "Tag", dict(names.tags), "Any"),
        Filter("source", "Source", {"": NO_SOURCE, **{name: name for name in choices.sources}}, "Any"),
        Filter("by", "Broken down by", BREAKDOWNS, "Nothing"),
    ]


def _one(filter_: Filter, place: Place, moved: bool) -> None:
    key, value = f"analytics.{filter_.name}", getattr(place, filter_.name)
    chosen = value if value in filter_.options else None
    if moved or key not in st.session_state:
        st.session_state[key] = chosen
    listed = list(filter_.options)
    st.selectbox(
        filter_.label, listed, None if chosen is None else listed.index(chosen), key=key, width=126,
        placeholder=filter_.nothing or None, format_func=lambda option: filter_.options.get(option, str(option)),
        on_change=_applied(filter_.name),
    )  # fmt: skip


def _applied(name: str, convert: Callable[[Any], Any] = lambda value: value) -> Callable[[], None]:
    def apply() -> None:
        usual = getattr(Place(), name)
        picked = st.session_state[f"analytics.{name}"]
        places.go(places.now().showing(**{name: usual if picked is None else convert(picked)}))

    return apply
