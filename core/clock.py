"""The only place that asks for the time."""

import time


def now() -> int:
    """The current time in UTC epoch seconds."""
    return int(time.time())
