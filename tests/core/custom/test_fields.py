"""Fields of one's own: defined, renamed, retired, in order, and asked for in the list."""

import json
import random
from dataclasses import asdict
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import contacts, conversations, custom, undo
from core.conversations import ConversationFilter
from core.conversations.filters import from_mapping
from core.custom import asked, order
from core.database import Store
from core.errors import Conflict, Invalid, NotAllowed, NotFound
from core.words import fold
from tests.conftest import ALICE, BOB, Clock

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**14), max_value=10**14)


@given(NUMBERS, NUMBERS)
def test_keys_of_numbers_are_in_the_order_of_the_numbers(one: Decimal, two: Decimal) -> None:
    keys = [order.key("number", order.number(format(value, "f"))) for value in (one, two)]
    assert (keys[0] < keys[1], keys[0] == keys[1]) == (one < two, one == two)


@pytest.mark.parametrize(
    ("text", "kept"),
    [("1,250.50", "1250.5"), ("-0", "0"), ("\u22127", "-7"), (".5", "0.5"), ("007", "7"), ("1000", "1000")],
)
def test_numbers_are_kept_in_their_plainest_spelling(text: str, kept: str) -> None:
    assert order.number(text) == kept


@pytest.mark.parametrize("text", ["", "-", ".", "1,25", "12 apples", "1e5", "NaN", "1" * 31, "²"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        order.number(text)


def test_a_field_is_added_renamed_retired_and_taken_back(store: Store) -> None:
    plan = store.write(ALICE, custom.add, " Plan ", "choice", ["Gold", "gold", "Silver", ""])
    with store.read() as reader:
        assert custom.find(reader) == [custom.Field(plan, "Plan", "choice", ("gold", "Silver"), False)]
    with pytest.raises(Conflict):
        store.write(ALICE, custom.add, "PLAN", "text")
    with pytest.raises(NotAllowed):
        store.write(BOB, custom.add, "Other", "text")
    for name, kind, choices in (("", "text", []), ("x" * 61, "text", []), ("A", "choice", []), ("A", "colour", [])):
        with pytest.raises(Invalid):
            store.write(ALICE, custom.add, name, kind, choices)
    event_id = store.write(ALICE, custom.edit, plan, "Tariff", ["Gold", "Silver"])
    assert store.write(ALICE, custom.edit, plan, "Tariff", ["Gold", "Silver"]) is None
    assert event_id is not None
    undo.start(store, ALICE, event_id)
    store.write(ALICE, custom.retire, plan)
    with store.read() as reader:
        assert custom.find(reader) == []
        assert custom.get(reader, plan).name == "Plan"
    with pytest.raises(NotFound):
        store.write(ALICE, custom.retire, 99)


def test_a_choice_that_somebody_has_is_not_taken_away(store: Store) -> None:
    plan = store.write(ALICE, custom.add, "Plan", "choice", ["Gold", "Silver"])
    contact_id = store.write(ALICE, contacts.add, "7345550132", "US", {}).contact_id
    store.write(ALICE, contacts.edit, contact_id, {custom.key(plan): "Gold"}, {})
    with pytest.raises(Conflict, match="1 contacts"):
        store.write(ALICE, custom.edit, plan, "Plan", ["Silver"])
    store.write(ALICE, custom.edit, plan, "Plan", ["Gold", "Bronze"])


def test_the_list_finds_by_fields_what_looking_at_every_contact_finds(store: Store, fixed_clock: Clock) -> None:
    rng = random.Random(3)
    ids = {
        kind: store.write(ALICE, custom.add, kind, kind, ["Red", "Blue"] if kind == "choice" else [])
        for kind in custom.KINDS
    }
    drawn = {
        "text": lambda: rng.choice(["Café", "cafe", "tea", "it's 100%"]),
        "number": lambda: str(rng.choice([-12.5, 0, 3, 20, 100, 1250.5])),
        "date": lambda: f"2026-0{rng.randint(1, 9)}-15",
        "choice": lambda: rng.choice(["Red", "Blue"]),
    }
    held: dict[int, dict[str, str]] = {}
    for n in range(24):
        contact_id = store.write(ALICE, contacts.add, f"73455501{n:02}", "US", {}).contact_id
        own = {kind: drawn[kind]() for kind in ids if rng.random() < 0.6}
        held[contact_id] = own
        store.write(ALICE, contacts.edit, contact_id, {custom.key(ids[kind]): text for kind, text in own.items()}, {})
    with store.read() as reader:
        for _ in range(60):
            wishes = [(kind, rng.choice(list(asked.OPS)), drawn[kind]()) for kind in rng.choices(list(ids), k=2)]
            texts = tuple(str(asked.Asked(ids[kind], op, "" if op in {"any", "none"} else v)) for kind, op, v in wishes)
            wanted = from_mapping(json.loads(json.dumps(asdict(ConversationFilter(custom=texts)))))
            expected = sorted(id_ for id_, own in held.items() if holds(own, wishes))
            assert conversations.find_ids(reader, wanted) == expected, texts
            assert conversations.count(reader, wanted).n == len(expected)


def holds(own: dict[str, str], wishes: list[tuple[str, str, str]]) -> bool:
    for kind in {kind for kind, _, _ in wishes}:
        of_kind = [(op, value) for other, op, value in wishes if other == kind]
        if any(op == "none" for op, _ in of_kind):
            if kind in own:
                return False
            continue
        if kind not in own:
            return False
        mine = ordered(kind, own[kind])
        equal = [mine == ordered(kind, value) for op, value in of_kind if op == "is"]
        low = [mine >= ordered(kind, value) for op, value in of_kind if op == "from"]
        high = [mine <= ordered(kind, value) for op, value in of_kind if op == "to"]
        if (equal and not any(equal)) or not all([*low, *high]):
            return False
    return True


def ordered(kind: str, value: str) -> Decimal | str:
    return Decimal(value) if kind == "number" else fold(value)


@pytest.mark.parametrize("text", ["", "7", "7:from", "7:any:x", "x:is:1", "7:like:1", "-1:is:1", "²:any"])
def test_what_asks_for_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        asked.parse(text)


def test_a_value_that_nobody_can_hold_finds_nobody(store: Store) -> None:
    number = store.write(ALICE, custom.add, "Size", "number")
    store.write(ALICE, contacts.add, "7345550132", "US", {})
    with store.read() as reader:
        for text in (f"{number}:is:large", "99:is:x", "99:any"):
            assert conversations.find_ids(reader, ConversationFilter(custom=(text,))) == []
        names = conversations.choices(reader).names
        said = ConversationFilter(custom=(f"{number}:from:3", f"{number}:to:9")).words(names)
    assert said == [("custom", "Size from 3 and Size up to 9")]
