"""`find` on the command line reads, and makes nothing."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core import custom
from core.__main__ import app
from core.conversations import ConversationFilter, Sort
from core.database import Store
from core.errors import Invalid, Unavailable
from tests.conftest import ALICE
from tests.core.conversations import oracle, own, world


@pytest.mark.parametrize("words", [("find", "--json"), ("bulk", "archive"), ("undo", "1")])
def test_a_database_that_is_not_there_is_said_and_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("TALKDECK_DATABASE_URL", f"sqlite:///{tmp_path}/away/x.db")
    with pytest.raises(Unavailable, match=r"There is no database .*/away/x\.db"):
        CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_brings_something_in_makes_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALKDECK_DATABASE_URL", f"sqlite:///{tmp_path}/new/x.db")
    made = CliRunner().invoke(app, ["user", "add", "Ann", "--role", "analyst"], catch_exceptions=False)
    assert made.exit_code == 0
    found = CliRunner().invoke(app, ["find", "--json"], catch_exceptions=False)
    assert '"count": 0' in found.stdout


def test_who_was_never_active_has_no_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALKDECK_DATABASE_URL", f"sqlite:///{tmp_path}/x.db")
    monkeypatch.setenv("TALKDECK_DATA_DIR", str(tmp_path))
    file = tmp_path / "people.csv"
    file.write_text("phone,created_at\n(212) 555-0101,\n(212) 555-0102,2020-05-12T12:25:56Z\n")
    CliRunner().invoke(app, ["import", "contacts", str(file)], catch_exceptions=False)
    found = CliRunner().invoke(app, ["find", "--json"], catch_exceptions=False)
    rows = json.loads(found.stdout)["rows"]
    assert [(row["phone"], row["active_at"]) for row in rows] == [("+12125550102", 1589286356), ("+12125550101", None)]


def test_contacts_with_an_open_deal_are_found_and_those_without(
    store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALKDECK_DATABASE_URL", database_url)
    store.write(ALICE, world.fill, 60, 7)
    with store.read() as reader:
        everybody = oracle.everything(reader)

    def told(*words: str) -> int:
        found = CliRunner().invoke(app, ["find", "--json", *words], catch_exceptions=False)
        return int(json.loads(found.stdout)["count"])

    listed = [one for one in everybody if not one.row["is_archived"]]
    selling = sum("open" in one.outcomes for one in listed)
    assert (told("--open-deal"), told("--no-open-deal"), told()) == (selling, len(listed) - selling, len(listed))
    assert 0 < selling < sum(bool(one.deals) for one in listed)


def test_the_list_is_sorted_by_a_field_of_ones_own_and_by_activity_once_that_is_retired(
    store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALKDECK_DATABASE_URL", database_url)
    store.write(ALICE, world.fill, 40, 7)
    store.write(ALICE, own.fill, 7)
    with store.read() as reader:
        everybody = oracle.everything(reader)
        field = next(each for each in custom.find(reader) if each.name == "number")

    def told(*words: str) -> tuple[list[int], str]:
        found = CliRunner().invoke(app, ["find", "--json", "--limit", "100", *words], catch_exceptions=False)
        return [row["id"] for row in json.loads(found.stdout)["rows"]], found.stderr

    def expected(sort: Sort) -> list[int]:
        return oracle.find(everybody, ConversationFilter(), sort)

    assert told("--sort", "NUMBER") == (expected(Sort(custom.key(field.id))), "")
    assert told("--sort", "+number") == (expected(Sort(custom.key(field.id), descending=False)), "")
    with pytest.raises(Invalid, match=r"cannot be sorted by “size”"):
        told("--sort", "size")
    store.write(ALICE, custom.retire, field.id)
    ids, said = told("--sort", "number")
    assert ids == expected(Sort())
    assert "“number” by which this list was sorted is no longer in use" in " ".join(said.split())
