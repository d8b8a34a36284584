"""The field of a text with fields in it: what it costs, and how it reads for one contact, while it is typed."""

from dataclasses import dataclass, field

import streamlit as st

from core import conversations, sms, templates
from core.conversations import ConversationFilter, Slice, Sort
from pages.ui import components, reader, session


@dataclass(frozen=True)
class Shown:
    """For whom texts are shown: the contact, None where nobody is found, and what fills the fields."""

    contact_id: int | None = None
    name: str = ""
    values: dict[str, str] = field(default_factory=dict)


def whom(key: str) -> Shown:
    """Asks for a contact."""
    searched = st.text_input("Preview for", key=f"{key}.contact", placeholder="Name or phone; else who was active last")
    wanted = ConversationFilter(search=searched.strip(), include_archived=True)
    with session.store().read() as connection:
        ids = conversations.find(connection, wanted, Sort(), Slice(1)).rows["id"].tolist()
        if not ids:
            return Shown()
        values = templates.values(connection, session.actor(), ids[0])
        return Shown(ids[0], reader.title(conversations.get(connection, ids[0])), values)


def field_of(body: str, key: str, shown: Shown, label: str = "Text") -> str:
    """The text as it is typed now; it begins as `body`."""
    data = {
        "about": key,
        "label": label,
        "body": body,
        "fields": list(sms.FIELDS.items()),
        "longest": sms.LONGEST,
        "values": shown.values,
        "name": shown.name,
    }
    components.mount("wording", f"{key}.wording", data, on_body_change=lambda: None)
    typed = st.session_state[f"{key}.wording"].get("body")
    return body if typed is None else str(typed)
