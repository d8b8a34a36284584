"""Figures and the rows behind them as CSV: safe to open in a spreadsheet, and each file an event."""

import csv as csv_
import io
from typing import Any

import pandas as pd

from core.access import Actor, Right
from core.database import Store, Work
from core.transfer.guard import guard


def csv(store: Store, actor: Actor, frame: pd.DataFrame, words: str) -> bytes:
    """The frame as UTF-8 with a line of column names; amounts stay in cents, times in UTC seconds, as the names say.

    `words`: what is in it, for the history. Raises: NotAllowed.
    """
    store.write(actor, _exported, words, len(frame))
    text = io.StringIO()
    writer = csv_.writer(text)
    writer.writerow(frame.columns)
    writer.writerows([_cell(value) for value in row] for row in frame.itertuples(index=False))
    return text.getvalue().encode()


def _exported(work: Work, words: str, n: int) -> None:
    work.actor.require(Right.EXPORT_MASKED)
    work.record("export.figures", said=f"exported {n:,} lines of {words}", lines=n)


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return guard(value)
    if pd.isna(value):
        return ""
    return int(value) if isinstance(value, float) and value.is_integer() else value
