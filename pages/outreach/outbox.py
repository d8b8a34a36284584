"""The outbox: what waits to be sent, what is held and why, what failed; and how fast the numbers send."""

import streamlit as st

from pages.ui import look, outbox_list, outbox_speed


def page() -> None:
    """The state that is looked at, its texts, and the numbers below."""
    look.apply()
    with st.container(key="outbox.page", width=1100):
        st.header("Outbox", anchor=False)
        outbox_list.show()
        outbox_speed.show()
    outbox_list.dialog()


page()
