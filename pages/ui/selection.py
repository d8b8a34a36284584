"""What the grid reported, reduced to what the page knows: ticks by conversation id, the order, the row to open."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

SORTABLE_LIMIT = 40
COLUMN_LIMIT = 30


@dataclass(frozen=True)
class Ticks:
    """The ticked conversations, by id; they survive paging, sorting, filters and reruns."""

    ids: frozenset[int] = frozenset()

    def among(self, shown: list[int]) -> frozenset[int]:
        """Those of `shown` that are ticked."""
        return self.ids & frozenset(shown)


@dataclass(frozen=True)
class Column:
    """A column as the person left it."""

    name: str
    width: int
    hidden: bool


@dataclass(frozen=True)
class GridState:
    """All that the page keeps of the grid; the grid itself may be mounted anew at any time."""

    ticks: Ticks = Ticks()
    columns: tuple[Column, ...] = ()
    version: int = 0  # grows when the page, not the person, changed the ticks or columns: the grid is told again
    seen: frozenset[tuple[str, int]] = frozenset()  # answered events: the grid repeats its last ones in every report


@dataclass(frozen=True)
class Report:
    """What happened since the last report."""

    state: GridState
    opened: int | None = None
    sort: tuple[str, bool] | None = None  # column, descending


def reduce(state: GridState, payload: Mapping[str, Any] | None) -> Report:
    """The state after one report of the grid; whatever is malformed in it is ignored."""
    if not isinstance(payload, Mapping):
        return Report(state)
    shown, ticked = _ids(payload.get("shown")), _ids(payload.get("on"))
    ids = (state.ticks.ids - shown) | (ticked & shown)
    after = replace(state, ticks=Ticks(ids))
    opened, after = _fresh(after, payload, "opened")
    sort, after = _fresh(after, payload, "sorted")
    moved, after = _fresh(after, payload, "columns")
    if isinstance(moved, list):
        after = replace(after, columns=_columns(moved))
    return Report(after, _id(opened), _sort(sort))


def clear(state: GridState) -> GridState:
    """No ticks, and the grid is told."""
    return replace(state, ticks=Ticks(), version=state.version + 1)


def keep(state: GridState, ids: frozenset[int]) -> GridState:
    """Only the ticks of these conversations stay."""
    return replace(state, ticks=Ticks(state.ticks.ids & ids), version=state.version + 1)


def show_columns(state: GridState, names: list[str], known: Mapping[str, int]) -> GridState:
    """These columns are shown, all others hidden; widths and order stay. `known`: column → its first width."""
    present = {column.name: column for column in state.columns}
    order = [name for name in dict.fromkeys([*present, *known]) if name in known]
    widths = {name: present[name].width if name in present else known[name] for name in order}
    columns = tuple(Column(name, widths[name], name not in names) for name in order)
    return replace(state, columns=columns, version=state.version + 1)


def _fresh(state: GridState, payload: Mapping[str, Any], kind: str) -> tuple[Any, GridState]:
    # Each report repeats the last event of every kind, so that none is lost when two reports fall together.
    event = payload.get(kind)
    if not isinstance(event, Mapping) or not isinstance(event.get("n"), int) or (kind, event["n"]) in state.seen:
        return None, state
    others = frozenset(pair for pair in state.seen if pair[0] != kind)
    return event.get("value"), replace(state, seen=others | {(kind, event["n"])})


def _id(value: object) -> int | None:
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 19 else None


def _ids(values: object) -> frozenset[int]:
    if not isinstance(values, list):
        return frozenset()
    return frozenset(number for value in values if (number := _id(value)) is not None)


def _sort(value: object) -> tuple[str, bool] | None:
    if isinstance(value, Mapping) and isinstance(value.get("column"), str) and len(value["column"]) <= SORTABLE_LIMIT:
        return value["column"], value.get("descending") is True
    return None


def _columns(values: list[Any]) -> tuple[Column, ...]:
    maps = [value for value in values[:COLUMN_LIMIT] if isinstance(value, Mapping)]
    return tuple(
        Column(value["name"][:SORTABLE_LIMIT], int(value["width"]), value.get("hidden") is True)
        for value in maps
        if isinstance(value.get("name"), str) and isinstance(value.get("width"), int | float)
    )
