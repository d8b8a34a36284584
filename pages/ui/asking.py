"""What every dialog has: whom it is about, the button that does it, and the one that does not."""

import streamlit as st

from core import conversations
from pages.ui import acting, desk, reader, session
from pages.ui.acting import Asked
from pages.ui.plain import many


def whom(asked: Asked) -> None:
    """The first line of a dialog."""
    if asked.target.conversation is None:
        st.text(f"For {many(desk.state().ticks.n, 'selected conversation')}.")
        return
    with session.store().read() as connection:
        st.text(f"For {reader.title(conversations.get(connection, asked.target.conversation))}.")


def answered(label: str, *, is_ready: bool = True) -> bool:
    """Draws the two buttons; whether the person wants it done."""
    with st.container(horizontal=True, gap="small"):
        wanted = st.button(label, type="primary", key="asking.yes", disabled=not is_ready)
        if st.button("Cancel", key="asking.no"):
            acting.close()
            st.rerun()
    return wanted


def do(asked: Asked, name: str, **params: object) -> None:
    """Close the dialog and do it, or show the preview."""
    acting.close()
    acting.act(name, asked.target, asked.request_id, **params)
    st.rerun()
