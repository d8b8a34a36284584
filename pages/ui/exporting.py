"""The list as a file: all rows of what is shown, in its order, with the columns of the list or with all there are."""

from dataclasses import replace
from datetime import time

import streamlit as st

from core import custom, exports, jobs
from core.access import Actor, Right
from core.conversations import Choices
from core.errors import AppError
from core.exports import FORMATS, Wish, schedules
from core.exports.report import Report
from core.exports.schedules import Times
from core.web import exports as routes
from pages.ui import desk, frame, grid, session, url
from pages.ui.listing import Listing, counted
from pages.ui.places import here
from pages.ui.plain import plain

PACE_SECONDS = 2.0
SEEN = "export.seen"
SHOWN = {
    "name": ("first_name", "last_name"),
    "phone": ("phone",),
    "snippet": ("last_message",),
    "tags": ("tags",),
    "stage": ("stage",),
    "amount": ("amount",),
    "owner": ("owner",),
    "activity": ("active_at",),
}
"""What the columns of the list are in a file; the bubble is the first of the tags."""

CHOICES = {"shown": "Columns as shown", "all": "All columns"}
WHEN: dict[int | None, str] = {None: "Every day"} | {n: f"Every {day}" for n, day in enumerate(schedules.DAYS)}
HELP = {
    "csv": "Opens in any spreadsheet, and imports here again unchanged.",
    "xlsx": "Times and amounts as such; after 1,048,575 rows a further sheet.",
    "parquet": "Typed columns, for analysis.",
}


def menu(place: url.Place, found: Listing, actor: Actor) -> None:
    """How many, in which format, with which columns."""
    if not (actor.may(Right.EXPORT_FULL) or actor.may(Right.EXPORT_MASKED)):
        return
    with st.popover("Export", icon=":material/download:", key="conversations.export"):
        st.text(f"{counted(found.count)} as listed: this filter, in this order, every page.".capitalize())
        formats = st.radio(
            "Format", list(FORMATS), format_func=FORMATS.__getitem__, captions=list(HELP.values()),
            key="conversations.export.format",
        )  # fmt: skip
        which = st.radio("Columns", list(CHOICES), format_func=CHOICES.__getitem__, key="conversations.export.columns")
        if exports.masks(actor):
            st.text("Phones and e-mail addresses are masked; notes and last messages are left out.")
        keys = shown(found.choices) if which == "shown" else tuple(exports.offered(found.choices.fields))
        wanted = replace(place.wanted, user_id=actor.id)
        wish = Wish(wanted, place.sort, keys, formats or "csv", here().zone.key)
        st.link_button("Export", routes.link(session.data_dir(), actor, wish), type="primary")
        with st.expander("Write it every day or week"):
            schedule(wish)
    watch()


def schedule(wish: Wish) -> None:
    """The same, by itself, at its times."""
    with st.form("conversations.export.schedule", border=False, clear_on_submit=True):
        name = st.text_input("Name", key="conversations.export.name", max_chars=schedules.LONGEST_NAME)
        when, at = times("conversations.export")
        each = st.checkbox("A file for each owner", key="conversations.export.each")
        if st.form_submit_button("Schedule"):
            add(name, wish, chosen(when, at), is_per_owner=each)


def times(key: str) -> tuple[int | None, time]:
    """Asks for the day, None: every, and the time of day."""
    when = st.selectbox("When", list(WHEN), format_func=WHEN.__getitem__, key=f"{key}.when")
    return when, st.time_input("At", time(6), key=f"{key}.at")


def chosen(when: int | None, at: time) -> Times:
    """What `times` asked for."""
    minute = at.hour * 60 + at.minute
    return Times("day", minute) if when is None else Times("week", minute, when)


def add(name: str, wish: Wish | Report, at: Times, *, is_per_owner: bool = False) -> None:
    """Schedule it; a refusal is said where it was asked for."""
    try:
        session.store().write(session.actor(), schedules.add, name, wish, at, is_per_owner=is_per_owner)
    except AppError as refused:
        st.error(plain(str(refused)))
        return
    frame.did_last()
    st.rerun()


def shown(known: Choices) -> tuple[str, ...]:
    """The columns of the list as the person has them, in their order."""
    chosen = desk.state().columns
    hidden = {column.name for column in chosen if column.hidden}
    offered = grid.offered(known.fields)
    listed = [*(column.name for column in chosen), *grid.COLUMNS]
    names = [name for name in dict.fromkeys(listed) if name in offered and name not in hidden]
    return tuple(key for name in names for key in ((name,) if name.startswith(custom.PREFIX) else SHOWN.get(name, ())))


@st.fragment(run_every=PACE_SECONDS)
def watch() -> None:
    """A link starts an export without the page hearing of it: one that is new is told in the frame."""
    with session.store().read() as reader:
        own = jobs.own(reader, session.actor(), frame.LISTED)
    events = {job.event_id for job in own if job.verb == exports.VERB}
    seen = st.session_state.setdefault(SEEN, max(events, default=0))
    new = {event_id for event_id in events if event_id > seen}
    if new:
        st.session_state[SEEN] = max(new)
        st.session_state.setdefault(frame.WATCHED, set()).update(new)
        frame.draw_anew()
