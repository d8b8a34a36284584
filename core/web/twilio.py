"""What Twilio tells over the network: forms, signed over the address it was given and all that is in them."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import (
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

from core import people, setup
from core.database import Store
from core.errors import AppError, Invalid, NotFound, Unavailable
from core.messages import Incoming, Media, Report, accept, report
from core.messages.twilio import fetch
from core.settings import Settings

log = logging.getLogger(__name__)

MOST_FILES = 10
NOT_FETCHED = "(A picture came that could not be fetched.)"

STATUSES = {
    "accepted": "sent", "scheduled": "sent", "queued": "sent", "sending": "sent", "sent": "sent",
    "delivered": "delivered", "read": "delivered", "undelivered": "undelivered", "failed": "failed",
    "canceled": "failed",
}  # fmt: skip
"""Twilio's words, and ours: whatever it says, it has the text. Source: its list of message status values."""


class _Form(ImmutableMultiDict[str, str]):
    """As the SDK asks for the values of a name."""

    def getall(self, name: str) -> list[str]:
        return self.getlist(name)


def check(settings: Settings) -> Callable[[Mapping[str, str], bytes], bool]:
    """Whether a request comes from Twilio: its signature holds for the public address of the settings, whatever the
    request calls its host.
    """
    validator = RequestValidator(settings.twilio_auth_token)
    origin = settings.twilio_public_url.rstrip("/")

    def is_signed(headers: Mapping[str, str], body: bytes) -> bool:
        signature = headers.get(SIGNATURE_HEADER.lower(), "")
        algorithm = get_signature_algorithm(headers.get(SIGNATURE_SETTINGS_HEADER.lower()))
        told = _form(body)
        is_usable = bool(settings.twilio_auth_token and origin and signature.isascii() and told is not None)
        return is_usable and bool(validator.validate(origin + headers[":path"], told, signature, algorithm))

    return is_signed


def status(store: Store, key: str, body: bytes) -> int:
    """A report about the text with our key; returns the status to answer with."""
    told: Mapping[str, str] = _form(body) or {}
    if not key.isascii() or not key.isdecimal() or len(key) > 18:
        return 404
    word = STATUSES.get(told.get("MessageStatus", ""))
    if word is None:
        return 204  # a status that is told of by none of our own
    found = Report(int(key), told.get("MessageSid", ""), word, told.get("ErrorCode", ""))
    try:
        store.write(people.SYSTEM, report, found)
    except NotFound:
        return 404
    except Unavailable:
        return 503
    return 204


def inbound(store: Store, settings: Settings, body: bytes) -> int:
    """A text came in; returns the status to answer with. 200 means that it is kept, now or since before."""
    told: Mapping[str, str] = _form(body) or {}
    files, is_whole = _files(settings, told)
    words = told.get("Body", "")
    if not is_whole and not words.strip():
        words = NOT_FETCHED
    text = Incoming(told.get("MessageSid", ""), told.get("From", ""), words, files, told.get("To", ""))
    try:
        with store.read() as reader:
            region = setup.load(reader, settings).default_region
        accept(store, Path(settings.data_dir), region, text)
    except Unavailable:
        return 503
    except Invalid as refused:
        log.warning("A text that came in cannot be kept: %s", refused)
        return 400
    return 200


def _files(settings: Settings, told: Mapping[str, Any]) -> tuple[tuple[Media, ...], bool]:
    """The pictures that could be fetched, and whether those are all: a text is kept without its pictures too."""
    number = told.get("NumMedia", "0")
    n = min(int(number), MOST_FILES) if number.isascii() and number.isdecimal() else 0
    files = []
    for place in range(n):
        try:
            files.append(Media(fetch(settings, told.get(f"MediaUrl{place}", ""))))
        except AppError as refused:
            log.warning("A picture of a text that came in: %s", refused)
    return tuple(each for each in files if each.data), len(files) == n


def _form(body: bytes) -> _Form | None:
    """None: it is no form."""
    try:
        return _Form(parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        return None
