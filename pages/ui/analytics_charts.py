"""Which form each measure is drawn in; broken down, many lines become one bar a group."""

import altair as alt
import pandas as pd

from core.analytics.measures import Figures
from pages.ui import analytics_lines as lines
from pages.ui import analytics_sales as sales
from pages.ui import analytics_talk as talk
from pages.ui import charts
from pages.ui.analytics_lines import Draw
from pages.ui.analytics_words import said, title

MOST = 30
"""Lines of a chart; the table has them all."""

DRAWN: dict[str, Draw] = {
    "value_by_stage": sales.value_by_stage,
    "forecast": sales.forecast,
    "funnel": sales.funnel,
    "conversion": sales.conversion,
    "time_in_stage": sales.time_in_stage,
    "velocity": sales.velocity,
    "win_rate": sales.win_rate,
    "lost_reasons": sales.lost_reasons,
    "ageing": sales.ageing,
    "gone_quiet": sales.gone_quiet,
    "flow": sales.flow,
    "bridge": sales.bridge,
    "volumes": talk.volumes,
    "first_reply": talk.first_reply,
    "unanswered": talk.unanswered,
    "replies_by_step": talk.replies("replies_by_step", "workflow", "text"),
    "replies_by_template": talk.replies("replies_by_template", "template"),
    "messages_to_quote": talk.texts("messages_to_quote"),
    "messages_to_win": talk.texts("messages_to_win"),
}
UNCUT = {"conversion", "volumes", "flow", "win_rate", "bridge", "ageing"}

SUMMED: dict[str, tuple[str, tuple[str, str] | None]] = {
    "value_by_stage": ("amount_cents", ("outcome", "open")), "flow": ("won", ("period", "now")),
    "bridge": ("amount_cents", ("bar", "closing")), "forecast": ("weighted_cents", None), "funnel": ("entered", None),
    "conversion": ("reached", None), "win_rate": ("won", ("basis", "closing")), "lost_reasons": ("deals", None),
    "ageing": ("deals", None), "gone_quiet": ("amount_cents", None), "volumes": ("received", None),
    "unanswered": ("conversations", None),
}  # fmt: skip
"""Broken down, these are drawn as the sum of one column, of some of the lines: one bar a group."""


def draw(found: Figures, heading: str) -> alt.LayerChart | None:
    """The chart of a measure; None where there is nothing to draw."""
    frame, name = found.frame, found.measure.name
    if frame.empty:
        return None
    if "group" in frame and name in SUMMED:
        return _groups(found, heading)
    if name not in UNCUT:
        frame, heading = _cut(frame, found.measure.columns[0].name, heading)
    return DRAWN[name](frame, heading)


def _cut(frame: pd.DataFrame, column: str, heading: str) -> tuple[pd.DataFrame, str]:
    if len(frame) <= MOST:
        return frame, heading
    most = frame.sort_values(column, ascending=False, kind="stable").head(MOST)
    return most, f"{heading} · the {MOST} largest of {len(frame):,} lines"


def _groups(found: Figures, heading: str) -> alt.LayerChart:
    name, only = SUMMED[found.measure.name]
    column, frame = found.measure.column(name), found.frame
    if only is not None:
        frame = frame[frame[only[0]] == only[1]]
    summed = frame.groupby(["group_id", "group"], sort=False)[name].sum().reset_index().sort_values(
        name, ascending=False, kind="stable")  # fmt: skip
    summed, heading = _cut(summed, name, heading)
    size = 100 if column.unit == "cents" else 1
    drawn = lines.lines(summed, lines.labels(summed), summed[name] / size, lambda one: said(one[name], column.unit))
    axis = lines.money() if column.unit == "cents" else title(name)
    return charts.bars(drawn, axis, f"{heading} · {axis.lower()}" if only is None else f"{heading} · {only[1]}")
