"""Figures and their rows as files: CSV that a spreadsheet opens without running anything in it."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from core.access import Right
from core.transfer.guard import guard
from pages.ui import session


def button(key: str, name: str, frame: Callable[[], pd.DataFrame], label: str = "CSV") -> None:
    """Download the whole frame, made when it is asked for; nothing for who may not export."""
    actor = session.actor()
    if actor.may(Right.EXPORT_MASKED) or actor.may(Right.EXPORT_FULL):
        st.download_button(
            label, lambda: written(frame()), f"{name}.csv", "text/csv", key=key, icon=":material/download:",
            on_click="ignore", type="tertiary",
        )  # fmt: skip


def written(frame: pd.DataFrame) -> bytes:
    """UTF-8 with a line of column names. Amounts stay in cents, times in UTC seconds, as the names say."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(frame.columns)
    writer.writerows([_cell(value) for value in row] for row in frame.itertuples(index=False))
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return guard(value)
    return "" if pd.isna(value) else value
