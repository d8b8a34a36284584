"""Numbers of ours: added, described, retired and taken back; and who hears from which."""

from pathlib import Path

import pytest

from core import history, setup, undo
from core.database import Store
from core.errors import Conflict, Invalid, NotAllowed, NotFound
from core.messages import Incoming, accept, numbers
from core.messages.numbers import Number
from tests.conftest import ALICE, BOB, Clock
from tests.core.messages.world import Scripted, drain, phone, wide, write

FIRST, SECOND = "+12125550100", "+12125550101"


def listed(store: Store) -> list[Number]:
    with store.read() as reader:
        return numbers.find(reader)


def last(store: Store) -> int:
    with store.read() as reader:
        return history.events(reader, ALICE, limit=1)[0].event_id


def test_a_number_is_added_described_retired_and_taken_back(store: Store) -> None:
    id_ = store.write(ALICE, numbers.add, "(212) 555-0100", " Front  desk ", 3)
    assert listed(store) == [Number(id_, FIRST, "Front desk", 3)]
    store.write(ALICE, numbers.edit, id_, "Desk", 10)
    store.write(ALICE, numbers.retire, id_)
    assert listed(store) == [Number(id_, FIRST, "Desk", 10, is_retired=True)]
    undo.start(store, ALICE, last(store))
    assert listed(store) == [Number(id_, FIRST, "Desk", 10)]
    store.write(ALICE, numbers.retire, id_)
    assert store.write(ALICE, numbers.add, FIRST, "Again", 1) == id_
    assert listed(store) == [Number(id_, FIRST, "Again", 1)]


def test_the_sender_number_is_listed_before_it_sends(store: Store) -> None:
    store.write(ALICE, setup.choose, {"sender_number": FIRST})
    with store.read() as reader:
        assert numbers.listed(reader) == [Number(0, FIRST)]
    id_ = store.write(ALICE, numbers.add, FIRST, "", 2)
    with store.read() as reader:
        assert numbers.listed(reader) == [Number(id_, FIRST, "", 2)]


def test_adding_is_undone_by_retiring(store: Store) -> None:
    id_ = store.write(ALICE, numbers.add, FIRST, "", 1)
    undo.start(store, ALICE, last(store))
    assert listed(store) == [Number(id_, FIRST, is_retired=True)]


def test_what_cannot_be_is_refused(store: Store) -> None:
    id_ = store.write(ALICE, numbers.add, FIRST, "", 1)
    with pytest.raises(Conflict, match="among the numbers already"):
        store.write(ALICE, numbers.add, "212 555 0100", "", 1)
    with pytest.raises(Invalid, match="between 1 and"):
        store.write(ALICE, numbers.add, SECOND, "", 0)
    with pytest.raises(Invalid):
        store.write(ALICE, numbers.add, "call me", "", 1)
    with pytest.raises(NotFound):
        store.write(ALICE, numbers.edit, 99, "", 1)
    with pytest.raises(NotAllowed):
        store.write(BOB, numbers.retire, id_)
    store.write(ALICE, setup.choose, {"sender_number": FIRST})
    with pytest.raises(Conflict, match="Choose another one first"):
        store.write(ALICE, numbers.retire, id_)


def test_replies_go_out_from_the_number_that_was_written_to(
    store: Store, ids: list[int], fixed_clock: Clock, tmp_path: Path
) -> None:
    store.write(ALICE, setup.choose, {"sender_number": FIRST})
    second = store.write(ALICE, numbers.add, SECOND, "", 1)
    accept(store, tmp_path, "US", Incoming("IN1", phone(ids[0]), "Hi", to=SECOND))
    assert wide(store, ids[0]).sender_id == second
    provider = Scripted()
    for id_ in ids[:2]:
        write(store, id_, f"to {id_}", due_at=fixed_clock.now)
    drain(store, provider)
    assert {text.to: text.sender for text in provider.told} == {phone(ids[0]): SECOND, phone(ids[1]): FIRST}
    store.write(ALICE, numbers.retire, second)
    fixed_clock.advance(2)
    write(store, ids[0], "and again", due_at=fixed_clock.now)
    drain(store, provider)
    assert provider.told[-1].sender == FIRST


def test_a_number_we_did_not_know_of_is_ours_when_somebody_writes_to_it(
    store: Store, ids: list[int], fixed_clock: Clock, tmp_path: Path
) -> None:
    accept(store, tmp_path, "US", Incoming("IN1", phone(ids[0]), "Hi", to=SECOND))
    (number,) = listed(store)
    assert (number.phone, number.id) == (SECOND, wide(store, ids[0]).sender_id)
    accept(store, tmp_path, "US", Incoming("IN2", phone(ids[0]), "Hi", to="no number"))
    assert (wide(store, ids[0]).sender_id, len(listed(store))) == (number.id, 1)
