"""Tags: what there is, how many contacts carry each, and changing them."""

import streamlit as st

from core import tags
from pages.ui import dialogs, look, session, tag_list


def page() -> None:
    """A line for each tag, a new one, and the tag that is being changed."""
    look.apply()
    with session.store().read() as reader:
        found = tags.find(reader)
    with st.container(key="tags.page", width=900):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.header("Tags", anchor=False)
            tag_list.new_button()
        tag_list.show(found)
    if not tag_list.dialog(found):
        dialogs.show()


page()
