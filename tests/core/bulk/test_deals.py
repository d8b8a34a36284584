"""Moving deals with what is said beside the stage: amount, owner, expected close, reason, and the enrollments."""

import pytest
from sqlalchemy import select

from core import bulk, deals, pipelines, undo
from core.bulk.run import action_of
from core.conversations import Deal, get
from core.database import Store
from core.database.tables import conversation, enrollment, event
from core.deals import Stay
from core.errors import Invalid
from tests.conftest import ALICE, NOON, Clock
from tests.core.bulk.world import assert_wide_rows_hold, do, fill, picture, take_back

NEW, QUOTED, WON, LOST = 10, 11, 12, 13
DAY = 86_400


@pytest.fixture
def ids(store: Store, fixed_clock: Clock) -> list[int]:
    """The conversations of a small world, a minute after it was made."""
    found = fill(store)
    fixed_clock.advance(60)
    return found


def without_deals(store: Store) -> int:
    with store.read() as reader:
        wanted = select(conversation.c.id).where(conversation.c.deal_count == 0).order_by(conversation.c.id).limit(1)
        return int(reader.execute(wanted).scalar_one())


def move(store: Store, id_: int, stage_id: int, **said: object) -> int:
    return do(store, bulk.action("move", stage_id=stage_id, **said), [id_])


def only(store: Store, id_: int) -> Deal:
    with store.read() as reader:
        [found] = get(reader, id_).deals
    return found


def facts(deal: Deal) -> tuple[object, ...]:
    return deal.stage, deal.amount_cents, deal.owner_id, deal.expected_close_on, deal.lost_reason


def test_what_is_said_is_kept_and_what_is_not_said_stays(store: Store, ids: list[int]) -> None:
    id_ = without_deals(store)
    move(store, id_, NEW, amount_cents=125_050, owner_id=2, expected_close_on="2026-03-01")
    assert facts(only(store, id_)) == ("New", 125_050, 2, "2026-03-01", "")
    move(store, id_, QUOTED)
    assert facts(only(store, id_)) == ("Quoted", 125_050, 2, "2026-03-01", "")
    event_id = move(store, id_, QUOTED, amount_cents="", owner_id="", expected_close_on="")
    assert facts(only(store, id_)) == ("Quoted", None, None, None, "")
    take_back(store, event_id)
    assert facts(only(store, id_)) == ("Quoted", 125_050, 2, "2026-03-01", "")
    move(store, id_, LOST, lost_reason="too dear")
    assert facts(only(store, id_)) == ("Lost", 125_050, 2, "2026-03-01", "too dear")
    assert_wide_rows_hold(store, ids)


def test_without_a_word_on_the_owner_a_new_deal_is_the_conversations(store: Store, ids: list[int]) -> None:
    id_ = without_deals(store)
    with store.read() as reader:
        owner = reader.execute(select(conversation.c.owner_id).where(conversation.c.id == id_)).scalar_one()
    move(store, id_, NEW)
    assert only(store, id_).owner_id == owner
    move(store, id_, WON)
    move(store, id_, NEW, owner_id="", new_deal=True)
    with store.read() as reader:
        newest = max(get(reader, id_).deals, key=lambda deal: deal.id)
    assert (newest.stage, newest.owner_id) == ("New", None)


def test_saying_the_same_again_changes_nothing(store: Store, ids: list[int]) -> None:
    id_ = without_deals(store)
    said = {"amount_cents": 0, "owner_id": 3, "expected_close_on": "2026-03-01", "lost_reason": "gone"}
    for stage_id in (QUOTED, LOST):
        move(store, id_, stage_id, **said)
        before = picture(store)
        move(store, id_, stage_id, **said)
        assert picture(store) == before


