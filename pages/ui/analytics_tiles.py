"""The figures at the head of the page: each with its course, its change against the days before, and its list."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core.analytics.measures import Figures
from pages.ui import analytics_data, analytics_place
from pages.ui import analytics_lines as lines
from pages.ui.analytics_place import Place
from pages.ui.analytics_words import NO_AMOUNT, change, money
from pages.ui.plain import plain


@dataclass(frozen=True)
class Tile:
    """A figure of a measure, all lines together that hold `keys`. `is_loss`: more of it is worse."""

    label: str
    measure: str
    column: str
    keys: tuple[tuple[str, str], ...] = ()
    is_loss: bool = False


POINTS = 8
"""Days at which it is looked how things stood."""

NOW = (("period", "now"),)
TILES = (
    Tile("Deals created", "flow", "created", NOW),
    Tile("Deals won", "flow", "won", NOW),
    Tile("Amount won", "flow", "won_cents", NOW),
    Tile("Deals lost", "flow", "lost", NOW, is_loss=True),
    Tile("Open deals", "value_by_stage", "deals", (("outcome", "open"),)),
    Tile("Open value", "value_by_stage", "amount_cents", (("outcome", "open"),)),
)


def show(place: Place) -> None:
    """Both windows are said; without something to compare there is no change."""
    asked, earlier = place.asked(), place.earlier
    before = None if earlier is None else place.asked(earlier)
    now = {name: analytics_data.figures(name, asked) for name in dict.fromkeys(tile.measure for tile in TILES)}
    then = {} if before is None else {name: analytics_data.figures(name, before) for name in now}
    stood = [analytics_data.figures("value_by_stage", place.asked(day)) for day in place.period.ends(POINTS)]
    with st.container(horizontal=True, gap="small", key="analytics.tiles"):
        for tile in TILES:
            course = _course(now[tile.measure], tile) if tile.measure == "flow" else [_sum(day, tile) for day in stood]
            _tile(tile, place, (now[tile.measure], then.get(tile.measure)), course)
    if earlier is not None:
        st.caption(f"Changes are against {earlier.words}, as many days ({earlier.days:,}).")


def _course(found: Figures, tile: Tile) -> list[int]:
    return [int(value) for value in lines.course(found, [tile.column])[tile.column]]


def _tile(tile: Tile, place: Place, both: tuple[Figures, Figures | None], course: list[int]) -> None:
    now, then = both
    value, was = _sum(now, tile), None if then is None else _sum(then, tile)
    unit = now.measure.column(tile.column).unit
    without = _without(now, tile)
    shown = money(value, rounded=True) if unit == "cents" else f"{value:,}"
    if without and not value:
        shown = NO_AMOUNT.capitalize()
    with st.container(width=190, gap=None, key=f"analytics.tile.{tile.measure}.{tile.column}"):
        st.metric(
            tile.label, shown, change(value, was, unit), border=True, chart_data=course,
            delta_color="off" if value == was else "inverse" if tile.is_loss else "normal",
            delta_arrow="off" if value == was else "auto", help=plain(now.measure.definition), height="stretch",
        )  # fmt: skip
        if value or without:
            _list(tile, place, without)


def _list(tile: Tile, place: Place, without: int) -> None:
    label = "Show the list" + (f" ({without:,} no amount)" if without else "")
    to = analytics_place.opening(place, tile.measure, {**dict(tile.keys), "column": tile.column})
    st.button(label, key=f"analytics.open.{tile.measure}.{tile.column}", type="tertiary", on_click=analytics_place.go,
              args=(to,))  # fmt: skip


def _without(found: Figures, tile: Tile) -> int:
    """How many of the deals that make up an amount have none."""
    is_open_value = tile.column == "amount_cents"
    return int(_lines(found, tile)["unquoted"].sum()) if is_open_value else 0


def _lines(found: Figures, tile: Tile) -> pd.DataFrame:
    frame = found.frame
    for key, text in tile.keys:
        frame = frame[frame[key] == text]
    return frame


def _sum(found: Figures, tile: Tile) -> int:
    return int(_lines(found, tile)[tile.column].fillna(0).sum())
