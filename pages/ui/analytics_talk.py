"""The charts of texts: how each measure of the conversations is drawn."""

import altair as alt
import pandas as pd

from pages.ui import charts
from pages.ui.analytics_lines import Draw, Record, labels, lines, spread
from pages.ui.analytics_words import DAY, HOUR, MINUTE, few, key, said
from pages.ui.plain import many

WAITS = {0: "under 1 h", 1: "1–3 h", 4: "4–23 h", 24: "1–2 days", 72: "3–6 days", 168: "7 days and more"}
MIDDLES = (
    ("All waits: median", "p50", "answered"),
    ("All waits: 9 of 10 within", "p90", "answered"),
    ("First replies: median", "first_p50", "first"),
    ("First replies: 9 of 10 within", "first_p90", "first"),
)
"""What the bars of the time to reply are called, their columns, and those that say of how many waits."""


def texts(name: str) -> Draw:
    """How many texts it took: of the measure of this name."""

    def words(record: Record) -> str:
        if not record["deals"]:
            return "none"
        middle = f"{said(record['p50'], 'texts')} texts{few(name, 'p50', record)}"
        return f"{middle}, 9 of 10 within {said(record['p90'], 'texts')}, {many(record['deals'], 'deal')}"

    def drawn(frame: pd.DataFrame, heading: str) -> alt.LayerChart:
        return spread(frame, labels(frame), words, (1, "Texts"), heading)

    return drawn


def first_reply(frame: pd.DataFrame, heading: str) -> alt.LayerChart:
    """Four bars: all waits and first ones, their middle and what nine of ten lie within."""
    pieces = []
    size, unit = _size(max(frame[column].fillna(0).max() for _, column, _ in MIDDLES))
    for label, column, counted in MIDDLES:

        def words(record: Record, column: str = column, counted: str = counted) -> str:
            if pd.isna(record[column]):
                return "none"
            waits = many(record[counted], "wait") + few("first_reply", column, record)
            return f"{said(record[column], 'seconds')}, {waits}"

        called = [f"{group} · {label}" for group in frame["group"]] if "group" in frame else [label]
        pieces.append(lines(frame, called, frame[column].astype(float) / size, words))
    return charts.bars(pd.concat(pieces), unit, heading, ",.1~f")


def _size(longest: float) -> tuple[int, str]:
    """In what the axis counts."""
    sizes = ((DAY, "Days"), (HOUR, "Hours"), (MINUTE, "Minutes"))
    return next(((size, unit) for size, unit in sizes if longest >= 2 * size), (1, "Seconds"))


def unanswered(frame: pd.DataFrame, heading: str) -> alt.LayerChart:
    """By how long they wait."""

    def words(record: Record) -> str:
        return many(record["conversations"], "conversation")

    called = [WAITS[int(hours)] for hours in frame["from_hours"]]
    return charts.bars(lines(frame, called, frame["conversations"], words), "Conversations", heading)


def replies(name: str, *keys: str) -> Draw:
    """Reply rates of the measure of this name, whose lines are called by `keys`."""

    def words(record: Record) -> str:
        rates = f"{said(record['reply_rate'], 'share')} replied, {said(record['out_rate'], 'share')} opted out"
        return f"{rates}, {many(record['contacts'], 'contact')}{few(name, 'reply_rate', record)}"

    def drawn(frame: pd.DataFrame, heading: str) -> alt.LayerChart:
        listed = lines(frame, labels(frame, *keys), frame["reply_rate"], words)
        return charts.bars(listed, "Contacts who replied", heading, "%")

    return drawn


def volumes(frame: pd.DataFrame, heading: str) -> alt.LayerChart:
    """A week of hours."""

    def words(record: Record) -> str:
        return many(record["received"], "text")

    days = [key("weekday", day) for day in frame["weekday"]]
    listed = lines(frame, days, frame["received"], words)
    listed["short"] = [str(n or "") for n in frame["received"]]
    listed["column"] = [f"{int(hour):02}" for hour in frame["hour"]]
    hours = [f"{hour:02}" for hour in range(24)]
    return charts.field(listed, heading, ("Texts received, by hour of the day", ""), hours)
