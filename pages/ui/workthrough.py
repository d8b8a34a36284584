"""Working through a list: its conversations one after the other, each with its keys; leaving it returns to the list."""

from dataclasses import dataclass, replace

import streamlit as st

from core import conversations
from core.conversations import ConversationFilter, Slice, Sort
from pages.ui import session, url
from pages.ui.listing import Listing

QUEUE = "conversations.queue"
AHEAD = 200
"""So many are looked up at a time."""


@dataclass(frozen=True)
class Queue:
    """`ids` so far, in the order of the list; `after`: where the next ones begin, None when these are all."""

    ids: tuple[int, ...]
    total: int
    after: str | None
    wanted: ConversationFilter
    sort: Sort
    start: url.Place


def button(place: url.Place, found: Listing) -> None:
    """The way in."""
    st.button("Work through", icon=":material/playlist_play:", key="conversations.work", on_click=begin,
              args=(place, found.wanted), disabled=not found.count.n,
              help="One conversation after the other, with keys (q)")  # fmt: skip


def begin(place: url.Place, wanted: ConversationFilter) -> None:
    """From the first of the list, or from the open one. A callback."""
    with session.store().read() as reader:
        total = conversations.count(reader, wanted).n
    queue = _longer(Queue((), total, "", wanted, place.sort, place))
    if not queue.ids:
        url.stay()
        return
    st.session_state[QUEUE] = queue
    url.go(replace(place, opened=place.opened if place.opened in queue.ids else queue.ids[0], ticked_from=None))


def _longer(queue: Queue) -> Queue:
    with session.store().read() as reader:
        page = conversations.find(reader, queue.wanted, queue.sort, Slice(AHEAD, after=queue.after or None))
    more = tuple(int(id_) for id_ in page.rows["id"] if int(id_) not in set(queue.ids))
    return replace(queue, ids=queue.ids + more, after=page.scanned_to or page.last if page.has_after else None)


def current(place: url.Place) -> Queue | None:
    """The queue while one of its conversations is open."""
    queue: Queue | None = st.session_state.get(QUEUE)
    if queue is not None and place.opened not in queue.ids:
        st.session_state.pop(QUEUE)
        return None
    return queue


def said(queue: Queue, place: url.Place) -> str:
    """Such as “37 of 214”."""
    at = queue.ids.index(place.opened or 0) + 1
    return f"{at:,} of {max(queue.total, len(queue.ids)):,}"


def step(direction: int) -> None:
    """To the next (+1) or the previous (-1) one. A callback."""
    place = url.now()
    queue = current(place)
    if queue is None:
        url.stay()
        return
    at = queue.ids.index(place.opened or 0) + direction
    if at >= len(queue.ids) and queue.after is not None:
        queue = st.session_state[QUEUE] = _longer(queue)
    if 0 <= at < len(queue.ids):
        url.go(replace(place, opened=queue.ids[at]))
        return
    st.toast("This is the last conversation of the list." if direction > 0 else "This is the first conversation.")
    url.stay()


def leave() -> None:
    """Back to the list as it was. A callback."""
    queue: Queue | None = st.session_state.pop(QUEUE, None)
    url.go(replace(queue.start if queue else url.now(), opened=None))
