"""A small made-up world with everything the list can be asked for: accents, symbols, tags, deals, flags, silence."""

import random
from typing import Any

import pytest
from sqlalchemy import insert, update

from core import clock
from core.conversations.upkeep import activity_key, refresh
from core.database import Store, Work
from core.database.search import reindexing
from core.database.tables import (
    consent_event,
    contact,
    contact_tag,
    conversation,
    deal,
    enrollment,
    message,
    note,
    phone_claim,
    pipeline,
    stage,
    tag,
    workflow,
)
from core.words import fold
from tests.conftest import ALICE, NOON

FIRST = ("Żaneta", "José", "Zoë", "Ann", "Anna", "O'Brien", "李", "Straße", "", "Maria", "Noah", "BOB")
LAST = ("Müller", "Peña", "Smith", "Smithson", "Nguyen", "", "Łuk", "d'Arc", "Stone-Hill")
WORDS = (
    *(
        "quote",
        "premium",
        "deductible",
        "hello",
        "thanks",
        "appointment",
        "renew",
        "policy",
        "stop",
        "hot",
        "lead",
        "x",
    ),
    *(
        "100%",
        "$49.99",
        "call/text",
        "e-mail",
        "it's",
        "can't",
        "under_score",
        "*star*",
        "back\\slash",
        "ok.",
        "zip-code",
    ),
    *("café", "CAFÉ", "naïve", "ﬁne", "Ⅷ", "𝐡𝐞𝐥𝐥𝐨", "田中", "😂", "555", "4155", "refund", '"quoted"'),
)
TAGS = ("hot lead", "refund", "Café", "cold", "100%", "555", "vip-client", "Insurance")
DAY = 86_400


