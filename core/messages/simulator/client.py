"""The simulator as a provider: what a sender says to it, and what its answers mean."""

import http.client
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from core.messages import signature
from core.messages.provider import Answer, Held, Outgoing, Unreachable
from core.messages.simulator.server import ADDRESS, FOLDER

TIMEOUT = 10.0
"""Seconds; less than a sender's lease."""

ABSENT_SECONDS = 5
"""How long a simulator that is not there is left alone."""


class Client:
    """Talks to the simulator that serves this data folder."""

    def __init__(self, folder: Path, timeout: float = TIMEOUT) -> None:
        self._folder = folder
        self._timeout = timeout
        self._file = folder / FOLDER / ADDRESS

    def is_ready(self) -> bool:
        """A simulator was started here."""
        return self._file.exists()

    def send(self, text: Outgoing) -> Answer:
        """Only a connection that never came about, and a clear refusal, say that it does not have the text."""
        try:
            connection = self._connected()
        except OSError:
            return Answer("later", wait=ABSENT_SECONDS)
        try:
            status, said, headers = self._asked(connection, "POST", "/messages", json.dumps(asdict(text)).encode())
        except (OSError, http.client.HTTPException, ValueError):
            return Answer("unclear")
        finally:
            connection.close()
        if status == 201 and said.get("id"):
            return Answer("accepted", str(said["id"]))
        if status == 429:
            return Answer("later", wait=int(headers.get("Retry-After", "1")))
        if 400 <= status < 500:
            return Answer("refused", code=str(said.get("code", status)), reason=str(said.get("reason", "")))
        return Answer("unclear")

    def find(self, to: str, since: int) -> list[Held]:
        """What its ledger says."""
        path = f"/messages?{urlencode({'to': to, 'since': since})}"
        try:
            connection = self._connected()
            status, said, _ = self._asked(connection, "GET", path)
            connection.close()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unreachable("The simulator does not answer.") from error
        if status != 200:
            raise Unreachable(f"The simulator answers {status}.")
        return [Held(each["id"], each["body"], each["key"]) for each in said["messages"]]

    def _connected(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(self._file.read_text(), timeout=self._timeout)
        connection.connect()
        return connection

    def _asked(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: bytes = b""
    ) -> tuple[int, dict[str, Any], http.client.HTTPMessage]:
        key = signature.secret(self._folder)
        headers = {"Content-Type": "application/json", signature.HEADER: signature.sign(key, body or path.encode())}
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read()), answer.headers
