"""The tags as a table, and the dialogs in which one is made, changed, merged or retired."""

from dataclasses import replace
from typing import Any

import streamlit as st

from core import bulk, tags
from core.conversations import ConversationFilter
from core.errors import AppError
from core.tags import Tag
from pages.ui import acting, colours, components, frame, session, url
from pages.ui.editing import Editing
from pages.ui.plain import many, plain

EDITED = Editing("tags")
NAME_LENGTH = 60
INBOX = "inbox/conversations.py"


def show(found: list[Tag]) -> None:
    """Highest priority first. A count opens its contacts in the list."""
    if not found:
        st.info("No tags yet. Add one here, or with the button Tag above the conversations.", icon=":material/label:")
        return
    key = "tags.table"

    def edit() -> None:
        EDITED.open(st.session_state[key].edit)

    data = {
        "palette": [color for _, color in colours.PALETTE],
        "tags": [
            {"id": tag.id, "name": tag.name, "color": tag.color, "priority": tag.priority, "count": tag.count,
             "retired": tag.is_retired} for tag in found
        ],
    }  # fmt: skip
    components.mount("tags", key, data, on_edit_change=edit, on_open_change=lambda: None)
    if (wanted := st.session_state[key].open) in {tag.id for tag in found}:
        carried = replace(url.Place(), wanted=ConversationFilter(tags=(wanted,), include_archived=True))
        st.switch_page(INBOX, query_params=url.write(carried))


def new_button() -> None:
    """The way to a new tag."""
    EDITED.new_button("New tag")


def dialog(found: list[Tag]) -> bool:
    """The dialog of the tag that is being changed; whether there is one."""
    if (opened := EDITED.of(found)) is None:
        return False
    chosen, token = opened
    if chosen:
        frame.dialog("Change tag", EDITED.close, _edit)(chosen, found, token)
    else:
        frame.dialog("New tag", EDITED.close, _new)(token)
    return True


def _new(token: str) -> None:
    name, colour, priority = _fields(f"tags.{token}", "", 0, 0)
    if st.button("Add", type="primary", key="tags.add"):
        try:
            session.store().write(session.actor(), tags.add, name, colour, priority)
        except AppError as refused:
            st.error(plain(str(refused)))
            return
        frame.did_last()
        EDITED.close()
        st.rerun()


def _fields(key: str, name: str, colour: int, priority: int) -> tuple[str, int, int]:
    typed = st.text_input("Name", name, key=f"{key}.name", max_chars=NAME_LENGTH)
    chosen = colours.choose(f"{key}.colour", colour)
    number = st.number_input("Priority", value=priority, step=1, key=f"{key}.priority")
    st.text("The tag with the highest priority gives the bubble its colour.")
    return typed, chosen, int(number)


def _edit(tag: Tag, found: list[Tag], token: str) -> None:
    st.text(f"On {many(tag.count, 'contact')}.")
    name, colour, priority = _fields(f"tags.{token}", tag.name, tag.color, tag.priority)
    if st.button("Save", type="primary", key="tags.save"):
        _do(tags.edit, tag.id, name, colour, priority)
    st.divider()
    others = {other.id: other.name for other in found if other.id != tag.id and not other.is_retired}
    into = st.selectbox("Merge into another tag", list(others), None, format_func=others.__getitem__,
                        key=f"tags.{token}.into", placeholder="Choose the tag that stays")  # fmt: skip
    if into is not None:
        st.text(f"All who carry it get “{others[into]}” instead, and it is retired. This can be undone.")
        if st.button("Merge", key="tags.merge"):
            _merge(tag.id, into, token)
    with st.container(horizontal=True, gap="small"):
        if tag.count and st.button(f"Remove from {many(tag.count, 'contact')}", key="tags.remove"):
            _remove(tag, token)
        if tag.is_retired:
            if st.button("Bring back", key="tags.revive"):
                _do(tags.revive, tag.id)
        elif st.button("Retire", key="tags.retire", help="Stays where it is, and is not offered for new contacts"):
            _do(tags.retire, tag.id)


def _do(verb: Any, *args: object) -> None:
    try:
        event_id = session.store().write(session.actor(), verb, *args)
    except AppError as refused:
        st.error(plain(str(refused)))
        return
    frame.did(event_id)
    EDITED.close()
    st.rerun()


def _merge(from_id: int, into_id: int, token: str) -> None:
    try:
        event_id = bulk.merge_tags(session.store(), session.actor(), from_id, into_id, token)
    except AppError as refused:
        st.error(plain(str(refused)))
        return
    session.wake()
    frame.did(event_id)
    EDITED.close()
    st.rerun()


def _remove(tag: Tag, token: str) -> None:
    with session.store().read() as reader:
        carriers = bulk.carriers(reader, tag.id)
    EDITED.close()
    acting.at_once(bulk.action("untag", tag_ids=[tag.id]), carriers, token)
    st.rerun()
