"""Which other contact the same person uses, and a new contact made by hand."""

import secrets
from dataclasses import replace
from typing import Any

import streamlit as st

from core import contacts, conversations
from core.contacts import FIELDS
from core.conversations import ConversationFilter, Slice
from core.errors import AppError
from pages.ui import acting, address, asking, frame, session, url
from pages.ui.acting import Asked
from pages.ui.places import here
from pages.ui.plain import plain

FOUND = 8
GIVEN = ("first_name", "last_name", "email", "zip_code")


def link(asked: Asked) -> None:
    """Search, choose one, link."""
    asking.whom(asked)
    search = st.text_input(
        "Name, phone or e-mail of the other contact", key="ask.person.search", live="300ms",
        max_chars=address.TEXT_LIMIT,
    )  # fmt: skip
    own = asked.target.conversation or 0
    found = _found(search.strip(), own) if search.strip() else {}
    chosen = None
    if found:
        chosen = st.radio("Contact", list(found), None, format_func=found.__getitem__, key="ask.person.chosen")
    elif search.strip():
        st.text("No other contact matches. If there is none yet, make it with New contact, then link it.")
    if asking.answered("Link", is_ready=chosen is not None) and chosen is not None:
        try:
            event_id = session.store().write(session.actor(), contacts.link, own, chosen)
        except AppError as refused:
            st.error(plain(str(refused)))
            return
        frame.did(event_id)
        acting.close()
        st.rerun()


def _found(search: str, own: int) -> dict[int, str]:
    wanted = ConversationFilter(search=search, include_archived=True)
    with session.store().read() as reader:
        rows = conversations.find(reader, wanted, slice_=Slice(limit=FOUND + 1)).rows
    found = {int(row["id"]): _called(row) for row in rows.to_dict("records") if int(row["id"]) != own}
    return dict(list(found.items())[:FOUND])


def _called(row: dict[str, Any]) -> str:
    name, phone = f"{row['first_name']} {row['last_name']}".strip(), here().national(row["phone"])
    return plain(f"{name}, {phone}" if name else phone)


def new_button() -> None:
    """The way to a new contact."""
    st.button("New contact", icon=":material/person_add:", key="conversations.new", on_click=_ask)


def _ask() -> None:
    acting.look_at(Asked("new", acting.TICKED, secrets.token_hex(16)))


def new(_asked: Asked) -> None:
    """The phone, and what else is known already; a phone that is known opens its contact."""
    number = st.text_input("Phone", key="ask.new.phone", max_chars=60, placeholder="(734) 555-0132")
    given = {name: st.text_input(FIELDS[name], key=f"ask.new.{name}", max_chars=200) for name in GIVEN}
    if not asking.answered("Save", is_ready=True):
        return
    chosen = session.in_force()
    try:
        added = session.store().write(session.actor(), contacts.add, number, here().region, given, chosen.date_order)
    except AppError as refused:
        st.error(plain(str(refused)))
        return
    acting.close()
    if added.event_id is None:
        frame.tell("There is a contact with this phone already; here it is.")
    else:
        frame.did(added.event_id)
    url.go(replace(url.now(), opened=added.contact_id))
    st.rerun()
