"""Before much is changed: what will change, what is so already, what is skipped and why, each with its rows."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from core import bulk, conversations
from core.bulk import Group, Preview
from pages.ui import acting, actions, frame, session
from pages.ui.acting import Asked
from pages.ui.places import here
from pages.ui.plain import many, plain

SEEN = "preview.seen"
ROWS = 100


def body(asked: Asked) -> None:
    """The dialog."""
    if asked.action is None or asked.chosen is None:
        acting.close()
        st.rerun()
    above, choice = st.container(), st.container()
    with choice:
        asked = _with_choice(asked)
    seen = _seen(asked)
    with above:
        st.text(f"{seen.words}.")
        _groups(asked, seen)
        for note in seen.notes:
            st.text(note)
    st.text(UNDO[seen.undo] + (f" {seen.undo_words}" if seen.undo_words else ""))
    if refused := st.session_state.pop(frame.TOLD, None):
        st.error(plain(refused))
    _buttons(asked, seen)


def few(asked: Asked) -> None:
    """What an action that will send texts would do, in the dialog that asks for it; many are shown before they run."""
    meant = acting.chosen(asked.target)
    if 0 < len(meant) <= bulk.AT_ONCE:
        for group in _seen(replace(asked, chosen=meant)).groups:
            words = "will be enrolled" if group.outcome == "changed" else group.words
            st.text(f"{many(group.n, 'conversation')}: {words}")


UNDO = {
    "full": "This can be undone as a whole, also later, on the history page.",
    "partial": "This can be undone in part.",
    "none": "This cannot be undone.",
}


LABELS = {
    "archive": "Archive {}",
    "restore": "Unarchive {}",
    "hot": "Mark {} as hot",
    "not_hot": "Mark {} as not hot",
    "read": "Mark {} as read",
    "unread": "Mark {} as unread",
    "tag": "Tag {}",
    "untag": "Remove tags from {}",
    "assign": "Assign {}",
    "enroll": "Enroll {}",
    "stop": "Stop workflows of {}",
    "move": "Set stage of {}",
    "follow_up": "Follow up {}",
    "follow_up_done": "Follow-up of {} done",
}


def _with_choice(asked: Asked) -> Asked:
    """Archiving may let live enrollments run."""
    if asked.action is None or asked.action.name != "archive":
        return asked
    stops = st.toggle(
        "Stop workflows and redrips that still send to them", value=actions.stops_enrollments() is not False,
        key="preview.stops",
    )  # fmt: skip
    return replace(asked, action=bulk.action("archive", stop_enrollments=stops))


def _seen(asked: Asked) -> Preview:
    """Looked at once for each time the dialog opens, however often it is drawn."""
    key = asked.opening, asked.action
    kept = st.session_state.get(SEEN)
    if kept is None or kept[0] != key:
        with st.spinner(f"Looking at {many(len(asked.chosen or ()), 'conversation')} …"):
            found = bulk.preview(session.store(), session.actor(), asked.action, asked.chosen)
        kept = st.session_state[SEEN] = (key, found, {})
    shown: Preview = kept[1]
    return shown


def _groups(asked: Asked, seen: Preview) -> None:
    """A count for each class; one opens its rows."""
    labels = [f"{group.n:,} {plain(group.words)}" for group in seen.groups]
    picked = st.pills("Rows of", range(len(labels)), format_func=labels.__getitem__, key="preview.group",
                      label_visibility="collapsed")  # fmt: skip
    said = f"{many(seen.total, 'conversation')} in all."
    if picked is None:
        st.text(said + " Choose a count to see its rows.")
        return
    group = seen.groups[picked]
    table(_ids(asked, group), group)


def _ids(asked: Asked, group: Group) -> tuple[int, ...]:
    """The conversations behind a count, looked up once for all its pages."""
    known: dict[Group, tuple[int, ...]] = st.session_state[SEEN][2]
    if group not in known:
        known[group] = bulk.preview_ids(session.store(), session.actor(), asked.action, asked.chosen, group)
    return known[group]


def table(ids: tuple[int, ...], group: Group) -> None:
    """The conversations behind a count, page by page."""
    pages = -(-len(ids) // ROWS)
    number = st.pagination(pages, key=f"preview.rows.{group.outcome}.{group.reason}") if pages > 1 else 1
    first = (number - 1) * ROWS
    with session.store().read() as reader:
        found = conversations.page_of(reader, list(ids[first : first + ROWS]))
    st.text(f"{first + 1:,}–{first + len(found):,} of {many(len(ids), 'conversation')}")
    st.dataframe(readable(found), hide_index=True, key="preview.table", height=260)


def readable(found: pd.DataFrame) -> pd.DataFrame:
    """Rows of conversations as people read them."""
    names = [f"{first} {last}".strip() for first, last in zip(found["first_name"], found["last_name"], strict=True)]
    tags = [", ".join(tag for tag, *_ in each) for each in found["tags"]]
    phones = [here().national(phone) for phone in found["phone"]]
    return pd.DataFrame({"Name": names, "Phone": phones, "Tags": tags, "Last message": list(found["snippet"])})


def _buttons(asked: Asked, seen: Preview) -> None:
    is_confirmed = seen.total <= bulk.CONFIRM_ABOVE or _is_typed(seen.total)
    label = LABELS[seen.action.name].format(many(seen.changed, "conversation"))
    with st.container(horizontal=True, gap="small"):
        if st.button(label, type="primary", key="preview.run", disabled=not (is_confirmed and seen.changed)):
            if seen.action.name == "archive":
                actions.remember_stops(dict(seen.action.params)["stop_enrollments"])
            acting.carry_out(asked)
            st.rerun()
        if st.button("Cancel", key="preview.cancel"):
            acting.close()
            st.rerun()
    if not seen.changed:
        st.text("Nothing would change.")


def _is_typed(total: int) -> bool:
    typed = st.text_input(f"These are more than {bulk.CONFIRM_ABOVE:,}. Type {total:,} to go on.", key="preview.typed")
    return typed.replace(",", "").replace(" ", "") == str(total)
