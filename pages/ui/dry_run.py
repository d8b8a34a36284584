"""What an import would do, before it does it: counts, the first rows as they will be stored, and the problems."""

import pandas as pd
import streamlit as st

from core.errors import Unavailable
from core.transfer.imports import Preview
from core.transfer.outlook import Counts
from pages.ui import mapping, session, uploads
from pages.ui.places import here
from pages.ui.trial import Trial
from pages.ui.uploads import Draft

BY_ITSELF = 5_000_000
"""Bytes up to which a file is checked without being asked to."""
SOON_SECONDS = 0.8
OUTCOMES = ("inserted", "updated", "unchanged", "rejected")
PROBLEMS = {"line": "Line", "column": "Column", "value": "Value", "reason": "Reason", "outcome": "Outcome"}


def show(draft: Draft) -> Trial | None:
    """The check under the choices in force; comes back once it is done and its counts stand on the page."""
    if mapping.missing(draft) or (draft.seen and draft.seen.is_for):
        return None
    trial = draft.trial
    if trial is None or (trial.kind, trial.choices) != (draft.kind, draft.choices):
        if trial is not None:
            trial.stop()
        draft.trial = trial = _begun(draft)
    if trial is None:
        return None
    trial.wait(SOON_SECONDS)
    if trial.is_running:
        _watch()
        return None
    if trial.preview is None:
        if not trial.refusal:
            raise Unavailable(
                "The check broke off. Choose the file again; if it stays, the log of the server says why."
            )
        st.error("This file cannot be imported as it is.", icon=":material/error:")
        st.text(trial.refusal)
        return None
    st.subheader("What the import would do", anchor=False)
    counts(trial.preview.counts)
    return trial


def _begun(draft: Draft) -> Trial | None:
    if draft.upload.size > BY_ITSELF:
        st.text("Nothing is written yet. The check reads the whole file once.")
        if not st.button("Check what the import would do", key="imports.check", type="primary"):
            return None
    return Trial(session.store(), draft.upload, draft.kind, draft.choices)


@st.fragment(run_every=0.5)
def _watch() -> None:
    draft = uploads.draft()
    trial = draft.trial if draft else None
    if trial is None or not trial.is_running:
        st.rerun()
        return
    said = f"Checking: {trial.counts.rows:,} rows so far, {trial.counts.rejected:,} of them would be rejected"
    st.progress(min(trial.share, 1.0), said)


def details(preview: Preview) -> None:
    """The first rows as they will be stored, and the problems."""
    if not preview.counts.rows:
        st.info("The file holds no rows below its header.", icon=":material/inbox:")
        return
    if not preview.rows.empty:
        st.subheader("The first rows, as they will be stored", anchor=False)
        st.dataframe(readable(preview.rows), hide_index=True, height="content", key="imports.first")
    if preview.problem_count:
        st.subheader("Problems", anchor=False)
        st.text(shown(1, len(preview.problems), preview.problem_count))
        problem_table(preview.problems)
        if preview.problem_count > len(preview.problems):
            st.text("The import lists them all.")


def counts(found: Counts) -> None:
    """The outcome of all rows; the four always sum to the rows."""
    with st.container(horizontal=True, gap="medium", key="imports.counts"):
        for name in OUTCOMES:
            st.metric(name.capitalize(), f"{getattr(found, name):,}", width="content")
        st.metric("Rows", f"{found.rows:,}", width="content")


def sentence(found: Counts) -> str:
    """The same in words."""
    parts = (f"{getattr(found, name):,} {name}" for name in OUTCOMES)
    return f"{', '.join(parts)} of {found.rows:,} rows"


def shown(first: int, n: int, total: int) -> str:
    """Which problems are listed, of how many."""
    problems = f"{total:,} problem{'s' * (total != 1)}"
    return problems if n == total else f"{first:,}–{first + n - 1:,} of {problems}"


def problem_table(problems: pd.DataFrame) -> None:
    """Where something is wrong, and what."""
    shown = problems.assign(
        outcome=[("imported", "rejected")[int(is_rejected)] for is_rejected in problems.is_rejected]
    )
    frame = shown[list(PROBLEMS)].rename(columns=PROBLEMS)
    table(frame, {"Reason": "large", "Value": "medium"})


def table(frame: pd.DataFrame, widths: dict[str, str]) -> None:
    """Rows of texts from files, as text and nothing else."""
    config = {
        name: st.column_config.TextColumn(name, width=widths.get(name))  # type: ignore[arg-type]
        for name in frame.columns
        if name != "Line"
    }
    st.dataframe(frame, hide_index=True, column_config=config)


def readable(rows: pd.DataFrame) -> pd.DataFrame:
    """Stored values as people read them: times of the display zone, amounts, phones; empty columns are left out."""
    columns = {}
    for name in rows.columns:
        values = [_readable(name, value) for value in rows[name]]
        if any(values) and name != "is_phone_valid":
            columns[mapping.heading(name)] = values
    return pd.DataFrame(columns)


def _readable(name: str, value: object) -> str:
    if value is None or value == () or value == "":
        return ""
    if name.endswith("_at") and isinstance(value, int):
        return here().local(value).strftime("%Y-%m-%d %H:%M")
    if name == "amount_cents" and isinstance(value, int):
        return here().money(value)
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return here().national(str(value)) if name == "phone" else str(value)
