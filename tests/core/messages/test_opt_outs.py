"""The list of opt-outs, and requests taken down by phone."""

from pathlib import Path

import pytest

from core import undo
from core.access import ROLES, Actor
from core.database import Store
from core.errors import Conflict, Invalid, NotAllowed
from core.messages import opt_outs
from core.messages.opt_outs import Said
from tests.conftest import ALICE, NOON, VERA, Clock
from tests.core.messages import world
from tests.core.messages.test_inbound import come
from tests.core.messages.world import wide

ADMIN = Actor(9, "Ada", ROLES["admin"])


def listed(store: Store, search: str = "") -> list[Said]:
    with store.read() as reader:
        found = opt_outs.find(reader, ALICE, search)
        assert opt_outs.count(reader, ALICE, search) == len(found)
    return found


def test_a_request_by_voice_is_written_down_for_known_and_unknown_phones(store: Store, ids: list[int]) -> None:
    event_id = store.write(ALICE, opt_outs.record, world.phone(ids[0]), "  said it on\nthe phone ")
    store.write(ALICE, opt_outs.record, "(212) 555-0147", "wrote a letter")
    assert wide(store, ids[0]).is_opted_out
    new, old = listed(store)
    assert (old.contact_id, old.body, old.how, old.by, old.happened_at) == (
        ids[0], "said it on the phone", "told to a person", "Alice", NOON,
    )  # fmt: skip
    assert (new.phone, wide(store, new.contact_id).source) == ("+12125550147", "Opt-out request")
    with pytest.raises(Conflict, match="cannot be undone"):
        undo.start(store, ALICE, event_id)


@pytest.mark.parametrize(("number", "words", "said"), [
    ("call me", "told me", "cannot be used"), ("2125550147", " ", "how they asked"), ("2125550147", "x" * 501, "500"),
])  # fmt: skip
def test_what_cannot_be_used_is_refused_and_makes_nobody(store: Store, number: str, words: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        store.write(ALICE, opt_outs.record, number, words)
    assert listed(store) == []


def test_who_is_out_cannot_be_written_down_again_and_an_analyst_writes_nobody_down(
    store: Store, ids: list[int], tmp_path: Path
) -> None:
    come(store, tmp_path, ids[0], "STOP")
    with pytest.raises(Conflict, match="already"):
        store.write(ALICE, opt_outs.record, world.phone(ids[0]), "told me")
    with pytest.raises(NotAllowed):
        store.write(VERA, opt_outs.record, world.phone(ids[1]), "told me")
    with store.read() as reader:
        assert opt_outs.find(reader, VERA)[0].phone == ""


def test_who_may_not_see_phones_reads_no_words_and_finds_a_phone_by_its_whole_number_alone(
    store: Store, ids: list[int], tmp_path: Path
) -> None:
    come(store, tmp_path, ids[0], "STOP")
    store.write(ALICE, opt_outs.record, "(212) 555-0147", "wrote a letter")  # nobody with a name
    with store.read() as reader:
        assert {(each.phone, each.body) for each in opt_outs.find(reader, VERA)} == {("", "")}
        assert opt_outs.of_contact(reader, VERA, ids[0])[0].body == ""
        for search, n in (("letter", 0), ("555-01", 0), ("+1212", 0), ("212 555 0147", 1), ("contact", 1)):
            assert len(opt_outs.find(reader, VERA, search)) == opt_outs.count(reader, VERA, search) == n
        with pytest.raises(NotAllowed):
            opt_outs.find(reader, ADMIN)


def test_only_the_last_word_of_each_counts(store: Store, ids: list[int], tmp_path: Path, fixed_clock: Clock) -> None:
    for n, word in enumerate(("STOP", "START", "stop", "Start", "STOP!")):
        come(store, tmp_path, ids[0], word, f"IN{n}")
    come(store, tmp_path, ids[1], "STOP")
    come(store, tmp_path, ids[1], "START", "IN2")
    assert [each.body for each in listed(store)] == ["STOP!"]
    with store.read() as reader:
        ledger = [(each.kind, each.body) for each in opt_outs.of_contact(reader, ALICE, ids[0])]
    assert ledger == [("out", "STOP!"), ("in", "Start"), ("out", "stop"), ("in", "START"), ("out", "STOP")]


@pytest.mark.parametrize(("search", "found"), [
    ("contact 1", [0]), ("CONTACT", [1, 0]), ("555-0002", [1]), ("letter", [1]), ("100%", []), ("_", []), ("", [1, 0]),
])  # fmt: skip
def test_the_list_is_looked_through_by_name_phone_and_words(
    store: Store, ids: list[int], search: str, found: list[int]
) -> None:
    for id_, words in zip(ids[:2], ("told me", "wrote a letter"), strict=True):
        store.write(ALICE, opt_outs.record, world.phone(id_), words)
    assert [each.contact_id for each in listed(store, search)] == [ids[n] for n in found]
