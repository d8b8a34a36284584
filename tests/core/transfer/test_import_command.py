"""`import` on the command line: what it says of a file, and what it never writes over."""

from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from core.__main__ import app
from core.commands import imports
from core.errors import Invalid


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three people: one without a phone, one whose day of birth is none and would turn a terminal red."""
    monkeypatch.setenv("TALKDECK_DATABASE_URL", f"sqlite:///{tmp_path}/x.db")
    monkeypatch.setenv("TALKDECK_DATA_DIR", str(tmp_path))
    file = tmp_path / "people.csv"
    file.write_text("phone,date_of_birth\n(212) 555-0101,\n12,\n(212) 555-0102,\x1b[31mred\n")
    return file


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["import", "contacts", *map(str, words)], catch_exceptions=False)


@pytest.mark.parametrize("option", [(), ("--dry-run",)])
def test_every_problem_has_its_line_column_value_and_outcome(file: Path, option: tuple[str, ...]) -> None:
    said = " ".join(run(file, *option).stderr.split())
    assert 'line 3 phone: "12": not a phone number (rejected)' in said
    assert 'line 4 date_of_birth: "\\u001b[31mred": not a date; left blank (imported)' in said
    assert "\x1b" not in said


def test_more_problems_than_are_shown_are_counted_and_written(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "SHOWN", 1)
    written = tmp_path / "problems.csv"
    assert "These are 1 of 2 problems. --problems FILE writes them all." in run(file, "--problems", written).stderr
    assert len(written.read_text().splitlines()) == 3


@pytest.mark.parametrize("option", ["--errors", "--problems"])
@pytest.mark.parametrize("name", ["people.csv", "away/refused.csv", "."])
def test_what_cannot_be_written_is_said_before_anything_is_imported(
    file: Path, tmp_path: Path, option: str, name: str
) -> None:
    before = file.read_bytes()
    with pytest.raises(Invalid, match="Name a"):
        run(file, option, tmp_path / name)
    assert file.read_bytes() == before
    assert not (tmp_path / "x.db").exists()
