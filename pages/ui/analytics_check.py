"""Every figure against its rows: what a figure says must be what the list behind it holds."""

from collections import Counter

import streamlit as st

from core.analytics.measures import MEASURES, Asked, Difference
from pages.ui import analytics_data, table
from pages.ui.analytics_place import Place
from pages.ui.analytics_words import key, said, title
from pages.ui.plain import many, plain

CHECKED = "analytics.checked"


def show(place: Place, about: str) -> None:
    """Runs when asked: it counts everything twice."""
    asked = place.asked()
    st.text(f"Compares every figure of {many(len(MEASURES), 'measure')} with the rows behind it: {about}.")
    if st.button("Check now", key="analytics.check", icon=":material/rule:", type="primary"):
        st.session_state[CHECKED] = (asked, _differences(asked))
    checked, differences = st.session_state.get(CHECKED, (None, []))
    if checked != asked:
        return
    if differences:
        st.error(f"{many(len(differences), 'figure')} not equal to the rows behind.", icon=":material/error:")
        table.show("analytics.differences", ("Figure", "Shown", "By its rows"), [_line(each) for each in differences],
                   (1, 2), "Differences")  # fmt: skip
    else:
        st.success("Every figure equals its rows.", icon=":material/check_circle:")
    wrong = Counter(each.measure for each in differences)
    rows = []
    for measure in MEASURES:
        frame = analytics_data.figures(measure.name, asked).frame
        n = len(frame) * len(measure.columns)
        rows.append(table.Row((measure.title, f"{n:,}", f"{n - wrong[measure.name]:,}")))
    table.show(
        "analytics.checked.list", ("Measure", "Figures", "Equal to their rows"), rows, (1, 2), "What was checked"
    )


def _differences(asked: Asked) -> list[Difference]:
    progress, found = st.progress(0.0), []
    for n, measure in enumerate(MEASURES):
        progress.progress(n / len(MEASURES), plain(measure.title))
        found += analytics_data.check(measure.name, asked)
    progress.empty()
    return found


def _line(difference: Difference) -> table.Row:
    cell = dict(difference.cell)
    column = analytics_data.column(difference.measure, cell.pop("column"))
    parts = [key(name, value) for name, value in cell.items()]
    name = ", ".join([difference.measure.replace("_", " ").capitalize(), *parts, title(column.name)])
    return table.Row((name, said(difference.figure, column.unit), said(difference.from_rows, column.unit)))
