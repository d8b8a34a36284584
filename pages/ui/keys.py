"""The keys of the conversations page and their help; what a key does is what its button does."""

from typing import Any

import streamlit as st

from pages.ui import components

ACT, READER, TICKS = "conversations-act", "reader", "conversations-ticks"
ARCHIVES = [f"{where}-{what}" for where in (ACT, READER) for what in ("archive", "restore")]


def _key(key: str, words: str, *buttons: str, in_list: bool = False, shown: str = "") -> dict[str, Any]:
    selectors = [f".st-key-{button} button" for button in buttons]
    return {"key": key, "shown": shown or key, "words": words, "buttons": selectors, "inList": in_list}


KEYS = [
    _key("/", "Search; Esc goes on to the list"),
    _key("j", "Next conversation", f"{READER}-next", in_list=True),
    _key("k", "Previous conversation", f"{READER}-previous", in_list=True),
    _key("x", "Select, or not: the open conversation or the row with the focus", f"{READER}-tick", in_list=True),
    _key("a", "Select this page", f"{TICKS}-page"),
    _key("e", "Archive, or unarchive", *ARCHIVES),
    _key("t", "Tag", f"{ACT}-tag", f"{READER}-tag"),
    _key("s", "Set stage", f"{ACT}-move", f"{READER}-move"),
    _key("h", "Hot lead, or not", f"{ACT}-hot", f"{READER}-hot", f"{READER}-not_hot"),
    _key("f", "Follow up, or done with it", f"{READER}-follow_up", f"{READER}-follow_up_done"),
    _key("q", "Work through this list, one conversation after the other", "conversations-work"),
    _key("r", "Write a text"),
    _key("n", "Write a note"),
    _key("z", "Undo what was done last", "frame-undo"),
    _key("Escape", "Close the conversation", f"{READER}-close", shown="Esc"),
]


BOARD = [
    _key("/", "Search"),
    _key("Arrows", "From card to card", shown="← ↑ ↓ →"),
    _key("Shift", "The card to the stage before or after", shown="Shift ← →"),
    _key("Enter", "Open the contact"),
    _key("x", "Select, or not"),
    _key("m", "Move the card, or all that are selected, to a stage"),
    _key("w", "Won"),
    _key("l", "Lost"),
    _key("z", "Undo what was done last", "frame-undo"),
]
"""Of these the board answers all that press no button itself, when a card has the focus."""


def mount(listed: list[dict[str, Any]]) -> None:
    """The listener, and the button that shows what it listens to. Once, at the end of the page."""
    with st.container(key="keys", width="content"):
        components.mount("keys", "conversations.keys", {"keys": listed})
