"""The account of one event: state and progress, the outcome of every row, retry and undo."""

from dataclasses import dataclass

import streamlit as st

from core import bulk, history, jobs, undo
from core.bulk import Group
from core.errors import AppError
from core.history import Entry
from core.jobs import Status
from core.undo import Offer
from core.undo.offer import IMPORTS
from core.web import exports
from core.words import straight
from pages.ui import desk, frame, preview, session
from pages.ui.places import here
from pages.ui.plain import many, plain

PARAM = "event"
AGAIN = ("done", "done_with_errors", "cancelled", "failed")
ROWS = 200
AFTER = "account.after"
SHOWN = {"name": "Name", "phone": "Phone", "outcome": "Outcome", "reason_words": "Why", "before": "Before",
         "after": "After"}  # fmt: skip


@dataclass(frozen=True)
class Account:
    """One event as shown."""

    entry: Entry
    job: Status
    groups: list[Group]
    offer: Offer


def named() -> int | None:
    """The event that the address names; 0 for a name that cannot be one."""
    text = st.query_params.get(PARAM)
    if text is None:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0


def go(event_id: int | None = None) -> None:
    """Show an event, or the list of all. A callback."""
    st.session_state.pop(AFTER, None)
    if event_id is None:
        st.query_params.pop(PARAM, None)
    else:
        st.query_params[PARAM] = str(event_id)


def load(event_id: int) -> Account:
    """Raises: NotFound."""
    actor = session.actor()
    with session.store().read() as reader:
        return Account(
            history.get(reader, actor, event_id),
            jobs.status(reader, event_id),
            history.groups(reader, actor, event_id),
            undo.offer(reader, actor, event_id),
        )


def title(found: Account) -> None:
    """What it was, when, and how it stands."""
    entry = found.entry
    with st.container(gap=None, key="account.title"):
        st.text(entry.words)
        st.text(f"{here().local(entry.happened_at):%A, %-d %B %Y, %H:%M} · {outcome(entry)}")
        if found.job.message:
            st.text(found.job.message)


def outcome(entry: Entry) -> str:
    """How it stands and what came of it."""
    counts = entry.counts("changed", "already", "skipped", "failed")
    return f"{entry.state_words}: {counts} of {many(entry.total, 'row')}" if counts else entry.state_words


@st.fragment(run_every=frame.PACE_SECONDS)
def progress(event_id: int) -> None:
    """How far it is, until it has ended."""
    with session.store().read() as reader:
        job = jobs.status(reader, event_id)
    if not job.is_running:
        st.rerun()
    st.progress(job.done / job.total if job.total else 0.0, frame.pace(job))
    st.text("You may close this page; it goes on.")
    frame.cancel_button(job, "account.cancel")


def buttons(found: Account) -> None:
    """Undo, retry, the file, the rows in the list."""
    entry, event_id = found.entry, found.entry.event_id
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="account.buttons"):
        frame.undo_button(entry, found.offer, "account.undo")
        _again(found)
        if entry.verb in IMPORTS:
            st.page_link("admin/imports.py", label="Rows of this import", icon=":material/upload_file:",
                         query_params={"import": str(event_id)})  # fmt: skip
        elif entry.total:
            st.link_button("Download all rows (CSV)", exports.address(event_id), icon=":material/download:")
    if found.offer.note or found.offer.why:
        st.text(found.offer.note or found.offer.why)


def _again(found: Account) -> None:
    """Rows that failed, were not allowed, or were not reached before the job was cancelled."""
    event_id, is_bulk = found.entry.event_id, found.entry.verb in {kind.verb for kind in bulk.KINDS.values()}
    left = sum(group.n for group in found.groups if group.outcome == "left")
    failed = sum(group.n for group in found.groups if group.outcome == "failed" or group.reason == "not_allowed")
    if not is_bulk or not left + failed or found.entry.state not in AGAIN:
        return
    label = f"Try {many(failed + left, 'row')} again" if failed else f"Go on with {many(left, 'row')}"
    st.button(label, icon=":material/refresh:", key="account.retry", on_click=_retry, args=(event_id,))


def _retry(event_id: int) -> None:
    try:
        made = bulk.retry(session.store(), session.actor(), event_id)
    except AppError as refused:
        frame.tell(str(refused))
        return
    session.wake()
    frame.did(made)
    go(made)


def rows(found: Account) -> None:
    """Every row with its outcome, by class, page by page."""
    if not found.groups or found.entry.verb in IMPORTS:  # those have a page of their own
        return
    group, event_id = _picked(found), found.entry.event_id
    if group is not None and group.outcome == "left":
        with session.store().read() as reader:
            preview.table(history.ids(reader, session.actor(), event_id, "left"), group)
    elif not _touched(found, group):
        return
    if st.button("Select these in the list", key="account.select", icon=":material/checklist:"):
        _select(event_id, group.outcome if group else "", group.reason if group else None)


def _touched(found: Account, group: Group | None) -> bool:
    """The rows that were come to; whether there are any."""
    event_id, key = found.entry.event_id, (found.entry.event_id, group)
    kept = st.session_state.get(AFTER)
    trail: list[int] = kept[1] if kept and kept[0] == key else [0]
    chosen = {"outcome": group.outcome, "reason": group.reason} if group else {}
    with session.store().read() as reader:
        listed = history.rows(reader, session.actor(), event_id, **chosen, after=trail[-1], limit=ROWS + 1)
    shown = listed.head(ROWS)
    if shown.empty:
        return False
    shown = shown.assign(name=[straight(name) for name in shown["name"]], before=shown["before"].map(straight),
                         after=shown["after"].map(straight))  # fmt: skip
    shown = shown.assign(phone=[here().national(phone) if phone else "" for phone in shown["phone"]])
    st.dataframe(shown[list(SHOWN)].rename(columns=SHOWN), hide_index=True, key="account.rows", height=420)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        is_part = len(listed) > ROWS or len(trail) > 1
        total = group.n if group else found.entry.total
        st.text(f"{len(shown):,} of {many(total, 'row')} shown" if is_part else many(len(shown), "row"))
        if is_part:
            before, further = trail[:-1], [*trail, int(shown["n"].iloc[-1])]
            st.button("Previous", key="account.previous", disabled=not before, on_click=_turn, args=(key, before))
            st.button("Next", key="account.next", disabled=len(listed) <= ROWS, on_click=_turn, args=(key, further))
    return True


def _turn(key: object, trail: list[int]) -> None:
    st.session_state[AFTER] = (key, trail)


def _picked(found: Account) -> Group | None:
    labels = [f"{group.n:,} {plain(group.words)}" for group in found.groups]
    key = f"account.group.{found.entry.event_id}"
    picked = st.pills("Show", range(len(labels)), format_func=labels.__getitem__, key=key)
    return None if picked is None else found.groups[picked]


def _select(event_id: int, outcome_: str, reason: str | None) -> None:
    with session.store().read() as reader:
        ids = history.ids(reader, session.actor(), event_id, outcome_, reason)
    desk.open_these(ids, f"rows of event {event_id}")
