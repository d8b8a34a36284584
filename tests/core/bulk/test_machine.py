"""Selections, verbs, other people's edits and undo in any order agree with a model; every guard that is switched off is
found by that."""

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RULE_MARKER, run_state_machine_as_test
from sqlalchemy import and_, false, true
from sqlalchemy.exc import DBAPIError

from core import clock
from core.bulk import kind
from core.bulk import run as bulk_run
from core.database import Store
from core.errors import AppError
from core.undo import plan
from core.undo import run as undo_run
from tests.conftest import ALICE
from tests.core.bulk import few
from tests.core.bulk.machine import Machine

CI, FULL = (8, 20), (60, 40)
"""Examples, and steps of each."""

RULES = {name for name, value in vars(Machine).items() if hasattr(value, RULE_MARKER)}
SEARCH = (60, 20)
"""Within so many a planted bug must be found."""


@pytest.mark.timeout(1_800)  # at full figures
@pytest.mark.parametrize("at_once", [500, 0], ids=["at once", "as jobs"])
def test_any_order_of_actions_edits_and_undos_agrees_with_the_model(
    database_url: str, is_full: bool, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", clock.now)  # the machine sets the time; it is put back
    go(database_url, at_once, FULL if is_full else CI)


def go(url: str, at_once: int, size: tuple[int, int], rules: set[str] = RULES) -> None:
    """Let the machine run by these rules, on a store of its own."""
    with closing(Store.open(url)) as store:
        store.write(ALICE, few.fill)
        without = dict.fromkeys(RULES - rules)
        of_store = type("OfStore", (Machine,), {"store": store, "at_once": at_once, **without})
        examples, steps = size
        run_state_machine_as_test(
            of_store,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                derandomize=True,
                print_blob=False,
                phases=(Phase.generate,),
                suppress_health_check=list(HealthCheck),
            ),
        )


def _nothing_is_so_already(place: Any, contact_id: Any, skipped: Any, _already: Any, row: Any) -> Any:
    return planned(place, contact_id, skipped, (), row)


def _forgets_the_request(verb: Callable[..., int], at: int) -> Callable[..., int]:
    def without(*args: Any) -> int:
        return verb(*[None if n == at else value for n, value in enumerate(args)])

    return without


def _whole_row_is_as_left(connection: Any, rows: Any, shape: Any, o: Any) -> Any:
    unwritten = rows.table.c.version <= 2 if rows.has_version else true()
    return and_(is_as_left(connection, rows, shape, o), unwritten)


planned, is_as_left = kind.planned, plan._is_as_left

GUARDS: dict[str, tuple[str, Any, set[str]]] = {
    "who lacks the right is refused": ("core.bulk.run.lacks", lambda *_: None, {"somebody_tries_without_the_right"}),
    "who lacks the right to undo what others did is refused": (
        "core.undo.run.lacks", lambda *_: None, {"flag", "take_back"},
    ),
    "what is so already is not written again": ("core.bulk.kind.planned", _nothing_is_so_already, {"flag"}),
    "who is enrolled is not enrolled again": ("core.bulk.outreach.planned", _nothing_is_so_already, {"enroll"}),
    "who is in the stage is not moved again": ("core.bulk.sales.planned", _nothing_is_so_already, {"move"}),
    "a deal just closed is not closed again": ("core.bulk.sales._just_closed", lambda *_: false(), {"move"}),
    "a closed deal stops what still sends": ("core.bulk.sales.stop_live", lambda *_: None, {"enroll", "move"}),
    "who has just written is not archived": (
        "core.bulk.flags.new_message", lambda *_: false(), {"archive", "somebody_writes"},
    ),
    "one request acts once": ("core.bulk.run._start", _forgets_the_request(bulk_run._start, 3), {"flag"}),
    "one request undoes once": (
        "core.undo.run._start", _forgets_the_request(undo_run._start, 2), {"flag", "take_back"},
    ),
    "rows changed since are left": (
        "core.undo.plan._is_as_left", lambda *_: true(), {"assign", "somebody_edits", "take_back"},
    ),
    "undo compares the columns that were written, not the row": (
        "core.undo.plan._is_as_left", _whole_row_is_as_left, {"flag", "assign", "take_back"},
    ),
    "nobody returns into a workflow twice": (
        "core.undo.plan._no_other_live", lambda *_: true(), {"enroll", "stop", "take_back"},
    ),
    "a second undo is refused": ("core.undo.run.refusal", lambda *_: None, {"flag", "take_back"}),
    "what is undone is not undone again": (
        "core.undo.plan._is_taken_back", lambda *_: false(), {"assign", "take_back"},
    ),
}  # fmt: skip
"""Where the guard stands, what stands there instead, and the rules in which that shows."""


@pytest.mark.parametrize("guard", GUARDS)
def test_a_guard_that_is_switched_off_is_missed(sqlite_url: str, guard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", clock.now)
    place, instead, rules = GUARDS[guard]
    monkeypatch.setattr(place, instead)
    # The machine disagrees, a refusal comes or does not come, or the database's own rules are broken.
    with pytest.raises((AssertionError, pytest.fail.Exception, AppError, DBAPIError)):
        go(sqlite_url, 500, SEARCH, rules)


@pytest.mark.parametrize("rules", [rules for _, _, rules in GUARDS.values()], ids=GUARDS)
def test_the_same_rules_find_nothing_while_the_guard_stands(
    sqlite_url: str, rules: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", clock.now)
    go(sqlite_url, 500, (3, 15), rules)
