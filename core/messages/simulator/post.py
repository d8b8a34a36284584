"""What the simulator tells the application: reports and answers, each after a while, and again when nobody listened."""

import heapq
import http.client
import itertools
import threading
import time
from typing import NamedTuple
from urllib.parse import urlsplit

TRIES = 6
TIMEOUT = 10.0


class Letter(NamedTuple):
    """A signed request to the application."""

    url: str
    headers: dict[str, str]
    body: bytes


class Post:
    """A thread that carries letters to the application."""

    def __init__(self) -> None:
        # When it goes, a number that orders those of one moment, and how often it was tried.
        self._letters: list[tuple[float, int, Letter, int]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._is_closed = False
        self._thread = threading.Thread(target=self._carry, name="simulator post", daemon=True)
        self._thread.start()

    def send(self, letter: Letter, after: float, tried: int = 0) -> None:
        """Carry this in `after` seconds."""
        with self._changed:
            heapq.heappush(self._letters, (time.monotonic() + after, next(self._numbers), letter, tried))
            self._changed.notify()

    def close(self) -> None:
        """Carry nothing more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self._thread.join(TIMEOUT)

    def _next(self) -> tuple[Letter, int] | None:
        with self._changed:
            while not self._is_closed:
                wait = self._letters[0][0] - time.monotonic() if self._letters else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._letters)[2:]
                self._changed.wait(wait)
        return None

    def _carry(self) -> None:
        while (found := self._next()) is not None:
            letter, tried = found
            if not _is_delivered(letter) and tried < TRIES:
                self.send(letter, 2.0**tried, tried + 1)


def _is_delivered(letter: Letter) -> bool:
    parts = urlsplit(letter.url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT)
    try:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request("POST", target, letter.body, letter.headers)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