@pytest.mark.parametrize("kind", [WON, LOST])
@pytest.mark.parametrize("stops", [True, False])
def test_closing_stops_enrollments_or_not_and_undo_starts_them_again(
    store: Store, ids: list[int], kind: int, stops: bool
) -> None:
    e = enrollment.c

    def live() -> list[tuple[int, str]]:
        with store.read() as reader:
            rows = reader.execute(select(e.is_live, e.stop_reason).where(e.contact_id == ids[0]).order_by(e.id))
            return [tuple(row) for row in rows]

    before = live()
    assert before == [(1, "")]
    move(store, ids[0], NEW)
    assert live() == before
    closing = bulk.action("move", stage_id=kind, stop_enrollments=stops)
    seen = bulk.preview(store, ALICE, closing, bulk.choose("ticked", ids[:1]))
    assert seen.notes == (f"1 live enrollments {'will be stopped' if stops else 'go on'}.",)
    event_id = move(store, ids[0], kind, stop_enrollments=stops)
    assert live() == ([(0, {WON: "won", LOST: "lost"}[kind])] if stops else before)
    assert_wide_rows_hold(store, ids)
    take_back(store, event_id)
    assert live() == before
    assert_wide_rows_hold(store, ids)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"amount_cents": -1}, "An amount lies between"),
        ({"amount_cents": 10**14 + 1}, "1,000,000,000,000"),
        ({"owner_id": 999}, "Choose another owner"),
        ({"expected_close_on": "31/01/2026"}, "2026-01-31"),
        ({"lost_reason": "x" * 201}, "below 200"),
    ],
)
def test_what_cannot_be_is_refused(store: Store, ids: list[int], said: dict[str, object], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        move(store, ids[0], LOST, **said)


def test_an_older_event_without_these_words_can_be_tried_again(store: Store, ids: list[int]) -> None:
    found = action_of("deal.move", {"stage_id": NEW, "amount_cents": 5, "new_deal": False, "said": "moved {n}"})
    assert found == bulk.action("move", stage_id=NEW, amount_cents=5)


def test_history_tells_the_time_in_each_stage(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    id_ = without_deals(store)
    move(store, id_, NEW)
    fixed_clock.advance(3 * DAY)
    moved = move(store, id_, QUOTED, amount_cents=700)
    fixed_clock.advance(DAY)
    with store.read() as reader:
        first, second = deals.stays(reader, id_)
    begun = NOON + 60
    assert first == Stay(first.deal_id, "Auto", "New", "open", begun, begun + 3 * DAY, None, "Alice")
    assert second == Stay(first.deal_id, "Auto", "Quoted", "open", begun + 3 * DAY, None, 700, "Alice")
    assert [stay.seconds(begun + 4 * DAY) for stay in (first, second)] == [3 * DAY, DAY]
    undo.start(store, ALICE, moved)
    with store.read() as reader:
        assert [stay.stage for stay in deals.stays(reader, id_)] == ["New", "Quoted", "New"]
        assert reader.execute(select(event.c.verb).order_by(event.c.id.desc()).limit(1)).scalar_one() == "undo"


def test_who_has_no_deal_has_no_history(store: Store, ids: list[int]) -> None:
    with store.read() as reader:
        assert deals.stays(reader, without_deals(store)) == []


def test_the_newest_deal_comes_first(store: Store, ids: list[int], fixed_clock: Clock) -> None:
    id_ = without_deals(store)
    for _ in range(2):
        move(store, id_, NEW, new_deal=True)
        fixed_clock.advance(5)
    with store.read() as reader:
        found = [stay.deal_id for stay in deals.stays(reader, id_)]
    assert found == sorted(found, reverse=True)
    assert len(found) == 2


def test_pipelines_are_offered_with_their_stages_in_order(store: Store, ids: list[int]) -> None:
    with store.read() as reader:
        auto, home = pipelines.find(reader)
    assert [auto.name, home.name] == ["Auto", "Home"]
    assert [(stage.name, stage.kind) for stage in auto.stages] == [
        ("New", "open"),
        ("Quoted", "open"),
        ("Won", "won"),
        ("Lost", "lost"),
    ]


def test_reasons_given_before_are_offered_the_most_frequent_first(store: Store, ids: list[int]) -> None:
    for id_, reason in zip(ids, ("moved away", "too dear", "", "too dear"), strict=False):
        move(store, id_, LOST, lost_reason=reason, new_deal=True)
    with store.read() as reader:
        assert deals.lost_reasons(reader, LOST) == ["too dear", "moved away"]
        assert deals.lost_reasons(reader, WON) == []
