"""The strip in the frame of every page: what was done last, with Undo, and how far one's own jobs are."""

import secrets
import time
from collections.abc import Callable
from typing import Literal

import streamlit as st

from core import clock, history, jobs, undo
from core.analytics.mirror import Mirror
from core.errors import AppError, NotFound
from core.history import Entry
from core.jobs import Status
from pages.ui import session
from pages.ui.plain import many, plain

LAST = "frame.last"
TOLD = "frame.told"
WATCHED = "frame.watched"
PACE_SECONDS = 1.0
ACTED = "frame.acted"
ECHO_SECONDS = 0.4
RECENT_SECONDS = 600
ENDED_AT = "frame.ended_at"
OPEN = "frame.open"
"""Whether the page was drawn with a dialog over it."""

LISTED = 8
HISTORY = "admin/history.py"


Width = Literal["small", "medium", "large"]
Body = Callable[..., None]


def did(event_id: int) -> None:
    """This is what the person did last. An action that changed nothing leaves the offer to undo the one before."""
    with session.store().read() as reader:
        entry = history.get(reader, session.actor(), event_id)
        job = jobs.status(reader, event_id)
    if job.is_running:
        st.session_state.setdefault(WATCHED, set()).add(event_id)
    elif not entry.changed:
        tell(f"Nothing changed: {reasons(entry)}.")
        return
    st.session_state.pop(TOLD, None)
    st.session_state[LAST] = event_id


def did_last() -> None:
    """What was just written is what the person did last."""
    with session.store().read() as reader:
        newest = undo.newest(reader, session.actor())
    if newest is not None:
        did(newest)


def tell(sentence: str) -> None:
    """Say this once, in the strip."""
    st.session_state[TOLD] = sentence


def dialog(title: str, close: Callable[[], None], body: Body, width: Width = "small") -> Body:
    """Opens when called, with what the body is to be given; `close` is called when it is dismissed."""
    st.session_state[OPEN] = True
    return st.dialog(title, width=width, on_dismiss=close)(body)


def draw_anew() -> None:
    """Run the page again, in a fragment that looks by itself. Not while a dialog is open: it would be mounted anew and
    lose what is being typed; closing it draws the page in any case.
    """
    if not st.session_state.get(OPEN):
        st.rerun()


def is_echo(place: str) -> bool:
    """Whether this click is the second of a double click: it may fall on a button of this place that has changed."""
    key = f"{ACTED}.{place}"
    now, last = time.monotonic(), st.session_state.get(key, 0.0)
    st.session_state[key] = now
    return now - last < ECHO_SECONDS


def take_back(event_id: int, request_id: str) -> None:
    """Undo an event; the undo can itself be undone. A callback."""
    if is_echo("frame"):
        return
    try:
        undone = undo.start(session.store(), session.actor(), event_id, request_id)
    except AppError as refused:
        tell(str(refused))
        return
    session.wake()
    did(undone)


def undo_button(entry: Entry, offer: undo.Offer, key: str) -> None:
    """Undo, or for an undo Redo, when that is possible."""
    if not offer.is_possible:
        return
    label, icon = ("Redo", "redo") if entry.verb == "undo" else ("Undo", "undo")
    with st.container(key=key, width="content"):
        st.button(
            label, icon=f":material/{icon}:", key=f"{key}.{entry.event_id}", on_click=take_back,
            args=(entry.event_id, secrets.token_hex(16)), help=plain(offer.note) or None,
        )  # fmt: skip


def _remember() -> None:
    """After a reload of the browser: what was done just before it, whose answer may have been lost."""
    if LAST not in st.session_state:
        st.session_state[LAST] = None
        actor = session.actor()
        with session.store().read() as reader:
            newest = undo.newest(reader, actor)
            if newest and history.get(reader, actor, newest).happened_at > clock.now() - RECENT_SECONDS:
                st.session_state[LAST] = newest


def strip() -> None:
    """Drawn by the shell on every page, before the page."""
    _remember()
    st.session_state[OPEN] = False
    with session.store().read() as reader:
        own = jobs.own(reader, session.actor(), LISTED)
    _toast_ended(own)
    running = [job for job in own if job.is_running]
    with st.container(key="frame", horizontal=True, vertical_alignment="center", gap="small"):
        if running:
            _running()
        else:
            if told := st.session_state.get(TOLD):
                st.text(told)
            if (last := st.session_state.get(LAST)) is not None:
                _last(last)
        if st.session_state.get(TOLD) or st.session_state.get(LAST):
            st.button("Close", icon=":material/close:", key="frame.close", type="tertiary", on_click=_forget)


