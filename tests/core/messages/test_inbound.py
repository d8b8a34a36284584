"""What comes in: once, to the right contact, with everything that follows from it."""

from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from core import conversations, workflows
from core.conversations import ConversationFilter, upkeep
from core.database import Store, Work
from core.database.search import reindexing
from core.database.tables import change, consent_event, contact, conversation, enrollment, event, message
from core.errors import Conflict, Invalid, NotAllowed
from core.messages import Incoming, Text, accept, consent, send
from core.messages.outbox import put
from core.people import SYSTEM
from core.workflows import Rules
from tests.conftest import ALICE, NOON, VERA, Clock
from tests.core.messages import world
from tests.core.messages.world import Scripted, drain, messages, phone, row, wide, write

DAY = 86_400


def come(store: Store, folder: Path, contact_id: int, body: str, id_: str = "IN1") -> int | None:
    return accept(store, folder, "US", Incoming(id_, phone(contact_id), body))


def archive(work: Work, contact_id: int, **values: int) -> None:
    values = {"is_archived": 1, "archived_at": 7, **values}
    work.conn.execute(update(conversation).where(conversation.c.id == contact_id).values(values))


def live(store: Store, contact_id: int) -> list[tuple[int, str]]:
    with store.read() as reader:
        e = enrollment.c
        wanted = select(e.workflow_id, e.is_live, e.stop_reason).where(e.contact_id == contact_id)
        return [(row[0], row[2]) for row in reader.execute(wanted) if not row[1]]


def consents(store: Store, contact_id: int) -> list[tuple[str, str, str]]:
    k = consent_event.c
    with store.read() as reader:
        rows = reader.execute(select(k.kind, k.method, k.body).where(k.contact_id == contact_id).order_by(k.id))
        return [tuple(row) for row in rows]


def test_a_text_counts_as_unread_and_moves_its_conversation_to_the_top(
    store: Store, ids: list[int], tmp_path: Path, fixed_clock: Clock
) -> None:
    fixed_clock.advance(60)
    message_id = come(store, tmp_path, ids[0], "Zebra at last")
    (found,) = messages(store, ids[0])
    assert (found.id, found.direction, found.body, found.sent_at) == (message_id, "in", "Zebra at last", NOON + 60)
    assert (wide(store, ids[0]).unread_count, wide(store, ids[0]).last_direction) == (1, "in")
    with store.read() as reader:
        assert conversations.find(reader, ConversationFilter(search="zebra")).rows["id"].tolist() == [ids[0]]
        assert conversations.find(reader, ConversationFilter()).rows["id"].iloc[0] == ids[0]


def test_told_again_it_is_not_kept_again(store: Store, ids: list[int], tmp_path: Path) -> None:
    assert come(store, tmp_path, ids[0], "Hi") is not None
    assert come(store, tmp_path, ids[0], "Hi") is None
    assert come(store, tmp_path, ids[0], "Hi", "IN2") is not None
    assert (len(messages(store, ids[0])), wide(store, ids[0]).unread_count) == (2, 2)


def test_an_unknown_phone_becomes_a_contact(store: Store, ids: list[int], tmp_path: Path) -> None:
    accept(store, tmp_path, "US", Incoming("IN1", "(734) 555-0199", "Who are you?"))
    with store.read() as reader:
        made = reader.execute(select(contact).where(contact.c.phone == "+17345550199")).one()
        found = conversations.find(reader, ConversationFilter(search="5550199")).rows
        assert found["id"].tolist() == [made.id]
        verbs = reader.execute(select(event.c.verb).where(event.c.id == made.event_id)).scalar_one()
        touched = reader.execute(select(func.count()).where(change.c.contact_id == made.id)).scalar_one()
    assert (verbs, touched > 0, wide(store, made.id).source) == ("message.receive", True, "Text message")
    assert len(messages(store, made.id)) == 1


@pytest.mark.parametrize("sender", ["", "72645", "Bank", "+1734555"])
def test_a_sender_that_is_no_phone_is_refused(store: Store, ids: list[int], tmp_path: Path, sender: str) -> None:
    with pytest.raises(Invalid):
        accept(store, tmp_path, "US", Incoming("IN1", sender, "Hi"))


def test_signs_that_no_database_holds_do_not_lose_the_text(store: Store, ids: list[int], tmp_path: Path) -> None:
    come(store, tmp_path, ids[0], "a\0b\ud800c")
    assert messages(store, ids[0])[0].body == "a\ufffdb\ufffdc"


def test_an_archived_conversation_returns(store: Store, ids: list[int], tmp_path: Path) -> None:
    store.write(SYSTEM, archive, ids[0])
    come(store, tmp_path, ids[0], "Still there?")
    assert (wide(store, ids[0]).is_archived, wide(store, ids[0]).archived_at) == (0, None)


@pytest.mark.parametrize(("body", "values"), [("STOP", {}), ("Still there?", {"is_muted": 1})])
def test_an_opt_out_and_a_muted_contact_stay_archived(
    store: Store, ids: list[int], tmp_path: Path, body: str, values: dict[str, int]
) -> None:
    store.write(SYSTEM, lambda work: archive(work, ids[0], **values))
    come(store, tmp_path, ids[0], body)
    assert wide(store, ids[0]).is_archived == 1
    assert len(messages(store, ids[0])) == 1


