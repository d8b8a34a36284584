"""Keeping pages current: a look every two seconds. What touched the open conversation is drawn at once; texts that came
in elsewhere are announced, for a list that moves by itself would move from under the hand.
"""

import streamlit as st

from core import messages
from core.conversations import thread
from pages.ui import frame, session
from pages.ui.plain import many

SEEN = "live.seen"
LISTED = "live.listed"
PACE_SECONDS = 2.0


def drawn(contact_id: int) -> None:
    """The conversation is about to be read: what happens from now on is news."""
    with session.store().read() as reader:
        st.session_state[SEEN] = (contact_id, thread.touched(reader, contact_id))


@st.fragment(run_every=PACE_SECONDS)
def look(contact_id: int) -> None:
    """One small query; the page runs again only when the answer has changed. What is being typed stays as it is."""
    with session.store().read() as reader:
        now = contact_id, thread.touched(reader, contact_id)
    if st.session_state.get(SEEN) != now:
        frame.draw_anew()


def listed() -> None:
    """The list is about to be read: what comes in from now on is news."""
    with session.store().read() as reader:
        st.session_state[LISTED] = session.store().revision(reader)


@st.fragment(run_every=PACE_SECONDS)
def news() -> None:
    """How many texts came in since the list was drawn; a press draws it anew."""
    with session.store().read() as reader:
        n = messages.came_since(reader, st.session_state[LISTED])
    if n and st.button(f"{many(n, 'new message')}: show", icon=":material/refresh:", key="live.news"):
        st.rerun()
