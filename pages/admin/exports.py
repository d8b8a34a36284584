"""Files that were exported, and those that are written by themselves."""

import streamlit as st

from core.access import Right
from pages.ui import export_list, look, notices, session


def page() -> None:
    """What is written at its times, then what was exported."""
    look.apply()
    actor = session.actor()
    if not (actor.may(Right.EXPORT_FULL) or actor.may(Right.EXPORT_MASKED)):
        notices.not_for_you("export")
        return
    with st.container(key="exports.page", width=1000):
        st.header("Exports", anchor=False)
        export_list.scheduled()
        export_list.report_form()
        export_list.past()


page()
