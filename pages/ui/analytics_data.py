"""Figures from the mirror of this process, for whoever may see them."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from core import clock
from core.access import Right
from core.analytics import measures
from core.analytics.catalogue import Column
from core.analytics.measures import Asked, Difference, Figures
from core.analytics.mirror import Mirror
from core.conversations.choices import choices
from core.errors import Unavailable
from pages.ui import session

PACE_SECONDS = 1.0
REFRESH_SECONDS = 10
"""Whoever asks for newer figures waits so long for them at most."""

KEPT, KEPT_SECONDS = "analytics.kept", 30
STANDING = {"value_by_stage"}
"""Measures of how things stand at the end of the period."""

NOW = {"forecast", "ageing", "gone_quiet", "unanswered"}
"""Measures of how things stand now, whatever the period."""


def figures(name: str, asked: Asked) -> Figures:
    """The figures of a measure, broken down where it can be; what was asked a moment ago is not asked again."""
    actor, asked = session.actor(), _fitting(name, asked)
    actor.require(Right.ANALYTICS_VIEW)
    moment = (_mirror().status.revision, clock.now() // KEPT_SECONDS)
    if st.session_state.get(KEPT, (None,))[0] != moment:
        st.session_state[KEPT] = (moment, {})
    kept: dict[tuple[str, Asked], Figures] = st.session_state[KEPT][1]
    if (name, asked) not in kept:
        kept[name, asked] = _called(measures.figures(_mirror(), actor, name, asked))
    return replace(kept[name, asked], as_of=_mirror().status.checked_at or clock.now())


def _called(found: Figures) -> Figures:
    """Stages with their pipeline, for several pipelines have stages of one name."""
    if found.asked.by == "stage" and "group" in found.frame:
        with session.store().read() as reader:
            names = choices(reader).names
        found.frame["group"] = [names.stages.get(id_, "Not known") for id_ in found.frame["group_id"]]
    return found


def column(name: str, figure: str) -> Column:
    """What is known of a figure of a measure."""
    return measures.find(name).column(figure)


def rows(name: str, asked: Asked, cell: Mapping[str, Any]) -> pd.DataFrame:
    """What one of them counted."""
    return measures.rows(_mirror(), session.actor(), name, _fitting(name, asked), cell)


def check(name: str, asked: Asked) -> list[Difference]:
    """The figures of a measure, as they are shown, that are not what their rows add up to."""
    return measures.check(_mirror(), session.actor(), _fitting(name, asked), name)


def _fitting(name: str, asked: Asked) -> Asked:
    """Only how things stood is asked of a day in the past: how a deal fared is known better now."""
    by, at = asked.by if asked.by in measures.find(name).by else "", asked.at if name in STANDING else None
    return replace(asked, by=by, at=at)


def _mirror() -> Mirror:
    found = session.mirror()
    if found is None:
        raise Unavailable("This process keeps no mirror, so it has no figures. Start it as README.md says.")
    return found


def is_ready() -> bool:
    """Whether there are figures: not before the mirror is loaded, nor while it is built anew because it broke."""
    return _mirror().status.state == "ready"


def refresh() -> None:
    """Have the mirror look at the database now, and wait for it. A callback."""
    with session.store().read() as reader:
        revision = session.store().revision(reader)
    end = time.monotonic() + REFRESH_SECONDS
    while not _mirror().current(revision) and time.monotonic() < end:
        time.sleep(0.05)


@st.fragment(run_every=PACE_SECONDS)
def wait() -> None:
    """Until the mirror is there: a sentence, and a look every second."""
    if is_ready():
        st.rerun()
    said = "The figures are being prepared; the page goes on by itself."
    if _mirror().status.state == "failed":
        said = "The figures cannot be prepared now; it is tried again and again. The log of the server says why."
    st.info(said, icon=":material/hourglass_top:")
