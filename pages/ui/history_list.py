"""The list of events: filters, a line for each, and the way into it."""

from datetime import timedelta
from typing import Any

import streamlit as st

from core import history
from core.history import Entry, Wanted
from pages.ui import account, session
from pages.ui.places import here

AT_ONCE = 25
LIMIT = "history.limit"


def filters() -> Wanted:
    """Who, what, when, and how it ended."""
    with session.store().read() as reader:
        users = dict(history.people(reader, session.actor()))
    with st.container(horizontal=True, gap="small", key="history.filters"):
        user = _one("Who", "history.user", users, "Everybody")
        verb = _one("What", "history.verb", history.VERBS, "Everything")
        state = _one("State", "history.state", history.STATES, "Any")
        first = st.date_input("From", value=None, key="history.from", on_change=_begin, width=140)
        last = st.date_input("To", value=None, key="history.to", on_change=_begin, width=140)
    return Wanted(
        user_id=user,
        verb=verb or "",
        from_at=here().start_of(first) if first else None,
        to_at=here().start_of(last + timedelta(days=1)) if last else None,
        states=(state,) if state else (),
    )


def _one(label: str, key: str, options: dict[Any, str], nothing: str) -> Any:
    return st.selectbox(label, list(options), None, format_func=options.__getitem__, key=key, placeholder=nothing,
                        on_change=_begin, width=200)  # fmt: skip


def _begin() -> None:
    st.session_state.pop(LIMIT, None)


def show(wanted: Wanted) -> None:
    """The newest, and more on request."""
    limit = st.session_state.get(LIMIT, AT_ONCE)
    with session.store().read() as reader:
        found = history.events(reader, session.actor(), wanted, limit + 1)
    if not found:
        anything = wanted != Wanted()
        st.info("Nothing matches these filters." if anything else "Nothing was done yet.", icon=":material/history:")
        return
    for entry in found[:limit]:
        _line(entry)
    if len(found) > limit:
        st.button("Show older ones", key="history.older", on_click=_older, args=(limit,))


def _older(limit: int) -> None:
    st.session_state[LIMIT] = limit * 2


def _line(entry: Entry) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"history.line.{entry.event_id}"):
        with st.container(width="stretch", gap=None):
            st.text(entry.words)
            with st.container(gap=None, key=f"history.line.{entry.event_id}.facts"):
                st.text(f"{here().local(entry.happened_at):%-d %b %Y, %H:%M} · {account.outcome(entry)}")
        st.button("Open", key=f"history.open.{entry.event_id}", icon=":material/open_in_full:", type="tertiary",
                  on_click=account.go, args=(entry.event_id,))  # fmt: skip