def fill_at_noon(store: Store, n: int, seed: int) -> None:
    """For a store that the tests of a module share: `n` conversations, made when each test's clock begins."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: NOON)
        store.write(ALICE, fill, n, seed)


def fill(work: Work, n: int, seed: int) -> list[int]:
    """`n` conversations; returns their ids."""
    rng = random.Random(seed)
    event_id = work.record("test.fill")
    _reference(work, event_id)
    first = work.take_ids("contact", n)
    ids = list(range(first, first + n))
    with reindexing(work.conn, ids):
        contacts = [_contact(rng, id_, event_id, work.now) for id_ in ids]
        work.conn.execute(insert(contact), contacts)
        work.conn.execute(insert(phone_claim), [{"phone": row["phone"], "contact_id": row["id"]} for row in contacts])
        work.conn.execute(insert(conversation), [_conversation(rng, row, work.now) for row in contacts])
        _children(work, rng, ids, event_id)
        for id_ in rng.sample(ids, n // 6):
            is_due = rng.randint(0, 1)
            planned = {"follow_up_at": work.now + (1 - 2 * is_due) * rng.randint(1, 90) * DAY, "is_due": is_due}
            work.conn.execute(update(conversation).where(conversation.c.id == id_).values(planned))
        refresh(work.conn, ids, work.now)
        for id_ in rng.sample(ids, n // 5):
            work.conn.execute(update(conversation).where(conversation.c.id == id_).values(is_hot=1))
        for id_ in rng.sample(ids, n // 4):
            work.conn.execute(update(conversation).where(conversation.c.id == id_).values(is_archived=1))
        for id_ in rng.sample(ids, n // 6):
            work.conn.execute(
                update(conversation).where(conversation.c.id == id_).values(unread_count=rng.randint(1, 5))
            )
    return ids


def _reference(work: Work, event_id: int) -> None:
    made = {"created_at": work.now, "event_id": event_id}
    work.conn.execute(
        insert(tag),
        [{"id": i, "name": name, "name_key": fold(name), "priority": i % 3, **made} for i, name in enumerate(TAGS, 1)],
    )
    names = [(1, "Auto"), (2, "Home")]
    work.conn.execute(
        insert(pipeline), [{"id": i, "name": name, "name_key": fold(name), "event_id": event_id} for i, name in names]
    )
    kinds = [("New", "open"), ("Quoted", "open"), ("Won", "won"), ("Lost", "lost")]
    stages = [
        {
            "id": p * 10 + i,
            "pipeline_id": p,
            "name": name,
            "name_key": fold(name),
            "kind": kind,
            "position": i,
            "event_id": event_id,
        }
        for p, _ in names
        for i, (name, kind) in enumerate(kinds)
    ]
    work.conn.execute(insert(stage), stages)
    flow = {"id": 1, "name": "Nudge", "name_key": "nudge", "kind": "workflow", "state": "on", **made}
    work.conn.execute(insert(workflow).values(**flow))


def _contact(rng: random.Random, id_: int, event_id: int, now: int) -> dict[str, Any]:
    row = {
        "id": id_,
        "phone": f"+1{rng.choice((415, 212, 734))}555{id_:04d}",
        "first_name": rng.choice(FIRST),
        "last_name": rng.choice(LAST),
        "email": rng.choice(("", f"user{id_}@example.com", "info@cafe.example")),
        "created_at": now - rng.randint(0, 700) * DAY,
        "event_id": event_id,
    }
    return row if id_ % 5 else row | {"created_at": 0}  # of some nobody knows


def _conversation(rng: random.Random, row: dict[str, Any], now: int) -> dict[str, Any]:
    name = f"{row['first_name']} {row['last_name']}".strip()
    return {
        "id": row["id"],
        "activity_key": activity_key(row["created_at"], row["id"]),
        "name_key": fold(name or row["phone"]),
        "owner_id": rng.choice((None, 1, 2, 3)),
        "source": rng.choice(("", "web", "referral", "Fair ’25")),
    }


def _children(work: Work, rng: random.Random, ids: list[int], event_id: int) -> None:
    own = {"event_id": event_id}
    messages = [(id_, k) for id_ in ids for k in range(rng.choice((0, 1, 2, 5, 12)))]
    first = work.take_ids("message", len(messages))
    rows = [
        {
            "contact_id": id_,
            "id": first + place,
            "direction": rng.choice(("in", "out")),
            "body": " ".join(rng.choices(WORDS, k=rng.randint(1, 9))),
            "sent_at": work.now - rng.randint(-2, 700) * DAY - rng.randint(0, 3),
            "origin": rng.choice(("import", "manual", "workflow")),
            **own,
        }
        for place, (id_, _) in enumerate(messages)
    ]
    work.conn.execute(insert(message), rows)
    noted = [
        {"contact_id": id_, "body": " ".join(rng.choices(WORDS, k=4)), "updated_at": work.now, **own}
        for id_ in ids
        if id_ % 3 == 0
    ]
    work.conn.execute(insert(note), noted)
    carried = [(id_, tag_id) for id_ in ids for tag_id in rng.sample(range(1, len(TAGS) + 1), rng.randint(0, 3))]
    work.conn.execute(
        insert(contact_tag), [{"contact_id": i, "tag_id": t, "added_at": work.now, **own} for i, t in carried]
    )
    deals = [_deal(rng, id_, k, work.now) | own for id_ in ids for k in range(rng.choice((0, 0, 1, 2)))]
    work.conn.execute(insert(deal), deals)
    live = [
        {"contact_id": i, "id": i, "workflow_id": 1, "version": 1, "state": "waiting", "is_live": 1, "started_at": 1}
        | own
        for i in ids[::7]
    ]
    work.conn.execute(insert(enrollment), live)
    outs = [{"contact_id": i, "id": i, "kind": rng.choice(("in", "out")), "happened_at": 1} | own for i in ids[::9]]
    work.conn.execute(insert(consent_event), outs)


def _deal(rng: random.Random, contact_id: int, k: int, now: int) -> dict[str, Any]:
    pipeline_id, place = rng.choice((1, 2)), rng.randrange(4)
    return {
        "contact_id": contact_id,
        "id": contact_id * 4 + k,
        "pipeline_id": pipeline_id,
        "stage_id": pipeline_id * 10 + place,
        "outcome": ("open", "open", "won", "lost")[place],
        "amount_cents": rng.choice((None, 0, 100_00, 250_050, 999_999_99)),
        "changed_at": now - rng.randint(0, 99),
    }
