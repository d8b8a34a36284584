"""The form for somebody who asked by phone, mail or letter not to be texted."""

import streamlit as st

from core.access import Right
from core.errors import AppError
from core.messages import opt_outs
from pages.ui import acting, frame, session
from pages.ui.plain import plain

OPENED = "optouts.opened"


def button() -> None:
    """The way to the form."""
    if session.actor().may(Right.MESSAGE_SEND):
        st.button("Record an opt-out", icon=":material/add:", key="optouts.new", on_click=_open)


def dialog() -> bool:
    """The form, when it is open; whether it is."""
    if not st.session_state.get(OPENED):
        return False
    frame.dialog("Record an opt-out", _close, _form)()
    return True


def _open() -> None:
    st.session_state[OPENED] = True
    acting.close()


def _close() -> None:
    st.session_state.pop(OPENED, None)


def _form() -> None:
    st.text("They get no more texts. Only their own word START undoes this. An unknown phone becomes a contact.")
    phone = st.text_input("Phone", key="optouts.phone", max_chars=40)
    words = st.text_input("How they asked", key="optouts.words", max_chars=opt_outs.LONGEST,
                          placeholder="Such as: said it on the phone")  # fmt: skip
    if st.button("Record", type="primary", key="optouts.record"):
        try:
            event_id = session.store().write(session.actor(), opt_outs.record, phone, words)
        except AppError as refused:
            st.error(plain(str(refused)))
            return
        frame.did(event_id)
        _close()
        st.rerun()
