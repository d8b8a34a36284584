"""The frame around every page: navigation, title and icon, and the place where expected failures are shown."""

from pathlib import Path

import streamlit as st

from core.errors import AppError
from pages.ui import frame, incident, places

PAGES = Path(__file__).resolve().parent
ICON = str(PAGES / "ui" / "assets" / "icon.png")


PLACES = (
    # file, title, icon, part of the address
    ("inbox/conversations.py", "Conversations", "forum", "conversations"),
    ("inbox/contact.py", "Contact", "person", "contact"),
    ("inbox/cleanup.py", "Clean up", "cleaning_services", "cleanup"),
    ("outreach/templates.py", "Templates", "text_snippet", "templates"),
    ("outreach/optouts.py", "Opt-outs", "block", "optouts"),
    ("admin/tags.py", "Tags", "label", "tags"),
    ("admin/history.py", "History", "history", "history"),
    ("admin/imports.py", "Import", "upload_file", "import"),
    ("admin/settings.py", "Settings", "settings", "settings"),
)
"""The first is the one that opens; a contact is reached by links alone."""


def shell() -> None:
    """Top to bottom: navigation, what was done last, then the page."""
    # First the icon: else the browser is sent to a host outside for the icon of the page.
    st.set_page_config(page_title="Talkdeck", page_icon=ICON, layout="wide")
    pages = [
        st.Page(
            PAGES / file,
            title=title,
            icon=f":material/{icon}:",
            url_path=path,
            default=file == PLACES[0][0],
            visibility="hidden" if path == "contact" else "visible",
        )
        for file, title, icon, path in PLACES
    ]
    chosen = st.navigation(pages, position="top")
    st.set_page_config(page_title=f"{chosen.title} · Talkdeck")
    st.logo(ICON, size="medium")
    try:
        places.arrive()
        frame.strip()
        chosen.run()
    except AppError as error:
        incident.report(error)


shell()
