"""Keeping an open conversation current: a look every two seconds, and a redraw when something has touched it."""

import streamlit as st

from core.conversations import thread
from pages.ui import session

SEEN = "live.seen"
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
        st.rerun()
