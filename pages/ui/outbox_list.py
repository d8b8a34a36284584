"""The texts of the outbox: filters with counts, a line for each text, a page at a time, and what can be done."""

import secrets
from collections.abc import Callable
from typing import Any

import streamlit as st

from core.access import Right
from core.errors import AppError
from core.messages import again, cancel, numbers, queue, send_now
from core.messages.outbox import BY_HAND
from core.messages.queue import ORIGINS, STATES, Cursor, Line, Wanted
from pages.ui import frame, session, url
from pages.ui.places import here
from pages.ui.plain import many, plain

INBOX = "inbox/conversations.py"
PAGES = "outbox.pages"
ASKED = "outbox.asked"
LOOK_SECONDS = 3.0

WHEN = {
    "scheduled": "Goes", "held": "Looked at again", "sending": "Given to the provider; asked after", "unknown":
    "Asked after again", "failed": "Failed", "suppressed": "Withheld", "cancelled": "Taken back",
}  # fmt: skip
EMPTY = {
    "scheduled": "Nothing waits to be sent.",
    "held": "Nothing is held.",
    "sending": "Nothing is on its way.",
    "unknown": "Of every text it is known whether it went out.",
    "failed": "Nothing failed.",
    "suppressed": "Nothing was withheld.",
    "cancelled": "Nothing was taken back.",
}
REASONS = {"opted_out": "They have opted out.", "by hand": "By hand."}


@st.fragment(run_every=LOOK_SECONDS)
def show() -> None:
    """Kept up to date while it is looked at."""
    with session.store().read() as reader:
        wanted = _filters(reader)
        after = _cursors()[-1]
        found, following = queue.find(reader, session.actor(), wanted, after)
    if not found:
        st.info(EMPTY[wanted.state] if after is None else "No more.", icon=":material/outbox:")
    may = session.actor().may(Right.MESSAGE_SEND)
    if may and wanted.state == "failed":
        _many_again([line for line in found if not line.is_unclear])
    for line in found:
        _line(line, wanted.state, may)
    _pager(following)


def _filters(reader: Any) -> Wanted:
    known = numbers.find(reader)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="outbox.filters"):
        origin = st.selectbox("Origin", list(ORIGINS), None, format_func=ORIGINS.__getitem__, key="outbox.origin",
                              placeholder="Any", on_change=_begin, width=200)  # fmt: skip
        number = None
        if known:
            names = {each.id: here().national(each.phone) for each in known}
            number = st.selectbox("Number", list(names), None, format_func=names.__getitem__, key="outbox.number",
                                  placeholder="Any", on_change=_begin, width=200)  # fmt: skip
    wanted = Wanted("scheduled", origin or "", number)
    counted = queue.counts(reader, wanted)
    state = st.segmented_control(
        "State", list(STATES), default="scheduled", format_func=lambda name: f"{STATES[name]} {counted[name]:,}",
        required=True, key="outbox.state", label_visibility="collapsed", on_change=_begin,
    )  # fmt: skip
    return Wanted(str(state), wanted.origin, wanted.number_id)


def _begin() -> None:
    st.session_state.pop(PAGES, None)


def _cursors() -> list[Cursor | None]:
    """Where each page up to this one begins."""
    found: list[Cursor | None] = st.session_state.setdefault(PAGES, [None])
    return found


def _pager(following: Cursor | None) -> None:
    if following is None and len(_cursors()) == 1:
        return
    with st.container(horizontal=True, key="outbox.pager"):
        st.button("Previous", key="outbox.previous", disabled=len(_cursors()) == 1, on_click=_cursors().pop)
        st.button("Next", key="outbox.next", disabled=following is None, on_click=_cursors().append, args=(following,))


def _line(line: Line, state: str, may: bool) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"outbox.line.{line.id}"):
        with st.container(width="stretch", gap=None):
            name = line.name or here().national(line.phone) or "Contact"
            place = url.write(url.Place(opened=line.contact_id))
            st.page_link(INBOX, label=plain(name), query_params=place, help="Open the conversation")
            if line.body:
                st.text(line.body)
            st.caption(plain(_facts(line, state)))
        if may:
            _buttons(line, state)


def _facts(line: Line, state: str) -> str:
    at = here().local(line.at)
    facts = [f"{WHEN[state]} {at:%-d %b, %H:%M:%S}", REASONS.get(line.reason, line.reason).rstrip(".")]
    if state == "failed" and line.error_code and not line.is_unclear:
        facts.append(f"code {line.error_code}")
    facts.append(line.workflow or ORIGINS.get(line.origin, line.origin))
    facts.append(many(line.segments, "segment"))
    if line.attempts > 1:
        facts.append(f"{line.attempts:,} tries")
    return " · ".join(fact for fact in facts if fact)


def _buttons(line: Line, state: str) -> None:
    if state in ("scheduled", "held"):
        if line.origin in BY_HAND:
            _button("Send now", f"outbox.now.{line.id}", send_now, line.id)
        _button("Take back", f"outbox.cancel.{line.id}", cancel, line.id)
    elif state == "failed" and line.message_id is not None:
        if line.is_unclear:
            if st.button("Send again", key=f"outbox.again.{line.id}"):
                _ask([line])
        else:
            _button("Send again", f"outbox.again.{line.id}", again, line.message_id, line.contact_id)


def _button(label: str, key: str, verb: Callable[..., object], *args: object) -> None:
    if st.button(label, key=key) and not frame.is_echo("outbox"):
        try:
            session.store().write(session.actor(), verb, *args)
        except AppError as refused:
            frame.tell(str(refused))
        st.rerun()  # all of the page: what was said stands above it


def _many_again(lines: list[Line]) -> None:
    if len(lines) > 1:
        label = f"Send these {len(lines)} again"
        if st.button(label, key="outbox.many", icon=":material/replay:"):
            _ask(lines)


def _ask(lines: list[Line]) -> None:
    st.session_state[ASKED] = (lines, secrets.token_hex(8))
    st.rerun()


def _forget() -> None:
    st.session_state.pop(ASKED, None)


def dialog() -> None:
    """What is asked before texts go once more."""
    if ASKED in st.session_state:
        frame.dialog("Send again", _forget, _confirm)()


def _confirm() -> None:
    lines, token = st.session_state[ASKED]
    if any(line.is_unclear for line in lines):
        st.text("Nobody knows whether this text went out: the provider did not answer and does not list it. "
                "Sending it again may send it twice.")  # fmt: skip
    else:
        st.text(f"{many(len(lines), 'text')} that failed will be sent again. What is sent cannot be taken back.")
    if st.button("Send again", type="primary", key=f"outbox.confirm.{token}"):
        _forget()
        _send_again(lines)
        st.rerun()


def _send_again(lines: list[Line]) -> None:
    refused: list[str] = []
    for line in lines:
        try:
            session.store().write(session.actor(), again, line.message_id, line.contact_id)
        except AppError as why:
            refused.append(str(why))
    done = len(lines) - len(refused)
    said = f"{many(done, 'text')} will be sent again."
    frame.tell(said if not refused else f"{said} {len(refused):,} cannot: {refused[0]}")
