"""What the provider tells over the network: texts that came in, and what became of those that went out.

The guard has checked the signature before; here the words are checked. Both are JSON objects:
inbound `id`, `from`, `to`, `body`, `media` (a list of objects with `data`, in base64); status `key`, `id`, `status`,
`code`.
"""

import binascii
import json
from base64 import b64decode
from pathlib import Path
from typing import Any

from core import people, setup
from core.database import Store
from core.errors import Conflict, Invalid, NotFound, Unavailable
from core.messages import Incoming, Media, Report, accept, report
from core.settings import Settings

INBOUND = "/hooks/inbound"
STATUS = "/hooks/status"
MOST_FILES = 10

Answer = tuple[int, dict[str, Any]]
"""A status of HTTP, and what is said with it."""

_REFUSALS = ((Invalid, 400), (NotFound, 404), (Conflict, 409), (Unavailable, 503))


def inbound(store: Store, settings: Settings, body: bytes) -> Answer:
    """A text came in. 200 means that it is kept, now or since before; 400 that it never will be."""

    def kept() -> dict[str, Any]:
        said = _object(body)
        listed = said.get("media", [])
        if not isinstance(listed, list) or len(listed) > MOST_FILES:
            raise Invalid(f"“media” must be a list of at most {MOST_FILES} files.")
        media = tuple(_media(each) for each in listed)
        text = Incoming(_text(said, "id"), _text(said, "from"), _text(said, "body"), media, _text(said, "to"))
        with store.read() as reader:
            region = setup.load(reader, settings).default_region
        message_id = accept(store, Path(settings.data_dir), region, text)
        return {"message": message_id, "is_new": message_id is not None}

    return _answered(kept)


def status(store: Store, body: bytes) -> Answer:
    """A report about a text. 200 means that it is known, now or since before."""

    def told() -> dict[str, Any]:
        said = _object(body)
        key = _text(said, "key")
        if not key.isascii() or not key.isdecimal() or len(key) > 18:
            raise NotFound("There is no such text.")
        found = Report(int(key), _text(said, "id"), _text(said, "status"), _text(said, "code"))
        return {"is_new": store.write(people.SYSTEM, report, found)}

    return _answered(told)


def _answered(act: Any) -> Answer:
    try:
        return 200, act()
    except tuple(kind for kind, _ in _REFUSALS) as refused:
        code = next(code for kind, code in _REFUSALS if isinstance(refused, kind))
        return code, {"error": str(refused)}


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Invalid("The body must be a JSON object.")
    return said


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name, "")
    if not isinstance(value, str):
        raise Invalid(f"“{name}” must be a text.")
    return value


def _media(said: Any) -> Media:
    try:
        return Media(b64decode(said["data"], validate=True))
    except (TypeError, KeyError, binascii.Error, ValueError) as error:
        raise Invalid("Each of “media” must be an object whose “data” is base64.") from error
