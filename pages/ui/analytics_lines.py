"""The lines of a chart: what each is called, how long it is, and what is written beside it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from core import clock
from core.analytics.asked import day_of
from core.analytics.measures import Figures
from pages.ui import charts
from pages.ui.analytics_words import key
from pages.ui.analytics_words import money as amount
from pages.ui.places import here
from pages.ui.plain import many

Record = Mapping[str, Any]
Draw = Callable[[pd.DataFrame, str], alt.LayerChart]


def labels(frame: pd.DataFrame, *names: str) -> list[str]:
    """What the lines are called, the group in front; two of the same name are two lines."""
    parts = [*(["group"] if "group" in frame else []), *names]
    seen: dict[str, int] = {}
    made = []
    for record in frame.to_dict("records"):
        label = " · ".join(key(name, record[name]) for name in parts) or "All"
        seen[label] = seen.get(label, 0) + 1
        made.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return made


def lines(
    frame: pd.DataFrame, called: list[str], value: "pd.Series[Any]", words: Callable[[Record], str]
) -> pd.DataFrame:
    made = pd.DataFrame({"label": called, "value": value.astype(float).to_numpy()})
    return made.assign(said=[words(record) for record in frame.to_dict("records")])


def deals(record: Record) -> str:
    """Such as “$12,400, 31 deals (4 no amount)”; to the cent in the table alone."""
    parts = [amount(record["amount_cents"], rounded=True)] if record["deals"] > record["unquoted"] else []
    without = f" ({record['unquoted']:,} no amount)" if record["unquoted"] else ""
    return ", ".join([*parts, many(record["deals"], "deal")]) + without


def valued(frame: pd.DataFrame, called: list[str], heading: str) -> alt.LayerChart:
    """Amounts; where nothing has one, how many deals. Closed deals are beside the point."""
    has_amounts = bool(frame["amount_cents"].fillna(0).any())
    drawn = lines(frame, called, frame["amount_cents"] / 100 if has_amounts else frame["deals"], deals)
    if "outcome" in frame:
        drawn["is_pale"] = (frame["outcome"] != "open").to_numpy()
    return charts.bars(drawn, money() if has_amounts else "Deals", heading)


def money() -> str:
    return f"Amount ({here().currency})"


def course(found: Figures, frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The sums of columns in every step of the period, the empty ones too; by `step`. `frame`: lines of the figures."""
    asked, summed = found.asked, frame.groupby("step")[list(dict.fromkeys(columns))].sum()
    first, last = (day_of(at, asked.zone) for at in (asked.start, min(asked.end - 1, max(clock.now(), asked.start))))
    days = pd.date_range(first, last, freq="D")
    begun = days if asked.steps == "day" else days.to_period({"week": "W-SUN", "month": "M"}[asked.steps]).start_time
    return summed.reindex(begun.unique().strftime("%Y-%m-%d"), fill_value=0).rename_axis("step")


def spread(
    frame: pd.DataFrame, called: list[str], words: Callable[[Record], str], unit: tuple[int, str], heading: str
) -> alt.LayerChart:
    size, axis = unit
    drawn = lines(frame, called, frame["p50"].astype(float) / size, words)
    low, high = (frame[name].astype(float).to_numpy() / size for name in ("p25", "p75"))
    return charts.spans(drawn.assign(low=low, high=high), axis, heading)
