"""Who has opted out: looked for by name, phone or words, with source, words and date; the list in and out of files."""

import streamlit as st

from core.access import Right
from core.messages import opt_outs
from core.messages.opt_outs import Said
from core.web import exports
from pages.ui import session, uploads, url
from pages.ui.places import here
from pages.ui.plain import many
from pages.ui.review_list import INBOX

AT_ONCE = 50
LIMIT = "optouts.limit"


def files() -> None:
    """The list from a file, and as one."""
    actor = session.actor()
    if actor.may(Right.IMPORT_RUN) and st.button(
        "Import a list", icon=":material/upload_file:", key="optouts.import", on_click=uploads.switch, args=("optouts",)
    ):
        st.switch_page("admin/imports.py")
    if actor.may(Right.EXPORT_FULL):
        st.link_button("Export", exports.OPT_OUTS, icon=":material/download:")


def show() -> None:
    """The newest first, and more on request."""
    st.subheader("Out", anchor=False)
    search = st.text_input("Search", key="optouts.search", placeholder="Name, phone or words", width=320)
    limit = st.session_state.get(LIMIT, AT_ONCE)
    with session.store().read() as reader:
        total = opt_outs.count(reader, session.actor(), search)
        found = opt_outs.find(reader, session.actor(), search, limit)
    if not total:
        st.text("Nobody who is out matches this." if search.strip() else "Nobody has opted out.")
        return
    st.text(f"{many(total, 'contact')} opted out" + (" and matches this." if search.strip() else "."))
    for said in found:
        _line(said)
    if total > len(found):
        st.button(f"Show more of {total:,}", key="optouts.more", on_click=_more, args=(limit,))


def _more(limit: int) -> None:
    st.session_state[LIMIT] = limit * 2


def _line(said: Said) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"optouts.line.{said.contact_id}"):
        with st.container(width="stretch", gap=None):
            number = here().national(said.phone) if said.phone else ""
            st.text(" · ".join(filter(None, (said.name, number))) or "A contact")
            by = f" by {said.by}" if said.by else ""
            st.text(f"{here().local(said.happened_at):%-d %b %Y, %H:%M} · {said.how}{by}")
            if said.body:
                st.text(f"“{said.body}”")
        place = url.write(url.Place(opened=said.contact_id))
        st.page_link(INBOX, label="Open", icon=":material/forum:", query_params=place)
