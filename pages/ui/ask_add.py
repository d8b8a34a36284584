"""The one panel behind the plus sign: tags, a workflow, or a redrip for one contact."""

from dataclasses import replace

import streamlit as st

from pages.ui import ask_tags, ask_workflow
from pages.ui.acting import Asked

KINDS = {"tag": "Tags", "workflow": "Workflow", "redrip": "Redrip"}


def add(asked: Asked) -> None:
    """Choose what to add; each is answered as where it stands alone."""
    kind = st.segmented_control(
        "What to add", list(KINDS), default="tag", format_func=KINDS.__getitem__, key="ask.add", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    if kind == "tag":
        ask_tags.add(asked)
    else:
        ask_workflow.enroll(replace(asked, name=kind))
