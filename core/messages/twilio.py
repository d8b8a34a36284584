"""Twilio as a provider: what a sender says to it, what its answers mean, and the pictures it keeps for us.

Its call that creates a message knows no key of ours, so nothing is ever sent again while an answer is unclear; the key
travels in the address that it reports to.
"""

import threading
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.exceptions import ConnectTimeout, RequestException
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from core import clock
from core.errors import Invalid, Unavailable
from core.messages.media import LARGEST
from core.messages.provider import Answer, Held, Outgoing, Unreachable
from core.settings import Settings

API = "https://api.twilio.com"
STATUS = "/hooks/twilio/status"
INBOUND = "/hooks/twilio/inbound"

TIMEOUT = 10.0
"""Seconds; less than a sender's lease."""

LONGEST_VALIDITY = 36_000
"""Seconds a text may wait at Twilio, at most. Source: its parameter validity_period."""

LISTED = 50
"""Texts of one phone that are looked at; a phone gets far fewer while one is in doubt."""

TRIAL = "Sent from your Twilio trial account - "
"""What a trial account puts in front of each text."""

OF_ACCOUNT = frozenset({20003, 20005, 20404})
"""Refusals that are about the account, not the text. Source: Twilio's list of errors."""

ACCOUNT_SECONDS, ABSENT_SECONDS = 300, 5
"""How long it is left alone when it refuses the account, and when it cannot be reached."""

NO_NUMBER = "There is no number to send from. Choose one in the settings."
UNSURE = (408, 409)
_NO_CONNECTION = ("NewConnectionError", "NameResolutionError")
"""What the library below names a connection that never came about."""

MOST_REDIRECTS = 3
MEDIA_DOMAINS = (".twilio.com", ".twiliocdn.com")


class _Http(TwilioHttpClient):  # type: ignore[misc] # it ships no types
    """The SDK's way to ask, at another address in tests; keeps how long a thread was told to wait."""

    def __init__(self, api: str, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self._api = api
        self.told = threading.local()

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        response = super().request(method, url.replace(API, self._api, 1), *args, **kwargs)
        asked = str((response.headers or {}).get("Retry-After", ""))
        self.told.wait = int(asked) if asked.isdecimal() else 1
        return response


class Twilio:
    """An account of Twilio's, as the settings name it."""

    def __init__(self, settings: Settings, timeout: float = TIMEOUT) -> None:
        self._http = _Http(settings.twilio_api or API, timeout)
        self._client = Client(settings.twilio_account_sid, settings.twilio_auth_token, http_client=self._http)
        self._reports = settings.twilio_public_url.rstrip("/") + STATUS

    def is_ready(self) -> bool:
        """It is configured."""
        return True

    def send(self, text: Outgoing) -> Answer:
        """Only a connection that never came about, and a clear refusal, say that it does not have the text."""
        if not text.sender:
            return Answer("later", reason=NO_NUMBER, wait=ACCOUNT_SECONDS)
        told: dict[str, Any] = {"to": text.to, "from_": text.sender, "body": text.body}
        if text.until is not None:
            told["validity_period"] = max(1, min(text.until - clock.now(), LONGEST_VALIDITY))
        try:
            made = self._client.messages.create(**told, status_callback=f"{self._reports}?key={text.key}")
        except TwilioException as error:
            return self._refusal(error)
        except RequestException as error:
            return Answer("later", wait=ABSENT_SECONDS) if _never_connected(error) else Answer("unclear")
        except (ValueError, TypeError, AttributeError, KeyError):  # an answer that is none
            return Answer("unclear")
        return Answer("accepted", made.sid) if made.sid else Answer("unclear")

    def find(self, to: str, since: int) -> list[Held]:
        """What its list of messages says; it does not tell our key."""
        try:
            listed = self._client.messages.list(to=to, limit=LISTED)
        except (TwilioException, RequestException, ValueError, TypeError, AttributeError, KeyError) as error:
            raise Unreachable("Twilio does not say which texts it has.") from error
        return [
            Held(each.sid, (each.body or "").removeprefix(TRIAL))
            for each in listed
            if each.sid and each.date_created and each.date_created.timestamp() >= since
        ]

    def _refusal(self, error: TwilioException) -> Answer:
        status, code = getattr(error, "status", 0), getattr(error, "code", None)
        words = str(getattr(error, "msg", "") or getattr(error, "title", "")).removeprefix("Unable to create record: ")
        if status == 429:
            return Answer("later", wait=self._http.told.wait)
        if status == 401 or code in OF_ACCOUNT:
            return Answer("later", reason=f"Twilio refuses the account: {words}", wait=ACCOUNT_SECONDS)
        if 400 <= status < 500 and status not in UNSURE:
            return Answer("refused", code=str(code or status), reason=words)
        return Answer("unclear")


def fetch(settings: Settings, url: str) -> bytes:
    """A file of a picture message, from Twilio alone, and no more of it than may be kept.

    Raises: Invalid when it lies elsewhere or is too large; Unavailable when it does not come.
    """
    api = settings.twilio_api or API
    secret = (settings.twilio_account_sid, settings.twilio_auth_token)
    for _ in range(MOST_REDIRECTS):
        is_api = url.startswith(f"{api}/")
        if not is_api and not _is_of_twilio(url):
            raise Invalid("The picture does not lie at Twilio's.")
        try:
            found = requests.get(
                url, auth=secret if is_api else None, timeout=TIMEOUT, stream=True, allow_redirects=False
            )
            with found:
                if not found.is_redirect:
                    return _read(found)
                url = urljoin(url, found.headers["Location"])
        except RequestException as error:
            raise Unavailable("The picture does not come.") from error
    raise Invalid("The picture is passed on too often.")


def _read(found: requests.Response) -> bytes:
    if found.status_code != 200:
        raise Unavailable(f"The picture does not come: {found.status_code}.")
    data = bytearray()
    for part in found.iter_content(65_536):
        data += part
        if len(data) > LARGEST:
            raise Invalid("The picture is too large.")
    return bytes(data)


def _is_of_twilio(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and parts.port in (None, 443) and (parts.hostname or "").endswith(MEDIA_DOMAINS)


def _never_connected(error: RequestException) -> bool:
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, ConnectTimeout) or type(cause).__name__ in _NO_CONNECTION
