"""Writing a text, taking it back, and who must not get one."""

from pathlib import Path

import pytest

from core import history
from core.access import Actor
from core.database import Store
from core.errors import AppError, Conflict, Invalid, NotAllowed, NotFound
from core.history.words import QUIET
from core.messages import (
    ASKED,
    UNDO_SECONDS,
    Incoming,
    Text,
    accept,
    again,
    cancel,
    consent,
    drafts,
    outbox,
    refusal,
    send,
    send_now,
    waiting,
    warnings,
)
from core.messages.claims import claim
from core.messages.provider import Answer
from core.people import SYSTEM
from tests.conftest import ALICE, BOB, NOON, VERA, Clock
from tests.core.messages.world import PACE, Scripted, drain, messages, phone, row, wide, write


def draft(store: Store, contact_id: int, actor: Actor = ALICE) -> str:
    with store.read() as reader:
        return drafts.get(reader, actor.id, contact_id).body


def test_a_text_waits_for_some_seconds_before_it_goes(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    provider = Scripted()
    written = write(store, ids[0], "Hello")
    assert drain(store, provider) == 0
    with store.read() as reader:
        (found,) = waiting(reader, ids[0], NOON)
    assert (found.id, found.body, found.due_at, found.writer) == (written, "Hello", NOON + UNDO_SECONDS, "Alice")
    fixed_clock.advance(UNDO_SECONDS)
    drain(store, provider)
    assert [(text.to, text.body, text.key) for text in provider.told] == [("+17345550001", "Hello", written)]
    (sent,) = messages(store, ids[0])
    assert (sent.direction, sent.body, sent.status, sent.sender, sent.sent_at) == (
        "out", "Hello", "sent", "Alice", NOON + UNDO_SECONDS,
    )  # fmt: skip
    assert (row(store, written).state, row(store, written).external_id) == ("sent", "SM1")
    with store.read() as reader:
        assert waiting(reader, ids[0], NOON) == []


def test_taken_back_in_time_it_is_the_draft_again(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    written = write(store, ids[0], "Hello")
    store.write(ALICE, drafts.save, ids[0], "and more")
    assert store.write(ALICE, cancel, written) == "Hello"
    fixed_clock.advance(UNDO_SECONDS)
    assert drain(store, Scripted()) == 0
    assert messages(store, ids[0]) == []
    assert draft(store, ids[0]) == "Hello\nand more"
    with pytest.raises(Conflict):
        store.write(ALICE, cancel, written)


def test_what_is_on_its_way_cannot_be_taken_back(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    written = write(store, ids[0])
    fixed_clock.advance(UNDO_SECONDS)
    store.write(SYSTEM, claim, PACE)
    with pytest.raises(Conflict):
        store.write(ALICE, cancel, written)


def test_what_a_busy_provider_did_not_take_can_be_taken_back(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    written = write(store, ids[0], "Hello")
    fixed_clock.advance(UNDO_SECONDS)
    drain(store, Scripted(Answer("later", wait=300)))
    assert store.write(ALICE, cancel, written) == "Hello"
    fixed_clock.advance(600)
    provider = Scripted()
    drain(store, provider)
    assert (provider.told, row(store, written).state) == ([], "cancelled")
    assert [each.status for each in messages(store, ids[0])] == ["cancelled"]


def test_a_text_of_somebody_else_is_taken_back_into_nobodys_draft(store: Store, ids: list[int]) -> None:
    written = write(store, ids[0], "Hello", BOB)
    store.write(ALICE, cancel, written)
    assert draft(store, ids[0]) == draft(store, ids[0], BOB) == ""


def test_writing_marks_the_conversation_read_and_ends_the_draft(store: Store, ids: list[int]) -> None:
    store.write(ALICE, drafts.save, ids[0], "Hel")
    store.write(ALICE, lambda work: work.conn.exec_driver_sql("UPDATE conversation SET unread_count = 3"))
    write(store, ids[0])
    assert wide(store, ids[0]).unread_count == 0
    assert wide(store, ids[1]).unread_count == 3
    assert draft(store, ids[0]) == ""


def test_one_press_writes_one_text(store: Store, ids: list[int]) -> None:
    first = store.write(ALICE, send, Text(ids[0], "Hello"), "press")
    assert store.write(ALICE, send, Text(ids[0], "Hello"), "press") == first
    with store.read() as reader:
        assert len(waiting(reader, ids[0], NOON)) == 1


def test_scheduled_for_later_it_can_be_hurried(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    written = write(store, ids[0], due_at=NOON + 3600)
    assert drain(store, Scripted()) == 0
    store.write(ALICE, send_now, written)
    assert drain(store, Scripted()) == 1
    with pytest.raises(Conflict):
        store.write(ALICE, send_now, written)
    assert [each.status for each in messages(store, ids[0])] == ["sent"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (Text(1, "   "), Invalid),
        (Text(1, "x" * 1_601), Invalid),
        (Text(1, "a\0b"), Invalid),
        (Text(1, "a\ud800"), Invalid),
        (Text(1, "x", due_at=NOON - 1), Invalid),
        (Text(1, "x", due_at=NOON + 2 * outbox.FURTHEST), Invalid),
        (Text(99, "x"), NotFound),
    ],
)
def test_what_is_no_text_is_refused(store: Store, ids: list[int], text: Text, error: type[AppError]) -> None:
    with pytest.raises(error):
        store.write(ALICE, send, text)


def test_fields_are_filled_when_it_is_sent_and_a_missing_one_stops_it(store: Store, ids: list[int]) -> None:
    write(store, ids[0], "Hi {first_name}, from {my_name}, in {city|town}")
    with pytest.raises(Invalid, match=r"\{city\}"):
        write(store, ids[0], "Still in {city}?")
    with store.read() as reader:
        assert [each.body for each in waiting(reader, ids[0], NOON)] == ["Hi Contact 1, from Alice, in town"]


def test_who_may_not_send_writes_nothing(store: Store, ids: list[int]) -> None:
    written = write(store, ids[0])
    for verb, told in ((send, Text(ids[0], "x")), (cancel, written), (send_now, written)):
        with pytest.raises(NotAllowed):
            store.write(VERA, verb, told)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        store.write(VERA, drafts.save, ids[0], "x")


def test_who_has_opted_out_is_not_texted_and_what_waited_never_goes(
    store: Store, ids: list[int], fixed_clock: Clock
) -> None:
    written = write(store, ids[0], "Hello", due_at=NOON + 60)
    store.write(ALICE, consent.record_opt_out, ids[0], "said so on the phone")
    with store.read() as reader:
        assert "opted out" in refusal(reader, ids[0])
        assert refusal(reader, ids[1]) == ""
        assert [(each.state, each.reason) for each in waiting(reader, ids[0], NOON)] == [("suppressed", "opted_out")]
    for verb in (lambda work: send(work, Text(ids[0], "x")), lambda work: send_now(work, written)):
        with pytest.raises(Conflict):
            store.write(ALICE, verb)
    with pytest.raises(Conflict):
        store.write(ALICE, consent.record_opt_out, ids[0], "")
    fixed_clock.advance(3600)
    assert drain(store, Scripted()) == 0
    assert row(store, written).state == "suppressed"


def test_what_failed_can_be_sent_again(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    write(store, ids[0], "Hello")
    fixed_clock.advance(UNDO_SECONDS)
    drain(store, Scripted(Answer("refused", code="21211", reason="no such phone")))
    (failed,) = messages(store, ids[0])
    assert (failed.status, failed.error_code) == ("failed", "21211")
    store.write(ALICE, again, failed.id, ids[0])
    store.write(ALICE, again, failed.id, ids[0])
    fixed_clock.advance(UNDO_SECONDS)
    drain(store, Scripted())
    assert [each.status for each in messages(store, ids[0])] == ["failed", "sent"]
    with pytest.raises(Conflict):
        store.write(ALICE, again, messages(store, ids[0])[1].id, ids[0])


def test_history_lists_what_a_person_did_and_the_rest_where_it_is_asked_for(
    store: Store, ids: list[int], fixed_clock: Clock
) -> None:
    write(store, ids[0], "Hello")
    fixed_clock.advance(UNDO_SECONDS)
    drain(store, Scripted())
    with store.read() as reader:
        assert history.events(reader, ALICE, limit=1)[0].words == "Alice wrote a text"
        assert not {each.verb for each in history.events(reader, ALICE)} & set(QUIET)
        asked = history.events(reader, ALICE, history.Wanted(verb="message.send"))
        assert [each.words for each in asked] == ["Talkdeck sent a text"]


def test_who_is_texted_is_warned_of_the_same_person_and_of_what_sounds_like_a_stop(
    store: Store, ids: list[int], tmp_path: Path
) -> None:
    store.write(ALICE, lambda work: work.conn.exec_driver_sql("UPDATE contact SET same_person_id = 7 WHERE id < 3"))
    store.write(ALICE, consent.record_opt_out, ids[1], "by phone")
    accept(store, tmp_path, "US", Incoming("IN1", phone(ids[0]), "please stop texting me"))
    with store.read() as reader:
        assert warnings(reader, ids[0]) == ["The same person has opted out with (734) 555-0002.", ASKED]
        assert warnings(reader, ids[2]) == []
