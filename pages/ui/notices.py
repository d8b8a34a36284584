"""What a person is told when the list is empty, longer than it looks, or not what the address asked for."""

from collections.abc import Collection

import streamlit as st

from core.conversations import ConversationFilter
from core.errors import AppError
from pages.ui import filters, listing, url
from pages.ui.listing import Listing
from pages.ui.plain import plain


def ignored(names: list[str], parts: Collection[str]) -> None:
    """Parts of the address that could not be used; they are named by their own names only when they are known ones."""
    if not names:
        return
    known = [name for name in names if name in parts]
    said = f"Ignored in this link, because it cannot be used: {', '.join(known)}." if known else ""
    other = "Ignored in this link: parts that this page does not know." if len(known) < len(names) else ""
    st.toast(" ".join(part for part in (said, other) if part), icon=":material/link_off:")


def nothing_at_all(found: Listing) -> bool:
    """Whether the database holds no conversation; then it says how to get some."""
    if found.wanted.is_filtered or any(count.n for count in found.counts.values()):
        return False
    with st.container(key="conversations.nothing", gap="small"):
        st.subheader("No conversations yet")
        st.page_link("admin/imports.py", label="Import your contacts and messages", icon=":material/upload_file:")
        st.text("Or on the command line:")
        st.code("python -m core import contacts FILE.csv", language=None)
        st.text("Or look around with invented ones first:")
        st.code("make demo", language=None)
    return True


EMPTY = {
    "all": "All conversations are archived.",
    "hot": "No hot leads yet.",
    "recents": "Nothing is unread, and no conversation was active in the last 30 days.",
    "archived": "Nothing is archived.",
}


def no_hits(place: url.Place, found: Listing) -> None:
    """Nothing to list: which part of the filter to drop, or that the tab is simply empty."""
    with st.container(key="conversations.none"):
        if place.ticked_from is not None:
            st.info("No conversation is selected.", icon=":material/check_circle:")
        elif found.page.scanned_to is not None:
            st.info("Nothing in the newest ones so far; “Next page” looks further.", icon=":material/search:")
        elif found.count.n:
            st.info("Nothing here: the list ends before this place.", icon=":material/first_page:")
            st.button("First page", key="conversations.first", on_click=lambda: url.go(url.now().first_page()))
        elif not place.wanted.is_filtered:
            st.info(EMPTY[place.wanted.tab], icon=":material/inbox:")
        else:
            said = "No conversation matches all of this. Try fewer words, another tab, or one part less."
            st.info(said, icon=":material/search_off:")
            parts = [(name, words) for name, words in place.wanted.words(found.choices.names)]
            for name, words in parts if len(parts) > 1 else []:
                _without(name, words)


def _without(name: str, words: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("Search without", key=f"conversations.without.{name}", on_click=filters.drop, args=(name,))
        st.text(words)


def hits_elsewhere(place: url.Place, found: Listing) -> None:
    """A search that also has archived hits says so, and opens them at once."""
    archived = found.counts["archived"]
    hides = place.wanted.tab != "archived" and not place.wanted.include_archived
    if place.wanted.search and hides and archived.n:
        label = f"{listing.counted(archived).capitalize()} in Archived match as well: show"
        show, icon = filters.show_archived, ":material/archive:"
        st.button(label, key="conversations.hits.archived", icon=icon, type="tertiary", on_click=show)
    if not found.count.is_exact:
        st.button(
            f"Counted to {found.count.n:,} only: count to the end" if found.count.n else "Look through all of them",
            key="conversations.count",
            icon=":material/functions:",
            type="tertiary",
            on_click=_count_on,
            args=(found.wanted,),
        )


def gone(error: AppError) -> None:
    """The open conversation does not exist."""
    st.warning(plain(str(error)), icon=":material/error:")


def _count_on(wanted: ConversationFilter) -> None:
    listing.count_to_the_end(wanted)
    url.stay()


def no_contact() -> None:
    """The page of one contact was opened without one."""
    st.info("This link names no contact. Open one from the list.", icon=":material/person_search:")
    to_the_list()


def to_the_list() -> None:
    """The way on when there is nothing to show."""
    st.page_link("inbox/conversations.py", label="Conversations", icon=":material/forum:")


def not_for_you(what: str) -> None:
    """The page needs a right that the actor lacks."""
    st.info(f"You may not {what}. Ask an administrator for the right to.", icon=":material/lock:")
