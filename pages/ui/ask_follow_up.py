"""When a conversation shall come back: a near day at nine, or any day and time."""

from datetime import date, time, timedelta

import streamlit as st

from core import clock, conversations
from pages.ui import acting, asking, session
from pages.ui.acting import Asked
from pages.ui.places import here

NINE = time(9)
DAYS = {1: "Tomorrow", 3: "In 3 days", 7: "In a week", 30: "In 30 days"}
OTHER = 0


def plan(asked: Asked) -> None:
    """Pick the time; what is planned already is said, and can be dropped."""
    asking.whom(asked)
    planned = _planned(asked)
    if planned is not None:
        st.text(f"Planned for {written(planned)}.")
    day, at = _when()
    is_past = here().moment(day, at) <= clock.now()
    if is_past:
        st.text("That time is over. Choose a later one.")
    if asking.answered("Save", is_ready=not is_past):
        asking.do(asked, "follow_up", at=here().moment(day, at))
    if planned is not None and st.button("No follow-up", key="ask.follow_up.none"):
        acting.close()
        acting.act("follow_up_done", asked.target)
        st.rerun()


def _when() -> tuple[date, time]:
    """As typed, in the zone of the screens."""
    today = here().local(clock.now()).date()
    days = {n: today + timedelta(days=n) for n in DAYS}

    def label(n: int) -> str:
        return f"{DAYS[n]}: {days[n].strftime('%A, %-d %B')}, 9:00" if n else "Another day or time"

    chosen = st.radio("When", [*DAYS, OTHER], format_func=label, key="ask.follow_up.when")
    if chosen:
        return days[chosen], NINE
    first, second = st.columns(2)
    day = first.date_input("Day", value=days[1], min_value=today, key="ask.follow_up.day")
    at = second.time_input("Time", value=NINE, step=timedelta(minutes=15), key="ask.follow_up.time")
    return day or days[1], at or NINE


def _planned(asked: Asked) -> int | None:
    if asked.target.conversation is None:
        return None
    with session.store().read() as reader:
        return conversations.get(reader, asked.target.conversation).follow_up_at


def written(at: int) -> str:
    """Such as “Monday, 5 January, 9:00”; the year only when it is another one."""
    local, now = here().local(at), here().local(clock.now())
    year = "" if local.year == now.year else f" {local.year}"
    return local.strftime("%A, %-d %B") + year + local.strftime(", %-H:%M")
