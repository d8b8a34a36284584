"""The button that takes figures, or the rows behind one, along as a file."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.access import Right
from core.analytics import files
from pages.ui import session


def button(key: str, name: str, words: str, frame: Callable[[], pd.DataFrame]) -> None:
    """All of the frame, made when it is asked for; nothing for who may not export. `words`: what it holds."""
    actor = session.actor()
    if actor.may(Right.EXPORT_MASKED):
        st.download_button(
            "CSV", lambda: files.csv(session.store(), actor, frame(), words), f"{name}.csv", "text/csv", key=key,
            icon=":material/download:", on_click="ignore", type="tertiary",
        )  # fmt: skip
