"""The imports so far, newest first: when, who, which file, what came of it."""

from typing import Any

import streamlit as st

from core.transfer import imports
from pages.ui import session
from pages.ui.dry_run import sentence
from pages.ui.import_result import STATES, go
from pages.ui.places import here

LIMIT = "imports.limit"
AT_ONCE = 10


def show() -> None:
    """A line for each import, and the way into it."""
    limit = st.session_state.get(LIMIT, AT_ONCE)
    with session.store().read() as reader:
        found = imports.recent(reader, limit + 1)
    st.subheader("Imports so far", anchor=False)
    if found.empty:
        st.text("None yet. Each import is listed here, and can be undone as a whole.")
        return
    for row in found.head(limit).itertuples():
        _line(row)
    if len(found) > limit and st.button("Show older ones", key="imports.older"):
        st.session_state[LIMIT] = limit + 5 * AT_ONCE
        st.rerun()


def _line(row: Any) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"imports.past.{row.event_id}"):
        with st.container(width="stretch", gap=None):
            st.text(row.file_name)
            with st.container(gap=None, key=f"imports.past.{row.event_id}.facts"):
                st.text(f"{row.kind.capitalize()}, {here().local(row.started_at):%-d %b %Y, %H:%M}, by {row.by}")
                st.text(f"{STATES[row.state]}: {sentence(row)}")
        if st.button("Open", key=f"imports.open.{row.event_id}", icon=":material/open_in_full:", type="tertiary"):
            go(int(row.event_id))
