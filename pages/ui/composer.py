"""Where a text is written: it is kept while it is typed, and goes into the outbox with a press."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import streamlit as st

from core import clock, hours, messages, sms, templates
from core.access import Right
from core.errors import AppError, Invalid
from core.messages import Text, drafts
from core.templates import Template
from pages.ui import components, frame, session
from pages.ui.places import here

KEY = "conversations.composer"
ANSWER = "conversations.composer.answer"
GIVEN = "conversations.composer.given"
MORNING = 9
_numbers = itertools.count(1)


def show(contact_id: int, name: str) -> None:
    """Below the messages. A route of its own (core/web/autosave.py) keeps what is typed: nothing is drawn anew."""
    actor = session.actor()
    with session.store().read() as reader:
        found = templates.find(reader, actor.id)
        data = {
            "contact": contact_id,
            "name": name,
            "body": drafts.get(reader, actor.id, contact_id)._asdict(),
            "refusal": messages.refusal(reader, contact_id)
            if actor.may(Right.MESSAGE_SEND)
            else "You may not send texts.",
            "warnings": [*messages.warnings(reader, contact_id), *hours.warnings(reader, contact_id, clock.now())],
            "asked": messages.ASKED,
            "values": templates.values(reader, actor, contact_id),
        }
    data |= {
        "templates": [_template(each) for each in found],
        "shortcuts": _shortcuts(found),
        "longest": sms.LONGEST,
        "answer": st.session_state.get(ANSWER),
        "given": st.session_state.get(GIVEN),
        "picks": _picks(),
        "zone": here().zone.key,
    }
    components.mount("composer", KEY, data, on_send_change=_send, on_out_change=_out)


def give_back(contact_id: int, body: str) -> None:
    """A text that was taken back stands in the field again. For callbacks."""
    st.session_state[GIVEN] = {"n": next(_numbers), "contact": contact_id, "body": body}


def _template(each: Template) -> dict[str, Any]:
    return {
        "id": each.id, "title": each.title, "shortcut": each.shortcut, "body": each.body, "folder": each.folder,
        "isOwn": each.user_id is not None,
    }  # fmt: skip


def _shortcuts(found: list[Template]) -> dict[str, list[int]]:
    """A typed word -> the templates it may stand for."""
    return {word: [each.id for each in what.choices] for word, what in templates.by_shortcut(found).items()}


def _picks() -> list[dict[str, str]]:
    """Times that are often meant."""
    now = here().local(clock.now())
    tomorrow = (now + timedelta(days=1)).replace(hour=MORNING, minute=0)
    monday = (now + timedelta(days=7 - now.weekday())).replace(hour=MORNING, minute=0)
    hour = now + timedelta(hours=1)
    named = (("In an hour", hour), ("Tomorrow 9:00", tomorrow), ("Monday 9:00", monday))
    return [{"words": words, "at": at.strftime("%Y-%m-%dT%H:%M")} for words, at in named]


def _told(name: str) -> dict[str, Any]:
    told = getattr(st.session_state[KEY], name)
    return told if isinstance(told, dict) else {}


def _send() -> None:
    """Put the text into the outbox; the field is told whether it is there. A callback."""
    told = _told("send")
    press = str(told.get("press", ""))[:80]
    try:
        if not isinstance(told.get("contact"), int) or not press:
            raise Invalid("This text could not be read. Write it anew.")
        template_id = _id(told.get("template"))
        origin = "template" if template_id else "manual"
        text = Text(told["contact"], str(told.get("body", "")), _due(told.get("at")), origin, template_id)
        session.store().write(session.actor(), messages.send, text, f"send {press}")
    except AppError as refused:
        st.session_state[ANSWER] = {"press": press, "error": str(refused)}
        return
    st.session_state[ANSWER] = {"press": press, "error": ""}


def _out() -> None:
    """Write an opt-out down. A callback."""
    told = _told("out")
    if isinstance(told.get("contact"), int):
        try:
            session.store().write(session.actor(), messages.record_opt_out, told["contact"], "as their text asks")
        except AppError as refused:
            frame.tell(str(refused))


def _due(at: object) -> int | None:
    if not at:
        return None
    try:
        local = datetime.fromisoformat(str(at)).replace(tzinfo=here().zone)
        return int(local.timestamp())
    except (ValueError, OverflowError) as error:
        raise Invalid("This is no time. Choose a day and a time to come.") from error


def _id(value: object) -> int | None:
    return value if isinstance(value, int) and value > 0 else None
