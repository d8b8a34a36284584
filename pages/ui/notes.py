"""The note of the open contact, what somebody else wrote at the same time, and its versions."""

import time
from collections.abc import Callable
from typing import Any

import streamlit as st

from core import clock, notes
from core.access import Right
from core.errors import AppError
from pages.ui import components, session
from pages.ui.places import here

KEY = "conversations.notes"
OPENED = "notes.versions"
REFUSED = "notes.refused"
SHOWN = 50


@st.fragment
def show(contact_id: int) -> None:
    """The note, its clash if there is one, and on demand its versions; typing is saved by a route of its own."""
    may = session.actor().may(Right.CONTACT_EDIT)
    with session.store().read() as reader:
        note = notes.get(reader, contact_id)
        has_versions = note.version > 0 and notes.has_versions(reader, contact_id)
        is_open = st.session_state.get(OPENED) == contact_id
        versions = notes.versions(reader, contact_id)[:SHOWN] if is_open else None
    data = {
        "contact": contact_id,
        "may": may,
        "body": note.body,
        "version": note.version,
        "by": note.by,
        "saved": _saved(note),
        "clashes": [{"version": each.version, "body": each.body, "by": each.by} for each in note.clashes],
        "refused": st.session_state.get(REFUSED),
        "hasVersions": has_versions,
        "versions": None
        if versions is None
        else [{"version": each.version, "body": each.body, "said": _said(each)} for each in versions],
    }
    components.mount(
        "notes", KEY, data, on_look_change=lambda: None, on_settle_change=_settle, on_restore_change=_restore,
        on_versions_change=_open,
    )  # fmt: skip


def _saved(note: notes.Note) -> str:
    return said(note.saved_at) if note.version else ""


def said(saved_at: int) -> str:
    """When it was saved: the time of today, the day of another."""
    at = here().local(saved_at)
    is_today = at.date() == here().local(clock.now()).date()
    return f"saved {at.strftime('%H:%M:%S' if is_today else '%-d %b %Y')}"


def _said(version: notes.Version) -> str:
    at = here().local(version.saved_at).strftime("%-d %b %Y, %H:%M")
    return f"{at}, {version.by}" if version.by else at


def _settle() -> None:
    told = st.session_state[KEY].settle
    if told:
        _write(notes.settle, int(told["contact"]), int(told["version"]), told["text"], int(told["on"]))


def _restore() -> None:
    told = st.session_state[KEY].restore
    if told:
        _write(notes.restore, int(told["contact"]), int(told["version"]), int(told["on"]))


def _open() -> None:
    if told := st.session_state[KEY].versions:
        contact_id = int(told["contact"])
        st.session_state[OPENED] = None if st.session_state.get(OPENED) == contact_id else contact_id


def _write(verb: Callable[..., Any], *args: int | str) -> None:
    try:
        session.store().write(session.actor(), verb, *args)
    except AppError as refused:
        st.session_state[REFUSED] = {"at": time.monotonic(), "words": str(refused)}
