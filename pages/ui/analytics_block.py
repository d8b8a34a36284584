"""One measure on the page: its name and definition, its chart, the table behind it, and how old it is."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core.analytics.measures import Figures
from pages.ui import analytics_charts, analytics_data, analytics_files, analytics_place, table
from pages.ui.analytics_place import BREAKDOWNS, Place
from pages.ui.analytics_words import NO_AMOUNT, few, key, said, title
from pages.ui.places import here
from pages.ui.plain import plain

NOTHING = "Nothing to show for these days and filters."
LINES = 500
"""Of a table on the page; the file has them all."""


def show(place: Place, name: str, about: str) -> None:
    """`about`: the days and filters in words."""
    found = analytics_data.figures(name, place.asked())
    measure = found.measure
    with st.container(border=True, key=f"analytics.block.{name}", gap="small"):
        st.subheader(plain(measure.title), anchor=False, help=plain(measure.definition))
        st.caption(plain(_in_short(measure.definition)))
        if place.by and found.asked.by != place.by:
            st.caption(f"It cannot be broken down by {place.by}.")
        drawn = analytics_charts.draw(found, f"{measure.title} · {about}")
        if drawn is None:
            st.text(NOTHING)
        else:
            st.altair_chart(drawn, key=f"analytics.chart.{name}", alt=f"{measure.title}, {about}")
        if not found.frame.empty:
            with st.expander("Table", key=f"analytics.behind.{name}"):
                _table(place, found)
        _foot(found, about)


def _in_short(definition: str) -> str:
    """Its first sentence; all of it stands behind the question mark."""
    return definition.partition(". ")[0].rstrip(".") + "."


def _table(place: Place, found: Figures) -> None:
    """Every figure is a link to the list of what it counted."""
    measure, records = found.measure, found.frame.head(LINES).to_dict("records")
    if len(found.frame) > LINES:
        st.caption(f"The first {LINES} of {len(found.frame):,} lines; the CSV has all.")
    figures = {column.name: column.unit for column in measure.columns}
    names = [name for name in found.frame.columns if name != "group_id"]
    shown = sorted(names, key=lambda name: name != "group")  # what it is broken down by comes first
    rows = []
    for record in records:
        links = {
            n: analytics_place.href(_opened(place, found, record, name))
            for n, name in enumerate(shown)
            if name in figures and said(record[name], figures[name]) not in ("", "0")
        }
        rows.append(table.Row(tuple(_text(found, record, name) for name in shown), links=links))
    heads = [BREAKDOWNS[found.asked.by] if name == "group" else title(name) for name in shown]
    numbers = [n for n, name in enumerate(shown) if name in figures]
    chosen = table.show(f"analytics.table.{measure.name}", heads, rows, numbers, measure.title)
    if isinstance(chosen, tuple):
        line, n = chosen
        _go(_opened(place, found, records[line], shown[n]))


def _text(found: Figures, record: Mapping[str, Any], name: str) -> str:
    column = next((each for each in found.measure.columns if each.name == name), None)
    if column is None:
        return key(name, record[name])
    if column.unit == "cents" and record.get("unquoted") and record["unquoted"] == record["deals"]:
        return NO_AMOUNT
    text = said(record[name], column.unit)
    return text + few(found.measure.name, name, record) if text else ""


def _opened(place: Place, found: Figures, record: Mapping[str, Any], column: str) -> Place:
    keys = [*found.measure.keys, *(["group_id"] if "group_id" in record else [])]
    return analytics_place.opening(place, found.measure.name, {**{key: record[key] for key in keys}, "column": column})


def _go(place: Place) -> None:
    """Move there at once."""
    analytics_place.go(place)
    st.rerun()


def _foot(found: Figures, about: str) -> None:
    name = found.measure.name
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"analytics.foot.{name}"):
        st.caption(f"As of {here().local(found.as_of):%-d %b %Y, %H:%M:%S}")
        st.button("Refresh", key=f"analytics.refresh.{name}", icon=":material/refresh:", type="tertiary",
                  on_click=analytics_data.refresh)  # fmt: skip
        frame: pd.DataFrame = found.frame
        analytics_files.button(f"analytics.csv.{name}", name, f"“{found.measure.title}”, {about}", lambda: frame)
