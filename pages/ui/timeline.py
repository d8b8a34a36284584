"""What stands in a thread, in the order of time: messages with their pictures, and the events between them."""

from datetime import datetime
from typing import Any

import pandas as pd

from core import calls, clock, history, messages, workflows
from core.access import Actor
from core.calls import Call
from core.conversations import query
from core.history import Entry
from core.messages import media
from core.messages.media import Attached
from core.words import straight
from core.workflows import Ending
from pages.ui.places import Here
from pages.ui.rows import marked

STATUS = {
    "delivered": ("✓✓ delivered", "done"),
    "sent": ("✓ sent", "done"),
    "sending": ("sending …", "open"),
    "waiting": ("waiting: the provider is busy", "open"),
    "unknown": ("asking whether it was sent …", "open"),
    "queued": ("waiting", "open"),
    "cancelled": ("taken back", "open"),
    "undelivered": ("not delivered", "failed"),
    "failed": ("failed", "failed"),
    "unclear": ("perhaps not sent", "failed"),
    "blocked_opt_out": ("blocked: opted out", "failed"),
}
ORIGINS = {"workflow": "workflow", "template": "template", "bulk": "bulk message", "opt_out": "automatic"}
HIDDEN = ("message.", "conversation.read", "conversation.unread", "note.edit", "call.", "enrollment.move")
"""Events whose trace in the thread is the thread itself, or no news to anybody."""


ENDED = {"completed": "came to its end", "stopped": "was stopped", "failed": "could not go on"}
"""What became of a run through a workflow."""


def entries(reader: Any, contact_id: int, rows: pd.DataFrame, asked: query.Query, at: Here) -> list[Any]:
    """The messages as the component draws them."""
    files = media.of_contact(reader, contact_id)
    failed = messages.failed(reader, contact_id)
    found = []
    for row in rows.to_dict("records"):
        drawn = _message(row, asked, at)
        drawn["files"] = [_file(contact_id, each) for each in files.get(row["id"], ())]
        drawn["why"], drawn["again"] = failed.get(row["id"], ""), row["id"] in failed
        found.append((int(row["sent_at"]), drawn))
    return found


def happened(reader: Any, actor: Actor, contact_id: int, since: int, at: Here) -> list[Any]:
    """The events since then (UTC epoch seconds), as the component draws them."""
    listed = history.of_contact(reader, actor, contact_id, since, HIDDEN)
    return [(each.happened_at, _event(each, at)) for each in reversed(listed)]


def ended(reader: Any, contact_id: int, since: int, at: Here) -> list[Any]:
    """The runs through workflows that ended since then (UTC epoch seconds), as the component draws them."""
    return [(each.at, _ending(each, at)) for each in workflows.endings(reader, contact_id, since)]


def _ending(each: Ending, at: Here) -> dict[str, Any]:
    why = f": {each.why}" if each.why else ""
    return {"kind": "event", "text": straight(f"{each.workflow} {ENDED[each.state]}{why}"), **_when(each.at, at)}


def called(reader: Any, contact_id: int, since: int, at: Here) -> list[Any]:
    """The calls since then (UTC epoch seconds), as the component draws them."""
    return [(each.happened_at, _call(each, at)) for each in calls.find(reader, contact_id, since)]


def _call(each: Call, at: Here) -> dict[str, Any]:
    parts = [f"{each.user or 'Somebody'} called", calls.OUTCOMES.get(each.outcome, "")]
    parts += [calls.length(each.duration_seconds), each.note]
    said = " · ".join(part for part in parts if part)
    return {"kind": "call", "id": each.id, "isOpen": not each.outcome, "text": said, **_when(each.happened_at, at)}


def ordered(*parts: list[Any]) -> list[dict[str, Any]]:
    """All of it by time."""
    return [drawn for _, drawn in sorted((pair for part in parts for pair in part), key=lambda pair: pair[0])]


def _message(row: dict[str, Any], asked: query.Query, at: Here) -> dict[str, Any]:
    words, state = STATUS.get(row["status"], (row["status"], "open")) if row["direction"] == "out" else ("", "")
    return {
        "kind": "message",
        "id": row["id"],
        "side": row["direction"],
        "body": marked(row["body"], asked, None),
        "by": _by(row),
        "status": words,
        "state": state,
        **_when(int(row["sent_at"]), at),
    }


def _event(entry: Entry, at: Here) -> dict[str, Any]:
    return {"kind": "event", "text": entry.words, **_when(entry.happened_at, at)}


def _when(second: int, at: Here) -> dict[str, str]:
    local = at.local(second)
    exact = local.strftime("%A, %-d %B %Y, %H:%M:%S %Z")
    return {"day": day(local, at), "time": local.strftime("%H:%M"), "exact": exact}


def _by(row: dict[str, Any]) -> str:
    if row["direction"] == "in":
        return ""
    sender = row["sender"] if isinstance(row["sender"], str) else ""
    return " · ".join(part for part in (sender, ORIGINS.get(row["origin"], "")) if part)


def _file(contact_id: int, each: Attached) -> dict[str, Any]:
    size = f"{each.size / 1_000_000:.1f} MB" if each.size >= 100_000 else f"{max(1, each.size // 1000):,} kB"
    kind = each.content_type.split("/")[0] if each.content_type != media.UNKNOWN else "file"
    url = f"/pictures/{contact_id}/{each.id}"
    return {"url": url, "words": f"{kind}, {size}", "width": each.width or 0, "height": each.height or 0}


def day(local: datetime, at: Here) -> str:
    """Today, yesterday, or the date; the year only when it is another one."""
    today = at.local(clock.now()).date()
    ago = (today - local.date()).days
    if ago in (0, 1):
        return "Today" if ago == 0 else "Yesterday"
    return local.strftime("%A, %-d %B" if local.year == today.year else "%A, %-d %B %Y")
