"""The numbers that texts go out from: what there is, a new one, and changing one."""

import secrets
from typing import Any

import streamlit as st

from core.access import Right
from core.errors import AppError
from core.messages import numbers
from core.messages.numbers import FASTEST, Number
from pages.ui import acting, frame, session
from pages.ui.places import here
from pages.ui.plain import many, plain

EDITED = "numbers.edited"
NEW = 0


def show() -> None:
    """A line for each number, retired ones last."""
    may = session.actor().may(Right.SETTINGS_EDIT)
    with session.store().read() as reader:
        found = numbers.listed(reader)
    usual = session.in_force().sender_number
    st.subheader("Numbers", anchor=False)
    st.text("Answers go out from the number that the contact wrote to; all else from the sender number above.")
    if may:
        st.button("New number", icon=":material/add:", key="numbers.new", on_click=_open, args=(NEW,))
    if not found:
        st.text("No number yet.")
    for number in found:
        with st.container(horizontal=True, vertical_alignment="center", key=f"numbers.line.{number.id}"):
            with st.container(width="stretch", gap=None):
                mark = " (retired)" if number.is_retired else " (sender number)" if number.phone == usual else ""
                st.text(here().national(number.phone) + mark)
                pace = f"{many(number.segments_per_second, 'segment')} a second"
                st.text(f"{number.label}. {pace}." if number.label else f"{pace}.")
            if may and number.id:
                st.button("Change", key=f"numbers.change.{number.id}", on_click=_open, args=(number.id,))
    _dialog(found)


def _open(number_id: int) -> None:
    st.session_state[EDITED] = (number_id, secrets.token_hex(8))
    acting.close()


def _close() -> None:
    st.session_state.pop(EDITED, None)


def _dialog(found: list[Number]) -> None:
    number_id, token = st.session_state.get(EDITED, (None, ""))
    chosen = next((number for number in found if number.id and number.id == number_id), None)
    if chosen is not None:
        frame.dialog("Change number", _close, _edit)(chosen, token)
    elif number_id == NEW:
        frame.dialog("New number", _close, _new)(token)


def _new(token: str) -> None:
    phone = st.text_input("Phone", key=f"numbers.{token}.phone", max_chars=30)
    label, rate = _fields(Number(0, ""), token)
    if st.button("Add", type="primary", key="numbers.add"):
        _do(numbers.add, phone, label, rate, here().region)


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
            _do(numbers.add, number.phone, label, rate, here().region)
        return
    if st.button("Save", type="primary", key="numbers.save"):
        _do(numbers.edit, number.id, label, rate)
    if st.button("Retire", key="numbers.retire", help="Nothing more is sent from it; who wrote to it hears from the "
                 "sender number."):  # fmt: skip
        _do(numbers.retire, number.id)


def _do(verb: Any, *args: object) -> None:
    try:
        session.store().write(session.actor(), verb, *args)
    except AppError as refused:
        st.error(plain(str(refused)))
        return
    frame.did_last()
    _close()
    st.rerun()
