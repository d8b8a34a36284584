"""The numbers that texts go out from: what there is, a new one, and changing one."""

import streamlit as st

from core.access import Right
from core.messages import numbers
from core.messages.numbers import FASTEST, Number
from pages.ui import frame, session
from pages.ui.editing import Editing
from pages.ui.places import here
from pages.ui.plain import many

EDITED = Editing("numbers")


def show() -> None:
    """A line for each number, retired ones last."""
    may = session.actor().may(Right.SETTINGS_EDIT)
    with session.store().read() as reader:
        found = numbers.listed(reader)
    usual = session.in_force().sender_number
    st.subheader("Numbers", anchor=False)
    st.text("Answers go out from the number that the contact wrote to; all else from the sender number above.")
    if may:
        EDITED.new_button("New number")
    if not found:
        st.text("No number yet.")
    for number in found:
        mark = " (retired)" if number.is_retired else " (sender number)" if number.phone == usual else ""
        pace = f"{many(number.segments_per_second, 'segment')} a second"
        details = f"{number.label}. {pace}." if number.label else f"{pace}."
        EDITED.line(number.id, here().national(number.phone) + mark, details, may and bool(number.id))
    if opened := EDITED.of(found):
        chosen, token = opened
        if chosen:
            frame.dialog("Change number", EDITED.close, _edit)(chosen, token)
        else:
            frame.dialog("New number", EDITED.close, _new)(token)


def _new(token: str) -> None:
    phone = st.text_input("Phone", key=f"numbers.{token}.phone", max_chars=30)
    label, rate = _fields(Number(0, ""), token)
    if st.button("Add", type="primary", key="numbers.add"):
        EDITED.do(numbers.add, phone, label, rate, here().region)


def _fields(number: Number, token: str) -> tuple[str, int]:
    label = st.text_input("Label (optional)", number.label, key=f"numbers.{token}.label", max_chars=60)
    rate = st.number_input("Segments a second", 1, FASTEST, number.segments_per_second, key=f"numbers.{token}.rate",
                           help="What the carriers let this number send; a long code usually 1.")  # fmt: skip
    return label, int(rate)


def _edit(number: Number, token: str) -> None:
    st.text(here().national(number.phone))
    label, rate = _fields(number, token)
    if number.is_retired:
        if st.button("Bring back", type="primary", key="numbers.revive"):
            EDITED.do(numbers.add, number.phone, label, rate, here().region)
        return
    if st.button("Save", type="primary", key="numbers.save"):
        EDITED.do(numbers.edit, number.id, label, rate)
    if st.button("Retire", key="numbers.retire", help="Nothing more is sent from it; who wrote to it hears from the "
                 "sender number."):  # fmt: skip
        EDITED.do(numbers.retire, number.id)
