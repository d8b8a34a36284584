"""The command line: the same verbs over the same filters, with counts that sum up, and undo of whatever it did."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from core.__main__ import app
from core.database import Store
from core.errors import Invalid
from tests.core.bulk.world import fill, picture


@pytest.fixture
def ids(store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The conversations of a small world that the commands find by the settings."""
    monkeypatch.setenv("TALKDECK_DATABASE_URL", database_url)
    return fill(store)


def told(*words: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout.strip().splitlines()[-1])
    return answer


def test_an_action_is_counted_and_taken_back(store: Store, ids: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    before = picture(store)
    foretold = told("bulk", "tag", "--to", "refund", "--to", "cold", "--tag", "Café", "--dry-run")
    for most_at_once in (500, 2):
        monkeypatch.setattr("core.bulk.run.AT_ONCE", most_at_once)
        monkeypatch.setattr("core.undo.run.AT_ONCE", most_at_once)
        done = told("bulk", "tag", "--to", "refund", "--to", "cold", "--tag", "Café")
        assert {**done, "event_id": None} == foretold
        assert done["selected"] == sum(done[name] for name in ("changed", "already", "skipped", "failed")) > 2
        undone = told("undo", str(done["event_id"]))
        assert (undone["state"], undone["kept"], undone["undone_event_id"]) == ("undone", 0, done["event_id"])
        assert picture(store) == before


def test_nothing_that_matches_is_no_failure(store: Store, ids: list[int]) -> None:
    done = told("bulk", "archive", "--search", "nothingofthekind")
    assert done == {"event_id": None, "selected": 0, "changed": 0, "already": 0, "skipped": 0, "failed": 0}


@pytest.mark.parametrize(
    "words",
    [
        ("bulk", "explode"),
        ("bulk", "tag"),
        ("bulk", "tag", "--to", "no such tag"),
        ("bulk", "move", "--to", "New"),
        ("bulk", "enroll", "--to", "no such workflow"),
        ("bulk", "assign"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(ids: list[int], words: tuple[str, ...]) -> None:
    with pytest.raises(Invalid):
        CliRunner().invoke(app, list(words), catch_exceptions=False)
