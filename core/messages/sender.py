"""Sending what is due: the intent is committed before the provider is called, and what became of it afterwards.

Whoever dies between the two leaves a text of which nobody knows whether it went out. Such a text is never given to the
provider again: the provider is asked whether it has it, and if it has not, a person decides.
"""

import logging
import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import DBAPIError

from core import clock, people
from core.database import Store
from core.errors import AppError
from core.messages import outcome
from core.messages.breaker import Breaker
from core.messages.claims import USUAL, Claimed, Pace, claim, is_due
from core.messages.doubts import doubt, resolve
from core.messages.gate import may_still_go
from core.messages.outcome import Settled
from core.messages.provider import Answer, Held, Provider, Unreachable

log = logging.getLogger(__name__)
_chance = random.SystemRandom()

MOST_WAIT = 300
"""Seconds between tries, at most, with a provider that puts us off."""

MOMENT = 0.25
"""Seconds within which a claim's texts are handed over, and answers written down: a sender that dies leaves few behind
of which nobody knows.
"""

MOST = 128
"""Texts of one claim, with a provider that answers at once."""

NOBODY = "+10000000000"
"""Asked after to hear whether the provider answers."""


WAITS = (AppError, DBAPIError, ValueError, LookupError, TypeError)
"""A database that is away comes back; and what is stored of one text or rule must not end the sending of all others."""


class Sender:
    """One who sends; any number of them may be at work, in any number of processes."""

    def __init__(self, store: Store, provider: Provider, pace: Pace = USUAL) -> None:
        self._store = store
        self._provider = provider
        self._pace = pace
        self._breaker = Breaker()
        self._calls = ThreadPoolExecutor(pace.calls, "call")
        self._seconds = MOMENT  # that a call takes, of late

    def run(self, is_stopped: threading.Event) -> None:
        """Send what comes due, until stopped."""
        while not is_stopped.is_set():
            try:
                found = self.step()
            except WAITS as error:
                log.warning("Sending waits: %s: %s", type(error).__name__, error)
                found = False
            if not found:
                is_stopped.wait(self._pace.idle)

    def step(self) -> bool:
        """Send texts, or ask after some; False: there is nothing to do now."""
        if self._breaker.wait or not self._provider.is_ready():
            return False
        with self._store.read() as reader:
            if not is_due(reader, clock.now()):
                return False
        if not self._answers():
            return False
        claims = self._store.write(people.SYSTEM, claim, self._pace, self._size())
        if claims.going:
            self._hand_over(claims.going)
        if claims.looked_at:
            return True
        doubtful = self._store.write(people.SYSTEM, doubt, self._pace, self._pace.calls)
        if doubtful:
            self._ask(doubtful)
        return bool(doubtful)

    def _size(self) -> int:
        """How many texts to claim: as many as are handed over in a moment."""
        if self._breaker.is_careful:
            return 1
        return int(min(MOST, self._pace.calls * max(1.0, MOMENT / self._seconds)))

    def _answers(self) -> bool:
        """Whether a provider that was left alone answers a harmless question; it is not asked in good times."""
        if not self._breaker.is_careful:
            return True
        try:
            self._provider.find(NOBODY, clock.now())
        except Unreachable:
            self._breaker.failed()
            return False
        return True

    def _hand_over(self, claims: Sequence[Claimed]) -> None:
        """Some at a time; a slow answer keeps none of the others from being written down."""
        begun = time.perf_counter()
        waiting = {self._calls.submit(self._call, each): each for each in claims}
        while waiting:
            done, _ = wait(waiting, MOMENT)
            answers = {waiting.pop(call).id: call.result() for call in done}
            if settled := {id_: answer for id_, answer in answers.items() if answer is not None}:
                self._store.write(people.SYSTEM, outcome.settle, settled)
        each = (time.perf_counter() - begun) * self._pace.calls / len(claims)
        self._seconds += (each - self._seconds) / 4

    def _call(self, claimed: Claimed) -> Settled | None:
        """None: this process slept, and by now others may have asked after the text."""
        now, text = clock.now(), claimed.outgoing
        if now >= claimed.until:
            return None
        if pause := self._breaker.wait:
            return Settled(Answer("later"), pause)
        if (text.until is not None and now >= text.until) or not self._may_still_go(claimed.id):
            return Settled(Answer("later"), 0)
        answer = self._provider.send(text)
        if answer.kind == "unclear":
            self._breaker.failed()
            return Settled(answer, self._pace.look)
        if answer.kind != "later":
            self._breaker.succeeded()
            return Settled(answer, 0)
        self._breaker.paused(answer.wait)
        patience = _chance.uniform(1, 2) * 2 ** min(claimed.attempts, 8)
        return Settled(answer, int(min(max(answer.wait, patience), MOST_WAIT)))

    def _may_still_go(self, outbox_id: int) -> bool:
        """With many texts or a slow provider, seconds pass between the intent and the call."""
        try:
            with self._store.read() as reader:
                return may_still_go(reader, outbox_id)
        except (AppError, DBAPIError):  # a database that is away says nothing, so nothing goes
            return False

    def _ask(self, rows: Sequence[Row[Any]]) -> None:
        asked = zip(rows, self._calls.map(self._found, rows), strict=True)
        if answers := {row.id: held for row, held in asked if held is not None}:
            self._store.write(people.SYSTEM, resolve, answers, self._pace)

    def _found(self, row: Row[Any]) -> list[Held] | None:
        try:
            return self._provider.find(row.phone, row.intent_at - self._pace.lease)
        except Unreachable as error:
            log.warning("The provider cannot be asked about text %s: %s", row.id, error)
            self._breaker.failed()
            return None
