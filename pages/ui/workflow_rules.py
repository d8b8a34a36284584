"""The rules in the editor of a workflow, the same rules in sentences, and who qualifies for a redrip now."""

from dataclasses import replace
from datetime import time
from typing import Any

import streamlit as st

from core import clock, hours, workflows
from core.workflows import REENROLL, Draft, Rules
from pages.ui import desk, selection, session, url
from pages.ui.plain import many
from pages.ui.table import INBOX
from pages.ui.ticks import Frozen, ascending

STOPS = {
    "stop_on_reply": "Stops when the contact replies",
    "stop_on_won": "Stops when a deal is won",
    "stop_on_lost": "Stops when a deal is lost",
    "stop_on_archive": "Stops when the conversation is archived",
    "needs_consent": "Only contacts who consented",
}
USUAL_WINDOW = 9 * 60, 17 * 60
FOUND = "workflows.qualifying"


def edit(rules: Rules, kind: str, key: str) -> Rules:
    """The rules as they are chosen now."""
    with st.container(horizontal=True, gap="medium", key="workflows.stops"):
        chosen: dict[str, Any] = {
            name: st.checkbox(label, getattr(rules, name), key=f"{key}.{name}") for name, label in STOPS.items()
        }
    if kind == "redrip":
        chosen["silent_days"] = _number("Only who was silent for days (0: any)", rules.silent_days, f"{key}.silent")
    again = st.columns(3)
    ways = list(REENROLL)
    with again[0]:
        chosen["reenroll"] = st.selectbox(
            "Enrolled a second time", ways, ways.index(rules.reenroll), key=f"{key}.again",
            format_func=lambda way: REENROLL[way].capitalize(),
        )  # fmt: skip
    is_off = chosen["reenroll"] == "never"
    with again[1]:
        chosen["cooldown_days"] = _number("Days since the last run began", rules.cooldown_days, f"{key}.cooldown",
                                          is_off=is_off)  # fmt: skip
    with again[2]:
        chosen["max_runs"] = _number("Runs at most (0: any number)", rules.max_runs, f"{key}.runs", 1_000, is_off)
    pace = st.columns(3)
    with pace[0]:
        chosen["starts_per_hour"] = _number("Starts per hour (0: at once)", rules.starts_per_hour, f"{key}.pace",
                                            1_000_000)  # fmt: skip
    with pace[1]:
        chosen["daily_cap"] = _number("Texts a day to a contact (0: any)", rules.daily_cap, f"{key}.cap", 100)
    return replace(rules, **chosen, **_window(rules, key))


def _number(label: str, value: int, key: str, most: int = 3_660, is_off: bool = False) -> int:
    return int(st.number_input(label, 0, most, value, key=key, disabled=is_off, width=360))


def _window(rules: Rules, key: str) -> dict[str, int | None]:
    """Hours of its own, inside the lawful ones."""
    own = rules.own or USUAL_WINDOW
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        has_one = st.checkbox("Only at hours of its own, inside the lawful ones", rules.own is not None,
                              key=f"{key}.window")  # fmt: skip
        if not has_one:
            return {"opens": None, "closes": None}
        opens = st.time_input("From", _time(own[0]), key=f"{key}.opens", width=140)
        closes = st.time_input("Until", _time(own[1]), key=f"{key}.closes", width=140)
    return {"opens": _minutes(opens), "closes": _minutes(closes) or hours.END_OF_DAY}


def _time(minute: int) -> time:
    """The end of the day is written as its beginning."""
    return time(minute // 60 % 24, minute % 60)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def words(draft: Draft) -> list[str]:
    """The rules that are on, a sentence each."""
    rules = draft.rules
    said = [f"{label}." for name, label in STOPS.items() if getattr(rules, name)]
    said += [f"Only who was silent for {many(rules.silent_days, 'day')}."] if rules.silent_days else []
    again = f"Enrolled a second time: {REENROLL[rules.reenroll]}"
    again += f", {many(rules.cooldown_days, 'day')} after the last run began" if rules.cooldown_days else ""
    again += f", {many(rules.max_runs, 'run')} at most" if rules.max_runs else ""
    said.append(f"{again}.")
    said += [f"{many(rules.starts_per_hour, 'start')} per hour at most."] if rules.starts_per_hour else []
    said += [f"{many(rules.daily_cap, 'text')} a day to a contact at most."] if rules.daily_cap else []
    if rules.own is not None:
        said.append(f"Texts go only at {hours.hours_words(*rules.own)}, inside the lawful hours.")
    return said


def qualifying(workflow_id: int, draft: Draft, key: str) -> None:
    """Of a redrip: who would be enrolled now, counted on request, and the way to them."""
    asked = (workflow_id, draft.rules)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="workflows.qualify"):
        if st.button("Count who qualifies now", key=f"{key}.qualify", icon=":material/groups:"):
            with session.store().read() as reader:
                ids = workflows.qualifying(reader, workflow_id, draft.kind, draft.rules, clock.now())
            st.session_state[FOUND] = (asked, ids)
        found = st.session_state.get(FOUND)
        if found is None or found[0] != asked:
            return
        n = len(found[1])
        st.text(f"{many(n, 'conversation')} {'qualifies' if n == 1 else 'qualify'} now, by these rules.")
        if n and st.button("Select them in the list", key=f"{key}.qualify.open", icon=":material/forum:"):
            _select(found[1], draft.name)


def _select(ids: list[int], name: str) -> None:
    """They are what is selected in the list, frozen as they were counted."""
    said = f"qualify for the redrip {name}".strip()
    desk.keep(selection.freeze(desk.state(), Frozen(ascending(ids), clock.now(), said)))
    url.go(replace(url.Place(), ticked_from=0))
    url.follow()
    st.switch_page(INBOX)
