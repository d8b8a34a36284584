"""Taking times: medians and 95th percentiles of a function's runs."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Timing:
    """Milliseconds. `n`: how many runs; `note`: what stands beside it in the table."""

    median: float
    p95: float
    longest: float
    n: int
    note: str = ""


def timing(milliseconds: Sequence[float], note: str = "") -> Timing:
    """The figures of these runs."""
    ordered = sorted(milliseconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return Timing(statistics.median(ordered), p95, ordered[-1], len(ordered), note)


def runs(work: Callable[[], Any], times: int = 20, at_most: float = 10.0) -> list[float]:
    """Milliseconds of `times` runs after one to warm up; fewer when they would take more than `at_most` seconds."""
    begun = time.perf_counter()
    work()
    taken = []
    for _ in range(times):
        if taken and time.perf_counter() - begun > at_most:
            break
        taken.append(once(work))
    return taken


def once(work: Callable[[], Any]) -> float:
    """Milliseconds of one run."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1_000


def interleaved(works: dict[str, Callable[[], Any]], times: int = 15, at_most: float = 20.0) -> dict[str, list[float]]:
    """Milliseconds of several works taken in turn, so that all meet the same state of the machine."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    begun = time.perf_counter()
    for _ in range(times):
        for name, work in works.items():
            taken[name].append(once(work))
        if time.perf_counter() - begun > at_most:
            break
    return taken
