"""A world for the measures, and what happens in it at random: moves, amounts, tags, texts, runs, undos, deletions."""

import random
from typing import Any

from sqlalchemy import delete, insert, update

from core import bulk, undo
from core.database import Change, Store, Work
from core.database.tables import (
    consent_event,
    conversation,
    deal,
    enrollment,
    message,
    stage,
    stage_event,
    template,
    workflow,
)
from core.errors import Conflict, Invalid
from tests.conftest import ALICE, NOON, Clock
from tests.core.conversations import world

DAY = 86_400
STAGES = (10, 11, 12, 13, 20, 21, 22, 23)
STATUSES = ("received", "sent", "delivered", "failed", "undelivered")


def fill(work: Work, n: int, seed: int) -> list[int]:
    """`n` conversations with deals that have a past, templates and workflows; returns their ids."""
    rng = random.Random(seed)
    ids = world.fill(work, n, seed)
    event_id = work.record("test.past")
    made = {"created_at": NOON, "event_id": event_id}
    for id_ in (1, 2, 3):
        work.conn.execute(insert(template).values(id=id_, title=f"Template {id_ % 2}", folder=str(id_), **made))
    flow = {"id": 2, "name": "Back again", "name_key": "back again", "kind": "redrip", "state": "on"}
    work.conn.execute(insert(workflow).values(**flow, **made))
    work.conn.execute(update(workflow).values(state="on"))
    for id_ in STAGES:
        known = {"probability": rng.choice((None, 0.0, 0.25, 0.333, 1.0)), "rot_days": rng.choice((None, 3, 20))}
        work.conn.execute(update(stage).where(stage.c.id == id_).values(**known))
    for name in ("deal", "enrollment", "tag", "workflow", "stage_event", "consent_event", "template"):
        work.take_ids(name, 100_000)  # this world gives its own rows numbers of its own
    for id_ in ids:
        for k in range(rng.choice((0, 0, 1, 2))):
            _deal(work, rng, (id_, 50_000 + id_ * 4 + k), event_id)
        chat(work, rng, id_, event_id, rng.choice((0, 1, 6)))
    work.account(event_id, 1, [Change("deal", None, id_) for id_ in ids])
    return ids


def _deal(work: Work, rng: random.Random, of: tuple[int, int], event_id: int) -> None:
    """As a file brings it, or as it came through some stages; now and then the history ends with something else."""
    at = work.now - rng.randrange(-3, 300) * DAY
    opened = rng.choice((None, at - rng.randrange(40) * DAY))
    place, amount = rng.choice(STAGES), _amount(rng)
    before, owed, first = None, None, rng.random() < 0.3
    for n in range(rng.choice((0, 1, 1, 2, 4))):
        line = {"contact_id": of[0], "id": of[1] * 8 + n, "deal_id": of[1], "happened_at": at, "event_id": event_id}
        came = {"from_stage_id": before or (rng.choice(STAGES) if first else None), "to_stage_id": place}
        work.conn.execute(insert(stage_event).values(**line, **came, amount_before=owed, amount_after=amount))
        before, owed, at = place, amount, at + rng.choice((0, 1, 5 * DAY, 20 * DAY))
        place, amount = rng.choice((place, rng.choice(STAGES))), _amount(rng)
    stage_id, cents = (before, owed) if before is not None and rng.random() < 0.8 else (place, amount)
    outcome = (
        {2: "won", 3: "lost"}.get(stage_id % 10, "open") if rng.random() < 0.9 else rng.choice(("open", "won", "lost"))
    )
    row: dict[str, Any] = {
        "pipeline_id": stage_id // 10,
        "stage_id": stage_id,
        "outcome": outcome,
        "amount_cents": cents,
    }
    row |= {"owner_id": rng.choice((None, 1, 2)), "opened_at": opened, "changed_at": work.now, "event_id": event_id}
    row["expected_close_on"] = rng.choice((None, "2026-02-03", "2026-03-31"))
    row["closed_at"] = rng.choice((None, at)) if outcome != "open" else None
    row["lost_reason"] = rng.choice(("", "price")) if outcome == "lost" else ""
    work.conn.execute(insert(deal).values(contact_id=of[0], id=of[1], **row))
    more = {"deal_count": conversation.c.deal_count + 1}
    work.conn.execute(update(conversation).where(conversation.c.id == of[0]).values(**more))


def _amount(rng: random.Random) -> int | None:
    return rng.choice((None, 0, 1, 99_999, 250_050))


