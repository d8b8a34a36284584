"""Fields of one's own: what every contact has beside its name and address."""

import streamlit as st

from pages.ui import look, own_fields


def page() -> None:
    """A line for each field, a new one, and the field that is being changed."""
    look.apply()
    with st.container(key="fields.page", width=760):
        st.header("Fields", anchor=False)
        own_fields.show()


page()
