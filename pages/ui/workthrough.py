"""Working through a list: its conversations one after the other, each with its keys; leaving it returns to the list."""

import secrets
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import parse_qs

import streamlit as st

from core import conversations, people
from core.conversations import ConversationFilter, Slice
from pages.ui import session, url
from pages.ui.listing import Listing

QUEUE = "conversations.queue"
AHEAD = 200
"""So many are looked up at a time."""


@dataclass(frozen=True)
class Queue:
    """`ids` so far, in the order of the list that `start` is the address of; `after`: where the next ones begin, None
    when these are all. `name` stands in the address, so that a reload finds the queue again.
    """

    name: str
    start: str
    ids: tuple[int, ...]
    total: int
    after: str | None

    @property
    def place(self) -> url.Place:
        """Where it was begun."""
        return url.read(parse_qs(self.start))[0]


def button(place: url.Place, found: Listing) -> None:
    """The way in."""
    st.button("Work through", icon=":material/playlist_play:", key="conversations.work", on_click=begin,
              args=(place, found.wanted), disabled=not found.count.n,
              help="One conversation after the other, with keys (q)")  # fmt: skip


def begin(place: url.Place, wanted: ConversationFilter) -> None:
    """From the first of the list, or from the open one. A callback."""
    with session.store().read() as reader:
        total = conversations.count(reader, wanted).n
    start = replace(place, opened=None, queue="")
    queue = _longer(Queue(secrets.token_hex(4), url.query(start), (), total, ""))
    if not queue.ids:
        url.stay()
        return
    opened = place.opened if place.opened in queue.ids else queue.ids[0]
    url.go(replace(place, opened=opened, ticked_from=None, queue=queue.name))


def _longer(queue: Queue) -> Queue:
    """With the next ones; kept for this window, and for its reload."""
    wanted = replace(queue.place.wanted, user_id=session.actor().id)
    with session.store().read() as reader:
        page = conversations.find(reader, wanted, queue.place.sort, Slice(AHEAD, after=queue.after or None))
    more = tuple(int(id_) for id_ in page.rows["id"] if int(id_) not in set(queue.ids))
    after = page.scanned_to or page.last if page.has_after else None
    longer = replace(queue, ids=queue.ids + more, after=after)
    st.session_state[QUEUE] = longer
    session.store().write(session.actor(), people.prefer, QUEUE, asdict(longer))
    return longer


def current(place: url.Place) -> Queue | None:
    """The queue that the address names, while one of its conversations is open."""
    if not place.queue:
        return None
    queue: Queue | None = st.session_state.get(QUEUE)
    if queue is None:
        with session.store().read() as reader:
            kept: dict[str, Any] | None = people.preference(reader, session.actor().id, QUEUE)
        queue = st.session_state[QUEUE] = Queue(**{**kept, "ids": tuple(kept["ids"])}) if kept else None
    return queue if queue and queue.name == place.queue and place.opened in queue.ids else None


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
        queue = _longer(queue)
    if 0 <= at < len(queue.ids):
        url.go(replace(place, opened=queue.ids[at]))
        return
    st.toast("This is the last conversation of the list." if direction > 0 else "This is the first conversation.")
    url.stay()


def leave() -> None:
    """Back to the list as it was. A callback."""
    queue = current(url.now())
    url.go(queue.place if queue else replace(url.now(), opened=None, queue=""))
