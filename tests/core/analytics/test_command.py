"""`analytics` on the command line: figures, what they count, and the check of all."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from core.__main__ import app
from core.database import Store
from core.errors import Invalid, NotFound
from tests.conftest import ALICE, Clock
from tests.core.analytics import drifting

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def filled(store: Store, database_url: str, fixed_clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some conversations with a past, in the database that the commands open."""
    monkeypatch.setenv("TALKDECK_DATABASE_URL", database_url)
    store.write(ALICE, drifting.fill, 12, 2)


def told(*words: str) -> dict[str, Any]:
    done = CliRunner().invoke(app, ["analytics", *words, "--json"], catch_exceptions=False)
    assert done.exit_code == 0
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_figures_and_what_they_count_are_told(store: Store) -> None:
    said = told("value_by_stage")
    listed = told("value_by_stage", "--rows")
    assert said["definition"].startswith("Where deals stand")
    assert sum(line["deals"] for line in said["rows"]) == len(listed["rows"]) > 0
    before = told("value_by_stage", "--pipeline", "auto", "--by", "tag", "--at", "2025-12-31")
    assert {"stage", "outcome", "group", "deals"} <= set(before["rows"][0])


def test_the_check_finds_no_difference_and_says_so(store: Store) -> None:
    plain = CliRunner().invoke(app, ["analytics", "check", "--from", "2025-06-01"], catch_exceptions=False)
    assert plain.exit_code == 0
    assert "Every figure equals its rows." in plain.stdout


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["profit"], NotFound), (["flow", "--from", "yesterday"], Invalid), (["flow", "--pipeline", "Boats"], Invalid),
        (["flow", "--by", "moon"], Invalid), (["flow", "--zone", "Mars/Base"], Invalid),
        (["flow", "--tag", "x"], Invalid),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(store: Store, words: list[str], error: type[Exception]) -> None:
    with pytest.raises(error):
        CliRunner().invoke(app, ["analytics", *words], catch_exceptions=False)
