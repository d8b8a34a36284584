"""Filters on fields of one's own: choices picked, numbers and days from and to, words as they are."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from core.conversations import ConversationFilter
from core.custom import Field
from core.custom.asked import Asked, parse
from pages.ui import address, url
from pages.ui.plain import plain


def ask(wanted: ConversationFilter, fields: Sequence[Field], moved: bool) -> None:
    """A line for each field, in the order of the card."""
    asked = [parse(text) for text in wanted.custom]
    for field in fields:
        own = [each for each in asked if each.field_id == field.id]
        if field.kind == "choice":
            _choice(field, own, moved)
        elif field.kind == "text":
            _box(field, "is", _value(own, "is"), plain(field.name), moved)
        else:
            first, last = st.columns(2)
            with first:
                _box(field, "from", _value(own, "from"), f"{plain(field.name)} from", moved)
            with last:
                _box(field, "to", _value(own, "to"), "to", moved)


def _value(own: Sequence[Asked], op: str) -> str:
    return next((each.value for each in own if each.op == op), "")


def _choice(field: Field, own: Sequence[Asked], moved: bool) -> None:
    key = f"conversations.filter.custom.{field.id}"
    chosen = [each.value for each in own if each.op == "is" and each.value in field.choices]
    if moved or key not in st.session_state:
        st.session_state[key] = chosen

    def apply() -> None:
        _put(field, "is", st.session_state[key])

    st.multiselect(
        plain(field.name), field.choices, chosen, key=key, on_change=apply, select_all=False, filter_mode="contains"
    )


def _box(field: Field, op: str, value: str, label: str, moved: bool) -> None:
    key = f"conversations.filter.custom.{field.id}.{op}"
    is_day = field.kind == "date"
    shown = (date.fromisoformat(value) if value else None) if is_day else value
    if moved or key not in st.session_state:
        st.session_state[key] = shown

    def apply() -> None:
        typed = st.session_state[key]
        _put(field, op, [str(typed).strip()] if typed else [])

    _draw(is_day, label, key, apply)


def _draw(is_day: bool, label: str, key: str, apply: Callable[[], None]) -> None:
    if is_day:
        st.date_input(label, key=key, on_change=apply, value=None)
    else:
        st.text_input(label, key=key, on_change=apply, max_chars=address.TEXT_LIMIT)


def _put(field: Field, op: str, values: Sequence[str]) -> None:
    now = url.now()
    kept = [text for text in now.wanted.custom if not text.startswith(f"{field.id}:{op}:")]
    added = [str(Asked(field.id, op, value)) for value in values if value]
    url.go(replace(now.first_page(), wanted=replace(now.wanted, custom=(*kept, *added))))
