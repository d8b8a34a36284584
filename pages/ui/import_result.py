"""One import that was started: how far it is, what came of it, its problems as files, and taking it back."""

import time

import streamlit as st

from core import undo as undoing
from core.access import Actor
from core.transfer import account, imports
from core.transfer.imports import Status
from pages.ui import session
from pages.ui.dry_run import problem_table, sentence, shown, table
from pages.ui.places import here
from pages.ui.uploads import size

PACE = "imports.pace"
PARAM = "import"
PROBLEMS = 200
STATES = {
    "running": "Importing",
    "undoing": "Being taken back",
    "done": "Imported",
    "done_with_errors": "Imported, except for rejected rows",
    "cancelled": "Cancelled",
    "failed": "Broken off",
    "undone": "Taken back",
    "undone_in_part": "Taken back in part",
}
KEPT = {"what": "What", "name": "Name", "phone": "Phone", "reason": "Why it was left"}


def named() -> int | None:
    """The import that the address names; 0 for a name that cannot be one."""
    text = st.query_params.get(PARAM)
    if text is None:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0


def go(event_id: int | None) -> None:
    """Show an import, or the list of all. In the body of a page, not in a callback."""
    if event_id is None:
        st.query_params.pop(PARAM, None)
    else:
        st.query_params[PARAM] = str(event_id)
    st.rerun()


def load(event_id: int) -> Status:
    """Raises: NotFound."""
    with session.store().read() as reader:
        return imports.status(reader, event_id)


def title(status: Status) -> None:
    """What was imported, and how it stands."""
    st.header(STATES[status.state], anchor=False)
    with st.container(gap=None):
        st.text(status.file_name)
        st.text(f"{status.kind.capitalize()}, import number {status.event_id}")


@st.fragment(run_every=1.0)
def progress(event_id: int) -> None:
    """How far it is, until it has ended."""
    status = load(event_id)
    if not status.is_running:
        st.session_state.pop(PACE, None)
        st.rerun()
        return
    if status.state == "undoing":
        st.progress(0.0, "Taking it back. You may close this page; it goes on.")
        return
    done, total = status.bytes_done, max(status.bytes_total, 1)
    said = f"{status.counts.rows:,} rows so far, {size(done)} of {size(total)}. {_left(status)}"
    st.progress(min(done / total, 1.0), said)
    st.text("You may close this page; the import goes on.")
    if st.button("Cancel", key="imports.cancel", icon=":material/stop_circle:"):
        imports.cancel(session.store(), session.actor(), event_id)
        st.rerun()


def _left(status: Status) -> str:
    """Rate and time left, by what was seen since this page looks."""
    now = time.monotonic()
    begun = st.session_state.setdefault(PACE, (status.event_id, now, status.bytes_done, status.counts.rows))
    if begun[0] != status.event_id:
        begun = st.session_state[PACE] = (status.event_id, now, status.bytes_done, status.counts.rows)
    seconds, read = now - begun[1], status.bytes_done - begun[2]
    if seconds < 2 or read <= 0:
        return ""
    left = (status.bytes_total - status.bytes_done) / (read / seconds)
    return f"{(status.counts.rows - begun[3]) / seconds:,.0f} rows a second, {_span(left)} left."


def _span(seconds: float) -> str:
    if seconds < 60:
        return f"about {max(1, round(seconds))} seconds"
    return f"about {round(seconds / 60)} minutes" if seconds < 5400 else f"about {seconds / 3600:.1f} hours"


def outcome(status: Status) -> None:
    """Every row with its outcome."""
    found = status.counts
    if status.message:
        st.text(status.message)
    if status.state == "failed":
        st.text("Upload the same file again with the same choices to go on where it stood.")
    st.text(("Before it was taken back: " if status.state.startswith("undone") else "") + sentence(found))


def problems(status: Status) -> None:
    """Line, column, value and reason of each problem, page by page; the whole as files."""
    event_id = status.event_id
    with session.store().read() as reader:
        total = account.problem_count(reader, event_id)
    if not total:
        st.text("No problems in any row.")
        return
    st.subheader("Problems", anchor=False)
    pages = -(-total // PROBLEMS)
    number = st.pagination(pages, key=f"imports.problems.{event_id}") if pages > 1 else 1
    first = (number - 1) * PROBLEMS
    with session.store().read() as reader:
        listed = imports.problems(reader, event_id, first, PROBLEMS)
    st.text(shown(first + 1, len(listed), total))
    problem_table(listed)
    with st.container(horizontal=True, gap="small", key="imports.files"):
        if status.counts.rejected:
            _download("Rejected rows, to mend and import again", "rejects", event_id)
        _download("All problems as a list", "problems", event_id)


def _download(label: str, what: str, event_id: int) -> None:
    name, key = f"{what}-{event_id}.csv", f"imports.{what}.file"
    icon = ":material/download:"
    st.download_button(label, lambda: _file(what, event_id), name, "text/csv", key=key, icon=icon, on_click="ignore")


def _file(what: str, event_id: int) -> bytes:
    with session.store().read() as reader:
        pieces = (
            account.problems_file(reader, event_id) if what == "problems" else imports.rejects_file(reader, event_id)
        )
        return b"".join(pieces)


def undo(status: Status, actor: Actor) -> None:
    """What taking it back means, and the button that does it."""
    if status.state == "undone":
        return
    with session.store().read() as reader:
        offer = undoing.offer(reader, actor, status.event_id)
    if not offer.is_possible:
        st.text(offer.why)
        return
    is_begun, found = status.state == "undone_in_part", status.counts
    with st.popover("Undo the rest" if is_begun else "Undo this import", icon=":material/undo:", key="imports.undo"):
        st.text(
            "Takes back what was left, as far as nobody uses it any more; the rest stays as it is."
            if is_begun
            else f"Deletes what the {found.inserted:,} inserted rows brought, and restores what the {found.updated:,} "
            "updated rows changed. What somebody used or changed since stays as it is, and is listed afterwards."
        )
        if st.button("Undo now", key="imports.undo.now", type="primary"):
            undoing.start(session.store(), actor, status.event_id)
            st.rerun()


def what_was_kept(status: Status) -> None:
    """After an undo: what it left."""
    if status.state == "undone":
        st.success("Everything is as it was before this import.", icon=":material/check_circle:")
    if status.state != "undone_in_part":
        return
    limit = st.session_state.get("imports.kept.limit", PROBLEMS)
    with session.store().read() as reader:
        total = account.kept_count(reader, status.event_id)
        rows = account.kept(reader, status.event_id, limit)
    st.subheader("Left as it is, because it was used or changed since", anchor=False)
    rows = rows.assign(phone=[here().national(phone) if phone else "" for phone in rows["phone"]])
    table(rows.rename(columns=KEPT), {"Name": "medium", "Why it was left": "large"})
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"{len(rows):,} of {total:,} rows")
        if len(rows) < total and st.button("Show more", key="imports.kept.more"):
            st.session_state["imports.kept.limit"] = limit * 10
            st.rerun()
