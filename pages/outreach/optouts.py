"""Opt-outs: texts that may be one, for a person to decide, and everybody who is out."""

import streamlit as st

from pages.ui import dialogs, look, opt_out_form, opt_out_list, review_list


def page() -> None:
    """What is to be decided, the most urgent first; then who is out."""
    look.apply()
    with st.container(key="optouts.page", width=1000):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.header("Opt-outs", anchor=False)
            opt_out_form.button()
            opt_out_list.files()
        review_list.show()
        opt_out_list.show()
    if not opt_out_form.dialog():
        dialogs.show()


page()
