"""One open conversation: its messages, and the contact beside them."""

import streamlit as st

from core.conversations import Conversation
from core.words import straight
from pages.ui import composer, live, panel, thread
from pages.ui.places import here


def title(shown: Conversation) -> str:
    """The name, or the phone as it is written here."""
    return straight(shown.name) if shown.name != shown.phone else here().national(shown.phone)


def show(shown: Conversation, search: str) -> None:
    """Messages left, contact right; one below the other where it is narrow. `search`: its words are marked."""
    with st.container(horizontal=True, key="reader.both", gap=None):
        with st.container(key="reader.talk", width="stretch", gap=None):
            live.drawn(shown.id)
            thread.show(shown, search)
            composer.show(shown.id, title(shown))
            live.look(shown.id)
        with st.container(key="reader.panel", width=320, gap=None):
            panel.show(shown)
