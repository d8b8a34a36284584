"""Figures from the mirror, and the rows behind each: a figure is an aggregate of what `rows` lists, by one WHERE."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import pandas as pd

from core import clock
from core.access import Actor, Right
from core.analytics.asked import Asked, localized, previous
from core.analytics.catalogue import MEASURES, Column, Measure
from core.analytics.mirror import Mirror
from core.analytics.scope import scopes
from core.analytics.tables import State
from core.errors import Invalid, NotFound, Unavailable

T = TypeVar("T")
NOT_YET = "The figures are being worked out. They will be here in a moment."
QUANTILES = {"p25": 0.25, "p50": 0.5, "p75": 0.75, "p90": 0.9}


@dataclass(frozen=True)
class Figures:
    """`frame`: the measure's keys, `group_id` and `group` where it is broken down, and its columns; in the order in
    which it is shown. `revision`: every event up to this one is in it; `as_of`: when that was known, UTC second.
    """

    measure: Measure
    asked: Asked
    frame: pd.DataFrame
    revision: int
    as_of: int


@dataclass(frozen=True)
class Difference:
    """A figure that is not what its rows add up to."""

    measure: str
    cell: dict[str, Any]
    figure: Any
    from_rows: Any


def find(name: str) -> Measure:
    """The measure of this name.

    Raises: NotFound.
    """
    for measure in MEASURES:
        if measure.name == name:
            return measure
    raise NotFound(f"There is no measure “{name}”. There are: {', '.join(each.name for each in MEASURES)}.")


def figures(mirror: Mirror, actor: Actor, name: str, asked: Asked) -> Figures:
    """All figures of a measure.

    Amounts are in cents, times in seconds, days ISO texts. A breakdown by tag, workflow or template counts a deal in
    each that its contact has, and in group 0 without any. Raises: NotAllowed, NotFound, Invalid for a breakdown that
    the measure does not have, Unavailable while the mirror is being built.
    """
    actor.require(Right.ANALYTICS_VIEW)
    measure = _fitting(name, asked)
    status = mirror.status
    frame = _answer(mirror, lambda state: _named(state, _Question(measure, asked, state).figures(), asked))
    return Figures(measure, asked, frame, status.revision, status.checked_at or clock.now())


def rows(mirror: Mirror, actor: Actor, name: str, asked: Asked, cell: Mapping[str, Any]) -> pd.DataFrame:
    """Exactly what a figure counted, one row each, with `contact_id`; by contact.

    `cell`: keys (and `group_id`) of a line of the frame, and under "column" the name of the figure; whatever is left
    out is not asked for, so an empty cell gives all that the measure counts. Raises: as `figures`.
    """
    actor.require(Right.ANALYTICS_VIEW)
    measure = _fitting(name, asked)
    return _answer(mirror, lambda state: _Question(measure, asked, state).rows(cell))


def check(mirror: Mirror, actor: Actor, asked: Asked, name: str = "") -> list[Difference]:
    """Every figure of the measure, of all when none is named, beside the aggregate of its own rows; those that differ.

    A breakdown is left out where a measure does not have it. Raises: as `figures`.
    """
    actor.require(Right.ANALYTICS_VIEW)
    wanted = [find(name)] if name else list(MEASURES)
    fitting = [(each, asked if asked.by in each.by else replace(asked, by="")) for each in wanted]
    return _answer(mirror, lambda state: [found for each in fitting for found in _checked(state, *each)])


def _fitting(name: str, asked: Asked) -> Measure:
    measure = find(name)
    if asked.by and asked.by not in measure.by:
        raise Invalid(f"“{measure.title}” cannot be broken down by {asked.by}, but by {', '.join(measure.by)}.")
    return measure


def _answer(mirror: Mirror, question: Callable[[State], T]) -> T:
    answer = mirror.ask(question)
    if answer is None:
        raise Unavailable(NOT_YET)
    return answer


def _checked(state: State, measure: Measure, asked: Asked) -> list[Difference]:
    question = _Question(measure, asked, state)
    keys = question.keys
    shown = {tuple(line[key] for key in keys): line for line in question.figures().to_dict("records")}
    found = []
    for column in measure.columns:
        again = question.again(column)
        for key, line in shown.items():
            value = again.pop(key, 0 if column.how in ("count", "sum") else None)
            if not _same(line[column.name], value):
                cell = {**dict(zip(keys, key, strict=True)), "column": column.name}
                found.append(Difference(measure.name, cell, line[column.name], value))
        lost = [(dict(zip(keys, key, strict=True)), value) for key, value in again.items()]
        found += [Difference(measure.name, {**cell, "column": column.name}, None, value) for cell, value in lost]
    return found


def _same(one: Any, other: Any) -> bool:
    if pd.isna(one) or other is None or pd.isna(other):
        return bool(pd.isna(one)) and bool(pd.isna(other))
    return bool(one == other)


class _Question:
    """A measure asked of one state of the mirror."""

    def __init__(self, measure: Measure, asked: Asked, state: State) -> None:
        self.measure = measure
        self.asked = asked
        self.keys = (*measure.keys, *(["group_id"] if asked.by else []))
        self._cursor = state.cursor
        self._codes = state.codes
        scope, values = scopes(measure.counted, asked, state.codes)
        self._with = f"WITH {scope}counted AS ({measure.counted})"
        now = clock.now()
        moment = now if asked.at is None else asked.at
        times = {"start": asked.start, "end": asked.end, "before": previous(asked).start, "at": asked.at, "now": moment}
        self._values = {**values, **times}

    def figures(self) -> pd.DataFrame:
        """One row per line."""
        columns = ", ".join(f"{_aggregate(column)} AS {column.name}" for column in self.measure.columns)
        keys = "".join(f"{key}, " for key in self.keys)
        grouped = f" GROUP BY {keys.rstrip(', ')}" if self.keys else ""
        found = f"SELECT {keys}{columns} FROM counted{grouped}"  # noqa: S608 - our own names
        if self.measure.lines and not self.asked.by:
            using = ", ".join(self.measure.keys)
            found = (
                f"SELECT * REPLACE ({', '.join(_filled(self.measure))})"  # noqa: S608 - our own names
                f" FROM ({found}) FULL JOIN ({self.measure.lines}) USING ({using}) ORDER BY place, {using}"
            )
        elif self.keys:
            found += f" ORDER BY {', '.join(self.keys)}"
        return _plain(self._run(found, {}), self.asked, self._codes.sources).drop(columns="place", errors="ignore")

    def rows(self, cell: Mapping[str, Any]) -> pd.DataFrame:
        """What the cell counted."""
        where, values = self._cell(cell)
        found = self._run(f"SELECT * FROM counted{where} ORDER BY contact_id", values)  # noqa: S608 - our own names
        found = _plain(found, self.asked, self._codes.sources)
        return found if self.asked.by else found.drop(columns="group_id")

    def again(self, column: Column) -> dict[tuple[Any, ...], Any]:
        """The figures of a column from the rows behind them, by key; only of lines in which there are any."""
        where, values = self._cell({"column": column.name})
        keys = "".join(f"{key}, " for key in self.keys)
        grouped = f" GROUP BY {keys.rstrip(', ')}" if self.keys else ""
        bare = f"SELECT {keys}{_aggregate(column, filtered=False)} AS figure"
        frame = self._run(f"{bare} FROM (SELECT * FROM counted{where}){grouped}", values)  # noqa: S608 - our own names
        frame = _plain(frame, self.asked, self._codes.sources)
        return {tuple(line[key] for key in self.keys): line["figure"] for line in frame.to_dict("records")}

    def _cell(self, cell: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        values = {f"key_{n}": cell[key] for n, key in enumerate(self.keys) if key in cell}
        if self.asked.by == "source" and "group_id" in cell:
            values[f"key_{len(self.keys) - 1}"] = self._codes.sources.get(cell["group_id"], -1)
        tests = [f"{key} = $key_{n}" for n, key in enumerate(self.keys) if key in cell]
        if "column" in cell and (where := self.measure.column(cell["column"]).where):
            tests.append(f"({where})")
        return (f" WHERE {' AND '.join(tests)}" if tests else ""), values

    def _run(self, statement: str, values: Mapping[str, Any]) -> pd.DataFrame:
        statement = localized(f"{self._with} {statement}", self.asked)
        every = {**self._values, **values}
        used = {name: every[name] for name in set(re.findall(r"\$(\w+)", statement))}
        return self._cursor.execute(statement, used).df()


def _aggregate(column: Column, *, filtered: bool = True) -> str:
    where = f" FILTER (WHERE {column.where})" if column.where and filtered else ""
    if column.how == "count":
        return f"count(*){where}"
    if column.how == "sum":
        return f"coalesce(sum({column.of}){where}, 0)::BIGINT"
    if column.how == "share":
        return f"avg(CASE WHEN {column.of} THEN 1.0::DOUBLE ELSE 0 END){where}"
    return f"quantile_cont({column.of}, {QUANTILES[column.how]}){where}"


def _filled(measure: Measure) -> list[str]:
    """Where nothing was counted there are none; but no share, and no middle."""
    counts = [column.name for column in measure.columns if column.how in ("count", "sum")]
    return [f"coalesce({name}, 0) AS {name}" for name in counts]


def _plain(frame: pd.DataFrame, asked: Asked, sources: Mapping[str, int]) -> pd.DataFrame:
    """Days as ISO texts, whole numbers as such where some are missing, sources by name."""
    for name in frame.columns:
        if pd.api.types.is_datetime64_any_dtype(frame[name]):
            frame[name] = frame[name].dt.strftime("%Y-%m-%d")
        elif pd.api.types.is_float_dtype(frame[name]) and name.endswith(("_cents", "_at")):
            frame[name] = frame[name].astype("Int64")
    if asked.by == "source" and "group_id" in frame:
        names = {code: name for name, code in sources.items()}
        frame["group_id"] = frame["group_id"].map(names)
    return frame


def _named(state: State, frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """What the groups of a breakdown are called."""
    if not asked.by:
        return frame
    if asked.by == "source":
        frame["group"] = frame["group_id"].replace("", "none named")
        return frame
    labels = dict(state.cursor.execute("SELECT id, name FROM label WHERE kind = $kind", {"kind": asked.by}).fetchall())
    nothing = {"owner": "Nobody", "stage": "Not known"}.get(asked.by, f"no {asked.by}")
    frame["group"] = frame["group_id"].map(lambda id_: labels.get(id_, nothing))
    return frame


__all__ = ["MEASURES", "Asked", "Difference", "Figures", "check", "figures", "find", "previous", "rows"]
