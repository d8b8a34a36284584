"""The messages of one conversation, by day, what happened between them, and below them what waits to be sent."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core import clock, messages, people
from core.access import Right
from core.conversations import Conversation, query
from core.conversations import thread as stored
from core.errors import AppError
from core.messages import Waiting
from pages.ui import calling, components, composer, frame, session, timeline
from pages.ui.places import Here, here

KEY = "conversations.thread"
PAGES = "conversations.thread.pages"
ASKED = "conversations.thread.asked"
EVENTS = "thread.events"
AROUND = 10
"""So many messages stand before the one that was searched for, or that is new."""

NOT_SENT = {"opted_out": "not sent: they have opted out"}


def show(shown: Conversation, search: str) -> None:
    """Newest below, opened at the first unread one. `search`: its words are marked, unless the thread's own are."""
    own = _own_search(shown.id)
    asked = query.parse(own or search)
    with session.store().read() as reader:
        limit, new = _limits(reader, shown, asked, bool(own))
        rows = stored.messages(reader, shown.id, limit=limit)
        with_events = people.preference(reader, session.actor().id, EVENTS) is not False
        left = shown.message_count - len(rows)
        parts = [timeline.entries(reader, shown.id, rows, asked, here())]
        since = int(rows["sent_at"].iloc[0]) if left > 0 and len(rows) else 0
        parts.append(timeline.called(reader, shown.id, since, here()))
        if with_events:
            parts.append(timeline.happened(reader, session.actor(), shown.id, since, here()))
            parts.append(timeline.ended(reader, shown.id, since, here()))
        waiting = messages.waiting(reader, shown.id, clock.now())
    data = {
        "contact": shown.id,
        "items": timeline.ordered(*parts),
        "firstNew": int(rows["id"].iloc[-new]) if 0 < new <= len(rows) else 0,
        "unread": shown.unread_count,
        "earlier": f"Show earlier messages ({left:,} more)" if left > 0 else "",
        "waiting": [_waiting(each, here()) for each in waiting],
        "now": clock.now(),
        "search": own,
        "events": with_events,
        "maySend": session.actor().may(Right.MESSAGE_SEND),
        "mayEdit": session.actor().may(Right.CONTACT_EDIT),
    }
    components.mount("thread", KEY, data, **_triggers(shown))


def _limits(reader: Any, shown: Conversation, asked: query.Query, is_own: bool) -> tuple[int, int]:
    """How many messages are drawn, and how many of them are new or stand after the first that is."""
    new = stored.unread_reach(reader, shown.id, shown.unread_count)
    hit = stored.reach(reader, shown.id, asked, oldest=is_own)
    first = max(stored.PAGE, hit + AROUND if hit else 0, new + AROUND if new else 0)
    return first + stored.PAGE * st.session_state.get(PAGES, {}).get(shown.id, 0), new


def _own_search(contact_id: int) -> str:
    asked: tuple[int, str] = st.session_state.get(ASKED, (0, ""))
    return asked[1] if asked[0] == contact_id else ""


def _triggers(shown: Conversation) -> dict[str, Callable[[], None]]:
    def told(name: str) -> Any:
        return getattr(st.session_state[KEY], name)

    def earlier() -> None:
        pages = st.session_state.setdefault(PAGES, {})
        pages[shown.id] = pages.get(shown.id, 0) + 1

    def search() -> None:
        st.session_state[ASKED] = (shown.id, str(told("search"))[:300])

    def events() -> None:
        session.store().write(session.actor(), people.prefer, EVENTS, bool(told("events")))

    def cancel() -> None:
        body = _do(messages.cancel, told("cancel"))
        if body is not None:
            composer.give_back(shown.id, body)

    def hurry() -> None:
        _do(messages.send_now, told("hurry"))

    def again() -> None:
        _do(messages.again, told("again"), shown.id)

    def call() -> None:
        calling.open_(shown.id, told("call"))

    named = {"earlier": earlier, "search": search, "events": events, "cancel": cancel, "hurry": hurry, "again": again}
    named |= {"call": call}
    return {f"on_{name}_change": act for name, act in named.items()}


def _do(verb: Any, id_: object, *args: int) -> Any:
    if not isinstance(id_, int):
        return None
    try:
        return session.store().write(session.actor(), verb, id_, *args)
    except AppError as refused:
        frame.tell(str(refused))
        return None


def _waiting(each: Waiting, at: Here) -> dict[str, Any]:
    soon = each.due_at - clock.now() <= messages.UNDO_SECONDS
    local = at.local(each.due_at)
    when = f"{timeline.day(local, at)} {local.strftime('%H:%M')}"
    said = {"suppressed": NOT_SENT.get(each.reason, f"not sent: {each.reason}"), "held": f"held: {each.reason}"}
    return {
        "id": each.id,
        "body": each.body,
        "said": said.get(each.state, "" if soon else f"scheduled for {when}"),
        "by": " · ".join(part for part in (each.writer, timeline.ORIGINS.get(each.origin, "")) if part),
        "due": each.due_at,
        "isOpen": each.state != "suppressed",
        "isSoon": soon and each.state == "scheduled",
    }