def test_an_answer_ends_the_workflows_that_wait_for_one(store: Store, ids: list[int], tmp_path: Path) -> None:
    first = store.write(SYSTEM, world.enroll, ids[0], 1)
    store.write(SYSTEM, world.enroll, ids[0], 2)
    step = Text(ids[0], "step", NOON + 60, "workflow", enrollment_id=first)
    queued, _ = store.write(SYSTEM, lambda work: put(work, work.record("test.step"), step))
    come(store, tmp_path, ids[0], "Yes, interested")
    assert live(store, ids[0]) == [(1, "reply")]
    assert (row(store, queued).state, row(store, queued).reason) == ("cancelled", "reply")
    assert wide(store, ids[0]).enrollment_count == 1


def test_a_stop_ends_everything_and_is_confirmed_once(
    store: Store, ids: list[int], tmp_path: Path, fixed_clock: Clock
) -> None:
    for workflow_id in (1, 2):
        store.write(SYSTEM, world.enroll, ids[0], workflow_id)
    scheduled = write(store, ids[0], "Later", due_at=NOON + DAY)
    come(store, tmp_path, ids[0], " Stop. ")
    come(store, tmp_path, ids[0], "STOP", "IN2")
    assert live(store, ids[0]) == [(1, "opt-out"), (2, "opt-out")]
    assert (wide(store, ids[0]).is_opted_out, wide(store, ids[0]).enrollment_count) == (1, 0)
    assert row(store, scheduled).state == "suppressed"
    provider = Scripted()
    fixed_clock.advance(2 * DAY)
    drain(store, provider)
    assert [text.body for text in provider.told] == [consent.CONFIRMED]
    assert consents(store, ids[0])[0] == ("out", "keyword", " Stop. ")


@pytest.mark.parametrize(("word", "after", "is_in"), [
    ("START", 30 * DAY, True), ("unstop", 60, True), ("YES", 60, True), ("YES", 2 * DAY, False),
    ("yes please", 60, False),
])  # fmt: skip
def test_the_way_back(  # noqa: PLR0913 - fixtures
    store: Store, ids: list[int], tmp_path: Path, fixed_clock: Clock, word: str, after: int, is_in: bool
) -> None:
    come(store, tmp_path, ids[0], "STOP")
    drain(store, Scripted())
    fixed_clock.advance(after)
    come(store, tmp_path, ids[0], word, "IN2")
    assert wide(store, ids[0]).is_opted_out == (0 if is_in else 1)
    assert [kind for kind, _, _ in consents(store, ids[0])] == (["out", "in"] if is_in else ["out"])


def test_what_was_said_to_a_person_is_not_undone_by_a_word(store: Store, ids: list[int], tmp_path: Path) -> None:
    store.write(ALICE, consent.record_opt_out, ids[0], "on the phone")
    come(store, tmp_path, ids[0], "START")
    assert wide(store, ids[0]).is_opted_out == 1


def test_a_consent_told_to_a_person_lets_into_a_workflow_that_needs_it(
    store: Store, ids: list[int], tmp_path: Path
) -> None:
    def qualifying() -> list[int]:
        with store.read() as reader:
            return workflows.qualifying(reader, 0, "redrip", Rules(needs_consent=True), NOON)

    assert qualifying() == []
    store.write(ALICE, consent.record_opt_in, ids[0], " on the form of our site ")
    assert (consents(store, ids[0]), qualifying()) == ([("in", "staff", "on the form of our site")], [ids[0]])
    for words, error in (("again", Conflict), (" ", Invalid)):
        with pytest.raises(error):
            store.write(ALICE, consent.record_opt_in, ids[0], words)
    with pytest.raises(NotAllowed):
        store.write(VERA, consent.record_opt_in, ids[1], "on the phone")
    come(store, tmp_path, ids[0], "STOP")
    with pytest.raises(Conflict, match="opted out"):
        store.write(ALICE, consent.record_opt_in, ids[0], "on the phone")
    assert (wide(store, ids[0]).is_opted_out, qualifying()) == (1, [])


def test_start_from_somebody_who_never_left_changes_nothing(store: Store, ids: list[int], tmp_path: Path) -> None:
    come(store, tmp_path, ids[0], "START")
    assert consents(store, ids[0]) == []


def test_what_sounds_like_a_stop_pauses_what_is_automatic(store: Store, ids: list[int], tmp_path: Path) -> None:
    store.write(SYSTEM, world.enroll, ids[0], 2)
    come(store, tmp_path, ids[0], "please stop texting me")
    assert live(store, ids[0]) == [(2, "asked to stop")]
    assert wide(store, ids[0]).is_opted_out == 0
    store.write(ALICE, send, Text(ids[0], "Sorry, I will."))


def test_the_row_is_what_derives_from_its_parts(store: Store, ids: list[int], tmp_path: Path) -> None:
    store.write(SYSTEM, world.enroll, ids[0], 1)
    come(store, tmp_path, ids[0], "Hi")
    come(store, tmp_path, ids[0], "STOP", "IN2")
    before = wide(store, ids[0])

    def derive(work: Work) -> None:
        with reindexing(work.conn, ids):
            upkeep.refresh(work.conn, ids, work.now)

    store.write(SYSTEM, derive)
    assert wide(store, ids[0]) == before
    with store.read() as reader:
        assert reader.execute(select(func.count()).select_from(message)).scalar_one() == 2
