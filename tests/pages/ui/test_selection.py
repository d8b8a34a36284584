"""What the grid reports becomes ticks by id, an order and a row to open, whatever order the reports come in."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pages.ui import selection
from pages.ui.selection import Column, GridState, Report
from pages.ui.ticks import Frozen, Ticks, ascending, read, write, write_frozen

NOW = 1_000
PAGE_ONE = ["1", "2", "3"]
PAGE_TWO = ["4", "5", "6"]


def report(shown: list[str], on: list[str], **more: Any) -> dict[str, Any]:
    return {"n": 1, "shown": shown, "on": on, "opened": None, "sorted": None, "columns": None, **more}


def reduce(state: GridState, payload: Any, now: int = NOW) -> Report:
    return selection.reduce(state, payload, now)


def ticked(*ids: int) -> GridState:
    return GridState(Ticks(dict.fromkeys(ids, NOW)))


def ids(state: GridState) -> set[int]:
    return set(state.ticks.all_ids.tolist())


def test_ticks_survive_another_page() -> None:
    state = reduce(GridState(), report(PAGE_ONE, ["1", "3"])).state
    state = reduce(state, report(PAGE_TWO, ["5"])).state
    assert ids(state) == {1, 3, 5}


def test_ticks_survive_another_order_of_the_same_rows() -> None:
    state = reduce(GridState(), report(PAGE_ONE, ["2"])).state
    assert ids(reduce(state, report(["3", "2", "1"], ["2"])).state) == {2}


def test_unticking_takes_away_only_what_is_shown() -> None:
    assert ids(reduce(ticked(1, 2, 5), report(PAGE_ONE, ["2"])).state) == {2, 5}


def test_a_tick_that_is_not_on_the_page_is_no_tick() -> None:
    assert ids(reduce(GridState(), report(PAGE_ONE, ["1", "99"])).state) == {1}


def test_an_opened_row_is_opened_once_although_later_reports_repeat_it() -> None:
    event = {"n": 77, "value": "2"}
    first = reduce(GridState(), report(PAGE_ONE, [], opened=event))
    again = reduce(first.state, report(PAGE_ONE, ["1"], opened=event))
    later = reduce(again.state, report(PAGE_ONE, ["1"], opened={"n": 78, "value": "2"}))
    assert (first.opened, again.opened, later.opened) == (2, None, 2)


def test_no_event_is_lost_when_one_report_replaces_another() -> None:
    both = report(PAGE_ONE, ["3"], opened={"n": 5, "value": "3"}, sorted={"n": 4, "value": {"column": "name"}})
    heard = reduce(GridState(), both)
    assert (heard.opened, heard.sort, ids(heard.state)) == (3, ("name", False), {3})


def test_columns_are_remembered_with_width_and_order() -> None:
    moved = [{"name": "phone", "width": 90.4, "hidden": False}, {"name": "name", "width": 200, "hidden": True}]
    heard = reduce(GridState(), report(PAGE_ONE, [], columns={"n": 9, "value": moved}))
    assert heard.state.columns == (Column("phone", 90, False), Column("name", 200, True))


def test_choosing_columns_keeps_order_and_widths() -> None:
    state = GridState(columns=(Column("b", 50, False), Column("a", 70, True)))
    chosen = selection.show_columns(state, ["a"], {"a": 10, "b": 20, "c": 30})
    assert chosen.columns == (Column("b", 50, True), Column("a", 70, False), Column("c", 30, True))
    assert chosen.version == state.version + 1


def test_clearing_tells_the_grid() -> None:
    cleared = selection.clear(ticked(1))
    assert (ids(cleared), cleared.version) == (set(), 1)


def test_dropping_hidden_ones_keeps_the_rest() -> None:
    kept = selection.drop(ticked(1, 2), ascending([1, 3]))
    assert (ids(kept), kept.version) == ({2}, 1)


def test_a_report_from_before_a_clearing_brings_no_tick_back() -> None:
    cleared = selection.clear(ticked(1, 2))
    heard = reduce(cleared, report(PAGE_ONE, ["1", "2", "3"], version=0)).state
    assert (ids(heard), heard.version) == (set(), 2)
    assert ids(reduce(heard, report(PAGE_ONE, ["3"], version=2)).state) == {3}


def test_all_that_match_are_frozen_and_single_ones_can_be_unticked_again() -> None:
    state = selection.freeze(ticked(2, 9), Frozen(ascending([1, 2, 3, 4]), NOW, "tag = cold"))
    assert (state.ticks.n, ids(state)) == (5, {1, 2, 3, 4, 9})
    state = reduce(state, report(PAGE_ONE, ["1", "3"], version=state.version)).state
    assert (state.ticks.n, ids(state)) == (4, {1, 3, 4, 9})
    assert state.ticks.among([1, 2, 3, 9, 77]) == {1, 3, 9}
    state = reduce(state, report(PAGE_ONE, PAGE_ONE, version=state.version)).state
    assert (state.ticks.n, ids(state)) == (5, {1, 2, 3, 4, 9})
    dropped = selection.drop(state, ascending([1, 2, 9]))
    assert (dropped.ticks.n, ids(dropped)) == (2, {3, 4})


def test_a_tick_keeps_the_time_at_which_it_was_set() -> None:
    state = reduce(GridState(), report(PAGE_ONE, ["1"]), 5).state
    state = reduce(state, report(PAGE_ONE, ["1", "2"]), 8).state
    assert state.ticks.times == {1: 5, 2: 8}


few = st.integers(1, 30)
clicked = st.lists(st.tuples(few, st.booleans()), max_size=12)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.sets(few, max_size=12), st.sets(few, max_size=12), clicked)
def test_a_selection_is_a_set_however_it_came_about(
    first: set[int], frozen: set[int], clicks: list[tuple[int, bool]]
) -> None:
    ticks, model = Ticks(dict.fromkeys(first, NOW)).froze(Frozen(ascending(frozen), NOW, "")), first | frozen
    for id_, on in clicks:
        ticks = ticks.ticked([id_], NOW) if on else ticks.unticked([id_])
        model = model | {id_} if on else model - {id_}
    assert (ticks.n, set(ticks.all_ids.tolist())) == (len(model), model)
    assert ticks.among(range(31)) == model
    kept = written(ticks)
    assert (kept.n, set(kept.all_ids.tolist())) == (len(model), model)


def written(ticks: Ticks) -> Ticks:
    """As it is after a reload of the browser."""
    frozen = json.loads(json.dumps(write_frozen(ticks.frozen))) if ticks.frozen else None
    return read(json.loads(json.dumps(write(ticks))), frozen)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)
names = st.sampled_from(["n", "shown", "on", "opened", "sorted", "columns", "value"])


@given(anything | st.dictionaries(names, anything | st.fixed_dictionaries({"n": st.integers(), "value": anything})))
def test_whatever_a_browser_sends_breaks_nothing(payload: Any) -> None:
    heard = reduce(ticked(1), payload)
    assert all(isinstance(id_, int) for id_ in ids(heard.state))
    assert heard.opened is None or heard.opened >= 0
