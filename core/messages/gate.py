"""Whether a text that is due may go now, and when it is looked at again if not."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, and_, select

from core import hours, setup
from core.database import Work
from core.database.tables import conversation, enrollment, outbox, workflow
from core.hours import Hours
from core.messages import numbers, reviews
from core.messages.allowed import CONFIRMATION, IN_REVIEW, OPTED_OUT
from core.messages.numbers import Number
from core.messages.outbox import BY_HAND
from core.messages.rates import DAY_USED, IN_LINE, LATE, Rates
from core.workflows import rules
from core.workflows.advance import STOPPED

AUTOMATIC = "workflow"
"""Origin of texts that are bound by hours, and stay while their workflow is paused."""

PAUSED = "Its workflow is paused."
RETIRED = "workflow retired"
NO_ZONE = "Time zone unknown."
QUIET = "It is not within the hours of sending at the contact's place."
OVER_NIGHT = "It could not go when it was due, and it is night there now."
OVERDUE = 3_600
"""Seconds after which a text of a person that was kept from going is bound by hours, too."""

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
        automatic = [row.contact_id for row in rows if row.origin == AUTOMATIC]
        self._hours = hours.load(work.conn) if automatic else None
        self._places = hours.places(work.conn, automatic) if automatic else {}
        self._in_review = reviews.undecided(work.conn, automatic)
        self._here = chosen.time_zone
        self._rates = Rates(work, used.values(), self._here, int(chosen.segments_per_day or 0))

    def judge(self, row: Row[Any]) -> Verdict:
        """What becomes of this one; what it takes of the rates is taken."""
        if (ended := _ended(row)) is not None:
            return ended
        bound = Verdict("sending")
        if self._hours and row.origin == AUTOMATIC:
            bound = self._bound(row, self._hours)
        elif row.origin in BY_HAND and self._work.now - row.wanted_at > OVERDUE:
            bound = self._overdue(row)
        return self._paced(row, bound.until) if bound.state == "sending" else bound

    def close(self) -> None:
        """Write down what was taken."""
        self._rates.save()

    def _bound(self, row: Row[Any], windows: Hours) -> Verdict:
        """Until when an automatic text is lawful, or why it is held."""
        now, place = self._work.now, self._places[row.contact_id]
        if row.workflow_state in ("paused", "draft"):
            return Verdict("held", PAUSED, now + LOOK_AGAIN)
        if row.contact_id in self._in_review:
            return Verdict("held", IN_REVIEW, now + LOOK_AGAIN)
        own = rules.read(row.rules).own if row.rules else None
        opens = windows.opening(place.zones, place.state, now, own)
        if opens == now:
            return Verdict("sending", until=windows.closing(place.zones, place.state, now, own))
        reason = QUIET if place.zones else NO_ZONE
        return Verdict("held", reason, opens or now + LOOK_AGAIN)

    def _overdue(self, row: Row[Any]) -> Verdict:
        opens = self._by_day(row.contact_id)
        return Verdict("sending") if opens == self._work.now else Verdict("held", OVER_NIGHT, opens)

    def _paced(self, row: Row[Any], until: int | None) -> Verdict:
        number = self._numbers[row.id]
        if self._rates.take(number, row.segments):
            return Verdict("sending", number=number, until=until)
        is_in_line = row.reason == IN_LINE and row.due_at > self._work.now - LATE
        has_waited = row.origin != AUTOMATIC or is_in_line
        due_at, reason = self._rates.wait(number, row.segments, has_waited=has_waited)
        if reason == DAY_USED and row.origin != AUTOMATIC:
            due_at = self._by_day(row.contact_id, due_at)
        return Verdict("scheduled", reason, due_at)

    def _by_day(self, contact_id: int, at: int | None = None) -> int:
        """What somebody wrote by day and had to wait (for the provider, for this machine, for the next day's segments,
        which begin at midnight) goes by day: the first lawful second from `at` on, or from now on.
        """
        at = self._work.now if at is None else at
        place = hours.places(self._work.conn, [contact_id])[contact_id]
        windows = self._hours or hours.load(self._work.conn)
        return windows.opening(place.zones or (self._here,), place.state, at) or at


def may_still_go(reader: Connection, outbox_id: int) -> bool:
    """Asked just before the provider is called: since the claim its contact may have opted out, or answered."""
    c, e, o, w = conversation.c, enrollment.c, outbox.c, workflow.c
    asked: Select[Any] = select(o.origin, o.enrollment_id, c.is_opted_out, e.is_live, w.state.label("workflow_state"))
    asked = asked.select_from(outbox).join(conversation, c.id == o.contact_id)
    asked = asked.outerjoin(enrollment, and_(e.contact_id == o.contact_id, e.id == o.enrollment_id))
    asked = asked.outerjoin(workflow, w.id == e.workflow_id)
    return _ended(reader.execute(asked.where(o.id == outbox_id)).one()) is None


def _ended(row: Row[Any]) -> Verdict | None:
    if row.is_opted_out and row.origin != CONFIRMATION:
        return Verdict("suppressed", OPTED_OUT)
    if row.enrollment_id is not None and not row.is_live:
        return Verdict("cancelled", STOPPED)
    if row.workflow_state == "retired":
        return Verdict("cancelled", RETIRED)
    return None
