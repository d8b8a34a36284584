"""One conversation to read: its messages by day, and the facts about the contact beside them."""

from datetime import date, datetime
from typing import Any

import streamlit as st

from core import clock
from core.conversations import query
from core.conversations.thread import PAGE, Conversation, Deal, messages, reach
from pages.ui import colours, components, session
from pages.ui.places import Here, here
from pages.ui.rows import marked

AROUND = 10
"""So many messages stand before the one that was searched for."""

STATUS = {
    "delivered": ("✓✓ delivered", "done"),
    "sent": ("✓ sent", "done"),
    "queued": ("waiting", "open"),
    "undelivered": ("not delivered", "failed"),
    "failed": ("failed", "failed"),
    "blocked_opt_out": ("blocked: opted out", "failed"),
}


def title(shown: Conversation) -> str:
    """The name, or the phone as it is written here."""
    return shown.name if shown.name != shown.phone else here().national(shown.phone)


def thread(shown: Conversation, search: str) -> None:
    """The messages, newest below, and the facts. `search`: its words are marked."""
    key = f"conversations.reader.pages.{shown.id}"
    asked = query.parse(search)
    with session.store().read() as reader:
        first = max(PAGE, reach(reader, shown.id, asked) + AROUND)
        rows = messages(reader, shown.id, limit=first + PAGE * st.session_state.get(key, 0))

    def earlier() -> None:
        st.session_state[key] = st.session_state.get(key, 0) + 1

    left = shown.message_count - len(rows)
    data = {
        "contact": shown.id,
        "messages": [_message(row, asked, here()) for row in rows.to_dict("records")],
        "earlier": f"Show earlier messages ({left:,} more)" if left > 0 else "",
        "sections": sections(shown, here()),
        "palette": [color for _, color in colours.PALETTE],
    }
    components.mount("reader", "conversations.reader", data, on_earlier_change=earlier)


def _message(row: dict[str, Any], asked: query.Query, at: Here) -> dict[str, Any]:
    local = at.local(int(row["sent_at"]))
    words, state = STATUS.get(row["status"], (row["status"], "open")) if row["direction"] == "out" else ("", "")
    return {
        "side": row["direction"],
        "body": marked(row["body"], asked, None),
        "day": day(local, at),
        "time": local.strftime("%H:%M"),
        "exact": local.strftime("%A, %-d %B %Y, %H:%M:%S %Z"),
        "by": _by(row),
        "status": words,
        "state": state,
    }


def _by(row: dict[str, Any]) -> str:
    if row["direction"] == "in":
        return ""
    origin = {"workflow": "workflow", "template": "template", "bulk": "bulk message"}.get(row["origin"], "")
    return " · ".join(part for part in (row["sender"] if isinstance(row["sender"], str) else "", origin) if part)


def day(local: datetime, at: Here) -> str:
    """Today, yesterday, or the date; the year only when it is another one."""
    today = at.local(clock.now()).date()
    ago = (today - local.date()).days
    if ago in (0, 1):
        return "Today" if ago == 0 else "Yesterday"
    return local.strftime("%A, %-d %B" if local.year == today.year else "%A, %-d %B %Y")


def sections(shown: Conversation, at: Here) -> list[dict[str, Any]]:
    """The facts, in the order of reading; a blank value is shown as not given."""
    phone = at.national(shown.phone) + ("" if shown.is_phone_valid else " (unverified)")
    place = ", ".join(part for part in (shown.city, shown.state) if part)
    contact = [
        ("Name", f"{shown.first_name} {shown.last_name}".strip()),
        ("Phone", phone),
        ("E-mail", shown.email),
        ("Date of birth", birth(shown.date_of_birth, at.local(clock.now()).date())),
        ("Zip code", shown.zip_code),
        ("Place", place),
        ("Time zone", shown.time_zone or ""),
    ]
    listed = [
        ("Owner", shown.owner or "nobody"),
        ("Source", shown.source),
        ("State", _state(shown)),
        ("Active", at.local(shown.active_at).strftime("%-d %b %Y, %H:%M") if shown.active_at else ""),
        ("Messages", f"{shown.message_count:,}"),
        ("In workflows", f"{shown.enrollment_count:,}" if shown.enrollment_count else "none"),
    ]
    tags = {"title": "Tags", "tags": [[name, color] for name, color, _ in shown.tags]}
    found: list[dict[str, Any]] = [
        {"title": "Contact", "rows": contact},
        tags if shown.tags else {"title": "Tags", "none": "No tags."},
        *[{"title": "Deal", "rows": _deal(each, at)} for each in shown.deals],
        {"title": "Conversation", "rows": listed},
    ]
    if not shown.deals:
        found.insert(2, {"title": "Deal", "none": "No deal."})
    if shown.note:
        found.append({"title": "Note", "rows": [("", shown.note)]})
    return found


def _state(shown: Conversation) -> str:
    marks = (("archived", shown.is_archived), ("hot lead", shown.is_hot), ("opted out", shown.is_opted_out))
    said = [word for word, on in marks if on]
    if shown.unread_count:
        said.append(f"{shown.unread_count:,} unread")
    return ", ".join(said) or "open"


def _deal(deal: Deal, at: Here) -> list[tuple[str, str]]:
    rows = [
        ("Pipeline", deal.pipeline),
        ("Stage", deal.stage),
        ("Amount", at.money(deal.amount_cents) or "no quote"),
        ("Owner", deal.owner or "nobody"),
    ]
    closed = [("Closed", at.local(deal.closed_at).strftime("%-d %b %Y"))] if deal.closed_at else []
    return rows + closed + ([("Account", deal.account)] if deal.account else [])


def birth(iso: str | None, today: date) -> str:
    """The day of birth with the age; what is no date is shown as it stands."""
    if not iso:
        return ""
    try:
        born = date.fromisoformat(iso)
    except ValueError:
        return iso
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return f"{born.strftime('%-d %b %Y')} (age {age})"
