"""Pipelines and their stages, as an administrator makes and changes them."""

import streamlit as st

from core import pipelines
from core.access import Right
from pages.ui import dialogs, look, pipeline_list, session, stage_form


def page() -> None:
    """Each pipeline with its stages in order, and what is being changed."""
    look.apply()
    session.actor().require(Right.SETTINGS_EDIT)
    with session.store().read() as reader:
        found = pipelines.find(reader)
    with st.container(key="pipelines.page", width=900):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.header("Pipelines", anchor=False)
            pipeline_list.EDITED.new_button("New pipeline")
        pipeline_list.show(found)
    if not (pipeline_list.dialog(found) or stage_form.dialog(found)):
        dialogs.show()


page()
