"""The charts of deals: how each measure of the pipeline is drawn."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from core import clock
from core.analytics.measures import Figures
from pages.ui import charts
from pages.ui.analytics_lines import Record, course, deals, labels, lines, money, spread, valued
from pages.ui.analytics_words import DAY, few, key, said
from pages.ui.analytics_words import money as amount
from pages.ui.places import here
from pages.ui.plain import many

FATES = {
    "Advanced": "#2f7ab8", "Won": "#17776f", "Waiting": "#c99a2e", "Too young to judge": "#8d99a6", "Lost": "#c2590c",
}  # fmt: skip
AGES = {0: "under 7 days", 7: "7–13 days", 14: "14–29 days", 30: "30–59 days", 60: "60–89 days", 90: "90 days and more"}
BARS = {
    "opening": "Opening", "new": "New", "reopened": "Reopened", "moved_in": "Moved in", "raised": "Amounts raised",
    "lowered": "Amounts lowered", "moved_out": "Moved out", "won": "Won", "lost": "Lost", "closing": "Closing",
}  # fmt: skip


def value_by_stage(frame: pd.DataFrame, heading: str) -> alt.LayerChart:
    """Amounts by stage."""
    return valued(frame, labels(frame, "stage"), heading)


def lost_reasons(frame: pd.DataFrame, heading: str) -> alt.LayerChart:
    """The commonest reason first."""
    most = frame.sort_values("deals", ascending=False, kind="stable")
    return charts.bars(lines(most, labels(most, "reason"), most["deals"], deals), "Deals", heading)


def gone_quiet(frame: pd.DataFrame, heading: str) -> alt.LayerChart:
    """By how long nobody has said a word."""
    return valued(frame, [AGES[int(days)] for days in frame["from_days"]], heading)


def forecast(frame: pd.DataFrame, heading: str) -> alt.LayerChart:
    """What is expected, and the whole of which it is a part."""

    def words(record: Record) -> str:
        rest = f", {record['unrated']:,} unrated" if record["unrated"] else ""
        return f"{amount(record['weighted_cents'], rounded=True)} of {deals(record)}{rest}"

    this = f"{here().local(clock.now()):%Y-%m}"
    called = ["Overdue" if month and month < this else key("month", month) for month in frame["month"]]
    sums = frame.drop(columns="month").assign(called=called).groupby("called", sort=False).sum().reset_index()
    drawn = lines(sums, list(sums["called"]), sums["weighted_cents"] / 100, words)
    return charts.pairs(drawn.assign(whole=(sums["amount_cents"] / 100).to_numpy()), money(), heading)


def funnel(frame: pd.DataFrame, heading: str) -> alt.LayerChart:
    """What became of those that came into each stage."""
    won = frame["entered"] - frame[["advanced", "lost", "young", "waiting"]].sum(axis=1)
    counts = (frame["advanced"], won, frame["waiting"], frame["young"], frame["lost"])
    parts = dict(zip(FATES, counts, strict=True))

    def total(record: Record) -> str:
        rate = f", {said(record['rate'], 'share')} advanced{few('funnel', 'rate', record)}"
        return many(record["entered"], "deal") + (rate if pd.notna(record["rate"]) else "")

    totals = [total(record) for record in frame.to_dict("records")]
    return _stacked((labels(frame, "stage"), totals, frame["entered"]), parts, FATES, heading)


def ageing(frame: pd.DataFrame, heading: str) -> alt.LayerChart:
    """How long the deals of each stage are in it."""
    stages = frame.groupby("stage", sort=False)[["deals", "stale", "amount_cents", "unquoted"]].sum().reset_index()
    parts = {
        words: frame[frame["from_days"] == days].set_index("stage")["deals"].reindex(stages["stage"]).fillna(0)
        for days, words in AGES.items()
    }
    totals = [deals(record) + (f", {record['stale']:,} stale" if record["stale"] else "")
              for record in stages.to_dict("records")]  # fmt: skip
    whole = labels(stages, "stage"), totals, stages["deals"]
    return _stacked(whole, parts, charts.shades(list(AGES.values())), heading)


def _stacked(
    whole: tuple[list[str], list[str], "pd.Series[int]"], parts: Mapping[str, "pd.Series[int]"],
    colours: Mapping[str, str], heading: str,
) -> alt.LayerChart:  # fmt: skip
    """`whole`: what each line is called, what is written beside it, and where it ends."""
    called, totals, ends = whole
    pieces = []
    for n, (part, counts) in enumerate(parts.items()):
        piece = pd.DataFrame({"label": called, "part": part, "value": counts.astype(float).to_numpy()})
        piece["said"] = [many(int(count), "deal") for count in counts]
        piece["total"] = totals if n == 0 else None
        pieces.append(piece.assign(end=ends.astype(float).to_numpy()))
    return charts.stacks(pd.concat(pieces), "Deals", heading, {part: colours[part] for part in parts})


def conversion(frame: pd.DataFrame, heading: str) -> alt.LayerChart:
    """From each stage to each later one."""
    drawn = lines(frame, _conversions(frame), frame["rate"].fillna(0), _converted)
    drawn["column"] = frame["to_stage"].to_numpy()
    drawn["short"] = [said(rate, "share") or "–" for rate in frame["rate"]]
    return charts.field(drawn, heading, ("Reached by now", "Entered"), list(dict.fromkeys(frame["to_stage"])))


def _conversions(frame: pd.DataFrame) -> list[str]:
    return [str(stage) for stage in frame["from_stage"]]


def _converted(record: Record) -> str:
    if pd.isna(record["rate"]):
        return "–"
    return f"{said(record['rate'], 'share')} of {record['entered'] - record['young']:,}"


def time_in_stage(frame: pd.DataFrame, heading: str) -> alt.LayerChart:
    """How long it took those that have left."""

    def words(record: Record) -> str:
        still = f"{record['staying']:,} there still" if record["staying"] else "none there still"
        if not record["left_again"]:
            return f"none left, {still}"
        middle = said(record["p50"], "seconds") + few("time_in_stage", "p50", record)
        return f"{middle}, {record['left_again']:,} left, {still}"

    return spread(frame, labels(frame, "stage"), words, (DAY, "Days from entering to leaving"), heading)


def velocity(frame: pd.DataFrame, heading: str) -> alt.LayerChart:
    """How long it took from the first day to the last."""

    def words(record: Record) -> str:
        if not record["deals"]:
            return "none"
        return f"{said(record['p50'], 'seconds')}{few('velocity', 'p50', record)}, {many(record['deals'], 'deal')}"

    return spread(frame, labels(frame, "outcome"), words, (DAY, "Days from opening (open: so far)"), heading)


def flow(found: Figures, heading: str) -> alt.LayerChart:
    """Day by day, or in longer steps; where nothing happened is nothing."""
    lines_now = found.frame[found.frame["period"] == "now"]
    days = course(found, lines_now, ["created", "won", "lost"]).reset_index().melt("step", var_name="part")
    drawn = pd.DataFrame({"day": days["step"], "part": days["part"].str.capitalize()})
    drawn["value"] = days["value"].astype(float)
    return charts.courses(drawn.assign(said=[many(int(n), "deal") for n in days["value"]]), "Deals", heading)


def win_rate(frame: pd.DataFrame, heading: str) -> alt.LayerChart:
    """In steps, by closing and by opening."""
    drawn = pd.DataFrame({"day": frame["step"], "part": ["By " + basis for basis in frame["basis"]]})
    drawn["value"] = frame["rate"].astype(float)
    drawn["said"] = [_won(record) for record in frame.to_dict("records")]
    return charts.courses(drawn[drawn["value"].notna()], "Won of those closed", heading, "%")


def _won(record: Record) -> str:
    if pd.isna(record["rate"]):
        return "none closed"
    return f"{said(record['rate'], 'share')}: {record['won']:,} of {record['won'] + record['lost']:,}"


def bridge(frame: pd.DataFrame, heading: str) -> alt.LayerChart:
    """From one total to the other."""
    cents = frame.set_index("bar")["amount_cents"].fillna(0).astype(int)
    at, lines = 0, []
    for record in frame.to_dict("records"):
        bar, change = record["bar"], int(cents[record["bar"]])
        is_total = bar in ("opening", "closing")
        start = 0 if is_total else at
        at = start + change
        kind = "total" if is_total else "more" if change >= 0 else "less"
        sign = "+" if change > 0 and not is_total else ""
        words = f"{sign}{amount(change, rounded=True)}, {many(record['deals'], 'deal')}"
        lines.append({"label": BARS[bar], "start": start / 100, "end": at / 100, "kind": kind, "said": words})
    return charts.steps(pd.DataFrame(lines), money(), heading)
