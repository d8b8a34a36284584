"""What the simulator tells the application: reports and answers, each after a while, and again when nobody listened."""

import heapq
import http.client
import itertools
import json
import threading
import time
from typing import Any
from urllib.parse import urlsplit

from core.messages import signature

TRIES = 6
TIMEOUT = 10.0

Letter = tuple[float, int, str, dict[str, Any], int]
"""When it goes, a number that orders those of one moment, the path, what it says, and how often it was tried."""


class Post:
    """A thread that carries letters to the application at `url`, signed with `key`."""

    def __init__(self, url: str, key: bytes) -> None:
        self._address = urlsplit(url).netloc
        self._key = key
        self._letters: list[Letter] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._is_closed = False
        self._thread = threading.Thread(target=self._carry, name="simulator post", daemon=True)
        self._thread.start()

    def send(self, path: str, said: dict[str, Any], after: float, tried: int = 0) -> None:
        """Carry this in `after` seconds."""
        with self._changed:
            heapq.heappush(self._letters, (time.monotonic() + after, next(self._numbers), path, said, tried))
            self._changed.notify()

    def close(self) -> None:
        """Carry nothing more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self._thread.join(TIMEOUT)

    def _next(self) -> Letter | None:
        with self._changed:
            while not self._is_closed:
                wait = self._letters[0][0] - time.monotonic() if self._letters else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._letters)
                self._changed.wait(wait)
        return None

    def _carry(self) -> None:
        while (letter := self._next()) is not None:
            _, _, path, said, tried = letter
            if not self._is_delivered(path, said) and tried < TRIES:
                self.send(path, said, 2.0**tried, tried + 1)

    def _is_delivered(self, path: str, said: dict[str, Any]) -> bool:
        body = json.dumps(said).encode()
        headers = {"Content-Type": "application/json", signature.HEADER: signature.sign(self._key, body)}
        connection = http.client.HTTPConnection(self._address, timeout=TIMEOUT)
        try:
            connection.request("POST", path, body, headers)
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
