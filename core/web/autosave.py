"""Notes and drafts come in by a way of their own: a page that is being closed can still send, and typing draws
nothing anew."""

import json
from typing import Any, TypeGuard

from core import notes
from core.access import Actor
from core.database import Store
from core.errors import AppError, Invalid, Unavailable
from core.messages import drafts

PATH = "/notes/{contact:int}"
DRAFTS = "/drafts/{contact:int}"
MOST_BYTES = 4 * notes.LONGEST + 10_000

Answer = tuple[int, dict[str, Any]]
"""The status and what to say."""


def save(store: Store, actor: Actor, contact_id: int, body: bytes) -> Answer:
    """Keep the text that a page sends: `{"text": …, "base": the version it was written on}`.

    Answers `version` (negative: somebody else has written meanwhile, it stands beside the note) and `saved_at` (UTC
    epoch seconds), or what `refused` does.
    """
    try:
        text, base = _read(body)
        saved = store.write(actor, notes.save, contact_id, text, base)
    except AppError as error:
        return refused(error)
    return 200, {"version": saved.version, "saved_at": saved.saved_at}


def draft(store: Store, actor: Actor, contact_id: int, body: bytes) -> Answer:
    """Keep what somebody is writing to a contact: `{"text": …, "template": the id it began with, or null}`.

    Answers nothing but 200, or what `refused` does.
    """
    try:
        sent = _object(body)
        text, template_id = sent.get("text"), sent.get("template")
        if not isinstance(text, str) or not (template_id is None or _is_id(template_id)):
            raise Invalid("This is no draft that can be saved.")
        store.write(actor, drafts.save, contact_id, text, template_id)
    except AppError as error:
        return refused(error)
    return 200, {}


def refused(error: AppError) -> Answer:
    """`refused`, a sentence; with `is_lost` the page may send the same again by itself."""
    if isinstance(error, Unavailable):
        return 503, {"refused": str(error), "is_lost": True}
    return 422, {"refused": str(error)}


def _read(body: bytes) -> tuple[str, int]:
    sent = _object(body)
    text, base = sent.get("text"), sent.get("base")
    if not isinstance(text, str) or not _is_id(base):
        raise Invalid("This is no note that can be saved.")
    return text, base


def _object(body: bytes) -> dict[str, Any]:
    try:
        sent = json.loads(body) if len(body) <= MOST_BYTES else None
    except ValueError:
        sent = None
    return sent if isinstance(sent, dict) else {}


def _is_id(value: object) -> TypeGuard[int]:
    return type(value) is int and abs(value) < 1 << 53
