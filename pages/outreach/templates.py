"""Templates: the team's and one's own, with shortcuts, folders and how often each was used."""

import streamlit as st

from core import templates
from pages.ui import dialogs, look, session, template_form, template_list


def page() -> None:
    """A line for each template that is looked for, a new one, and the one that is being changed."""
    look.apply()
    actor = session.actor()
    with session.store().read() as reader:
        found = templates.find(reader, actor.id, include_retired=True)
    with st.container(key="templates.page", width=1000):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.header("Templates", anchor=False)
            template_form.new_button()
            template_list.import_link()
        template_list.show(template_list.wanted(found))
    if not template_form.dialog(found):
        dialogs.show()


page()
