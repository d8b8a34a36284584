"""One contact on a page of its own, by link."""

import streamlit as st

from core import conversations
from core.errors import NotFound
from pages.ui import dialogs, look, notices, reader, reader_bar, session, url


def page() -> None:
    """The contact the address names."""
    look.apply()
    contact_id = url.contact()
    if contact_id is None:
        notices.no_contact()
        return
    try:
        with session.store().read() as connection:
            shown = conversations.get(connection, contact_id)
    except NotFound as gone:
        notices.gone(gone)
        notices.to_the_list()
        return
    with st.container(key="contact", gap=None):
        with st.container(horizontal=True, vertical_alignment="center", key="reader.bar"):
            reader_bar.name(shown)
            reader_bar.verbs(shown)
            in_list = {name: st.query_params.get_all(name) for name in st.query_params}
            st.page_link("inbox/conversations.py", label="In the list", icon=":material/forum:", query_params=in_list)
        reader.show(shown, "")
    dialogs.show()


page()
