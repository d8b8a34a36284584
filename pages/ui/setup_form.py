"""Region, time zone, currency, sender number, hours, daily limit and answer to HELP of this installation."""

from zoneinfo import available_timezones

import phonenumbers
import streamlit as st

from core import settings, setup
from core.access import Right
from core.errors import AppError
from pages.ui import frame, session
from pages.ui.places import SYMBOLS
from pages.ui.plain import plain

HINTS = {
    "default_region": "Phones without a country code are read as phones of this region.",
    "time_zone": "Times are shown in this zone, and read in it where they name none.",
    "currency": "All amounts are in it; changing it converts nothing.",
    "sending_hours": "At these hours of the contact's day texts go by themselves, within the hours below.",
    "help_answer": "Sent to a contact who texts HELP or INFO, once a day.",
    "sender_number": "The phone that texts come from, unless the contact wrote to another one of ours.",
    "segments_per_day": "The most that all numbers send in a day, such as 2000; what is left waits for the next day. "
    "Empty: no limit.",
}


def show() -> None:
    """The fields; each that the environment gives is shown and cannot be changed here."""
    may, now = session.actor().may(Right.SETTINGS_EDIT), session.in_force()
    st.subheader("For everybody", anchor=False)
    if not may:
        st.text("Only an administrator may change these.")
    typed = {}
    with st.form("settings.form", border=False):
        for name in setup.LABELS:
            typed[name] = _field(name, getattr(now, name), may)
        saved = st.form_submit_button("Save", type="primary", key="settings.save", disabled=not may)
    if saved:
        _save({name: value for name, value in typed.items() if name not in settings.given()})


def _field(name: str, value: str, may: bool) -> str:
    label, key, fixed = setup.LABELS[name], f"settings.{name}", name in settings.given()
    hint = f"Set by {settings.PREFIX}{name.upper()} in the environment." if fixed else HINTS[name]
    options = _options(name)
    if name == "help_answer":
        limit = settings.LONGEST_ANSWER
        return st.text_area(label, value, key=key, help=hint, disabled=fixed or not may, max_chars=limit, height=100)
    if not options:
        return st.text_input(label, value, key=key, help=hint, disabled=fixed or not may, max_chars=30)
    listed = options if value in options else [value, *options]
    words = _region if name == "default_region" else str
    chosen = st.selectbox(label, listed, listed.index(value), format_func=words, key=key, help=hint,
                          disabled=fixed or not may, accept_new_options=name == "currency")  # fmt: skip
    return str(chosen)


def _options(name: str) -> list[str]:
    if name == "default_region":
        return sorted(phonenumbers.SUPPORTED_REGIONS)
    if name == "time_zone":
        return [*sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")), "UTC"]
    return list(SYMBOLS) if name == "currency" else []


def _region(code: str) -> str:
    return f"{code} (+{phonenumbers.country_code_for_region(code)})"


def _save(values: dict[str, str]) -> None:
    try:
        event_id = session.store().write(session.actor(), setup.choose, values)
    except AppError as refused:
        st.error(plain(str(refused)))
        return
    if event_id is None:
        frame.tell("Nothing changed: these are the settings already.")
    else:
        frame.did(event_id)
    st.rerun()
