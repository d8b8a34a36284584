"""The EZ buttons over a conversation: into one's own workflow or redrip by one click, and a call."""

import secrets
from dataclasses import replace

import streamlit as st

from core import workflows
from core.access import Actor
from core.conversations import Conversation
from core.workflows import Workflow
from pages.ui import acting, ask_workflow, calling, frame, session
from pages.ui.acting import Asked, Target
from pages.ui.places import here
from pages.ui.plain import plain

KINDS = ("workflow", "redrip")
PREVIEWED = 80
"""Letters of the first text that a button's hint shows."""


def buttons(shown: Conversation) -> None:
    """EZ Workflow, EZ Redrip, EZ Call."""
    actor = session.actor()
    for kind in KINDS:
        _enroll(actor, shown, kind)
    may = acting.may(actor, "tag", 1)
    st.link_button(
        "EZ Call", f"tel:{shown.phone}", key="reader.ez_call", type="tertiary", on_click=calling.dialled,
        args=(shown.id,), disabled=not may, help=f"Call {plain(here().national(shown.phone))} and log it",
    )  # fmt: skip


def _enroll(actor: Actor, shown: Conversation, kind: str) -> None:
    with session.store().read() as reader:
        usual = workflows.usual(reader, actor.id, kind)
    hint = "You may not do this." if not acting.may(actor, "enroll", 1) else _hint(kind, usual)
    st.button(
        f"EZ {kind.capitalize()}", key=f"reader.ez_{kind}", type="tertiary", on_click=_press,
        args=(kind, usual, Target(shown.id)), disabled=not acting.may(actor, "enroll", 1), help=hint,
    )  # fmt: skip


def _hint(kind: str, usual: Workflow | None) -> str:
    if usual is None:
        return f"Asks once which {kind} this button means"
    first = next((step.body for step in usual.steps if step.kind == "send"), "")
    short = first if len(first) <= PREVIEWED else first[:PREVIEWED].rstrip() + " …"
    return plain(f"Adds to {usual.name}" + (f": “{short}”" if short else ""))


def _press(kind: str, usual: Workflow | None, target: Target) -> None:
    if frame.is_echo("reader"):
        return
    if usual is None:
        acting.ask(f"ez_{kind}", target)
    else:
        acting.act("enroll", target, secrets.token_hex(16), workflow_id=usual.id)


def ask(asked: Asked) -> None:
    """Which one the button means from now on; the settings page changes it."""
    kind = asked.name.removeprefix("ez_")
    st.text(f"What you choose here, EZ {kind.capitalize()} adds to from now on. Settings changes it.")

    def keep(chosen: int) -> None:
        session.store().write(session.actor(), workflows.set_usual, kind, chosen)

    ask_workflow.enroll(replace(asked, name=kind), keep)
