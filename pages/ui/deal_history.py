"""The stages a contact's deals were in, each with the time it took."""

from itertools import groupby

import streamlit as st

from core import clock, deals
from core.deals import Stay
from pages.ui import session
from pages.ui.places import Here, here
from pages.ui.plain import many

DAY, HOUR = 86_400, 3_600


def show(contact_id: int) -> None:
    """Deal by deal, the newest one first; nothing where there is none."""
    with session.store().read() as reader:
        found = deals.stays(reader, contact_id)
    if not found:
        return
    with st.expander("History", key="deal.history"):
        for _, stays in groupby(found, key=lambda stay: stay.deal_id):
            listed = list(stays)
            st.text("\n".join([listed[0].pipeline, *(f"  {line(stay, here())}" for stay in listed)]))


def line(stay: Stay, at: Here) -> str:
    """Such as “Quoted: 3 days, from 2 May 2020, $1,250, by Ann”."""
    length, day = span(stay.seconds(clock.now())), at.local(stay.entered_at).strftime("%-d %b %Y")
    is_closed = stay.left_at is None and stay.kind != "open"
    lasted = f"on {day}" if is_closed else f"{length}, {'since' if stay.left_at is None else 'from'} {day}"
    parts = [f"{stay.stage}: {lasted}", at.money(stay.amount_cents)]
    return ", ".join(part for part in (*parts, f"by {stay.user}" if stay.user else "") if part)


def span(seconds: int) -> str:
    """Such as “3 days”, “5 hours” or “less than an hour”."""
    if seconds >= DAY:
        return many(seconds // DAY, "day")
    return many(seconds // HOUR, "hour") if seconds >= HOUR else "less than an hour"
