"""The unit of work: one transaction, one actor, one event, one change for each row touched."""

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from core import clock
from core.access import Actor
from core.database import ids
from core.database.seal import seal
from core.database.tables import change, event, event_state
from core.errors import Conflict

STEP = 1_024
"""Changes of one event are numbered by the place in its selection times this; what lies between are further rows
touched for the same contact."""


@dataclass(frozen=True)
class Change:
    """One row touched. `before` and `after` are images of the columns that matter; None: no row."""

    table: str
    row_id: int | None
    contact_id: int | None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    outcome: str = "changed"
    reason: str = ""


class Work:
    """The only door for writes; verbs take it first, never commit and never open a transaction."""

    def __init__(self, connection: Connection, counters: Engine | None, actor: Actor) -> None:
        self.conn = connection
        self.actor = actor
        self.now = clock.now()
        self._counters = counters

    def take_ids(self, name: str, n: int = 1) -> int:
        """The first of `n` consecutive new ids of the table `name`."""
        return ids.take(self.conn, self._counters, name, n) if n else 0

    def record(
        self, verb: str, *, state: str = "done", request_id: str | None = None, undoes: int | None = None, **params: Any
    ) -> int:
        """Write the event down and return its id; `params` must be what JSON can hold.

        Raises: Conflict when the request id was used before; `answered` gives that event's answer.
        """
        if request_id is not None and self.answered(request_id) is not None:
            raise Conflict("This was done already.")
        event_id = self.take_ids("event")
        selection = params.pop("selection", None)
        self.conn.execute(
            insert(event).values(
                id=event_id,
                happened_at=self.now,
                user_id=self.actor.id,
                verb=verb,
                params=_json(params),
                selection=_json(selection) if selection else "",
                request_id=request_id,
                undoes_event_id=undoes,
            )
        )
        self.conn.execute(insert(event_state).values(event_id=event_id, state=state, updated_at=self.now))
        return event_id

    def record_change(self, verb: str, change: Change, **params: Any) -> int:
        """Write an event down that touches one row, with its change; returns its id. As `record` in the rest."""
        event_id = self.record(verb, **params)
        self.account_each(event_id, [change])
        return event_id

    def hold(self, event_id: int) -> None:
        """Nobody else moves the event's state until the transaction ends; what is read of it from now on stays true."""
        s = event_state.c
        self.conn.execute(select(s.event_id).where(s.event_id == event_id).with_for_update())

    def account_each(self, event_id: int, changes: Sequence[Change]) -> None:
        """Changes that each count by themselves, of an event that is done."""
        self.conn.execute(insert(change), [_row(event_id, n * STEP, each) for n, each in enumerate(changes, 1)])
        self.set_state(event_id, "done", changed=len(changes))

    def answered(self, request_id: str) -> dict[str, Any] | None:
        """What the event of this request id answered, with `event_id`; None when there is none."""
        row = self.conn.execute(
            select(event.c.id, event_state.c.result)
            .join(event_state, event_state.c.event_id == event.c.id)
            .where(event.c.request_id == request_id)
        ).first()
        return None if row is None else {**json.loads(row.result or "{}"), "event_id": row.id}

    def account(self, event_id: int, first_n: int, changes: Iterable[Change]) -> int:
        """Write one `change` row each, numbered from `first_n`; returns the next free number."""
        rows = [_row(event_id, first_n + offset, item) for offset, item in enumerate(changes)]
        if rows:
            self.conn.execute(insert(change), rows)
        return first_n + len(rows)

    def set_state(self, event_id: int, state: str, **values: Any) -> None:
        """Move the event's mutable part."""
        self.conn.execute(
            update(event_state)
            .where(event_state.c.event_id == event_id)
            .values(state=state, updated_at=self.now, **values)
        )


def _row(event_id: int, n: int, item: Change) -> dict[str, Any]:
    before = None if item.before is None else _json(item.before)
    after = None if item.after is None else _json(item.after)
    salt = secrets.token_bytes(8)
    return {
        "event_id": event_id,
        "n": n,
        "contact_id": item.contact_id,
        "table_name": item.table,
        "row_id": item.row_id,
        "outcome": item.outcome,
        "reason": item.reason,
        "before": before,
        "after": after,
        "salt": salt,
        "digest": seal(salt, before, after),
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
