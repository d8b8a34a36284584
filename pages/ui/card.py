"""The card of a contact: what its component tells is carried out by the verbs, and answered field by field."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from core import contacts, settings
from core.contacts import Stale
from core.errors import AppError
from pages.ui import acting, colours, components, frame, session, url
from pages.ui.acting import Target

ANSWERS = "card.answers"
DIALOGS = ("add", "move", "person", "consent")


def mount(key: str, contact_id: int, parts: list[dict[str, Any]]) -> None:
    """Draw these parts of a contact; what is done in them is done to this contact."""
    data = {
        "contact": contact_id,
        "parts": parts,
        "answers": st.session_state.get(ANSWERS, {}),
        "palette": [color for _, color in colours.PALETTE],
    }

    def told(name: str) -> Mapping[str, Any]:
        url.stay()
        found: Mapping[str, Any] = getattr(st.session_state[key], name) or {}
        return found

    def asked(name: str) -> None:
        if words := told(name):
            acting.ask(name, Target(int(words["contact"])))

    components.mount(
        "card",
        key,
        data,
        on_save_change=lambda: save(told("save")),
        on_untag_change=lambda: _act("untag", told("untag"), "tag_ids"),
        on_stop_change=lambda: _act("stop", told("stop"), "workflow_id"),
        on_open_change=lambda: _open(told("open")),
        on_unlink_change=lambda: _unlink(told("unlink")),
        **{f"on_{name}_change": lambda name=name: asked(name) for name in DIALOGS},
    )


def save(told: Mapping[str, Any]) -> None:
    """Each field by itself, so that one that is refused keeps no other back. A callback."""
    answers: dict[str, dict[str, Any]] = {}
    for field in told.get("fields", ()):
        said = _save(int(told["contact"]), field["name"], field["value"], field["seen"])
        answers[field["name"]] = {"card": told["card"], "seq": field["seq"], **said}
    st.session_state[ANSWERS] = answers


def _save(contact_id: int, name: str, value: str, seen: str) -> dict[str, Any]:
    order = settings.load().date_order
    try:
        event_id = session.store().write(session.actor(), contacts.edit, contact_id, {name: value}, {name: seen}, order)
    except Stale as stale:
        stored, _ = stale.fields[name]
        return {"state": "stale", "words": "Somebody else has changed this meanwhile.", "stored": stored}
    except AppError as refused:
        return {"state": "refused", "words": str(refused)}
    if event_id is not None:
        frame.did(event_id)
    return {"state": "saved"}


def _act(name: str, told: Mapping[str, Any], param: str) -> None:
    if told and not frame.is_echo("card"):
        value = [told["id"]] if param.endswith("_ids") else told["id"]
        acting.act(name, Target(int(told["contact"])), secrets.token_hex(16), **{param: value})


def _open(told: Mapping[str, Any]) -> None:
    if told:
        url.go(replace(url.now(), opened=int(told["contact"])))


def _unlink(told: Mapping[str, Any]) -> None:
    if not told or frame.is_echo("card"):
        return
    try:
        frame.did(session.store().write(session.actor(), contacts.unlink, int(told["contact"])))
    except AppError as refused:
        frame.tell(str(refused))
