"""What was done: every event in words, newest first, and one event with all its rows."""

import streamlit as st

from core.errors import NotFound
from pages.ui import account, history_list, look, notices


def page() -> None:
    """One event when the address names it, else the list."""
    look.apply()
    event_id = account.named()
    with st.container(key="history.page", width=1100):
        if event_id is None:
            st.header("History", anchor=False)
            history_list.show(history_list.filters())
        else:
            one(event_id)


def one(event_id: int) -> None:
    """What it was, how far it is, what came of every row, and taking it back."""
    st.button("All history", key="history.back", icon=":material/arrow_back:", type="tertiary", on_click=account.go)
    try:
        found = account.load(event_id)
    except NotFound as gone:
        notices.gone(gone)
        return
    account.title(found)
    if found.job.is_running:
        account.progress(event_id)
    account.buttons(found)
    account.rows(found)


page()
