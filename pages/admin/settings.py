"""Settings of this installation, and one's own defaults."""

import streamlit as st

from pages.ui import dialogs, look, numbers_form, own_defaults, own_fields, sending_hours, setup_form


def page() -> None:
    """What holds for everybody, then what is one's own."""
    look.apply()
    with st.container(key="settings.page", width=760):
        st.header("Settings", anchor=False)
        setup_form.show()
        numbers_form.show()
        sending_hours.show()
        own_fields.show()
        own_defaults.show()
    dialogs.show()


page()
