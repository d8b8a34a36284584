"""The form of one template: made, changed, moved, retired, with a preview for a real contact."""

from typing import Any

import streamlit as st

from core import templates
from core.access import Right
from core.templates import Draft, Template
from core.words import fold
from pages.ui import frame, session, wording
from pages.ui.editing import NEW, Editing

EDITED = Editing("templates")
TEAM, MINE = "The whole team", "Only me"


def new_button() -> None:
    """The way to a new template."""
    EDITED.new_button("New template")


def dialog(found: list[Template]) -> bool:
    """The form that is open; whether there is one."""
    if (opened := EDITED.of(found)) is None:
        return False
    chosen, token = opened
    title = "Change template" if chosen else "New template"
    frame.dialog(title, EDITED.close, _form, "large")(chosen, found, f"templates.{token}")
    return True


def _form(chosen: Template | None, found: list[Template], key: str) -> None:
    draft = _fields(chosen, found, key)
    with st.container(horizontal=True, gap="small"):
        if chosen is None:
            if st.button("Add", type="primary", key="templates.add"):
                EDITED.do(templates.add, draft)
            return
        if st.button("Save", type="primary", key="templates.save"):
            EDITED.do(templates.edit, chosen.id, draft)
        if chosen.is_retired:
            if st.button("Bring back", key="templates.revive"):
                EDITED.do(templates.revive, chosen.id)
        elif st.button("Retire", key="templates.retire", help="It is offered no longer; texts that were sent stay"):
            EDITED.do(templates.retire, chosen.id)


def _fields(chosen: Template | None, found: list[Template], key: str) -> Draft:
    was = chosen or Template(NEW, "", "", "", "", None, False, 0, None)
    first, second = st.columns(2)
    title = first.text_input("Title", was.title, key=f"{key}.title", max_chars=templates.LONGEST_TITLE)
    shortcut = second.text_input(
        "Shortcut (optional)", was.shortcut, key=f"{key}.shortcut", max_chars=templates.LONGEST_SHORTCUT,
        help="One word. Typed at the start of a text or after a blank, it becomes the template.",
    )  # fmt: skip
    body = _body(was.body, key)
    first, second = st.columns(2)
    folders = sorted({each.folder for each in found if each.folder} | ({was.folder} - {""}), key=fold)
    folder = first.selectbox(
        "Folder (optional)", folders, folders.index(was.folder) if was.folder else None, key=f"{key}.folder",
        accept_new_options=True, placeholder="Choose one, or type a new one",
    )  # fmt: skip
    return Draft(title, body, shortcut, folder or "", _is_own(second, chosen, key))


def _is_own(place: Any, chosen: Template | None, key: str) -> bool:
    """Whose it is; who may not change the team's has no choice."""
    may_team = session.actor().may(Right.TEMPLATE_EDIT)
    own = chosen.user_id is not None if chosen else not may_team
    said = place.radio(
        "Who may use it", (TEAM, MINE), int(own), key=f"{key}.own", horizontal=True, disabled=not may_team
    )
    return bool(said == MINE)


def _body(body: str, key: str) -> str:
    above = st.container()
    shown = wording.whom(key)
    with above:
        return wording.field_of(body, key, shown)
