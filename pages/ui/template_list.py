"""The list of templates: what is looked for, and a table of it."""

import streamlit as st

from core.access import Right
from core.templates import Template
from core.words import fold
from pages.ui import components, session, template_form, uploads
from pages.ui.places import here
from pages.ui.plain import many

EVERY = "All folders"
WHOSE = ("All", "Team", "Mine")


def import_link() -> None:
    """The way to many templates at once."""
    if session.actor().may(Right.IMPORT_RUN) and st.button(
        "Import a file", icon=":material/upload_file:", key="templates.import", on_click=uploads.switch,
        args=("templates",),
    ):  # fmt: skip
        st.switch_page("admin/imports.py")


def wanted(found: list[Template]) -> list[Template]:
    """The fields to look by, and what they leave."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        typed = st.text_input("Search", key="templates.search", placeholder="Title, shortcut or text", width=280)
        folders = sorted({each.folder for each in found if each.folder}, key=fold)
        folder = st.selectbox("Folder", [EVERY, *folders], key="templates.folder", width=220)
        whose = st.segmented_control("Whose", WHOSE, default=WHOSE[0], required=True, key="templates.whose")
        retired = st.toggle("Retired", key="templates.retired", help="Those that are no longer offered")
    asked = fold(typed.strip())
    return [
        each
        for each in found
        if each.is_retired == retired
        and folder in (EVERY, each.folder)
        and (whose == WHOSE[0] or (each.user_id is None) == (whose == WHOSE[1]))
        and asked in fold(f"{each.title}\n{each.shortcut}\n{each.body}")
    ]


def show(found: list[Template]) -> None:
    """By folder and title. A line opens its form."""
    st.text(many(len(found), "template") if found else "No template here. Add one, or import a file.")
    if not found:
        return
    key = "templates.table"

    def edit() -> None:
        template_form.EDITED.open(st.session_state[key].edit)

    data = {"verb": "Change", "templates": [_line(each) for each in found]}
    components.mount("templates", key, data, on_edit_change=edit)


def _line(each: Template) -> dict[str, object]:
    marks = [word for word, on in (("mine", each.user_id is not None), ("retired", each.is_retired)) if on]
    used = f"last {here().local(each.used_at).strftime('%-d %b %Y, %H:%M')}" if each.used_at else "never used"
    return {
        "id": each.id,
        "title": each.title,
        "shortcut": each.shortcut,
        "body": each.body,
        "folder": each.folder,
        "marks": marks,
        "used": f"{each.use_count:,}",
        "last": used,
    }
