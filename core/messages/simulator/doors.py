"""The languages the simulator is spoken to in: its own, in JSON, and Twilio's, each with its proof of who speaks."""

import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl, urlencode

from twilio.request_validator import SIGNATURE_HEADER, RequestValidator

from core.messages import signature
from core.messages.simulator.ledger import Taken
from core.messages.simulator.post import Letter

ACCOUNT = f"AC{0:032}"
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages"
REPORT, RECEIVE = "/hooks/status", "/hooks/inbound"


class Asked(NamedTuple):
    """A request: its path with what stands behind the question mark, its headers in small letters, its body."""

    path: str
    headers: Mapping[str, str]
    body: bytes = b""


class Door(Protocol):
    """How one language says what the simulator understands and answers."""

    def may(self, asked: Asked) -> bool:
        """Whether whoever asks knows the secret."""

    def text(self, asked: Asked) -> dict[str, Any]:
        """The text to be taken: `to`, `sender`, `body`, and where reports about it go."""

    def about(self, query: Mapping[str, str]) -> tuple[str, int]:
        """The phone whose texts are asked for, and since when (UTC epoch seconds)."""

    def taken(self, taken: Taken) -> dict[str, Any]:
        """That it was taken."""

    def listed(self, found: list[Taken]) -> dict[str, Any]:
        """The texts that were asked for."""

    def refused(self, code: str, reason: str) -> dict[str, Any]:
        """That it was not."""

    def report(self, text: Mapping[str, Any], taken: Taken, told: tuple[str, str]) -> Letter | None:
        """What became of it, as status and code; None: nobody is told."""


class Own:
    """Our own language; reports go to the application at `hooks`, blank: to nobody."""

    def __init__(self, key: bytes, hooks: str) -> None:
        self.key = key
        self.hooks = hooks

    def may(self, asked: Asked) -> bool:
        return signature.is_signed(self.key, asked.headers, asked.body or asked.path.encode())

    def text(self, asked: Asked) -> dict[str, Any]:
        return dict(json.loads(asked.body))

    def about(self, query: Mapping[str, str]) -> tuple[str, int]:
        return query.get("to", ""), int(query.get("since", "0"))

    def taken(self, taken: Taken) -> dict[str, Any]:
        return {"id": taken.id}

    def listed(self, found: list[Taken]) -> dict[str, Any]:
        return {"messages": [each._asdict() for each in found]}

    def refused(self, code: str, reason: str) -> dict[str, Any]:
        return {"code": code, "reason": reason}

    def report(self, text: Mapping[str, Any], taken: Taken, told: tuple[str, str]) -> Letter | None:
        status, code = told
        said = {"key": taken.key, "id": taken.id, "status": status, "code": code}
        return self.letter(REPORT, said) if self.hooks else None

    def letter(self, path: str, said: dict[str, Any]) -> Letter:
        """Signed, to a path of the application."""
        body = json.dumps(said).encode()
        headers = {"Content-Type": "application/json", signature.HEADER: signature.sign(self.key, body)}
        return Letter(self.hooks + path, headers, body)


class Twilio:
    """Twilio's language, as far as texts need it. Source: its documentation of the resource Message."""

    def __init__(self, key: bytes) -> None:
        self.token = key.hex()[:32]
        self._validator = RequestValidator(self.token)

    def may(self, asked: Asked) -> bool:
        known = "Basic " + b64encode(f"{ACCOUNT}:{self.token}".encode()).decode()
        return hmac.compare_digest(asked.headers.get("authorization", "").encode(), known.encode())

    def text(self, asked: Asked) -> dict[str, Any]:
        told = dict(parse_qsl(asked.body.decode(), keep_blank_values=True))
        text = {"to": told.get("To"), "sender": told.get("From"), "body": told.get("Body")}
        return {**text, "reports": told.get("StatusCallback", ""), "validity": told.get("ValidityPeriod", "")}

    def about(self, query: Mapping[str, str]) -> tuple[str, int]:
        return query.get("To", ""), 0

    def taken(self, taken: Taken) -> dict[str, Any]:
        made = format_datetime(datetime.fromtimestamp(taken.at, UTC))
        told = {"sid": taken.id, "account_sid": ACCOUNT, "to": taken.to, "from": taken.sender, "body": taken.body}
        return {**told, "status": "queued", "date_created": made, "date_sent": None, "error_code": None}

    def listed(self, found: list[Taken]) -> dict[str, Any]:
        newest = [self.taken(each) for each in reversed(found)]
        return {"messages": newest, "page": 0, "page_size": 50, "next_page_uri": None}

    def refused(self, code: str, reason: str) -> dict[str, Any]:
        return {"code": int(code), "message": reason, "status": 400}

    def report(self, text: Mapping[str, Any], taken: Taken, told: tuple[str, str]) -> Letter | None:
        status, code = told
        said = {"MessageSid": taken.id, "MessageStatus": status, "To": taken.to, "From": taken.sender}
        return self.letter(text["reports"], said | ({"ErrorCode": code} if code else {})) if text["reports"] else None

    def letter(self, url: str, said: dict[str, str]) -> Letter:
        """A form, signed over the address and all that is in it."""
        said = {"AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", **said}
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
        headers[SIGNATURE_HEADER] = self._validator.compute_signature(url, said)
        return Letter(url, headers, urlencode(said).encode())
