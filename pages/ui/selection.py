"""What the grid reported, reduced to what the page knows: ticks by conversation id, the order, the row to open."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pages.ui.ticks import Frozen, Ids, Ticks

SORTABLE_LIMIT = 40
COLUMN_LIMIT = 500


@dataclass(frozen=True)
class Column:
    """A column as the person left it."""

    name: str
    width: int
    hidden: bool


@dataclass(frozen=True)
class GridState:
    """All that the page keeps of the grid; the grid itself may be mounted anew at any time."""

    ticks: Ticks = field(default_factory=Ticks)
    columns: tuple[Column, ...] = ()
    version: int = 0  # grows when the page, not the person, changed the ticks or columns: the grid is told again
    seen: frozenset[tuple[str, int]] = frozenset()  # answered events: the grid repeats its last ones in every report


@dataclass(frozen=True)
class Report:
    """What happened since the last report."""

    state: GridState
    opened: int | None = None
    sort: tuple[str, bool] | None = None  # column, descending


def reduce(state: GridState, payload: Mapping[str, Any] | None, now: int) -> Report:
    """The state after one report of the grid at `now` (UTC epoch seconds); whatever is malformed in it is ignored."""
    if not isinstance(payload, Mapping):
        return Report(state)
    after = _reticked(state, payload, now)
    opened, after = _fresh(after, payload, "opened")
    sort, after = _fresh(after, payload, "sorted")
    moved, after = _fresh(after, payload, "columns")
    if isinstance(moved, list):
        after = replace(after, columns=_columns(moved))
    return Report(after, _id(opened), _sort(sort))


def clear(state: GridState) -> GridState:
    """No ticks, and the grid is told."""
    return _told(state, Ticks())


def drop(state: GridState, ids: Ids) -> GridState:
    """These conversations are no longer selected."""
    return _told(state, state.ticks.without(ids))


def tick(state: GridState, ids: list[int], now: int) -> GridState:
    """These conversations are selected as well."""
    return _told(state, state.ticks.ticked(ids, now))


def untick(state: GridState, ids: list[int]) -> GridState:
    """These few conversations are no longer selected."""
    return _told(state, state.ticks.unticked(ids))


def freeze(state: GridState, frozen: Frozen) -> GridState:
    """All that match now are selected as well."""
    return _told(state, state.ticks.froze(frozen))


def _told(state: GridState, ticks: Ticks) -> GridState:
    return replace(state, ticks=ticks, version=state.version + 1)


def _reticked(state: GridState, payload: Mapping[str, Any], now: int) -> GridState:
    if payload.get("version", state.version) != state.version:
        # The grid had not heard yet what the page did to the ticks; it is told again, so that nothing returns.
        return replace(state, version=state.version + 1)
    shown, ticked = _ids(payload.get("shown")), _ids(payload.get("on"))
    return replace(state, ticks=state.ticks.unticked(shown - ticked).ticked(ticked & shown, now))


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
    return int(value) if isinstance(value, str) and value.isdecimal() and value.isascii() and len(value) < 19 else None


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
