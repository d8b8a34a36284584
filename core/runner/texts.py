"""Send steps: the texts filled for each contact and put into the outbox, at most so many to one contact a day."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Row, or_, select

from core import sms, templates
from core.database import Change, Work, engines
from core.database.tables import outbox, template, user
from core.database.tables.talk import UNSETTLED
from core.messages.outbox import Text, put_all
from core.runner.claim import Batch
from core.workflows.advance import STOPPED
from core.workflows.steps import Step

DAY = 86_400
LATE = 3_600
"""Seconds after which a step counts as overdue: this machine slept, or the workflow was paused."""

OVERDUE = "overdue: at most one overdue text a day"
CAPPED = "has had its texts of the day"

ORIGIN = "workflow"
o = outbox.c


class At(Protocol):
    """An enrollment at a step."""

    row: Row[Any]
    position: int


@dataclass
class Told:
    """What became of a send step, by contact: the row in the outbox; or until when it is put off, and why; or why it
    cannot be; or that it was over before: its text has left, or was taken back by hand. `again`: who was at this step
    before.
    """

    changes: list[Change] = field(default_factory=list)
    outbox_ids: dict[int, int] = field(default_factory=dict)
    put_off: dict[int, tuple[int, str]] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    over: set[int] = field(default_factory=set)
    again: set[int] = field(default_factory=set)


class Texts:
    """Those of one batch."""

    def __init__(self, work: Work, batch: Batch) -> None:
        self._work = work
        self._cap = batch.rules.daily_cap

    def put(self, event_id: int, step: Step, group: Sequence[At]) -> Told:
        """Put the text of the step into the outbox for all who may have it now."""
        told = Told()
        group = self._look(group, told)
        ids = [each.row.contact_id for each in group]
        recent = self._recent(ids)
        values = templates.values_of(self._work.conn, ids)
        names = self._names({each.row.user_id for each in group} - {None})
        body = step.body or self._body(step)
        texts = []
        for each in group:
            contact_id = each.row.contact_id
            if (put_off := self._put_off(each.row, recent.get(contact_id, []))) is not None:
                told.put_off[contact_id] = put_off
                continue
            filled = sms.fill(body, {**values.get(contact_id, {}), "my_name": names.get(each.row.user_id, "")})
            if filled.missing or not filled.text.strip():
                told.refused[contact_id] = _missing(filled.missing)
                continue
            own = {"enrollment_id": each.row.id, "position": each.position, "template_id": step.template_id}
            texts.append(Text(contact_id, filled.text[: sms.LONGEST], self._work.now, ORIGIN, **own))
        told.changes = put_all(self._work, event_id, texts)
        told.outbox_ids |= {change.contact_id or 0: change.row_id or 0 for change in told.changes}
        return told

    def _look(self, group: Sequence[At], told: Told) -> list[At]:
        """Those who need a text put: who came here before, and was stopped, may have theirs. Only what was withheld is
        put once more.
        """
        ids = engines.id_set(self._work.conn, [each.row.contact_id for each in group])
        rows = self._work.conn.execute(
            select(o.id, o.contact_id, o.enrollment_id, o.position, o.state, o.reason)
            .where(o.contact_id.in_(ids), o.enrollment_id.is_not(None))
            .order_by(o.id)
        )
        newest = {(row.contact_id, row.enrollment_id, row.position): row for row in rows}
        needing = []
        for each in group:
            had = newest.get((each.row.contact_id, each.row.id, each.position))
            if had is None:
                needing.append(each)
                continue
            told.again.add(each.row.contact_id)
            if had.state == "suppressed" or (had.state == "cancelled" and had.reason == STOPPED):
                needing.append(each)
            elif had.state in UNSETTLED:
                told.outbox_ids[each.row.contact_id] = had.id
            else:
                told.over.add(each.row.contact_id)
        return needing

    def _put_off(self, row: Row[Any], recent: list[int]) -> tuple[int, str] | None:
        """Until when the text waits for its contact's sake, and why. `recent`: when they had texts, newest first."""
        late = self._work.now - row.next_due_at > LATE or row.reason == OVERDUE
        for most, why in ((1 if late else 0, OVERDUE), (self._cap, CAPPED)):
            if 0 < most <= len(recent):
                return recent[most - 1] + DAY, why
        return None

    def _recent(self, contact_ids: Sequence[int]) -> dict[int, list[int]]:
        """When texts of workflows went to them within a day, newest first; one that waits counts as of now."""
        ids = engines.id_set(self._work.conn, contact_ids)
        waits = o.state.in_(UNSETTLED)
        went = (o.state == "sent") & (o.intent_at > self._work.now - DAY)
        wanted = select(o.contact_id, o.state, o.intent_at).where(o.contact_id.in_(ids), o.origin == ORIGIN)
        found = defaultdict(list)
        for row in self._work.conn.execute(wanted.where(or_(waits, went))):
            found[row.contact_id].append(row.intent_at if row.state == "sent" else self._work.now)
        return {contact_id: sorted(times, reverse=True) for contact_id, times in found.items()}

    def _names(self, user_ids: set[int]) -> dict[int, str]:
        rows = self._work.conn.execute(select(user.c.id, user.c.name).where(user.c.id.in_(sorted(user_ids))))
        return {row.id: row.name for row in rows}

    def _body(self, step: Step) -> str:
        stored = select(template.c.body).where(template.c.id == step.template_id)
        return self._work.conn.execute(stored).scalar() or ""


def _missing(fields: Sequence[str]) -> str:
    if not fields:
        return "The text of this step is empty."
    return f"{', '.join(fields)} has no value for this contact."
