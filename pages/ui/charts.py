"""The forms of our charts, in Altair: bars, spans, fields of a calendar, and steps. Each is read at a glance.

Frames come with the columns `label` (text, one line each, in order), `said` (what stands beside the mark) and values in
units of the axis. Colour never tells alone what a mark means: words or places say the same.
"""

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd
import streamlit as st

LINE = 26
"""Pixels of a line."""

AROUND_WITH_LEGEND = 150
LABELS = alt.Axis(labelLimit=190, labelOverlap=False, labelFlush=False, ticks=False, domain=False)
ROUND, PALE = 3, 0.35
LETTER, NARROW, MOST_WORDS = 6.3, 400, 0.7
"""Pixels of a letter and of the place for the marks, and the part of it that words may take."""


def bars(frame: pd.DataFrame, axis: str, title: str, format_: str = "~s") -> alt.LayerChart:
    """One bar a line. Columns: label, value, said, and where some lines are beside the point, `is_pale`."""
    line = _lines(frame)
    x = alt.X(
        "value:Q", title=axis, axis=alt.Axis(format=format_, tickCount=5), scale=_room(frame["value"], frame["said"])
    )
    bar = line.mark_bar(cornerRadiusEnd=ROUND).encode(x=x, tooltip=_tip("label", "said"))
    if "is_pale" in frame:
        bar = bar.encode(opacity=alt.condition("datum.is_pale", alt.value(PALE), alt.value(1)))
    return _titled(bar + _beside(line, "value"), len(frame), title)


def pairs(frame: pd.DataFrame, axis: str, title: str, format_: str = "~s") -> alt.LayerChart:
    """Two bars a line, the paler one behind: what was before, or the whole. Columns: label, value, whole, said."""
    line = _lines(frame)
    most = frame[["value", "whole"]].max(axis=1)
    x = alt.X("whole:Q", title=axis, axis=alt.Axis(format=format_, tickCount=5), scale=_room(most, frame["said"]))
    whole = line.mark_bar(cornerRadiusEnd=ROUND, opacity=PALE).encode(x=x, tooltip=_tip("label", "said"))
    part = line.mark_bar(cornerRadiusEnd=ROUND, height=12).encode(x="value:Q", tooltip=_tip("label", "said"))
    text = line.transform_calculate(most="max(datum.value, datum.whole)")
    return _titled(whole + part + _beside(text, "most"), len(frame), title)


def spans(frame: pd.DataFrame, axis: str, title: str) -> alt.LayerChart:
    """From the first to the third quartile, a stroke at the median. Columns: label, low, value, high, said."""
    line, ends = _lines(frame), frame["high"].fillna(frame["value"])
    x = alt.X("low:Q", title=axis, axis=alt.Axis(tickCount=5), scale=_room(ends, frame["said"]))
    box = line.mark_bar(opacity=0.4, height=14).encode(x=x, x2="high:Q", tooltip=_tip("label", "said"))
    middle = line.mark_tick(thickness=3, size=22).encode(x="value:Q", tooltip=_tip("label", "said"))
    text = line.transform_calculate(end="max(datum.high || 0, datum.value || 0)")
    return _titled(box + middle + _beside(text, "end"), len(frame), title)


def stacks(frame: pd.DataFrame, axis: str, title: str, parts: Mapping[str, str]) -> alt.LayerChart:
    """Parts of each line, in their order and colours. Columns: label, part, value, said (of the part), `end` (of the
    whole line), and on one row of each line `total`, the words that stand there.
    """
    line, names = _lines(frame), list(parts)
    shade = alt.Color("part:N", title=None, sort=names, scale=alt.Scale(domain=names, range=list(parts.values())),
                      legend=alt.Legend(orient="bottom", columns=6))  # fmt: skip
    x = alt.X("value:Q", title=axis, axis=alt.Axis(format="~s", tickCount=5), scale=_room(frame["end"], frame["total"]))
    placed = line.transform_calculate(place=f"indexof({names!r}, datum.part)")
    bar = placed.mark_bar().encode(x=x, color=shade, order="place:Q", tooltip=_tip("label", "part", "said"))
    text = line.transform_filter("isValid(datum.total)").mark_text(align="left", dx=6, color=_ink())
    return _titled(bar + text.encode(x="end:Q", text="total:N"), frame["label"].nunique(), title, AROUND_WITH_LEGEND)


