"""The messages of one conversation, by day."""

from datetime import datetime
from typing import Any

import streamlit as st

from core import clock
from core.conversations import query
from core.conversations.thread import PAGE, Conversation, messages, reach
from pages.ui import components, session
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


def show(shown: Conversation, search: str) -> None:
    """The messages, newest below. `search`: its words are marked."""
    key = f"conversations.thread.pages.{shown.id}"
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
    }
    components.mount("thread", "conversations.thread", data, on_earlier_change=earlier)


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
