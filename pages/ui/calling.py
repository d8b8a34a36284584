"""EZ Call: dials, logs the call, and asks how it went."""

from typing import Any

import streamlit as st

from core import calls
from core.errors import AppError
from pages.ui import acting, frame, session, url
from pages.ui.acting import Target

OPEN = "calls.open"


def dialled(contact_id: int) -> None:
    """The number was clicked. A callback."""
    if frame.is_echo("reader"):
        return
    try:
        call_id = session.store().write(session.actor(), calls.log, contact_id)
    except AppError as refused:
        frame.tell(str(refused))
        return
    frame.did_last()
    open_(contact_id, call_id)


def open_(contact_id: int, call_id: Any) -> None:
    """Ask how this call went. A callback."""
    url.stay()
    if isinstance(call_id, int):
        st.session_state[OPEN] = call_id
        acting.ask("call", Target(contact_id))


def opened() -> int | None:
    """The call that is asked about."""
    found: int | None = st.session_state.get(OPEN)
    return found