def chat(work: Work, rng: random.Random, id_: int, event_id: int, n: int) -> None:
    """Some texts, of runs, from templates or by hand; and opt-outs."""
    run = work.take_ids("enrollment")
    row = {"contact_id": id_, "id": run, "workflow_id": rng.choice((1, 2)), "version": 1, "state": "completed"}
    work.conn.execute(insert(enrollment).values(**row, started_at=1, event_id=event_id))
    at = work.now - rng.randrange(100) * DAY
    for _ in range(n):
        text = {
            "direction": rng.choice(("in", "out")),
            "sent_at": at,
            "origin": rng.choice(("manual", "workflow", "bulk")),
        }
        own = {"enrollment_id": rng.choice((None, run)), "template_id": rng.choice((None, 1, 2, 3))}
        own = own if text["direction"] == "out" else {}
        status = {"status": rng.choice(STATUSES), "body": "hello"}
        work.conn.execute(
            insert(message).values(
                contact_id=id_, id=work.take_ids("message"), **text, **own, **status, event_id=event_id
            )
        )
        if text["direction"] == "in" and rng.random() < 0.3:
            kept = {"id": work.take_ids("consent_event"), "kind": rng.choice(("in", "out")), "happened_at": at}
            work.conn.execute(insert(consent_event).values(contact_id=id_, **kept, event_id=event_id))
        at += rng.choice((0, 30, 4_000, 3 * DAY))


def say(work: Work, rng: random.Random, id_: int) -> None:
    """Texts that come and go now."""
    event_id = work.record("test.say")
    chat(work, rng, id_, event_id, rng.randint(1, 4))
    work.account(event_id, 1, [Change("message", None, id_), Change("enrollment", None, id_)])


def forget(work: Work, id_: int) -> None:
    """Everything about a contact goes, as when an import is taken back."""
    event_id = work.record("test.forget")
    for table in (message, consent_event, enrollment, stage_event, deal):
        work.conn.execute(delete(table).where(table.c.contact_id == id_))
    work.account(event_id, 1, [Change("deal", None, id_)])
    work.conn.execute(update(conversation).where(conversation.c.id == id_).values(deal_count=0))


def edit(work: Work, rng: random.Random, id_: int) -> None:
    """A writer that keeps no history: the deals have another amount, owner and stage at once."""
    event_id = work.record("test.edit")
    stage_id = rng.choice(STAGES)
    values = {
        "stage_id": stage_id,
        "pipeline_id": stage_id // 10,
        "amount_cents": _amount(rng),
        "owner_id": rng.choice((None, 1)),
    }
    work.conn.execute(update(deal).where(deal.c.contact_id == id_).values(**values, changed_at=work.now))
    work.account(event_id, 1, [Change("deal", None, id_)])


class Drift:
    """What happens at random; every step is a committed write of its own."""

    def __init__(self, store: Store, ids: list[int], clock: Clock, rng: random.Random) -> None:
        self.store, self.ids, self.clock, self.rng = store, ids, clock, rng
        self.done: list[int] = []

    def step(self) -> None:
        """One write, after some time."""
        rng, some = self.rng, self.rng.sample(self.ids, self.rng.randint(1, 5))
        self.clock.advance(rng.choice((0, 60, DAY, 9 * DAY)))
        said = {"amount_cents": rng.choice((None, "", 0, 12_345)), "new_deal": rng.random() < 0.2}
        kinds: tuple[tuple[str, dict[str, Any]], ...] = (
            ("move", {"stage_id": rng.choice(STAGES), **said}),
            ("move", {"stage_id": rng.choice(STAGES), "lost_reason": rng.choice((None, "price")), "owner_id": 2}),
            ("tag", {"tag_ids": [rng.randint(1, 8)]}),
            ("assign", {"owner_id": rng.choice((None, 1, 3))}),
            ("archive", {}),
            ("enroll", {"workflow_id": rng.choice((1, 2))}),
        )
        turn = rng.randrange(10)
        if turn == 0 and self.done:
            self._take_back()
        elif turn == 1:
            self.store.write(ALICE, say, rng, some[0])
        elif turn == 2:
            self.store.write(ALICE, edit, rng, some[0])
        elif turn == 3 and rng.random() < 0.3:
            self.store.write(ALICE, forget, some[0])
        else:
            name, params = rng.choice(kinds)
            self._do(bulk.action(name, **params), some)

    def _do(self, action: bulk.Action, ids: list[int]) -> None:
        try:
            self.done.append(bulk.start(self.store, ALICE, action, bulk.choose("ticked", ids)))
        except Invalid:
            return

    def _take_back(self) -> None:
        try:
            undo.start(self.store, ALICE, self.done.pop(self.rng.randrange(len(self.done))))
        except Conflict:
            return
