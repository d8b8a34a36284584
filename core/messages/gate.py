"""Whether a text that is due may go now, and when it is looked at again if not."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row

from core import setup
from core.database import Work
from core.messages import numbers
from core.messages.allowed import CONFIRMATION, OPTED_OUT
from core.messages.numbers import Number
from core.messages.rates import IN_LINE, LATE, Rates

AUTOMATIC = "workflow"
"""Origin of texts that are bound by hours, and stay while their workflow is paused."""

PAUSED = "Its workflow is paused."
STOPPED = "enrollment stopped"
LOOK_AGAIN = 86_400
"""Seconds after which what is held for no known end is looked at again."""


class Verdict(NamedTuple):
    """What becomes of a text that is due. `sending`: it goes, from `number`, and must not arrive from `until` on;
    `scheduled`, `held`: it is looked at again at `due_at`; `suppressed`, `cancelled`: it never goes. UTC epoch seconds.
    """

    state: str
    reason: str = ""
    due_at: int = 0
    number: Number | None = None
    until: int | None = None


class Gate:
    """What bounds the texts of one claim, loaded once."""

    def __init__(self, work: Work, rows: Sequence[Row[Any]]) -> None:
        self._work = work
        chosen = setup.load(work.conn)
        self._routes = numbers.routes(work, chosen.sender_number)
        self._numbers = {row.id: self._routes.of(row.answered_id) for row in rows}
        used = {each.id: each for each in self._numbers.values() if each is not None}
        self._rates = Rates(work, used.values(), chosen.time_zone, int(chosen.segments_per_day or 0))

    def judge(self, row: Row[Any]) -> Verdict:
        """What becomes of this one; what it takes of the rates is taken."""
        return self._ended(row) or self._held(row) or self._paced(row)

    def close(self) -> None:
        """Write down what was taken."""
        self._rates.save()

    def _ended(self, row: Row[Any]) -> Verdict | None:
        if row.is_opted_out and row.origin != CONFIRMATION:
            return Verdict("suppressed", OPTED_OUT)
        if row.enrollment_id is not None and not row.is_live:
            return Verdict("cancelled", STOPPED)
        return None

    def _held(self, row: Row[Any]) -> Verdict | None:
        if row.origin == AUTOMATIC and row.workflow_state == "paused":
            return Verdict("held", PAUSED, self._work.now + LOOK_AGAIN)
        return None

    def _paced(self, row: Row[Any]) -> Verdict:
        number = self._numbers[row.id]
        if self._rates.take(number, row.segments):
            return Verdict("sending", number=number)
        is_in_line = row.reason == IN_LINE and row.due_at > self._work.now - LATE
        has_waited = row.origin != AUTOMATIC or is_in_line
        due_at, reason = self._rates.wait(number, row.segments, has_waited=has_waited)
        return Verdict("scheduled", reason, due_at)
