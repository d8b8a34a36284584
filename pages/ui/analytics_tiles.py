"""The figures at the head of the page: each with its course, its change against the days before, and its list."""

from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from core.analytics.asked import SMALL
from core.analytics.measures import Figures
from pages.ui import analytics_data, analytics_place
from pages.ui import analytics_lines as lines
from pages.ui.analytics_place import Place
from pages.ui.analytics_words import NO_AMOUNT, change, money, said
from pages.ui.plain import plain


@dataclass(frozen=True)
class Tile:
    """The sum of a column over the lines that hold `only`; with `of`, its share in the sum of those columns.

    `counted`: the figure whose rows are listed, where that is another column. `is_loss`: more of it is worse.
    """

    label: str
    measure: str
    column: str
    only: tuple[str, str]
    of: tuple[str, ...] = ()
    counted: str = ""
    is_loss: bool = False

    @property
    def unit(self) -> str:
        return "share" if self.of else "cents" if self.column.endswith("_cents") else "deals"

    def lines(self, found: Figures) -> pd.DataFrame:
        """Those that it adds up."""
        return found.frame[found.frame[self.only[0]] == self.only[1]]

    def value(self, found: Figures) -> float | None:
        """None where there is nothing to have a share in, or no amount to add."""
        sums = self.lines(found).sum(numeric_only=True)
        if self.of:
            whole = sum(int(sums[name]) for name in self.of)
            return int(sums[self.column]) / whole if whole else None
        return None if self.without(found) and not sums[self.column] else int(sums[self.column])

    def without(self, found: Figures) -> int:
        """Of the deals whose amounts are added up: how many have none."""
        return int(self.lines(found)["unquoted"].sum()) if self.column == "amount_cents" else 0

    def base(self, found: Figures) -> int | None:
        """Of how many it is a share."""
        return int(self.lines(found)[list(self.of)].to_numpy().sum()) if self.of else None


POINTS = 8
"""Days at which it is looked how things stood."""

NOW, OPEN, CLOSING = ("period", "now"), ("outcome", "open"), ("basis", "closing")
TILES = (
    Tile("Deals created", "flow", "created", NOW),
    Tile("Deals won", "flow", "won", NOW),
    Tile("Amount won", "flow", "won_cents", NOW),
    Tile("Deals lost", "flow", "lost", NOW, is_loss=True),
    Tile("Win rate", "win_rate", "won", CLOSING, ("won", "lost"), "rate"),
    Tile("Open deals", "value_by_stage", "deals", OPEN),
    Tile("Open value", "value_by_stage", "amount_cents", OPEN),
)


def show(place: Place) -> None:
    """Never broken down, for a deal may lie in several groups. Both windows are said."""
    place, earlier = replace(place, by=""), place.earlier
    names = dict.fromkeys(tile.measure for tile in TILES)
    now = {name: analytics_data.figures(name, place.asked()) for name in names}
    then = {} if earlier is None else {name: analytics_data.figures(name, place.asked(earlier)) for name in names}
    stood = [analytics_data.figures("value_by_stage", place.asked(day)) for day in place.period.ends(POINTS)]
    with st.container(horizontal=True, gap="small", key="analytics.tiles"):
        for tile in TILES:
            standing = tile.measure == "value_by_stage"
            course = [tile.value(day) or 0 for day in stood] if standing else _course(now[tile.measure], tile)
            _tile(tile, place, (now[tile.measure], then.get(tile.measure)), course)
    if earlier is not None:
        st.caption(f"Changes are against {earlier.words}, as many days ({earlier.days:,}).")


def _course(found: Figures, tile: Tile) -> list[float]:
    summed = lines.course(found, tile.lines(found), [tile.column, *tile.of])
    if not tile.of:
        return [float(value) for value in summed[tile.column]]
    whole = summed[list(tile.of)].sum(axis=1)
    return [float(value) for value in (summed[tile.column] / whole)[whole > 0]]


def _tile(tile: Tile, place: Place, both: tuple[Figures, Figures | None], course: list[float]) -> None:
    now, then = both
    value, was = tile.value(now), None if then is None else tile.value(then)
    shown = money(int(value or 0), rounded=True) if tile.unit == "cents" else said(value, tile.unit) or "–"
    if value is None and tile.unit == "cents":
        shown = NO_AMOUNT.capitalize()
    with st.container(width=164, gap=None, key=f"analytics.tile.{tile.measure}.{tile.column}"):
        st.metric(
            tile.label, shown, change(value, was, tile.unit), border=True, chart_data=course, height="stretch",
            delta_color="off" if value == was else "inverse" if tile.is_loss else "normal",
            delta_arrow="off" if value == was else "auto", help=plain(now.measure.definition),
        )  # fmt: skip
        if value or tile.without(now) or tile.base(now):
            _list(tile, place, now)


def _list(tile: Tile, place: Place, now: Figures) -> None:
    without, base = tile.without(now), tile.base(now)
    few = f" ({base} only)" if base is not None and base < SMALL else ""
    label = "List" + (f" ({without:,} no amount)" if without else few)
    cell = dict([tile.only, ("column", tile.counted or tile.column)])
    to = analytics_place.opening(place, tile.measure, cell)
    st.button(label, key=f"analytics.open.{tile.measure}.{tile.column}", type="tertiary", on_click=analytics_place.go,
              args=(to,), icon=":material/list:")  # fmt: skip
