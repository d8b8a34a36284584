"""How fast each number sends, and how much of the day's segments is used."""

import streamlit as st

from core import clock
from core.messages import queue
from core.messages.queue import Speed
from pages.ui import session
from pages.ui.places import here
from pages.ui.plain import many


def show() -> None:
    """A line for each number, and one for the day."""
    now = clock.now()
    with session.store().read() as reader:
        speeds, (used, most) = queue.speeds(reader, now), queue.used_today(reader, now)
    st.subheader("Speed", anchor=False)
    of = f" of {most:,}" if most else ""
    st.text(f"Sent today: {used:,}{of} {'segment' if used == 1 and not most else 'segments'}.")
    for speed in speeds:
        st.text(_words(speed))
    if not speeds:
        st.text("There is no number to send from yet. An administrator adds one in the settings.")


def _words(speed: Speed) -> str:
    number = speed.number
    label = f" ({number.label})" if number.label else ""
    retired = ", retired" if number.is_retired else ""
    pace = f"{many(number.segments_per_second, 'segment')} a second at most"
    hour = f"{many(speed.last_hour, 'segment')} in the last hour"
    return f"{here().national(number.phone)}{label}{retired}: {pace}, {hour}, {many(speed.waiting, 'text')} waiting."
