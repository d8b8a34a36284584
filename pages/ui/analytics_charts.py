"""Which form each measure is drawn in; broken down, many lines become one bar a group."""

from dataclasses import dataclass

import altair as alt
import pandas as pd

from core.analytics.asked import SMALL
from core.analytics.measures import Figures
from pages.ui import analytics_lines as lines
from pages.ui import analytics_sales as sales
from pages.ui import analytics_talk as talk
from pages.ui import charts
from pages.ui.analytics_lines import Draw, Record
from pages.ui.analytics_words import money, said
from pages.ui.plain import many

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
    "bridge": sales.bridge,
    "volumes": talk.volumes,
    "first_reply": talk.first_reply,
    "unanswered": talk.unanswered,
    "replies_by_step": talk.replies("replies_by_step", "workflow", "text"),
    "replies_by_template": talk.replies("replies_by_template", "template"),
    "messages_to_quote": talk.texts("messages_to_quote"),
    "messages_to_win": talk.texts("messages_to_win"),
}
UNCUT = {"conversion", "volumes", "win_rate", "bridge", "ageing"}


@dataclass(frozen=True)
class Sum:
    """Broken down, a measure is drawn as one bar a group: of a column, or a share of it in the sum of others, over the
    lines that hold `only`. `words`: what is shown, for the title.
    """

    column: str
    words: str
    only: tuple[str, str] | None = None
    of: tuple[str, ...] = ()


SUMS = {
    "value_by_stage": Sum("amount_cents", "open deals", ("outcome", "open")),
    "flow": Sum("won", "deals won", ("period", "now")),
    "bridge": Sum("amount_cents", "open at the end", ("bar", "closing")),
    "forecast": Sum("weighted_cents", "weighted"),
    "funnel": Sum("advanced", "advanced from any stage", of=("advanced", "lost", "waiting")),
    "conversion": Sum("reached", "reached any later stage", of=("reached", "lost", "open")),
    "win_rate": Sum("won", "won of those closed", ("basis", "closing"), ("won", "lost")),
    "lost_reasons": Sum("deals", "deals lost"),
    "ageing": Sum("deals", "open deals"),
    "gone_quiet": Sum("amount_cents", "all of them"),
    "volumes": Sum("received", "texts received"),
    "unanswered": Sum("conversations", "conversations"),
}


def draw(found: Figures, heading: str) -> alt.LayerChart | None:
    """The chart of a measure; None where there is nothing to draw."""
    frame, name = found.frame, found.measure.name
    if frame.empty:
        return None
    if "group" in frame and name in SUMS:
        return _groups(found, SUMS[name], heading)
    if name == "flow":
        return sales.flow(found, heading)
    if "group" in frame and name == "velocity":
        frame, heading = frame[frame["outcome"] == "won"], f"{heading} · of deals won"
    if name not in UNCUT:
        frame, heading = _cut(frame, found.measure.columns[0].name, heading)
    return DRAWN[name](frame, heading)


def _cut(frame: pd.DataFrame, column: str, heading: str) -> tuple[pd.DataFrame, str]:
    if len(frame) <= MOST:
        return frame, heading
    most = frame.sort_values(column, ascending=False, kind="stable").head(MOST)
    return most, f"{heading} · the {MOST} largest of {len(frame):,} lines"


def _groups(found: Figures, asked: Sum, heading: str) -> alt.LayerChart:
    frame = found.frame if asked.only is None else found.frame[found.frame[asked.only[0]] == asked.only[1]]
    columns = [each.name for each in found.measure.columns if each.how in ("count", "sum")]
    sums = frame.groupby(["group_id", "group"], sort=False)[columns].sum().reset_index()
    sums, heading = _cut(sums.sort_values([asked.column, columns[0]], ascending=False), asked.column, heading)
    heading = f"{heading} · {asked.words} by {found.asked.by}"
    if asked.of:
        return _shares(sums, asked, heading)
    if asked.column == "amount_cents":
        return lines.valued(sums, lines.labels(sums), heading)
    unit = found.measure.column(asked.column).unit
    size = 100 if unit == "cents" else 1

    def words(record: Record) -> str:
        if unit == "cents":
            return f"{money(record[asked.column], rounded=True)}, {many(record['deals'], 'deal')}"
        return said(record[asked.column], unit)

    drawn = lines.lines(sums, lines.labels(sums), sums[asked.column] / size, words)
    return charts.bars(drawn, lines.money() if unit == "cents" else asked.words.capitalize(), heading)


def _shares(sums: pd.DataFrame, asked: Sum, heading: str) -> alt.LayerChart:
    whole = sums[list(asked.of)].sum(axis=1)
    rates = (sums[asked.column] / whole.where(whole > 0)).astype(float)

    def words(record: Record) -> str:
        n = sum(int(record[name]) for name in asked.of)
        if not n:
            return "none to judge"
        few = ", few" if n < SMALL else ""
        return f"{said(record[asked.column] / n, 'share')}: {record[asked.column]:,} of {n:,}{few}"

    drawn = lines.lines(sums, lines.labels(sums), rates, words)
    return charts.bars(drawn, asked.words.capitalize(), heading, "%")
