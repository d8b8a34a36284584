"""What a contact said about being texted, by phone, on a form, in a letter: written down with how they said it."""

from typing import Any

import streamlit as st

from core import messages
from core.errors import AppError
from core.messages import opt_outs
from pages.ui import acting, asking, frame, session
from pages.ui.acting import Asked
from pages.ui.plain import plain

SAID: dict[str, Any] = {
    "They agree to get texts": messages.record_opt_in,
    "They want no texts": messages.record_opt_out,
}


def record(asked: Asked) -> None:
    """Which of the two, and how they said it."""
    asking.whom(asked)
    said = st.radio("What they said", list(SAID), key="ask.consent.said")
    words = st.text_input("How they said it", key="ask.consent.words", max_chars=opt_outs.LONGEST,
                          placeholder="Such as: on the form of our site, 3 May")  # fmt: skip
    st.text("This cannot be undone. Whoever wants no texts gets none, until their own word says otherwise.")
    if not asking.answered("Record", is_ready=bool(words.strip())):
        return
    try:
        session.store().write(session.actor(), SAID[str(said)], asked.target.conversation or 0, words)
    except AppError as refused:
        st.error(plain(str(refused)))
        return
    frame.tell("Recorded.")
    acting.close()
    st.rerun()
