"""How figures are said: counts, amounts, shares and spans of time; what is not known is nothing at all, never zero."""

import calendar
from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from core.analytics.asked import SMALL
from pages.ui.places import here

MINUTE, HOUR, DAY = 60, 3_600, 86_400

TITLES = {
    "group": "Broken down", "unquoted": "Without an amount", "amount_cents": "Amount", "period": "Days", "step": "From",
    "created_cents": "Amount created", "won_cents": "Amount won", "lost_cents": "Amount lost", "bar": "What",
    "weighted_cents": "Weighted", "unrated": "In stages without a probability", "young": "Too young to judge",
    "p25": "Lower quartile", "p50": "Median", "p75": "Upper quartile", "p90": "9 of 10 within",
    "staying": "There still", "staying_p50": "Median so far", "from_days": "Days, from", "from_hours": "Hours, from",
    "stale": "Stale", "out_rate": "Opt-out rate", "first": "First replies", "first_p50": "Median, first replies",
    "first_p90": "9 of 10 within, first replies", "rate": "Rate", "basis": "By", "text": "Text",
    "seconds": "How long", "asked_at": "Wrote", "is_first": "First reply", "is_answered": "Answered", "fate": "By now",
    "has_left": "Has left", "is_stale": "Stale", "expected_on": "Expected", "happened_at": "When", "what": "What",
}  # fmt: skip
UNITS = {
    "step": "day", "month": "month", "weekday": "weekday", "hour": "hour", "expected_on": "day", "probability": "share",
    "weighted": "cents", "seconds": "seconds",
}  # fmt: skip
CODED = {"bar", "period", "outcome", "basis", "fate", "what"}
KINDS = ("Received", "By hand", "Automatic", "Not delivered")
"""Of texts, by the number that the measures give them."""

BLANK = {"month": "No date", "reason": "No reason given", "outcome": "", "stage": "Not known"}
"""What a key is called that is blank."""

NO_AMOUNT = "no amount"
"""In place of the sum of deals none of which has one."""

BASES: dict[str, dict[str, tuple[str, ...]]] = {
    "funnel": {"rate": ("advanced", "lost", "waiting")},
    "conversion": {"rate": ("reached", "lost", "open")},
    "time_in_stage": {
        "p25": ("left_again",),
        "p50": ("left_again",),
        "p75": ("left_again",),
        "staying_p50": ("staying",),
    },
    "velocity": dict.fromkeys(("p25", "p50", "p75"), ("deals",)),
    "win_rate": {"rate": ("won", "lost")},
    "first_reply": {"p50": ("answered",), "p90": ("answered",), "first_p50": ("first",), "first_p90": ("first",)},
    "replies_by_step": {"reply_rate": ("contacts",), "out_rate": ("contacts",)},
    "replies_by_template": {"reply_rate": ("contacts",), "out_rate": ("contacts",)},
    "messages_to_quote": dict.fromkeys(("p25", "p50", "p75", "p90"), ("deals",)),
    "messages_to_win": dict.fromkeys(("p25", "p50", "p75", "p90"), ("deals",)),
}
"""Of each share and middle: the columns that together say how many it rests on."""


def said(value: Any, unit: str) -> str:
    """A value of a figure as text; `unit` as its column says."""
    if value is None or pd.isna(value):
        return ""
    if unit == "cents":
        return money(value)
    if unit == "share":
        return share(value)
    if unit == "seconds":
        return span(value)
    if unit in ("month", "day"):
        return _day(str(value), unit)
    if unit == "weekday":
        return calendar.day_abbr[int(value) - 1]
    if unit == "hour":
        return f"{int(value):02}:00"
    if isinstance(value, float):
        return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def money(cents: int, *, rounded: bool = False) -> str:
    """An amount; `rounded` to whole units, where it stands beside a mark and the table has the cents."""
    whole = round(abs(cents) / 100) * 100 if rounded else abs(cents)
    return ("-" if cents < 0 else "") + here().money(whole)


def share(value: float) -> str:
    """Such as “43%”; what is neither nothing nor all is never said to be."""
    rounded = f"{value:.0%}"
    if (rounded == "0%" and value > 0) or (rounded == "100%" and value < 1):
        rounded = f"{value:.1%}"
    return rounded


def span(seconds: float) -> str:
    """Such as “3.5 days”, “5 h” or “12 min”."""
    for size, name in ((DAY, "days"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= 2 * size or (size == MINUTE and seconds >= MINUTE):
            n = seconds / size
            return f"{n:,.0f} {name}" if n >= 10 or n == round(n) else f"{n:.1f} {name}"
    return f"{seconds:.0f} s"


def few(measure: str, column: str, record: Mapping[str, Any]) -> str:
    """What is added to a share or a middle that rests on few: it says little."""
    base = BASES.get(measure, {}).get(column)
    n = SMALL if base is None else sum(int(record[name]) for name in base)
    return f", of {n} only" if n < SMALL else ""


def change(now: float | None, before: float | None, unit: str) -> str | None:
    """How a figure differs from the one before; None where there is nothing to compare."""
    if now is None or before is None or pd.isna(now) or pd.isna(before):
        return None
    if now == before:
        return "as before"
    if unit == "share":
        return f"{(now - before) * 100:+.0f} points"
    was = _brief(int(before)) if unit == "cents" else said(before, unit)
    if not before:
        return f"was {was}"
    sign = "+" if now >= before else "-"
    if unit not in ("cents", "seconds") and max(now, before) < SMALL:
        return f"{sign}{abs(now - before):,} (was {was}, few)"
    return f"{sign}{abs(now - before) / abs(before):.0%} (was {was})"


def _brief(cents: int) -> str:
    """Such as “$121k” or “$1.2M”, where there is little room."""
    whole = abs(cents) / 100
    size, sign = (1_000_000, "M") if whole >= 1_000_000 else (1_000, "k") if whole >= 10_000 else (1, "")
    digits = f"{whole / size:,.1f}" if sign == "M" and whole < 10_000_000 else f"{whole / size:,.0f}"
    return here().money(0).removesuffix("0") + digits + sign


def _day(text: str, unit: str) -> str:
    return f"{date.fromisoformat(text):%-d %b %Y}" if unit == "day" else f"{date.fromisoformat(text + '-01'):%b %Y}"


def title(name: str) -> str:
    """What a column of figures, or of their rows, is called."""
    return TITLES.get(name) or name.removesuffix("_at").removesuffix("_cents").replace("_", " ").capitalize()


def key(name: str, value: Any) -> str:
    """A key of a line, in words."""
    if value is None or (isinstance(value, str) and not value):
        return BLANK.get(name, "")
    if name == "kind":
        return KINDS[int(value)]
    text = said(value, UNITS.get(name, "text"))
    return text.replace("_", " ").capitalize() if name in CODED else text
