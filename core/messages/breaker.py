"""When a provider is left alone: after failures in a row, and when it asks for a pause; then it is tried carefully."""

import random
import threading

from core import clock

_chance = random.SystemRandom()

FAILURES = 5
"""Unclear answers in a row that mean: the provider is out."""

OUT, BUSY, LONGEST = 5, 1, 300
"""Seconds it is left alone at first, when it is out and when it is busy, and at most: twice as long after each try in
vain, and up to a half longer by chance.
"""


class Breaker:
    """Of one provider in one process; its methods are called from several threads at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._tries = 0
        self._until = 0
        self._is_out = False

    @property
    def wait(self) -> int:
        """Seconds it is still left alone."""
        return max(0, self._until - clock.now())

    @property
    def is_careful(self) -> bool:
        """It was out, and has not answered since: a harmless question goes first, then one text."""
        return self._is_out

    def succeeded(self) -> None:
        """It gave a clear answer."""
        with self._lock:
            self._failures = self._tries = self._until = 0
            self._is_out = False

    def failed(self) -> None:
        """Nobody knows what it did, or it cannot be reached."""
        with self._lock:
            self._failures += 1
            if self._is_out or self._failures >= FAILURES:
                self._is_out = True
                self._leave(OUT, 0)

    def paused(self, seconds: int) -> None:
        """It took nothing, and asks for so many seconds."""
        with self._lock:
            self._leave(BUSY, seconds)

    def _leave(self, first: int, seconds: int) -> None:
        if self.wait:  # several texts were on their way
            self._until = max(self._until, clock.now() + seconds)
            return
        patience = min(first * 2**self._tries, LONGEST) * _chance.uniform(1, 1.5)
        self._until = clock.now() + int(max(seconds * _chance.uniform(1, 1.25), patience))
        self._tries = min(self._tries + 1, 16)
