"""What the grid reports becomes ticks by id, an order and a row to open, whatever order the reports come in."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pages.ui import selection
from pages.ui.selection import Column, GridState, Ticks, reduce

PAGE_ONE = ["1", "2", "3"]
PAGE_TWO = ["4", "5", "6"]


def report(shown: list[str], on: list[str], **more: Any) -> dict[str, Any]:
    return {"n": 1, "shown": shown, "on": on, "opened": None, "sorted": None, "columns": None, **more}


def test_ticks_survive_another_page() -> None:
    state = reduce(GridState(), report(PAGE_ONE, ["1", "3"])).state
    state = reduce(state, report(PAGE_TWO, ["5"])).state
    assert state.ticks.ids == {1, 3, 5}


def test_ticks_survive_another_order_of_the_same_rows() -> None:
    state = reduce(GridState(), report(PAGE_ONE, ["2"])).state
    assert reduce(state, report(["3", "2", "1"], ["2"])).state.ticks.ids == {2}


def test_unticking_takes_away_only_what_is_shown() -> None:
    state = GridState(Ticks(frozenset({1, 2, 5})))
    assert reduce(state, report(PAGE_ONE, ["2"])).state.ticks.ids == {2, 5}


def test_a_tick_that_is_not_on_the_page_is_no_tick() -> None:
    assert reduce(GridState(), report(PAGE_ONE, ["1", "99"])).state.ticks.ids == {1}


def test_an_opened_row_is_opened_once_although_later_reports_repeat_it() -> None:
    event = {"n": 77, "value": "2"}
    first = reduce(GridState(), report(PAGE_ONE, [], opened=event))
    again = reduce(first.state, report(PAGE_ONE, ["1"], opened=event))
    later = reduce(again.state, report(PAGE_ONE, ["1"], opened={"n": 78, "value": "2"}))
    assert (first.opened, again.opened, later.opened) == (2, None, 2)


def test_no_event_is_lost_when_one_report_replaces_another() -> None:
    both = report(PAGE_ONE, ["3"], opened={"n": 5, "value": "3"}, sorted={"n": 4, "value": {"column": "name"}})
    heard = reduce(GridState(), both)
    assert (heard.opened, heard.sort, heard.state.ticks.ids) == (3, ("name", False), {3})


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
    cleared = selection.clear(GridState(Ticks(frozenset({1}))))
    assert (cleared.ticks.ids, cleared.version) == (frozenset(), 1)


def test_dropping_hidden_ones_keeps_the_rest() -> None:
    kept = selection.keep(GridState(Ticks(frozenset({1, 2}))), frozenset({2, 3}))
    assert (kept.ticks.ids, kept.version) == ({2}, 1)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)
names = st.sampled_from(["n", "shown", "on", "opened", "sorted", "columns", "value"])


@given(anything | st.dictionaries(names, anything | st.fixed_dictionaries({"n": st.integers(), "value": anything})))
def test_whatever_a_browser_sends_breaks_nothing(payload: Any) -> None:
    heard = reduce(GridState(Ticks(frozenset({1}))), payload)
    assert all(isinstance(id_, int) for id_ in heard.state.ticks.ids)
    assert heard.opened is None or heard.opened >= 0
