"""Every figure against its rows: what a figure says must be what the list behind it holds."""

import streamlit as st

from core.analytics import measures
from pages.ui import analytics_data, table
from pages.ui.analytics_place import Place
from pages.ui.plain import many

CHECKED = "analytics.checked"


def show(place: Place, about: str) -> None:
    """Runs when asked: it counts everything twice."""
    st.text(f"Compares every figure of {many(len(measures.MEASURES), 'measure')} with the rows behind it, for {about}.")
    if st.button("Check now", key="analytics.check", icon=":material/rule:", type="primary"):
        st.session_state[CHECKED] = (place.asked(), analytics_data.check(place.asked()))
    asked, differences = st.session_state.get(CHECKED, (None, []))
    if asked != place.asked():
        return
    if not differences:
        st.success("Every figure equals its rows.", icon=":material/check_circle:")
        return
    st.error(f"{many(len(differences), 'figure')} differ from the rows behind them.", icon=":material/error:")
    rows = [
        table.Row((each.measure, ", ".join(map(str, each.cell.values())), str(each.figure), str(each.from_rows)))
        for each in differences
    ]
    table.show("analytics.differences", ("Measure", "Figure", "Shown", "Rows"), rows, (2, 3), "Differences")
