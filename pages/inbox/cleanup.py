"""Clean up: what the rules propose, each to look at, apply, or never see again."""

import streamlit as st

from core import cleanup
from pages.ui import cleanup_list, dialogs, look, session


def page() -> None:
    """Proposals, then the rules behind them."""
    look.apply()
    with session.store().read() as reader:
        proposals, rules, under_way = cleanup.proposals(reader), cleanup.rules(reader), cleanup.under_way(reader)
    with st.container(key="cleanup.page", width=900):
        st.header("Clean up", anchor=False)
        cleanup_list.proposals(proposals, under_way)
        cleanup_list.rules(rules)
    if not cleanup_list.dialog(rules):
        dialogs.show()


page()
