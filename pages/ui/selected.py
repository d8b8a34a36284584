"""The line that says what is selected, how many of it the filter hides, and the ways to select more or less."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from core import clock
from core.conversations import ConversationFilter
from pages.ui import desk, listing, selection, url
from pages.ui.listing import Listing
from pages.ui.places import here
from pages.ui.ticks import Ids


def line(place: url.Place, found: Listing) -> None:
    """What is selected, in words; show, drop, clear; this page and all that match."""
    ticks = desk.state().ticks
    hidden = len(found.hidden) if place.ticked_from is None else 0
    said = f"{ticks.n:,} selected" + (f", {hidden:,} hidden by the filter" if hidden else "")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="conversations.ticks"):
        st.text(said if ticks.n else "Nothing selected.", help=_frozen_words())
        if place.ticked_from is not None:
            _act("back", "Back to the list", _show, False)
        elif not ticks.n or ticks.n - hidden < found.count.n:
            _more(found)
        if ticks.n and place.ticked_from is None and ticks.n > len(ticks.among(found.ids)):
            _act("show", "Show selected", _show, True)
        if hidden:
            _act("drop", "Drop hidden", _drop, found.hidden)
        if ticks.n:
            _act("clear", "Clear selection", clear)


def _more(found: Listing) -> None:
    shown, all_ids = len(found.ids), found.count
    if shown and len(desk.state().ticks.among(found.ids)) < shown and shown < all_ids.n:
        _act("page", f"Select this page ({shown:,})", _page, found.ids)
    if all_ids.n:
        label = f"Select all {all_ids.n:,} that match" if all_ids.is_exact else "Select all that match"
        _act("all", label, _all, found.wanted)


def _act(name: str, label: str, act: Callable[..., None], *args: object) -> None:
    st.button(label, key=f"conversations.ticks.{name}", type="tertiary", on_click=act, args=args)


def _frozen_words() -> str | None:
    frozen = desk.state().ticks.frozen
    if frozen is None:
        return None
    return f"Among them {len(frozen.ids):,} that matched at {here().local(frozen.at):%H:%M, %-d %b}."


def clear() -> None:
    """Nothing is selected any more, and the list is shown. A callback."""
    desk.keep(selection.clear(desk.state()))
    url.go(replace(url.now(), ticked_from=None))


def toggle(conversation_id: int) -> None:
    """Tick this conversation, or untick it. A callback."""
    state = desk.state()
    if state.ticks.among([conversation_id]):
        desk.keep(selection.untick(state, [conversation_id]))
    else:
        desk.keep(selection.tick(state, [conversation_id], clock.now()))
    url.stay()


def _page(ids: list[int]) -> None:
    desk.keep(selection.tick(desk.state(), ids, clock.now()))
    url.stay()


def _all(wanted: ConversationFilter) -> None:
    desk.keep(selection.freeze(desk.state(), listing.freeze(wanted)))
    url.stay()


def _drop(ids: Ids) -> None:
    desk.keep(selection.drop(desk.state(), ids))
    url.stay()


def _show(only: bool) -> None:
    url.go(replace(url.now(), ticked_from=0 if only else None))
