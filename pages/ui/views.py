"""Saved views: the address of the list under a name, for oneself or for all."""

from urllib.parse import parse_qs

import streamlit as st

from core.access import Actor, Right
from core.conversations import views
from core.conversations.views import View
from core.errors import Conflict, Invalid
from pages.ui import session, url
from pages.ui.plain import plain

NAME = "conversations.view.name"
SHARED = "conversations.view.shared"
ASKED = "conversations.view.asked"


def menu(place: url.Place, actor: Actor) -> None:
    """Open, save and remove views."""
    with st.popover("Views", icon=":material/bookmark:", key="conversations.views"):
        with session.store().read() as reader:
            found = views.views(reader, actor)
        if not found:
            st.text("No saved views yet. Set the filters, then save them here under a name.")
        for view in found:
            _line(view)
        if actor.may(Right.VIEW_SAVE):
            _form(place, actor)
            _ask()


def _line(view: View) -> None:
    said = view.name if not view.is_shared else f"{view.name} (shared by {'you' if view.is_own else view.owner})"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.text(said, width="stretch")
        st.button("Open", key=f"conversations.view.open.{view.id}", type="tertiary", on_click=_open, args=(view.query,))
        if view.is_own and st.button("Remove", key=f"conversations.view.remove.{view.id}", type="tertiary"):
            session.store().write(session.actor(), views.remove, view.id)
            st.rerun()


def _open(query: str) -> None:
    place, _ = url.read(parse_qs(query))
    url.go(place)
    url.follow()


def _form(place: url.Place, actor: Actor) -> None:
    with st.form("conversations.view.form", clear_on_submit=True):
        name = st.text_input("Save what is shown now as", key=NAME, max_chars=views.NAME_LENGTH)
        shared = st.checkbox("For everybody", key=SHARED, disabled=not actor.may(Right.VIEW_SHARE))
        if st.form_submit_button("Save view"):
            _save((name, url.query(url.listed(place)), shared))


def _save(wish: tuple[str, str, bool], replaces: bool = False) -> None:
    st.session_state.pop(ASKED, None)
    try:
        session.store().write(session.actor(), views.save, *wish, replaces=replaces)
    except Invalid as refused:
        st.error(plain(str(refused)))
        return
    except Conflict as taken:
        st.session_state[ASKED] = (str(taken), wish)
    st.rerun()


def _ask() -> None:
    """The name is taken: what was saved under it goes only when that is wanted."""
    if ASKED not in st.session_state:
        return
    question, wish = st.session_state[ASKED]
    st.warning(plain(question), icon=":material/bookmark:")
    with st.container(horizontal=True, gap="small"):
        if st.button("Replace it", key="conversations.view.replace"):
            _save(wish, replaces=True)
        if st.button("Keep the old one", key="conversations.view.keep"):
            st.session_state.pop(ASKED)
            st.rerun()
