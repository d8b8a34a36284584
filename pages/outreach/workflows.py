"""Workflows and redrips: the list, one of them, and the editor."""

import streamlit as st

from pages.ui import look, workflow_form, workflow_list, workflow_page, workflow_place


def page() -> None:
    """What the address asks for."""
    look.apply()
    place = workflow_place.now()
    with st.container(key="workflows.page", width=1100):
        if place.is_editor:
            workflow_form.show(place)
        elif place.workflow_id is not None:
            workflow_page.show(place.workflow_id)
        else:
            workflow_list.show()


page()
