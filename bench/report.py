"""The table of results: what was measured, the budget beside it, and what stands in results.json."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.measure import Timing

BUDGETS: dict[str, tuple[float, float]] = {
    # milliseconds at 1,000,000 conversations: SQLite, PostgreSQL
    "page": (5, 10),
    "mix": (20, 20),
    "search": (10, 25),
    "phrase": (100, 200),
    "hard": (2, 5),
    "excluding": (200, 200),
    "mirror": (12_000, 12_000),
    "refresh": (30, 30),
    "measure": (150, 150),
    "bulk": (2_000, 3_000),
    "bulk undo": (3_000, 5_000),
    "longest write lock": (250, 250),
    "another's note save": (300, 100),
    "enroll": (3_000, 4_500),
    "claim": (500, 500),  # 2,000 a second
    "steps": (2_000, 2_000),  # 500 a second
    "idle look": (5, 5),
    "export csv": (2_500, 7_000),
    "export parquet": (2_500, 4_000),
}
FULL = 1_000_000


@dataclass(frozen=True)
class Row:
    """One measured figure. `budget`: the name of the budget its 95th percentile stands against, if any."""

    group: str
    what: str
    timing: Timing
    budget: str = ""


def limit(row: Row, engine: str) -> float | None:
    """The row's budget in milliseconds."""
    return BUDGETS[row.budget][engine != "sqlite"] if row.budget else None


def as_json(rows: Iterable[Row], engine: str) -> list[dict[str, Any]]:
    """The rows for results.json."""
    return [
        {"group": row.group, "what": row.what, **asdict(row.timing), "budget_ms": limit(row, engine)} for row in rows
    ]


def show(rows: Sequence[Row], engine: str, n: int) -> None:
    """Print the rows as a table; beyond the full size a budget that is passed is marked."""
    table = Table(title=f"{engine}, {n:,} conversations (milliseconds; budgets are for {FULL:,})", title_justify="left")
    for name in ("", "what"):
        table.add_column(name)
    for name in ("median", "p95", "longest", "runs", "budget"):
        table.add_column(name, justify="right")
    table.add_column("beside it")
    previous = ""
    for row in rows:
        taken, most = row.timing, limit(row, engine)
        budget = "" if most is None else f"{most:g}{' !' if taken.p95 > most else ''}"
        cells = (
            row.group if row.group != previous else "",
            row.what,
            *map(_figure, (taken.median, taken.p95, taken.longest)),
        )
        table.add_row(*cells, str(taken.n), budget, taken.note)
        previous = row.group
    Console(width=190).print(table)


def _figure(milliseconds: float) -> str:
    return (
        f"{milliseconds:,.0f}"
        if milliseconds >= 100
        else f"{milliseconds:.1f}"
        if milliseconds >= 10
        else f"{milliseconds:.2f}"
    )
