"""The frame around every page: navigation, title and icon, and the place where expected failures are shown."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from core.errors import AppError
from pages.ui import frame, incident, places

PAGES = Path(__file__).resolve().parent
ICON = str(PAGES / "ui" / "assets" / "icon.png")


PLACES = (
    # file, title, icon, part of the address; a folder is a menu of the navigation, but for the first
    ("inbox/conversations.py", "Conversations", "forum", "conversations"),
    ("inbox/contact.py", "Contact", "person", "contact"),
    ("inbox/cleanup.py", "Clean up", "cleaning_services", "cleanup"),
    ("pipeline/board.py", "Board", "view_kanban", "board"),
    ("pipeline/analytics.py", "Analytics", "monitoring", "analytics"),
    ("outreach/workflows.py", "Workflows", "account_tree", "workflows"),
    ("outreach/outbox.py", "Outbox", "outbox", "outbox"),
    ("outreach/templates.py", "Templates", "text_snippet", "templates"),
    ("outreach/optouts.py", "Opt-outs", "block", "optouts"),
    ("admin/pipelines.py", "Pipelines", "conversion_path", "pipelines"),
    ("admin/tags.py", "Tags", "label", "tags"),
    ("admin/history.py", "History", "history", "history"),
    ("admin/imports.py", "Import", "upload_file", "import"),
    ("admin/exports.py", "Exports", "download", "exports"),
    ("admin/settings.py", "Settings", "settings", "settings"),
)
"""The first is the one that opens; a contact is reached by links alone."""

MENUS = {"inbox": "", "pipeline": "Pipeline", "outreach": "Outreach", "admin": "Admin"}
"""What the pages of a folder are listed under, so that the bar keeps room for what was done last."""


def shell() -> None:
    """Top to bottom: navigation, what was done last, then the page."""
    # First the icon: else the browser is sent to a host outside for the icon of the page.
    st.set_page_config(page_title="Talkdeck", page_icon=ICON, layout="wide")
    menus: dict[str, list[StreamlitPage]] = {}
    for file, title, icon, path in PLACES:
        page = st.Page(
            PAGES / file,
            title=title,
            icon=f":material/{icon}:",
            url_path=path,
            default=file == PLACES[0][0],
            visibility="hidden" if path == "contact" else "visible",
        )
        menus.setdefault(MENUS[file.split("/")[0]], []).append(page)
    chosen = st.navigation(menus, position="top")
    st.set_page_config(page_title=f"{chosen.title} · Talkdeck")
    st.logo(ICON, size="medium")
    try:
        places.arrive()
        frame.strip()
        chosen.run()
    except AppError as error:
        incident.report(error)


shell()
