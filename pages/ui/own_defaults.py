"""The workflow and the redrip that the EZ buttons put a contact into: each user's own."""

import streamlit as st

from core import workflows
from core.access import Right
from pages.ui import session

KINDS = ("workflow", "redrip")


def show() -> None:
    """One of each kind, or none: then the button asks."""
    actor = session.actor()
    st.subheader("My EZ buttons", anchor=False)
    if not actor.may(Right.MESSAGE_SEND):
        st.text("You may not send texts, so there is nothing to choose.")
        return
    for kind in KINDS:
        with session.store().read() as reader:
            found = {each.id: each.name for each in workflows.find(reader) if each.kind == kind and each.state == "on"}
            usual = workflows.usual(reader, actor.id, kind)
        chosen, key = list(found), f"settings.usual.{kind}"
        index = chosen.index(usual.id) if usual and usual.id in found else None
        st.selectbox(f"EZ {kind.capitalize()}", chosen, index, format_func=found.__getitem__, key=key,
                     placeholder="Ask me when I press it", on_change=_keep, args=(kind, key))  # fmt: skip


def _keep(kind: str, key: str) -> None:
    session.store().write(session.actor(), workflows.set_usual, kind, st.session_state[key])
