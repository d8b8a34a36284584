"""One's own scheduled exports, and the exports so far."""

import streamlit as st

from core import conversations, exports, history
from core.access import Right
from core.conversations import Choices
from core.errors import AppError
from core.exports import FORMATS, schedules
from core.exports.report import Report
from core.exports.schedules import Schedule
from core.history import Entry, Wanted
from core.web import exports as routes
from pages.ui import exporting, frame, session
from pages.ui.places import here
from pages.ui.plain import plain

LIMIT = "exports.limit"
AT_ONCE = 20
SPANS = (7, 30, 90)


def scheduled() -> None:
    """A line for each schedule, with the way to end it."""
    with session.store().read() as reader:
        found, known = schedules.find(reader, session.actor()), conversations.choices(reader)
    st.subheader("Written by themselves", anchor=False)
    if not found:
        st.text("None yet. Filter the list of conversations, then choose Export and a time.")
    for schedule in found:
        _schedule(schedule, known)


def report_form() -> None:
    """A report of the pipeline, by itself, at its times."""
    if not session.actor().may(Right.ANALYTICS_VIEW):
        return
    with st.expander("Report of the pipeline, every day or week"), st.form("exports.report", border=False):
        name = st.text_input("Name", "Pipeline", key="exports.report.name", max_chars=schedules.LONGEST_NAME)
        when, at = exporting.times("exports.report")
        days = st.selectbox("About the last", SPANS, format_func="{} days".format, key="exports.report.days")
        by_owner = st.checkbox("By owner", key="exports.report.owner")
        if st.form_submit_button("Schedule"):
            exporting.add(name, Report(days, here().zone.key, by_owner=by_owner), exporting.chosen(when, at))


def _schedule(schedule: Schedule, known: Choices) -> None:
    wish = schedule.wish
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"exports.due.{schedule.id}"):
        with st.container(width="stretch", gap=None):
            st.text(schedule.name)
            owners = ", a file for each owner" if schedule.is_per_owner else ""
            st.text(f"{schedule.times.words}, as {FORMATS[wish.format]}{owners}: {wish.words(known) or 'all'}")
            st.text(f"In {schedules.folder(schedule, session.data_dir())}")
            st.text(_when(schedule))
        st.button("End", key=f"exports.end.{schedule.id}", on_click=_end, args=(schedule.id,))


def _when(schedule: Schedule) -> str:
    following = f"Next on {here().local(schedule.next_at):%A, %-d %b, %H:%M}"
    if schedule.last_at is None:
        return following
    return f"{following}. Last on {here().local(schedule.last_at):%-d %b, %H:%M}: {schedule.message}"


def _end(schedule_id: int) -> None:
    try:
        session.store().write(session.actor(), schedules.retire, schedule_id)
    except AppError as refused:
        frame.tell(plain(str(refused)))
        return
    frame.did_last()


def past() -> None:
    """The newest first: when, what, how many rows, and what is known of the file."""
    limit = st.session_state.get(LIMIT, AT_ONCE)
    wanted = Wanted(verb=exports.VERB)
    with session.store().read() as reader:
        found = history.events(reader, session.actor(), wanted, limit + 1)
    st.subheader("Exports so far", anchor=False)
    if not found:
        st.text("None yet. Every export is listed here, with its filter, its rows and their SHA-256.")
    for entry in found[:limit]:
        _past(entry)
    if len(found) > limit and st.button("Show older ones", key="exports.older"):
        st.session_state[LIMIT] = limit + 5 * AT_ONCE
        st.rerun()


def _past(entry: Entry) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"exports.past.{entry.event_id}"):
        with st.container(width="stretch", gap=None):
            st.text(entry.words)
            st.text(f"{here().local(entry.happened_at):%-d %b %Y, %H:%M} · {entry.state_words}")
        if entry.state == "done":
            st.link_button("About the file", routes.about_address(entry.event_id), icon=":material/description:")
