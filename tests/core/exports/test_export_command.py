"""`export conversations`: the grid's filters on the command line, and never over a file that is none of ours."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.__main__ import app
from core.database import Store
from core.errors import Invalid
from tests.conftest import ALICE, Clock
from tests.core.conversations import world
from tests.core.exports import reading


@pytest.fixture
def filled(sqlite_url: str, fixed_clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TALKDECK_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("TALKDECK_DATA_DIR", str(tmp_path))
    store = Store.open(sqlite_url)
    store.write(ALICE, world.fill, 60, 7)
    store.close()
    return tmp_path


def export(output: Path, *words: str) -> dict[str, object]:
    command = ["export", "conversations", "--output", str(output), "--json", *words]
    said: dict[str, object] = json.loads(CliRunner().invoke(app, command, catch_exceptions=False).stdout)
    return said


def test_the_file_and_what_it_is_stand_side_by_side(filled: Path) -> None:
    said = export(filled / "hot.csv", "--tab", "hot", "--sort", "+name", "--column", "Phone", "--column", "amount")
    header, *rows = reading.of_csv((filled / "hot.csv").read_bytes())
    about = json.loads((filled / "hot.csv.about.json").read_text())
    assert header == ["phone", "amount", "talkdeck_format"]
    assert len(rows) == said["rows"] == about["rows"]
    assert (about["filter"], about["order"], about["sha256_of_rows"]) == (
        "hot leads",
        "by name, upwards",
        said["sha256"],
    )
    found = json.loads(CliRunner().invoke(app, ["find", "--tab", "hot", "--sort", "+name", "--json"]).stdout)
    assert [row[0] for row in rows] == [row["phone"] for row in found["rows"]]


def test_an_export_may_take_the_place_of_an_export_and_of_nothing_else(filled: Path) -> None:
    own, foreign = filled / "own.parquet", filled / "foreign.csv"
    for _ in range(2):
        export(own, "--format", "parquet")
    foreign.write_text("somebody's own")
    with pytest.raises(Invalid, match="is there already"):
        export(foreign)
    own.write_bytes(own.read_bytes() + b"changed since")
    with pytest.raises(Invalid, match="no export as it was written"):
        export(own, "--format", "parquet")
    assert foreign.read_text() == "somebody's own"
    assert export(foreign, "--overwrite")["rows"]
    with pytest.raises(Invalid, match="belongs to the database"):
        export(filled / "talkdeck.db", "--overwrite")
    assert not list(filled.glob(".*"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--format", "pdf"), "is no format of a file"),
        (("--column", "shoe size"), "There is no column “shoe size”"),
        (("--tag", "nobody has it"), "There is no tag"),
        (("--zone", "Mars/Olympus"), "There is no time zone “Mars/Olympus”"),
    ],
)
def test_what_cannot_be_is_said_and_no_file_is_made(filled: Path, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        export(filled / "x.csv", *words)
    assert not list(filled.glob("x*"))
