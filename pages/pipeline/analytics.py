"""Analytics: how the pipeline and the conversations do, in figures that open what they counted."""

import streamlit as st

from core.access import Right
from core.conversations.choices import choices
from pages.ui import analytics_filters, analytics_place, analytics_view, look, notices, session


def page() -> None:
    """Which days and deals, then the figures, or the list behind one of them."""
    look.apply()
    session.actor().require(Right.ANALYTICS_VIEW)
    place, ignored, moved = analytics_place.current()
    with session.store().read() as reader:
        known = choices(reader)
    with st.container(key="analytics.page", width=1240):
        st.header("Analytics", anchor=False)
        notices.ignored(ignored, analytics_place.PARTS)
        analytics_filters.bar(place, known, moved)
        analytics_view.show(place, known)


page()
