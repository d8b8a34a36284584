"""The frame around every page: navigation, title and icon, and the place where expected failures are shown."""

from pathlib import Path

import streamlit as st

from core.errors import AppError
from pages.ui import incident

PAGES = Path(__file__).resolve().parent
ICON = str(PAGES / "ui" / "assets" / "icon.png")


def frame() -> None:
    """Top to bottom: navigation, then the page."""
    # First the icon: else the browser is sent to a host outside for the icon of the page.
    st.set_page_config(page_title="Talkdeck", page_icon=ICON, layout="wide")
    chosen = st.navigation(
        [
            st.Page(
                PAGES / "inbox" / "conversations.py",
                title="Conversations",
                icon=":material/forum:",
                url_path="conversations",
                default=True,
            ),
            st.Page(
                PAGES / "inbox" / "contact.py",
                title="Contact",
                icon=":material/person:",
                url_path="contact",
                visibility="hidden",
            ),
            st.Page(
                PAGES / "admin" / "imports.py",
                title="Import",
                icon=":material/upload_file:",
                url_path="import",
            ),
        ],
        position="top",
    )
    st.set_page_config(page_title=f"{chosen.title} · Talkdeck")
    st.logo(ICON, size="medium")
    try:
        chosen.run()
    except AppError as error:
        incident.report(error)


frame()