def field(frame: pd.DataFrame, title: str, axes: tuple[str, str], columns: Sequence[str]) -> alt.LayerChart:
    """A field of squares, the darker the more. Columns: label (line), column, value, said, short (in the square)."""
    angle = -30 if max(map(len, columns), default=0) > 4 else 0
    base = alt.Chart(frame).encode(
        x=alt.X("column:N", sort=list(columns), title=axes[0],
                axis=alt.Axis(labelAngle=angle, labelLimit=90, labelOverlap=not angle, labelFlush=False, orient="top")),
        y=alt.Y("label:N", sort=None, title=axes[1] or None, axis=LABELS),
    )  # fmt: skip
    shade = alt.Color("value:Q", title=None, scale=alt.Scale(scheme="blues", domainMin=0), legend=None)
    square = base.mark_rect(cornerRadius=2).encode(color=shade, tooltip=_tip("label", "column", "said"))
    is_dark = alt.datum.value > float(frame["value"].fillna(0).max()) / 2
    ink = alt.condition(is_dark, alt.value("white"), alt.value("#0f1923"))
    text = base.mark_text(fontSize=11).encode(text="short:N", color=ink)
    return _titled(square + text, frame["label"].nunique(), title)


def courses(frame: pd.DataFrame, axis: str, title: str, format_: str = "~s") -> alt.LayerChart:
    """Lines over days, each with points of a form of its own. Columns: day (ISO text), part, value, said."""
    form = {"sort": list(frame["part"].unique()), "title": None}
    base = alt.Chart(frame).encode(
        x=alt.X("day:T", title=None, scale=alt.Scale(type="utc"),
                axis=alt.Axis(format="%-d %b %y", tickCount=8, labelOverlap=True)),
        y=alt.Y("value:Q", title=axis, axis=alt.Axis(format=format_, tickCount=5), scale=alt.Scale(domainMin=0)),
        color=alt.Color("part:N", **form, legend=alt.Legend(orient="bottom")),
        shape=alt.Shape("part:N", **form), tooltip=_tip("part", "said"),
    )  # fmt: skip
    drawn = base.mark_line(strokeWidth=2) + base.mark_point(filled=True, size=55)
    return _titled(drawn, 6, title, AROUND_WITH_LEGEND)


def steps(frame: pd.DataFrame, axis: str, title: str) -> alt.LayerChart:
    """From one total to another. Columns: label, start, end, kind ("total", "more", "less"), said."""
    line = _lines(frame)
    kinds = alt.Color("kind:N", title=None, scale=alt.Scale(domain=["total", "more", "less"],
                      range=["#5b8fc9", "#2f9e8f", "#d9822b"]), legend=None)  # fmt: skip
    room = _room(frame[["start", "end"]].max(axis=1), frame["said"], float(frame[["start", "end"]].min().min()))
    x = alt.X("start:Q", title=axis, axis=alt.Axis(format="~s", tickCount=5), scale=room)
    bar = line.mark_bar(height=16).encode(x=x, x2="end:Q", color=kinds, tooltip=_tip("label", "said"))
    text = line.transform_calculate(right="max(datum.start, datum.end)")
    return _titled(bar + _beside(text, "right"), len(frame), title)


def _lines(frame: pd.DataFrame) -> alt.Chart:
    return alt.Chart(frame).encode(y=alt.Y("label:N", sort=None, title=None, axis=LABELS))


def _beside(line: alt.Chart, at: str) -> alt.Chart:
    return line.mark_text(align="left", dx=6, color=_ink()).encode(x=f"{at}:Q", text="said:N")


def _room(ends: "pd.Series[float]", words: "pd.Series[str]", least: float = 0) -> alt.Scale:
    """So far that the words beside each mark have a place, on a chart as narrow as half a page."""
    shares = 1 - (words.fillna("").str.len() * LETTER / NARROW).clip(upper=MOST_WORDS)
    most = float((ends.fillna(0).clip(lower=0) / shares).max())
    return alt.Scale(domainMin=min(0.0, least), domainMax=most if most > 0 or least < 0 else 1)


def _tip(*columns: str) -> list[alt.Tooltip]:
    return [alt.Tooltip(f"{column}:N", title=" ") for column in columns]


def shades(parts: Sequence[str]) -> dict[str, str]:
    """From pale to dark, for parts that have an order."""
    scale = ["#b3cde8", "#85b4dd", "#5598cc", "#2f7ab8", "#1a5c9c", "#0b3f7a"]
    return {part: scale[round(n * (len(scale) - 1) / max(len(parts) - 1, 1))] for n, part in enumerate(parts)}


def _ink() -> str:
    """Letters beside marks get their colour from nowhere else."""
    return "#e8ecf0" if st.context.theme.type == "dark" else "#0f1923"


def _titled(chart: alt.LayerChart, lines: int, title: str, around: int = 100) -> alt.LayerChart:
    """`around`: pixels of title, axis and, where there is one, legend."""
    said = alt.TitleParams(title, anchor="start", fontSize=13, fontWeight="normal", offset=10, limit=900)
    return chart.properties(title=said, height=lines * LINE + around)
