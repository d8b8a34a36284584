"""A text that reads like an opt-out: nothing goes by itself until a person has decided, within ten business days."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, update

from core import contacts, undo
from core.access import Actor
from core.database import Store, Work
from core.database.tables import contact, opt_out_review, outbox
from core.errors import Conflict, NotAllowed, NotFound
from core.messages import Text, cancel, reviews, send_now, workdays
from core.messages import outbox as door
from core.messages.allowed import IN_REVIEW
from core.messages.inbound import HELP
from tests.conftest import ALICE, NOON, VERA, Clock
from tests.core.messages import world
from tests.core.messages.test_inbound import DAY, come, consents, live
from tests.core.messages.world import Scripted, drain, row, wide, write

REFUSAL = "please stop texting me"


def queue(store: Store, actor: Actor = ALICE) -> list[reviews.Review]:
    with store.read() as reader:
        found = reviews.waiting(reader, actor)
        assert reviews.count(reader) == len(found)
    return found


def decide(store: Store, review: reviews.Review, *, is_out: bool, actor: Actor = ALICE) -> int:
    def verb(work: Work) -> int:
        return reviews.decide(work, review.contact_id, review.id, is_out=is_out)

    return store.write(actor, verb)


def automatic(work: Work, contact_id: int) -> int:
    """A text of a live enrollment that is due, in a zone where it is noon."""
    place = {"time_zone": "UTC", "time_zone_source": "person"}
    work.conn.execute(update(contact).where(contact.c.id == contact_id).values(place))
    enrollment_id = world.enroll(work, contact_id, 2)
    text = Text(contact_id, "Hi", work.now, "workflow", enrollment_id=enrollment_id)
    return door.put(work, work.record("test.put"), text)[0]


def test_a_refusal_comes_before_a_person_with_a_date(store: Store, ids: list[int], tmp_path: Path) -> None:
    come(store, tmp_path, ids[0], REFUSAL)
    come(store, tmp_path, ids[0], "Wrong number, leave me alone", "IN2")
    (found,) = queue(store)
    assert (found.contact_id, found.body, found.said_at) == (ids[0], REFUSAL, NOON)
    # From Friday, 2 January 2026, over Martin Luther King's day, the 19th.
    assert found.due_at == NOON + 14 * DAY
    assert found.phone == world.phone(ids[0])
    assert (queue(store, VERA)[0].phone, queue(store, VERA)[0].body) == ("", "")
    assert not wide(store, ids[0]).is_opted_out


def test_nothing_goes_by_itself_before_it_is_decided(store: Store, ids: list[int], tmp_path: Path) -> None:
    before = store.write(ALICE, automatic, ids[0])
    come(store, tmp_path, ids[0], REFUSAL)
    assert live(store, ids[0]) == [(2, "asked to stop")]
    later = store.write(ALICE, automatic, ids[0])
    provider = Scripted()
    drain(store, provider)
    assert provider.told == []
    assert (row(store, before).state, row(store, later).state, row(store, later).reason) == (
        "cancelled", "held", IN_REVIEW,
    )  # fmt: skip


def test_no_opt_out_lets_automatic_texts_go_and_can_be_undone(
    store: Store, ids: list[int], tmp_path: Path, fixed_clock: Clock
) -> None:
    come(store, tmp_path, ids[0], REFUSAL)
    (found,) = queue(store)
    later = store.write(ALICE, automatic, ids[0])
    drain(store, Scripted())
    event_id = decide(store, found, is_out=False)
    assert queue(store) == []
    provider = Scripted()
    drain(store, provider)
    assert ([each.body for each in provider.told], row(store, later).state) == (["Hi"], "sent")
    undo.start(store, ALICE, event_id)
    assert [each.id for each in queue(store)] == [found.id]


def test_an_opt_out_is_recorded_with_the_words_and_ends_everything(
    store: Store, ids: list[int], tmp_path: Path
) -> None:
    come(store, tmp_path, ids[0], REFUSAL)
    later = store.write(ALICE, automatic, ids[0])
    (found,) = queue(store)
    event_id = decide(store, found, is_out=True)
    assert (consents(store, ids[0]), wide(store, ids[0]).is_opted_out) == ([("out", "phrase", REFUSAL)], 1)
    assert (row(store, later).state, queue(store)) == ("suppressed", [])
    with pytest.raises(Conflict, match="decided already"):
        decide(store, found, is_out=False)
    with pytest.raises(Conflict, match="cannot be undone"):
        undo.start(store, ALICE, event_id)


@pytest.mark.parametrize("word", ["STOP", "staff"])
def test_who_opts_out_meanwhile_has_decided(store: Store, ids: list[int], tmp_path: Path, word: str) -> None:
    from core.messages import record_opt_out

    come(store, tmp_path, ids[0], REFUSAL)
    if word == "STOP":
        come(store, tmp_path, ids[0], word, "IN2")
    else:
        store.write(ALICE, record_opt_out, ids[0], "said on the phone")
    assert queue(store) == []
    with store.read() as reader:
        assert reader.execute(select(opt_out_review.c.decision)).scalar_one() == "out"


def test_what_a_person_has_scheduled_waits_for_a_person(
    store: Store, ids: list[int], tmp_path: Path, fixed_clock: Clock
) -> None:
    scheduled = [write(store, ids[0], f"Tomorrow {n}", due_at=NOON + DAY) for n in range(3)]
    come(store, tmp_path, ids[0], REFUSAL)
    fixed_clock.advance(2 * DAY)
    provider = Scripted()
    drain(store, provider)
    assert [(row(store, id_).state, row(store, id_).reason) for id_ in scheduled] == [("held", IN_REVIEW)] * 3
    store.write(ALICE, send_now, scheduled[0])
    store.write(ALICE, cancel, scheduled[1])
    drain(store, provider)
    assert [each.body for each in provider.told] == ["Tomorrow 0"]
    decide(store, queue(store)[0], is_out=True)
    assert [row(store, id_).state for id_ in scheduled] == ["sent", "cancelled", "suppressed"]


def test_a_persons_text_that_is_overdue_waits_as_well(
    store: Store, ids: list[int], tmp_path: Path, fixed_clock: Clock
) -> None:
    written = write(store, ids[0], "Are you there?")
    fixed_clock.advance(600)  # the provider was out
    come(store, tmp_path, ids[0], REFUSAL)
    provider = Scripted()
    drain(store, provider)
    assert (provider.told, row(store, written).state, row(store, written).reason) == ([], "held", IN_REVIEW)


def test_what_waits_for_a_person_does_not_go_when_the_contact_is_edited(
    store: Store, ids: list[int], tmp_path: Path
) -> None:
    written = write(store, ids[0], "Tomorrow", due_at=NOON + DAY)
    come(store, tmp_path, ids[0], REFUSAL)
    store.write(ALICE, contacts.edit, ids[0], {"zip_code": "48104"}, {"zip_code": ""})
    provider = Scripted()
    drain(store, provider)
    assert (provider.told, row(store, written).state) == ([], "held")


def test_only_who_may_send_decides(store: Store, ids: list[int], tmp_path: Path) -> None:
    come(store, tmp_path, ids[0], REFUSAL)
    (found,) = queue(store)
    with pytest.raises(NotAllowed):
        decide(store, found, is_out=True, actor=VERA)
    with pytest.raises(NotFound):
        store.write(ALICE, lambda work: reviews.decide(work, ids[1], found.id, is_out=True))


def test_help_is_answered_once_a_day_and_not_after_an_opt_out(
    store: Store, ids: list[int], tmp_path: Path, fixed_clock: Clock
) -> None:
    def answers() -> int:
        o = outbox.c
        with store.read() as reader:
            return len(reader.execute(select(o.id).where(o.contact_id == ids[0], o.origin == HELP)).all())

    come(store, tmp_path, ids[0], "HELP", "IN1")
    come(store, tmp_path, ids[0], "info", "IN2")
    assert answers() == 1
    fixed_clock.advance(DAY)
    come(store, tmp_path, ids[0], "Help!", "IN3")
    assert answers() == 2
    come(store, tmp_path, ids[0], "STOP", "IN4")
    fixed_clock.advance(DAY)
    come(store, tmp_path, ids[0], "HELP", "IN5")
    assert answers() == 2
    provider = Scripted()
    drain(store, provider)
    assert [each.body for each in provider.told] == ["You have been unsubscribed and will get no more texts from us. "
                                                     "Reply START to be texted again."]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        ("2026-01-02", 1, "2026-01-05"),
        ("2026-11-25", 1, "2026-11-27"),  # Thanksgiving
        ("2026-07-02", 1, "2026-07-06"),  # the 4th of July, a Saturday, is kept on Friday
        ("2027-12-30", 1, "2028-01-03"),  # New Year's Day 2028, a Saturday, is kept on the last of December
        ("2026-05-22", 1, "2026-05-26"),  # Memorial Day
        ("2026-12-18", 10, "2027-01-05"),
    ],
)
def test_business_days(day: str, n: int, expected: str) -> None:
    assert workdays.after(date.fromisoformat(day), n).isoformat() == expected
