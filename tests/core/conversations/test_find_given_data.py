"""`find` on the command line equals brute force over real conversations, on both engines."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from core import conversations
from core.__main__ import app  # with all its commands
from core.access import Actor
from core.conversations import Choices, ConversationFilter, Slice, Sort
from core.database import Store
from tests.conftest import Clock
from tests.core.conversations import oracle, wishes
from tests.core.transfer.world import Office

FILES = ("contacts", "messages", "deals", "templates")
runner = CliRunner()


@pytest.fixture
def imported(store: Store, alice: Actor, fixed_clock: Clock, given_data: Path, tmp_path: Path) -> Store:
    office = Office(store, alice, tmp_path / "files")
    for folder in ("star", "multidogo"):
        for kind in FILES:
            if (path := given_data / "real" / folder / f"{kind}.csv").exists():
                office.carry_out(office.begin(path, kind))
    return store


def test_generated_wishes_equal_brute_force_over_real_conversations(
    imported: Store, database_url: str, is_full: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALKDECK_DATABASE_URL", database_url)
    rng = random.Random(7)
    with imported.read() as reader:
        known = oracle.everything(reader)
        choices = conversations.choices(reader)
        for number in range(1000 if is_full else 50):
            wanted, sort = wishes.wish(rng, known, choices), wishes.order(rng)
            expected = oracle.find(known, wanted, sort)
            page = conversations.find(reader, wanted, sort, Slice(50), budget=None)
            assert list(page.rows["id"]) == expected[:50], (wanted, sort)
            if number % (1 if is_full else 10) == 0:
                said, sort = plain(rng, wanted), Sort()
                expected = oracle.find(known, said, sort)
                assert asked(said, choices) == (len(expected), expected[:50]), said


def plain(rng: random.Random, wanted: ConversationFilter) -> ConversationFilter:
    """The parts of a wish that the command line knows."""
    stage = wanted.stages[:1]
    mode = rng.choice(("anyone", "unassigned", "mine"))
    values: dict[str, Any] = {"tags": wanted.tags, "tags_mode": wanted.tags_mode, "stages": stage, "owner_mode": mode}
    return ConversationFilter(tab=wanted.tab, search=wanted.search, user_id=1, **values)


def asked(wanted: ConversationFilter, choices: Choices) -> tuple[int, list[int]]:
    names = choices.names
    arguments = ["find", "--json", "--tab", wanted.tab, "--search", wanted.search, "--tags", wanted.tags_mode]
    for tag_id in wanted.tags:
        arguments += ["--tag", names.tag(tag_id)]
    for stage_id in wanted.stages:
        arguments += ["--stage", names.stage(stage_id)]
    owner = {"unassigned": "nobody", "mine": "me"}.get(wanted.owner_mode)
    result = runner.invoke(app, [*arguments, *(["--owner", owner] if owner else [])])
    assert result.exit_code == 0, (arguments, result.output, result.exception)
    answer = json.loads(result.stdout)
    return answer["count"], [row["id"] for row in answer["rows"]]
