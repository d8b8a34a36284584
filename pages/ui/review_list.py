"""Texts that read like an opt-out: each with its words, how long there is to decide, and the two answers."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from core import clock
from core.access import Right
from core.database import Work
from core.errors import AppError
from core.messages import reviews
from core.messages.reviews import Review
from pages.ui import frame, session, url
from pages.ui.places import here
from pages.ui.plain import many, plain

INBOX = "inbox/conversations.py"
AT_ONCE = 25
LIMIT = "optouts.reviews.limit"
A_DAY = 86_400


def show() -> None:
    """The most urgent first, and more on request."""
    limit = st.session_state.get(LIMIT, AT_ONCE)
    with session.store().read() as reader:
        total = reviews.count(reader)
        found = reviews.waiting(reader, session.actor(), limit)
    st.subheader("To decide", anchor=False)
    if not total:
        st.text("No text waits for a decision.")
        return
    st.text(
        f"{many(total, 'contact')} wrote what sounds like an opt-out. Until you decide, no workflow texts them. "
        "Workflows that were stopped stay stopped either way."
    )
    may = session.actor().may(Right.MESSAGE_SEND)
    for review in found:
        _line(review, may=may)
    if total > len(found):
        st.button(f"Show more of {total:,}", key="optouts.reviews.more", on_click=_more, args=(limit,))


def _more(limit: int) -> None:
    st.session_state[LIMIT] = limit * 2


def _line(review: Review, *, may: bool) -> None:
    key = f"optouts.review.{review.contact_id}.{review.id}"
    with st.container(border=True, key=key, gap="small"):
        with st.container(gap=None):
            number = here().national(review.phone) if review.phone else ""
            st.text(" · ".join(filter(None, (review.name, number))) or "A contact")
            st.text(f"{here().local(review.said_at):%-d %b %Y, %H:%M} · {_left(review.due_at - clock.now())}")
        with st.container(key=f"{key}.words"):
            st.text(review.body)
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            if may:
                with st.popover("Record opt-out", key=f"{key}.ask"):
                    st.text("They get no more texts. Only their own word START undoes this.")
                    st.button("Yes, no more texts", type="primary", key=f"{key}.out", on_click=_do,
                              args=(partial(_decide, review=review, is_out=True),))  # fmt: skip
                st.button("Not an opt-out", key=f"{key}.not_out", on_click=_do,
                          args=(partial(_decide, review=review, is_out=False),))  # fmt: skip
            place = url.write(url.Place(opened=review.contact_id))
            st.page_link(INBOX, label="Open conversation", icon=":material/forum:", query_params=place)


def _left(seconds: int) -> str:
    if seconds < 0:
        return f"overdue by {many(-seconds // A_DAY + 1, 'day')}"
    return "to decide today" if seconds < A_DAY else f"{many(seconds // A_DAY, 'day')} left to decide"


def _decide(work: Work, review: Review, *, is_out: bool) -> int:
    return reviews.decide(work, review.contact_id, review.id, is_out=is_out)


def _do(verb: Callable[[Work], int]) -> None:
    """A callback."""
    try:
        frame.did(session.store().write(session.actor(), verb))
    except AppError as refused:
        frame.tell(plain(str(refused)))
