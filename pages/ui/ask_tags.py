"""Which tags: add some, make a new one, or take some of those away that the selection carries."""

import streamlit as st

from core import bulk, tags
from core.errors import AppError
from pages.ui import acting, asking, colours, session
from pages.ui.acting import Asked
from pages.ui.plain import many, plain

CHOSEN = "ask.tags"
COLOUR = "ask.tags.colour"
NAME = "ask.tags.name"
PRIORITY = "ask.tags.priority"
NAME_LENGTH = 60


def add(asked: Asked) -> None:
    """Pick one or several, or create one; then apply."""
    asking.whom(asked)
    with session.store().read() as reader:
        offered = {tag.id: tag for tag in tags.find(reader, include_retired=False)}
    chosen = st.multiselect(
        "Tags", list(offered), format_func=lambda id_: offered[id_].name, key=CHOSEN, placeholder="Choose tags"
    )
    with st.expander("Create a new tag", key="ask.tags.new"):
        _new()
    if asking.answered("Apply", is_ready=bool(chosen)):
        asking.do(asked, "tag", tag_ids=sorted(chosen))


def _new() -> None:
    st.text_input("Name", key=NAME, max_chars=NAME_LENGTH)
    colour = colours.choose(COLOUR)
    st.number_input("Priority", key=PRIORITY, min_value=0, max_value=1000, step=1)
    st.text("The tag with the highest priority gives the bubble its colour.")

    def create() -> None:
        try:
            name, priority = st.session_state[NAME], int(st.session_state[PRIORITY])
            made = session.store().write(session.actor(), tags.add, name, colour, priority)
        except AppError as refused:
            st.session_state[NAME + ".refused"] = str(refused)
            return
        st.session_state[CHOSEN] = [*st.session_state.get(CHOSEN, []), made]
        st.session_state[NAME] = ""

    st.button("Create and choose it", key="ask.tags.create", on_click=create)
    if refused := st.session_state.pop(NAME + ".refused", None):
        st.error(plain(refused))


def remove(asked: Asked) -> None:
    """Only tags that the selection carries are offered, each with how many carry it."""
    asking.whom(asked)
    with session.store().read() as reader:
        carried = bulk.tags_among(reader, acting.chosen(asked.target).ids)
    if not carried:
        st.text("None of them carries a tag.")
        asking.answered("Remove", is_ready=False)
        return
    names = {id_: f"{name} ({many(n, 'contact')})" for id_, name, _, n in carried}
    chosen = st.multiselect(
        "Tags", list(names), format_func=names.__getitem__, key="ask.untag", placeholder="Choose tags"
    )
    if asking.answered("Remove", is_ready=bool(chosen)):
        asking.do(asked, "untag", tag_ids=sorted(chosen))
