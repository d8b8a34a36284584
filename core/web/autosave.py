"""Notes come in by a way of their own: a page that is being closed can still send, and nothing keeps it waiting."""

import json
from typing import Any

from core import notes
from core.access import Actor
from core.database import Store
from core.errors import AppError, Invalid

PATH = "/notes/{contact:int}"
MOST_BYTES = 4 * notes.LONGEST + 10_000

Answer = tuple[int, dict[str, Any]]
"""The status and what to say."""


def save(store: Store, actor: Actor, contact_id: int, body: bytes) -> Answer:
    """Keep the text that a page sends: `{"text": …, "base": the version it was written on}`.

    Answers `version` (negative: somebody else has written meanwhile, it stands beside the note) and `saved_at` (UTC
    epoch seconds), or `refused`, a sentence.
    """
    try:
        text, base = _read(body)
        saved = store.write(actor, notes.save, contact_id, text, base)
    except AppError as refused:
        return 422, {"refused": str(refused)}
    return 200, {"version": saved.version, "saved_at": saved.saved_at}


def _read(body: bytes) -> tuple[str, int]:
    try:
        sent = json.loads(body) if len(body) <= MOST_BYTES else None
    except ValueError:
        sent = None
    text, base = (sent.get("text"), sent.get("base")) if isinstance(sent, dict) else (None, None)
    if not isinstance(text, str) or type(base) is not int or abs(base) >= 1 << 53:
        raise Invalid("This is no note that can be saved.")
    return text, base
