"""Columns and cards as texts: what stands over a column, and what a card says to the eye and to a screen reader."""

from dataclasses import replace

import pytest

from core import clock
from core.board import Card, Figures
from core.pipelines import Stage
from pages.ui import board_cards
from tests.conftest import NOON

DAY = 86_400
QUOTED, LOST = Stage(1, "Quoted", "open", 0.5, 7), Stage(2, "Lost", "lost")
CARD = Card(5, 9, "Ann Lee", "+14155550132", 125_050, "Bob", "open", NOON - 9 * DAY, NOON - 2 * DAY, "", True, (1, 5))


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def drawn(stage: Stage, card: Card, said: Figures, *, folded: bool = False) -> dict[str, object]:
    [column] = board_cards.data([stage], {stage.id: said}, {stage.id: [card]}, lambda _: folded)["columns"]
    return column  # type: ignore[no-any-return]


def test_a_column_says_of_what_its_numbers_are() -> None:
    column = drawn(QUOTED, CARD, Figures(1_204, 125_050, 3, 1, 2))
    said = "Quoted, 1,204 deals, $1,250.50, 3 no amount, 1 too long here, 2 of them closed"
    assert (column["label"], column["more"]) == (said, "Show 40 of 1,203 more")
    assert column["all"] == "All 1,204 deals of Quoted"


def test_no_amount_at_all_is_no_sum() -> None:
    assert drawn(QUOTED, CARD, Figures(2, 0, 2))["sum"] == ""
    assert drawn(QUOTED, CARD, Figures(2, 0, 1))["sum"] == "$0"


def test_a_folded_column_holds_no_cards() -> None:
    column = drawn(LOST, CARD, Figures(7), folded=True)
    assert (column["cards"], column["more"], column["count"]) == ([], "", "7 deals")


def test_a_deleted_stage_that_still_holds_deals_takes_no_others() -> None:
    column = drawn(replace(QUOTED, is_retired=True), CARD, Figures(1))
    assert (column["name"], column["takes"]) == ("Quoted (deleted)", False)


CARDS = {
    "one too long here": (
        QUOTED, CARD, "Ann Lee, $1,250.50, Bob, 9 days here, too long: more than 7 days, active 2 days ago",
    ),
    "without a name": (
        QUOTED, replace(CARD, name="", is_rotting=False),
        "(415) 555-0132, $1,250.50, Bob, 9 days here, active 2 days ago",
    ),
    "of whom nothing may be seen": (
        QUOTED,
        replace(CARD, name="", phone="", amount_cents=None, owner="", is_rotting=False, entered_at=None, active_at=0),
        "No name, no amount, never active",
    ),
    "lost, with the reason": (
        LOST, replace(CARD, outcome="lost", is_rotting=False, lost_reason="too dear"),
        "Ann Lee, $1,250.50, Bob, 9 days ago, active 2 days ago, too dear",
    ),
    "won in a stage that is open": (
        QUOTED, replace(CARD, outcome="won", is_rotting=False, amount_cents=0),
        "Ann Lee, $0, won, Bob, 9 days ago, active 2 days ago",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CARDS)
def test_a_card_says(name: str) -> None:
    stage, card, said = CARDS[name]
    [shown] = drawn(stage, card, Figures(1))["cards"]  # type: ignore[misc]
    assert shown["label"] == said
