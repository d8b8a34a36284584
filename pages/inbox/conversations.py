"""Find any conversation, tick many, read one."""

import streamlit as st

from core import conversations
from core.access import Actor, Right
from core.conversations import Conversation, Count
from core.errors import NotFound
from pages.ui import (
    actions,
    ask_person,
    desk,
    dialogs,
    exporting,
    filters,
    grid,
    keys,
    listing,
    live,
    look,
    notices,
    pager,
    reader,
    reader_bar,
    rows,
    selected,
    session,
    url,
    views,
    workthrough,
)  # fmt: skip
from pages.ui.listing import Listing
from pages.ui.pager import Shown
from pages.ui.places import here
from pages.ui.workthrough import Queue


def page() -> None:
    """Tabs and search, what is shown in words, the list, and the open conversation beside it."""
    look.apply()
    place, ignored, moved = url.current()
    actor = session.actor()
    live.listed()
    found = listing.load(place, actor, desk.state().ticks)
    place = found.place
    notices.ignored(ignored, url.PARTS)
    if notices.nothing_at_all(found):
        return
    filters.tab_bar(place, {tab: listing.figure(count) for tab, count in found.counts.items()}, moved)
    tools(place, found, actor, moved)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="conversations.actions"):
        with st.container(horizontal=True, gap="small", width="content", key="conversations.verbs"):
            actions.row(place, actor)
        selected.line(place, found)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="conversations.line"):
        with st.container(width="stretch"):
            filters.said(place, found.choices.names, listing.counted(found.count))
        live.news()
        notices.hits_elsewhere(place, found)
    # What may come and go stands in a container of its own: a grid that changes its place in the page is mounted anew.
    with st.container(key="conversations.gone"):
        opened = open_conversation(place)
    queue = workthrough.current(place) if opened else None
    with st.container(horizontal=True, key="conversations.both", gap="small"):
        with st.container(key="conversations.list", width=400 if opened else "stretch"):
            bar = the_list(place, found, opened)
        if opened:
            with st.container(key="queue" if queue else "reader", width="stretch", gap=None):
                beside(place, opened, queue)
    if bar.rows or bar.has_before or bar.has_after:
        pager.bar(place, bar, found.choices.field(place.by))
    keys.mount(keys.KEYS)
    dialogs.show()


def tools(place: url.Place, found: Listing, actor: Actor, moved: bool) -> None:
    """Search, filters, views and columns."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="conversations.tools"):
        filters.search_box(place, moved)
        filters.drawer(place, found.choices, moved)
        views.menu(place, actor)
        desk.column_chooser(found.choices.fields)
        exporting.menu(place, found, actor)
        workthrough.button(place, found)
        if actor.may(Right.CONTACT_EDIT):
            ask_person.new_button()


def the_list(place: url.Place, found: Listing, opened: Conversation | None) -> Shown:
    """The grid, or what to do when there is nothing to list."""
    state = desk.state()
    shown = listing.ticked(place, state.ticks) if place.ticked_from is not None else found.page
    with st.container():
        if shown.rows.empty:
            notices.no_hits(place, found)
    view = {
        "beside": opened is not None,
        "open": str(opened.id) if opened else "",
        "sort": {"column": place.by, "descending": place.descending},
        "top": url.query(url.listed(place)) + place.after + place.before + place.at,
    }
    drawn = rows.for_grid(shown.rows, place.wanted.search, here(), listing.own_values(shown.rows, state.columns))
    with st.container(key="conversations.grid.box"):
        grid.show(drawn, state, view, desk.hear, found.choices.fields)
    count = Count(state.ticks.n) if place.ticked_from is not None else found.count
    total = count.n if count.is_exact else None
    bar = Shown.of(shown, place.slice.is_backward, total, listing.counted(count))
    desk.remember([int(id_) for id_ in shown.rows["id"]], bar)
    return bar


def open_conversation(place: url.Place) -> Conversation | None:
    """The conversation the address names; a sentence when it is gone."""
    if place.opened is None:
        return None
    try:
        with session.store().read() as connection:
            return conversations.get(connection, place.opened)
    except NotFound as gone:
        notices.gone(gone)
        return None


def beside(place: url.Place, opened: Conversation, queue: Queue | None) -> None:
    """The light-gray bar with the name, then messages and facts."""
    if queue is None:
        reader_bar.beside(place, opened)
    else:
        reader_bar.queued(place, opened, queue)
    reader.show(opened, place.wanted.search)


page()
