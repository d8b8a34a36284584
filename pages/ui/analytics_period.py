"""The days that figures are about, and the equal days they are compared with."""

from dataclasses import dataclass
from datetime import date, timedelta

AGAINST = {"previous": "Days before", "year": "Year before", "none": "Nothing"}
USUAL_DAYS = 91
"""Whole weeks, so that the days before have the same weekdays among them."""


@dataclass(frozen=True)
class Period:
    """Civil days of the display zone, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def words(self) -> str:
        """Such as “1 Jan – 31 Mar 2026”."""
        if self.first == self.last:
            return f"{self.last:%-d %b %Y}"
        year = "" if self.first.year == self.last.year else f" {self.first.year}"
        return f"{self.first:%-d %b}{year} – {self.last:%-d %b %Y}"

    def ends(self, n: int) -> "list[Period]":
        """Up to `n` single days, as far from each other as the period allows, the last of them its last."""
        back = sorted({round(place * (self.days - 1) / max(n - 1, 1)) for place in range(n)}, reverse=True)
        return [Period(day, day) for day in (self.last - timedelta(days=days) for days in back)]

    def earlier(self, against: str) -> "Period | None":
        """As many days: those just before, or 52 weeks before, so that each meets its weekday."""
        back = {"previous": self.days, "year": max(364, -(-self.days // 7) * 7)}.get(against)
        if back is None or (self.first - date.min).days <= back:
            return None
        return Period(self.first - timedelta(days=back), self.last - timedelta(days=back))


def usual(today: date) -> Period:
    """What is shown when nothing was asked for."""
    return Period(today - timedelta(days=USUAL_DAYS - 1), today)


def presets(today: date) -> dict[str, Period]:
    """Periods that are asked for by name."""
    month = today.replace(day=1)
    quarter = month.replace(month=(today.month - 1) // 3 * 3 + 1)
    before_month, before_quarter = month - timedelta(days=1), quarter - timedelta(days=1)
    return {
        "Last 7 days": Period(today - timedelta(days=6), today),
        "Last 4 weeks": Period(today - timedelta(days=27), today),
        "Last 13 weeks": usual(today),
        "This month": Period(month, today),
        "Last month": Period(before_month.replace(day=1), before_month),
        "This quarter": Period(quarter, today),
        "Last quarter": Period(
            before_quarter.replace(day=1, month=(before_quarter.month - 1) // 3 * 3 + 1), before_quarter
        ),
        "This year": Period(today.replace(month=1, day=1), today),
        "Last 52 weeks": Period(today - timedelta(days=363), today),
    }
