"""Fields of one's own: what there is, a new one, and changing one."""

from typing import Any

import streamlit as st

from core import custom
from core.access import Right
from core.custom import HELP, KINDS, Field
from core.errors import AppError
from pages.ui import frame, session
from pages.ui.editing import Editing
from pages.ui.plain import many, plain

EDITED = Editing("fields")


def show() -> None:
    """A line for each field, retired ones last."""
    may = session.actor().may(Right.SETTINGS_EDIT)
    with session.store().read() as reader:
        found = sorted(custom.find(reader, include_retired=True), key=lambda field: field.is_retired)
        counts = custom.counts(reader)
    st.subheader("Fields of contacts", anchor=False)
    st.text("Every contact has these fields beside name, e-mail and address. They are filled in beside the messages.")
    if may:
        EDITED.new_button("New field")
    if not found:
        st.text("No field yet.")
    for field in found:
        details = f"{_kind(field)}. {many(counts.get(field.id, 0), 'contact')} with a value."
        EDITED.line(field.id, field.name + (" (retired)" if field.is_retired else ""), details, may)
    if opened := EDITED.of(found):
        chosen, token = opened
        if chosen:
            frame.dialog("Change field", EDITED.close, _edit)(chosen, counts.get(chosen.id, 0), token)
        else:
            frame.dialog("New field", EDITED.close, _new)(token)


def _kind(field: Field) -> str:
    return ", ".join(["One of: " + field.choices[0], *field.choices[1:]]) if field.choices else KINDS[field.kind]


def _new(token: str) -> None:
    name = st.text_input("Name", key=f"fields.{token}.name", max_chars=60)
    kind = st.radio(
        "Kind", list(KINDS), format_func=KINDS.__getitem__, captions=list(HELP.values()), key=f"fields.{token}.kind"
    )
    choices = _choices(token, ()) if kind == "choice" else []
    if st.button("Add", type="primary", key="fields.add"):
        try:
            session.store().write(session.actor(), custom.add, name, kind or "text", choices)
        except AppError as refused:
            st.error(plain(str(refused)))
            return
        frame.did_last()
        EDITED.close()
        st.rerun()


def _choices(token: str, now: tuple[str, ...]) -> list[str]:
    lines = st.text_area("Choices, one on each line", "\n".join(now), key=f"fields.{token}.choices")
    return lines.splitlines()


def _edit(field: Field, count: int, token: str) -> None:
    st.text(f"{KINDS[field.kind]}. {many(count, 'contact')} with a value.")
    name = st.text_input("Name", field.name, key=f"fields.{token}.name", max_chars=60)
    choices = _choices(token, field.choices) if field.kind == "choice" else []
    if st.button("Save", type="primary", key="fields.save"):
        _do(custom.edit, field.id, name, choices)
    if field.is_retired:
        if st.button("Bring back", key="fields.revive"):
            _do(custom.revive, field.id)
    elif st.button("Retire", key="fields.retire", help="Shown no longer; what contacts hold there is kept"):
        _do(custom.retire, field.id)


def _do(verb: Any, *args: object) -> None:
    try:
        event_id = session.store().write(session.actor(), verb, *args)
    except AppError as refused:
        st.error(plain(str(refused)))
        return
    if event_id is not None:
        frame.did(event_id)
    EDITED.close()
    st.rerun()
