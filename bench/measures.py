"""Every measure from the mirror; beside some, the same figure by SQL on the database itself and by pandas in memory."""

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
from sqlalchemy import Connection, text

from bench.data import Set, say
from bench.measure import Timing, interleaved, runs, timing
from bench.report import Row
from core.analytics import measures
from core.analytics.asked import Asked
from core.analytics.mirror import Mirror

DAY = 86_400
PERIODS = {"90 days": 90, "two years": 730}
PANDAS_BELOW = 200_000
"""Conversations: beyond this the frames would take more memory than everything else together."""

SQL = {
    "value_by_stage": """
        SELECT stage_id, outcome, count(*), sum(amount_cents), sum(CASE WHEN amount_cents IS NULL THEN 1 ELSE 0 END)
        FROM deal GROUP BY stage_id, outcome""",
    "ageing": """
        SELECT stage_id, (:end - stage_entered_at) / 604800, count(*), sum(amount_cents)
        FROM deal WHERE outcome = 'open' GROUP BY 1, 2""",
    "win_rate": """
        SELECT closed_at / 604800, sum(CASE WHEN outcome = 'won' THEN 1 ELSE 0 END), count(*)
        FROM deal WHERE closed_at >= :start AND closed_at < :end GROUP BY 1""",
    "time_in_stage": """
        SELECT to_stage_id, count(*), avg(left_at - happened_at) FROM (
            SELECT to_stage_id, happened_at,
                lead(happened_at) OVER (PARTITION BY contact_id, deal_id ORDER BY happened_at, id) AS left_at
            FROM stage_event) AS stay
        WHERE happened_at >= :start AND happened_at < :end GROUP BY to_stage_id""",
    "volumes": """
        SELECT (sent_at / 86400 + 3) % 7, sent_at / 3600 % 24, direction, count(*)
        FROM message WHERE sent_at >= :start AND sent_at < :end GROUP BY 1, 2, 3""",
    "first_reply": """
        SELECT count(*), avg(answered_at - asked_at) FROM (
            SELECT direction, sent_at AS asked_at,
                lag(direction) OVER told AS before, lead(sent_at) OVER told AS answered_at
            FROM message WINDOW told AS (PARTITION BY contact_id ORDER BY sent_at, id)) AS turn
        WHERE direction = 'in' AND coalesce(before, 'out') = 'out' AND asked_at >= :start AND asked_at < :end""",
}
"""Less than the measures tell (an average for a median, weeks of the epoch for civil ones): rather too quick."""


def measured(data: Set, mirror: Mirror, end: int) -> Iterator[Row]:
    """Each measure over 90 days and over everything, the check of all, and the peers."""
    say("measures")
    for words, days in PERIODS.items():
        asked = Asked(end - days * DAY, end)
        for measure in measures.MEASURES:
            taken = runs(lambda name=measure.name, asked=asked: measures.figures(mirror, data.actor, name, asked), 7)
            yield Row("measures", f"{measure.name}, {words}", timing(taken), "measure")
    asked = Asked(end - 90 * DAY, end)
    taken = runs(lambda: _checked(data, mirror, asked), 1, 60)
    yield Row("measures", "every figure beside its rows, 90 days", timing(taken, "no difference"))
    yield from _peers(data, mirror, end)


def _checked(data: Set, mirror: Mirror, asked: Asked) -> None:
    found = measures.check(mirror, data.actor, asked)
    assert found == [], found[:3]


def _peers(data: Set, mirror: Mirror, end: int) -> Iterator[Row]:
    start = end - 730 * DAY
    with data.store.read() as reader:
        frames = _frames(reader) if data.n <= PANDAS_BELOW else {}
        for name, statement in SQL.items():
            asked = Asked(start, end)
            works: dict[str, Callable[[], Any]] = {
                "mirror": lambda name=name, asked=asked: measures.figures(mirror, data.actor, name, asked),
                f"SQL on {data.engine}": lambda statement=statement: _in_sql(reader, statement, start, end),
            }
            if name in PANDAS and frames:
                works["pandas"] = lambda name=name: PANDAS[name](frames, start, end)
            taken = {who: timing(found) for who, found in interleaved(works, 3, 60.0).items()}
            for who, found in taken.items():
                yield Row("measures beside", f"{name}, two years: {who}", _compared(found, taken["mirror"]))


def _compared(taken: Timing, ours: Timing) -> Timing:
    ratio = taken.median / ours.median
    note = "" if taken is ours else f"{ratio:.1f}× the mirror"
    return Timing(taken.median, taken.p95, taken.longest, taken.n, note)


def _in_sql(reader: Connection, statement: str, start: int, end: int) -> None:
    values = {name: value for name, value in (("start", start), ("end", end)) if f":{name}" in statement}
    reader.execute(text(statement), values).all()


def _frames(reader: Connection) -> dict[str, pd.DataFrame]:
    """The columns that the figures need, in memory already."""
    wanted = {
        "deal": "SELECT stage_id, outcome, amount_cents FROM deal",
        "stage_event": "SELECT id, deal_id, to_stage_id, happened_at FROM stage_event",
        "message": "SELECT direction, sent_at FROM message",
    }
    return {name: pd.read_sql(text(statement), reader) for name, statement in wanted.items()}


def _by_stage(frames: dict[str, pd.DataFrame], _start: int, _end: int) -> pd.DataFrame:
    grouped = frames["deal"].groupby(["stage_id", "outcome"])["amount_cents"]
    return grouped.agg(["size", "sum", "count"])


def _stays(frames: dict[str, pd.DataFrame], start: int, end: int) -> pd.DataFrame:
    stays = frames["stage_event"].sort_values(["deal_id", "happened_at", "id"])
    stays["seconds"] = stays.groupby("deal_id")["happened_at"].shift(-1) - stays["happened_at"]
    stays = stays[stays["happened_at"].between(start, end - 1)]
    return stays.groupby("to_stage_id")["seconds"].quantile([0.25, 0.5, 0.75]).unstack()


def _hours(frames: dict[str, pd.DataFrame], start: int, end: int) -> pd.Series:
    texts = frames["message"]
    texts = texts[texts["sent_at"].between(start, end - 1)]
    at = texts["sent_at"]
    return texts.groupby([(at // DAY + 3) % 7, at // 3600 % 24, texts["direction"]]).size()


PANDAS: dict[str, Callable[[dict[str, pd.DataFrame], int, int], Any]] = {
    "value_by_stage": _by_stage,
    "time_in_stage": _stays,
    "volumes": _hours,
}
