"""The board against the same rules in plain Python: figures, cards page by page, and what “all of a column” is."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from core import board, conversations
from core.board import ORDERS, Card, Figures, Order, Slice
from core.conversations import ConversationFilter
from core.conversations.upkeep import activity_at
from core.database import Store, Work
from core.database.tables import conversation, deal, stage
from tests.conftest import ALICE, NOON, VERA, Clock
from tests.core.bulk.world import fill

AUTO, STAGES, DAY = 1, (10, 11, 12, 13), 86_400
ROT = {10: 3, 11: None, 12: None, 13: None}

FILTERS = {
    "nothing": ConversationFilter(),
    "owner": ConversationFilter(owner_mode="these", owners=(2, 3)),
    "mine": ConversationFilter(owner_mode="mine", user_id=2),
    "nobody's": ConversationFilter(owner_mode="unassigned"),
    "amounts": ConversationFilter(amount_from=1, amount_to=250_050),
    "quoted": ConversationFilter(is_quoted=True),
    "not quoted": ConversationFilter(is_quoted=False),
    "stages": ConversationFilter(stages=(10, 12)),
    "tags": ConversationFilter(tags=(1, 2)),
    "archived": ConversationFilter(tab="archived"),
    "hot, and an amount": ConversationFilter(tab="hot", amount_from=0),
    "words": ConversationFilter(search="quote"),
    "a phrase": ConversationFilter(search='"can\'t"'),
    "words and an owner": ConversationFilter(search="po", owner_mode="these", owners=(1, 2)),
    "nothing at all": ConversationFilter(search="nowhere to be found"),
}


@pytest.fixture
def ids(store: Store, fixed_clock: Clock) -> list[int]:
    """A small world whose deals have owners and have been in their stages for some time, or nobody knows since when."""
    found = fill(store)
    store.write(ALICE, _spread)
    return found


def _spread(work: Work) -> None:
    rng = random.Random(11)
    for row in work.conn.execute(select(deal)).all():
        values = {
            "owner_id": rng.choice((None, 1, 2, 3)),
            "stage_entered_at": rng.choice((None, NOON - rng.randrange(9) * DAY)),
            "outcome": rng.choice(("open", "won", "lost")) if rng.random() < 0.1 else row.outcome,
        }
        work.conn.execute(update(deal).where(deal.c.contact_id == row.contact_id, deal.c.id == row.id).values(**values))
    for id_, days in ROT.items():
        work.conn.execute(update(stage).where(stage.c.id == id_).values(rot_days=days))


def asked(store: Store, wanted: ConversationFilter) -> list[Any]:
    """The deals of the pipeline that the filter means, by the words of `board.of_contacts`."""
    with store.read() as reader:
        contacts = set(conversations.find_ids(reader, board.of_contacts(wanted)))
        keys = dict(tuple(row) for row in reader.execute(select(conversation.c.id, conversation.c.activity_key)))
        rows = reader.execute(select(deal).where(deal.c.pipeline_id == AUTO)).all()
    owners = {"these": set(wanted.owners), "mine": {wanted.user_id}, "unassigned": {None}}.get(wanted.owner_mode)
    return [
        (row, keys[row.contact_id])
        for row in rows
        if row.contact_id in contacts
        and (not wanted.stages or row.stage_id in wanted.stages)
        and (owners is None or row.owner_id in owners)
        and (wanted.amount_from is None or (row.amount_cents is not None and row.amount_cents >= wanted.amount_from))
        and (wanted.amount_to is None or (row.amount_cents is not None and row.amount_cents <= wanted.amount_to))
        and (wanted.is_quoted is None or wanted.is_quoted == (row.amount_cents is not None))
    ]


def rots(row: Any) -> bool:
    days = ROT[row.stage_id]
    is_known = row.outcome == "open" and days is not None and row.stage_entered_at is not None
    return bool(is_known and row.stage_entered_at < NOON - days * DAY)


def in_order(found: Sequence[Any], order: Order) -> list[int]:
    values = {
        "new": lambda row, key: row.stage_entered_at,
        "old": lambda row, key: row.stage_entered_at,
        "amount": lambda row, key: row.amount_cents,
        "quiet": lambda row, key: key,
    }
    keyed = [(values[order](row, key), row.id) for row, key in found]
    known = sorted((pair for pair in keyed if pair[0] is not None), reverse=order in {"new", "amount"})
    return [id_ for _, id_ in known] + sorted(id_ for value, id_ in keyed if value is None)


def all_cards(store: Store, wanted: ConversationFilter, stage_id: int, order: Order, size: int) -> list[Card]:
    found: list[Card] = []
    while True:
        after = found[-1].key if found else None
        with store.read() as reader:
            page = board.cards(reader, ALICE, board.where(reader, wanted), Slice(stage_id, order, after, size), NOON)
        found += page
        if len(page) < size:
            return found


def test_columns_say_what_their_cards_add_up_to(store: Store, ids: list[int]) -> None:
    kinds = dict(zip(STAGES, ("open", "open", "won", "lost"), strict=True))
    for name, wanted in FILTERS.items():
        columns = {id_: [row for row, _ in asked(store, wanted) if row.stage_id == id_] for id_ in STAGES}
        expected = {
            id_: Figures(
                len(held),
                sum(row.amount_cents or 0 for row in held),
                sum(row.amount_cents is None for row in held),
                sum(map(rots, held)),
                sum(row.outcome != kinds[id_] for row in held),
            )
            for id_, held in columns.items()
            if held
        }
        with store.read() as reader:
            where = board.where(reader, wanted)
            assert (name, board.figures(reader, where, AUTO, NOON)) == (name, expected)
            for id_, held in columns.items():
                pairs = sorted((row.contact_id, row.id) for row in held)
                assert (name, board.deals(reader, where, id_)) == (name, pairs)


@pytest.mark.parametrize("order", ORDERS)
def test_pages_of_a_column_follow_each_other_without_a_gap(store: Store, ids: list[int], order: Order) -> None:
    for name in ("nothing", "owner", "words", "tags"):
        rows = asked(store, FILTERS[name])
        by_id = {row.id: (row, key) for row, key in rows}
        for stage_id in STAGES:
            held = [pair for pair in rows if pair[0].stage_id == stage_id]
            for size in (1, 3, 100):
                found = all_cards(store, FILTERS[name], stage_id, order, size)
                assert (name, [card.id for card in found]) == (name, in_order(held, order))
            for card in found:
                row, key = by_id[card.id]
                said = (card.contact_id, card.amount_cents, card.outcome, card.entered_at, card.is_rotting)
                assert said == (row.contact_id, row.amount_cents, row.outcome, row.stage_entered_at, rots(row))
                assert card.active_at == activity_at(key)


def test_who_may_not_see_phones_sees_none_on_cards(store: Store, ids: list[int]) -> None:
    with store.read() as reader:
        where, slice_ = board.where(reader, FILTERS["nothing"]), Slice(STAGES[0])
        seen = board.cards(reader, ALICE, where, slice_, NOON)
        masked = board.cards(reader, VERA, where, slice_, NOON)
    assert all(card.phone for card in seen)
    assert masked == [replace(card, phone="") for card in seen]