def _last(event_id: int) -> None:
    try:
        with session.store().read() as reader:
            entry = history.get(reader, session.actor(), event_id)
            offer = undo.offer(reader, session.actor(), event_id)
    except NotFound:
        _forget()
        return
    with st.container(key="frame.said", width="content"):  # makes room for what was just told
        st.text(said(entry))
    undo_button(entry, offer, "frame.undo")
    _details(event_id)


def said(entry: Entry) -> str:
    """What was done, and what of it was left out."""
    rest = f" {reasons(entry).capitalize()}." if entry.changed < entry.total else ""
    return f"{entry.words}.{rest}"


def reasons(entry: Entry) -> str:
    """Such as “3 already so, 2 skipped”."""
    return entry.counts("already", "skipped", "failed", "left") or "no conversation was selected"


def _details(event_id: int) -> None:
    with st.container(key="frame.details", width="content"):
        st.page_link(HISTORY, label="Details", query_params={"event": str(event_id)})


@st.fragment(run_every=PACE_SECONDS)
def _running() -> None:
    with session.store().read() as reader:
        own = jobs.own(reader, session.actor(), LISTED)
    running = [job for job in own if job.is_running]
    st.session_state.setdefault(WATCHED, set()).update(job.event_id for job in running)
    if not running:
        draw_anew()
        return
    with st.popover(_headline(running), icon=":material/progress_activity:", key="frame.jobs", type="tertiary"):
        for job in own:
            _job(job)


def _headline(running: list[Status]) -> str:
    first, more = running[-1], len(running) - 1
    share = f"{first.done / first.total:.0%}" if first.total else "waiting"
    return f"Working: {share} of {many(first.total, 'row')}" + (f", and {many(more, 'job')} more" if more else "")


def _job(job: Status) -> None:
    with session.store().read() as reader:
        entry = history.get(reader, session.actor(), job.event_id)
    st.text(entry.words)
    if job.is_running:
        st.progress(job.done / job.total if job.total else 0.0, pace(job))
        cancel_button(job, f"frame.cancel.{job.event_id}")
    else:
        st.text(entry.state_words)
    _link(job.event_id)


def cancel_button(job: Status, key: str) -> None:
    """What was done stays, and can be undone; an undo is not broken off. In a fragment."""
    if job.undoes_event_id is None and st.button("Cancel", key=key, icon=":material/stop_circle:"):
        try:
            jobs.cancel(session.store(), session.actor(), job.event_id)
        except AppError as refused:
            tell(str(refused))
        st.rerun()


def _link(event_id: int) -> None:
    with st.container(key=f"frame.job.{event_id}", width="content"):
        st.page_link(HISTORY, label="Open", query_params={"event": str(event_id)})


def pace(job: Status) -> str:
    """How far a job is, how fast it goes, and how long it still takes."""
    parts = [f"{job.done:,} of {many(job.total, 'row')}"]
    parts += [f"{job.rate:,.0f} rows a second"] if job.rate else []
    parts += [f"{span(job.seconds_left)} left"] if job.seconds_left is not None else []
    return ", ".join(parts)


def span(seconds: float) -> str:
    """Such as “about 40 seconds”."""
    if seconds < 90:
        return f"about {many(max(1, round(seconds)), 'second')}"
    return f"about {round(seconds / 60)} minutes" if seconds < 5400 else f"about {seconds / 3600:.1f} hours"


def _toast_ended(own: list[Status]) -> None:
    """A job that has ended since this person last looked is told wherever they are now."""
    watched: set[int] = st.session_state.setdefault(WATCHED, set())
    running = {job.event_id for job in own if job.is_running}
    for job in own:
        if job.event_id in watched and not job.is_running:
            with session.store().read() as reader:
                entry = history.get(reader, session.actor(), job.event_id)
            ended = plain(f"{entry.state_words.capitalize()}: {said(entry)}")
            st.toast(ended, icon=":material/task_alt:", duration="long")
            st.session_state[LAST] = job.event_id
    if watched - running:
        st.session_state[ENDED_AT] = clock.now()
    st.session_state[WATCHED] = running


def settled_mirror() -> Mirror | None:
    """The mirror, unless a job of one's own runs or has ended since it last looked: the database answers meanwhile."""
    found = session.mirror()
    if found is None or st.session_state.get(WATCHED):
        return None
    return found if (found.status.checked_at or 0) > st.session_state.get(ENDED_AT, -1) else None


def _forget() -> None:
    st.session_state[LAST] = None
    st.session_state.pop(TOLD, None)
