"""Who is in a workflow: who comes next, and everybody by state, with where they are and why they are not further."""

from collections.abc import Iterable
from typing import Any

import streamlit as st

from core import clock, workflows
from core.access import Right
from core.workflows import Member, Workflow
from pages.ui import session, table
from pages.ui.outbox_list import REASONS
from pages.ui.places import here

NEXT = 5
PAGE = 50
AFTER = "workflows.after"
EVERYBODY = "everybody"
LOOK_SECONDS = 5.0
WATCHED = 20_000
"""With more runs than this, who is where is drawn anew only when the person does something."""

WHEN = "%a %-d %b, %H:%M"
Words = dict[tuple[int, int], str]
"""A step in words, by version and position."""


def pace(found: Workflow) -> float | None:
    """Every how many seconds what changes by itself is drawn anew; None: not by itself."""
    with session.store().read() as reader:
        counts = workflows.counts(reader, found.id)
    is_watched = found.state == "on" and found.live and sum(counts.values()) <= WATCHED
    return LOOK_SECONDS if is_watched else None


def show(found: Workflow) -> None:
    """Who comes next, and everybody."""
    with session.store().read() as reader:
        counts = workflows.counts(reader, found.id)
    total = sum(counts.values())
    st.subheader("People", anchor=False)
    if not total:
        st.text("Nobody has been enrolled yet. Select conversations in the list, or open one, and enroll them there.")
        return
    _next(found)
    offered = [EVERYBODY, *(state for state, n in counts.items() if n)]
    state = st.segmented_control(
        "State", offered, default=EVERYBODY, required=True, key=f"workflows.people.{found.id}", on_change=_begin,
        format_func=lambda name: f"{name.capitalize()} {counts.get(name, total):,}", label_visibility="collapsed",
    )  # fmt: skip
    _everybody(found, "" if state in (None, EVERYBODY) else str(state))


def _next(found: Workflow) -> None:
    with session.store().read() as reader:
        soonest = workflows.next_sends(reader, found.id, NEXT)
        words = _words(reader, found, soonest)
    if not soonest:
        return
    st.text("Next to come to a step" + (", once it is on" if found.state != "on" else ""))
    rows = [(each.contact_id, (_who(each), _at(each.due_at), _step(each, words))) for each in soonest]
    table.of_contacts("workflows.next", ("Who", "When", "Step"), rows, "Next")


def _everybody(found: Workflow, state: str) -> None:
    cursors: list[int] = st.session_state.setdefault(AFTER, [0])
    with session.store().read() as reader:
        page = workflows.members(reader, found.id, state, cursors[-1], PAGE + 1)
        words = _words(reader, found, page)
    rows = [(each.contact_id, _cells(each, words)) for each in page[:PAGE]]
    table.of_contacts("workflows.members", ("Who", "State", "Step", "Next", "Why", "Began"), rows, "People")
    if len(page) > PAGE or len(cursors) > 1:
        with st.container(horizontal=True, key="workflows.pager"):
            st.button("Previous", key="workflows.previous", disabled=len(cursors) == 1, on_click=cursors.pop)
            st.button("Next", key="workflows.following", disabled=len(page) <= PAGE, on_click=cursors.append,
                      args=(page[PAGE - 1].enrollment_id if len(page) > PAGE else 0,))  # fmt: skip


def _begin() -> None:
    st.session_state.pop(AFTER, None)


def _cells(each: Member, words: Words) -> tuple[str, ...]:
    why = REASONS.get(each.why, each.why).rstrip(".")
    state = f"{each.state}, run {each.run:,}" if each.run > 1 else each.state
    comes = _at(each.due_at) if each.is_live else ""
    return (_who(each), state, _step(each, words) if each.state != "completed" else "", comes, why,
            _at(each.started_at))  # fmt: skip


def _who(each: Member) -> str:
    """The name; of who has none the phone, for those who may see it."""
    may = session.actor().may(Right.CONTACT_PERSONAL)
    return each.name or (here().national(each.phone) if may else "A contact")


def _words(reader: Any, found: Workflow, people: Iterable[Member]) -> Words:
    said: Words = {}
    for version in {each.version for each in people}:
        steps = workflows.steps_of(reader, found.id, version)
        names = workflows.names_of(reader, steps)
        said |= {(version, n): f"{n + 1}. {workflows.words(step, names)}" for n, step in enumerate(steps)}
    return said


def _step(each: Member, words: Words) -> str:
    return words.get((each.version, each.position), "")


def _at(second: int | None) -> str:
    if second is None:
        return ""
    at = here().local(second)
    return at.strftime(WHEN if at.year == here().local(clock.now()).year else "%-d %b %Y")
