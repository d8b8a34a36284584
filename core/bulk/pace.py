"""How many rows of a large job one write takes, so that nobody waits long for the next."""

import time

FIRST_CHUNK = 2_000
SMALLEST_CHUNK = 2_000
"""Smaller ones write the same pages of the indexes so often that a busy machine would never come to an end."""

LARGEST_CHUNK = 10_000
"""Larger ones save nothing: this many scattered rows touch every page of an index anyway."""

LOCK_SECONDS = 0.15
"""What a chunk aims at; nobody shall wait longer than 0.25 seconds for a write."""


class Pace:
    """The size of the next chunk, after what the chunks before took."""

    def __init__(self) -> None:
        self.size = FIRST_CHUNK
        self._begun = time.monotonic()

    def begin(self) -> None:
        """The write is under way: what it waited for others until here says nothing about its size."""
        self._begun = time.monotonic()

    def end(self) -> None:
        """The write is done."""
        taken = max(time.monotonic() - self._begun, 1e-3)
        wanted = self.size * max(0.5, min(2.0, LOCK_SECONDS / taken))
        self.size = min(LARGEST_CHUNK, max(SMALLEST_CHUNK, int(wanted)))
