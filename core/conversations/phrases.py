"""Quoted phrases: candidates come from the words' index and are read, some at a time, until the page is full."""

from collections.abc import Sequence
from dataclasses import replace

from core.conversations import reasons
from core.conversations.paging import Slice
from core.conversations.plan import Key, Plan

FIRST_STEP = 200
LAST_STEP = 5_000
"""Candidates read at a time; the steps grow, so that a frequent phrase answers at once and a rare one soon."""

BUDGET = 2_000
"""Candidates read for one page on a screen; then the page says how far it looked."""

PATIENCE = 5
"""Times as many are read while nothing is found: a page with nothing on it helps nobody."""


def scan(plan: Plan, phrases: Sequence[str], slice_: Slice, budget: int | None) -> tuple[list[Key], Key | None]:
    """The slice of a plan whose texts hold the phrases, and the last candidate read, unless it was the last of all.

    `budget`: candidates to read at most, PATIENCE times as many while none holds the phrases; None: all.
    """
    if not phrases:
        return plan.keys(slice_), None
    found: list[Key] = []
    read = 0
    step = replace(slice_, limit=FIRST_STEP)
    while True:
        candidates = plan.keys(step)
        holding = reasons.holding(plan.reader, [key[-1] for key in candidates], phrases)
        found += [key for key in candidates if key[-1] in holding]
        if len(found) >= slice_.limit or len(candidates) < step.limit:
            return found[: slice_.limit], None
        read += len(candidates)
        left = LAST_STEP if budget is None else budget * (1 if found else PATIENCE) - read
        if left <= 0:
            return found, candidates[-1]
        larger = min(step.limit * 4, LAST_STEP, left)
        step = replace(step, limit=larger, edge=candidates[-1][:-1])


def merge(
    results: Sequence[tuple[list[Key], Key | None]], limit: int, descending: bool
) -> tuple[list[Key], Key | None]:
    """The first `limit` keys of several scans, and the place up to which all of them have looked, unless to the end."""
    keys = sorted({key for found, _ in results for key in found}, reverse=descending)
    reached = [to for _, to in results if to is not None]
    if not reached:
        return keys[:limit], None
    border = max(reached) if descending else min(reached)
    # Beyond the border one of the scans has not looked, so what the others found there is not the next in order.
    keys = [key for key in keys if (key >= border if descending else key <= border)]
    return (keys[:limit], None) if len(keys) >= limit else (keys, border)
