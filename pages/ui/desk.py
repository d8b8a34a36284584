"""What the person does with the list: tick, sort, open, step to the next conversation, choose columns."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

import streamlit as st

from core import clock, conversations, people
from core.conversations import Slice
from core.conversations.upkeep import activity_key
from core.custom import Field
from core.database import Work
from pages.ui import grid, selection, session, ticks, url
from pages.ui.pager import Shown
from pages.ui.plain import plain
from pages.ui.selection import Column, GridState, Report
from pages.ui.ticks import Frozen, Ticks, ascending

INBOX = "inbox/conversations.py"
STATE = "conversations.desk"
PAGE = "conversations.page"
COLUMNS = "conversations.columns"
TICKS = "conversations.ticks"
FROZEN = "conversations.frozen"
WINDOWS = "conversations.windows"
"""Whose kept ticks this window may replace: its own, and those it began with."""

CONTESTED = "Two windows had selected at the same time, so neither selection was kept. Select again."
ALWAYS = ("bubble", "name")
"""Columns that cannot be switched off: without them a row says of nobody."""


def state() -> GridState:
    """Ticks and columns; both begin as the user left them, in this browser or another.

    When two windows wrote ticks over each other's, neither is taken up: acting on the wrong ones is worse than none.
    """
    if STATE not in st.session_state:
        actor = session.actor()
        with session.store().read() as reader:
            kept, chosen = (people.preference(reader, actor.id, key) for key in (COLUMNS, TICKS))
            has_frozen = chosen is not None and chosen["frozen_at"] is not None  # they may be many: not read in vain
            frozen = people.preference(reader, actor.id, FROZEN) if has_frozen else None
        columns = tuple(Column(**column) for column in kept or [])
        st.session_state[WINDOWS] = (secrets.token_hex(8), (chosen or {}).get("window"))
        is_contested = chosen is not None and chosen.get("is_contested")
        if is_contested:
            st.toast(CONTESTED, icon=":material/select_window:", duration="long")
        st.session_state[STATE] = GridState(Ticks() if is_contested else ticks.read(chosen, frozen), columns)
    kept_state: GridState = st.session_state[STATE]
    return kept_state


def keep(after: GridState) -> None:
    """The state from now on; what the next visit begins with is written down."""
    before = state()
    st.session_state[STATE] = after
    if after.ticks != before.ticks:
        session.store().write(session.actor(), _keep_ticks, after.ticks, st.session_state[WINDOWS])
    if after.ticks.frozen is not before.ticks.frozen and after.ticks.frozen is not None:
        _write(FROZEN, ticks.write_frozen(after.ticks.frozen))
    if after.columns != before.columns:
        _write(COLUMNS, [asdict(column) for column in after.columns])


def remember(ids: list[int], shown: Shown) -> None:
    """The page on screen, for the steps of next and previous."""
    st.session_state[PAGE] = (ids, shown)


def hear(report: Report) -> None:
    """Do what the grid reported. A callback."""
    keep(report.state)
    place = url.now()
    if report.sort is not None and report.sort != (place.by, place.descending):
        url.go(replace(place.first_page(), by=report.sort[0], descending=report.sort[1]))
    elif report.opened is not None:
        url.go(replace(place, opened=report.opened))
    else:
        url.stay()


def open_these(ids: Iterable[int], said: str) -> None:
    """The inbox, with exactly these conversations selected and shown, in place of what was selected before.

    `said`: what they are, in words.
    """
    keep(selection.freeze(selection.clear(state()), Frozen(ascending(ids), clock.now(), said)))
    st.switch_page(INBOX, query_params=url.KEPT.lead(replace(url.Place(), ticked_from=0)))


def close() -> None:
    """Back to the list alone. A callback."""
    url.go(replace(url.now(), opened=None, queue=""))


def step(direction: int) -> None:
    """Open the next (+1) or previous (-1) conversation of the whole list; the page turns at its end. A callback."""
    place = url.now()
    ids, shown = st.session_state.get(PAGE, ([], None))
    if place.opened is None:
        url.stay()
        return
    at = ids.index(place.opened) + direction if place.opened in ids else None
    if at is not None and 0 <= at < len(ids):
        url.go(replace(place, opened=ids[at]))
        return
    found = _neighbour(place, direction)
    if found is None:
        st.toast(f"This is the {'last' if direction > 0 else 'first'} conversation of the list.")
        url.stay()
        return
    target = replace(place, opened=found)
    if at is not None and shown is not None:
        target = replace(shown.next(place) if direction > 0 else shown.previous(place), opened=found)
    url.go(target)


def column_chooser(fields: Sequence[Field]) -> None:
    """Which columns are shown beside the name; order and widths are set in the grid itself."""
    offered = grid.offered(fields)
    names = [name for name, (header, _) in offered.items() if header and name not in ALWAYS]
    is_shown = dict.fromkeys(grid.COLUMNS, True) | {column.name: not column.hidden for column in state().columns}
    key = "conversations.columns.shown"

    def choose() -> None:
        widths = {name: width for name, (_, width) in offered.items()}
        keep(selection.show_columns(state(), [*ALWAYS, *st.session_state[key]], widths))
        url.stay()

    with st.popover("Columns", icon=":material/view_column:", key="conversations.columns"):
        shown = [name for name in names if is_shown.get(name, False)]
        if st.session_state.get(key) != shown:
            st.session_state[key] = shown
        st.pills(
            "Columns",
            names,
            default=shown,
            selection_mode="multi",
            key=key,
            format_func=lambda name: plain(offered[name][0]),
            on_change=choose,
            label_visibility="collapsed",
        )


def _keep_ticks(work: Work, now: Ticks, windows: tuple[str, str | None]) -> None:
    held: dict[str, Any] = people.preference(work.conn, work.actor.id, TICKS) or {}
    is_anything = bool(held.get("times")) or held.get("frozen_at") is not None
    is_foreign = is_anything and held.get("window") not in windows
    if is_foreign and not now.n:
        return
    is_contested = bool(now.n) and (is_foreign or held.get("is_contested", False))
    people.prefer(work, TICKS, {**ticks.write(now), "window": windows[0], "is_contested": is_contested})


def _write(key: str, value: object) -> None:
    session.store().write(session.actor(), people.prefer, key, value)


def _neighbour(place: url.Place, direction: int) -> int | None:
    actor = session.actor()
    wanted = replace(place.wanted, user_id=actor.id)
    with session.store().read() as reader:
        opened = conversations.get(reader, place.opened or 0)
        cursor = str(activity_key(opened.active_at, opened.id) if place.by == "activity" else opened.id)
        one = Slice(limit=1, after=cursor) if direction > 0 else Slice(limit=1, before=cursor)
        found = conversations.find(reader, wanted, place.sort, one).rows
    return None if found.empty else int(found["id"].iloc[0])
