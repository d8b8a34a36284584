"""The board: where every deal of a pipeline stands."""

import streamlit as st

from core.access import Right
from pages.ui import board, dialogs, filters, keys, look, notices, session, url


def page() -> None:
    """What is asked for, in words, and a column for each stage."""
    look.apply()
    session.actor().require(Right.CONVERSATION_VIEW)
    place, ignored, moved = url.current()
    found = board.load(place)
    notices.ignored(ignored, url.PARTS)
    if found is None:
        board.nothing()
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="board.tools"):
        board.choose_pipeline(found)
        filters.search_box(place, moved, found.pipeline.name)
        filters.drawer(place, found.choices, moved, counts_conversations=False)
        board.choose_order()
        board.stages_link()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="board.line"):
        with st.container(width="stretch"):
            board.said(found)
        board.news()
    board.show(found)
    keys.mount(keys.BOARD)
    dialogs.show()


page()
