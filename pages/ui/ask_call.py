"""How a call went: outcome, length and a note, asked after EZ Call or from the call in the thread."""

from typing import Any

import streamlit as st

from core import calls
from core.calls import Call, Told
from core.errors import AppError
from pages.ui import acting, asking, calling, frame, session
from pages.ui.acting import Asked
from pages.ui.plain import plain


def tell(asked: Asked) -> None:
    """Outcome, length and a note; all of it can be said later."""
    contact_id, call_id = asked.target.conversation or 0, calling.opened()
    asking.whom(asked)
    with session.store().read() as reader:
        found = next((each for each in calls.find(reader, contact_id) if each.id == call_id), None)
    if found is None:
        st.text("This call is no longer there: logging it was undone.")
        return
    typed = _fields(found)
    if not asking.answered("Save", is_ready=typed[0] is not None):
        return
    try:
        told = Told(typed[0], calls.seconds(typed[1]), typed[2])
        event_id = session.store().write(session.actor(), calls.describe, contact_id, found.id, told)
    except AppError as refused:
        st.error(plain(str(refused)))
        return
    frame.did(event_id)
    acting.close()
    st.rerun()


def _fields(found: Call) -> tuple[Any, str, str]:
    key, outcomes = f"ask.call.{found.id}", list(calls.OUTCOMES)
    index = outcomes.index(found.outcome) if found.outcome else None
    outcome = st.radio("How did it go?", outcomes, index, format_func=_capital, key=f"{key}.outcome", horizontal=True)
    length = st.text_input("How long", calls.length(found.duration_seconds), key=f"{key}.length", max_chars=10,
                           placeholder="Minutes, or such as 3:20")  # fmt: skip
    note = st.text_area("Note", found.note, key=f"{key}.note", max_chars=calls.LONGEST_NOTE, height=100)
    return outcome, length, note


def _capital(outcome: str) -> str:
    return calls.OUTCOMES[outcome].capitalize()
