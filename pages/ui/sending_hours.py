"""Hours of sending by state: what there is, a new window, and changing one."""

from datetime import date, time
from typing import Any

import streamlit as st

from core import hours, zones
from core.access import Right
from core.errors import AppError
from core.hours import Rule, Window
from pages.ui import frame, session
from pages.ui.editing import Editing
from pages.ui.plain import plain

EDITED = Editing("hours")
EVERYWHERE = "Everywhere"


def show() -> None:
    """A line for each window, retired ones last."""
    may = session.actor().may(Right.SETTINGS_EDIT)
    with session.store().read() as reader:
        found = sorted(hours.windows(reader), key=lambda window: window.is_retired)
    st.subheader("Hours by state", anchor=False)
    st.text(
        "Texts of workflows go only while every window of the contact's place is open, on the clock of that place. "
        "What a person writes goes at any hour."
    )
    if may:
        EDITED.new_button("New window")
    for window in found:
        EDITED.line(window.id, _title(window), _details(window), may)
    if opened := EDITED.of(found):
        chosen, token = opened
        frame.dialog("Change window" if chosen else "New window", EDITED.close, _form)(chosen, f"hours.{token}")


def _place(code: str) -> str:
    return zones.STATES.get(code, code) if code else EVERYWHERE


def _title(window: Window) -> str:
    said = f"{_place(window.place)}, {hours.days_words(window.days)}: {hours.hours_words(window.opens, window.closes)}"
    return said + (" (retired)" if window.is_retired else "")


def _details(window: Window) -> str:
    ends = ((" from ", window.valid_from), (" until ", window.valid_until))
    valid = "".join(f"{word}{day}" for word, day in ends if day)
    return f"Valid{valid}. {window.source}" if valid else window.source


def _form(chosen: Window | None, key: str) -> None:
    rule = _fields(chosen or Window("", "0123456", 540, 1200), key)
    with st.container(horizontal=True, gap="small"):
        if chosen is None:
            if st.button("Add", type="primary", key="hours.add"):
                _do(hours.add, rule)
            return
        if st.button("Save", type="primary", key="hours.save"):
            _do(hours.change, chosen.id, rule)
        if chosen.is_retired:
            if st.button("Bring back", key="hours.revive"):
                _do(hours.revive, chosen.id)
        elif st.button("Retire", key="hours.retire", help="It binds no longer; it can be brought back"):
            _do(hours.retire, chosen.id)


def _fields(was: Window, key: str) -> Rule:
    places = ["", *zones.STATES]
    place = st.selectbox("Place", places, places.index(was.place), format_func=_place, key=f"{key}.place")
    chosen = [hours.DAYS[int(day)] for day in was.days]
    days = st.pills("Days", hours.DAYS, selection_mode="multi", default=chosen, key=f"{key}.days")
    is_closed = st.toggle("Closed all day", was.opens == was.closes, key=f"{key}.closed")
    first, second = st.columns(2)
    opens = first.time_input("From", _time(was.opens), key=f"{key}.opens", disabled=is_closed)
    closes = second.time_input("Until", _time(was.closes), key=f"{key}.closes", disabled=is_closed)
    first, second = st.columns(2)
    begins = first.date_input("First day (optional)", _day(was.valid_from), key=f"{key}.first")
    ends = second.date_input("No more from (optional)", _day(was.valid_until), key=f"{key}.last")
    source = st.text_input("Rule it comes from", was.source, key=f"{key}.source", max_chars=hours.LONGEST_SOURCE)
    span = (0, 0) if is_closed else (_minutes(opens), _minutes(closes) or hours.END_OF_DAY)
    return Rule(place, "".join(str(n) for n, day in enumerate(hours.DAYS) if day in days), *span, source,
                *(day.isoformat() if day else "" for day in (begins, ends)))  # fmt: skip


def _time(minute: int) -> time:
    """The end of the day is written as its beginning."""
    return time(minute // 60 % 24, minute % 60)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _day(iso: str) -> date | None:
    return date.fromisoformat(iso) if iso else None


def _do(verb: Any, *args: object) -> None:
    try:
        done = session.store().write(session.actor(), verb, *args)
    except AppError as refused:
        st.error(plain(str(refused)))
        return
    if done is None:
        frame.tell("Nothing changed: these are its hours already.")
    else:
        frame.did_last()
    EDITED.close()
    st.rerun()
