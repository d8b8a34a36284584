"""Files from a browser before they are imported, what is seen of them at once, and lists for people."""

import io
import os
from pathlib import Path

import pytest

from core.errors import Invalid
from core.settings import Settings
from core.transfer import Choices, copies, incoming
from core.transfer.peek import peek
from core.transfer.rejects import problems_csv
from tests.conftest import Clock


def arrived(folder: Path, name: str = "people.csv", content: bytes = b"phone\n(212) 555-0101\n") -> incoming.Upload:
    return incoming.receive(io.BytesIO(content), name, Settings(data_dir=str(folder)))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ann\\people.csv", "people.csv"),
        ("a\0b\u202egnp.csv", "abgnp.csv"),
        ("x" * 300, "x" * 200),
        ("..", ".."),
        ("/", "file"),
    ],
)
def test_the_name_of_an_upload_never_becomes_a_path(tmp_path: Path, name: str, shown: str) -> None:
    upload = arrived(tmp_path, name)
    assert upload.name == shown
    assert [path.parent for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "imports" / "incoming"]
    assert upload.path.name.isalnum()


def test_an_upload_is_read_under_its_own_name_and_dropped(tmp_path: Path) -> None:
    upload = arrived(tmp_path)
    with upload.source("contacts", Settings(data_dir=str(tmp_path)), Choices()) as source:
        assert source.name == "people.csv"
        assert source.keep().parent == tmp_path / "imports"
    upload.drop()
    with pytest.raises(Invalid, match="Upload it again"), upload.file():
        pass


def test_only_the_application_may_read_what_came_in(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "imports").mkdir(mode=0o755, parents=True)  # as an older version made it
    upload = arrived(data)
    with upload.source("contacts", Settings(data_dir=str(data)), Choices()) as source:
        copy = source.keep()
    modes = {path.name: path.stat().st_mode & 0o777 for path in (data / "imports").rglob("*")}
    assert modes == {"incoming": 0o700, upload.path.name: 0o600, copy.name: 0o600}
    assert copy.parent.stat().st_mode & 0o777 == 0o700


def test_uploads_that_nobody_came_back_for_are_deleted(tmp_path: Path, fixed_clock: Clock) -> None:
    old, young = arrived(tmp_path), arrived(tmp_path)
    os.utime(old.path, (0, fixed_clock.now - copies.KEPT_SECONDS - 1))
    os.utime(young.path, (0, fixed_clock.now - copies.KEPT_SECONDS + 60))
    arrived(tmp_path)
    assert not old.path.exists()
    assert young.path.exists()


def test_a_peek_shows_what_stands_in_each_column() -> None:
    file = io.BytesIO(b"phone,first_name,empty\n1,Ann,\n2,Ann,\n3,Bo,\n4,Cy,\n5,Di,\n")
    seen = peek(file, "contacts", Settings())
    assert seen.samples == (("1", "2", "3"), ("Ann", "Bo", "Cy"), ())
    assert seen.mapping == {"phone": "phone", "first_name": "first_name"}


def test_a_peek_says_which_kind_a_known_file_holds() -> None:
    file = io.BytesIO(b"Record ID,Phone Number,Contact owner\n1,(212) 555-0101,Zoe\n")
    seen = peek(file, "deals", Settings())
    assert (seen.preset, seen.mapping, seen.is_for) == (None, {}, "contacts")
    assert "HubSpot" in seen.refusal


def test_columns_that_need_a_person_are_shown_with_the_reason() -> None:
    seen = peek(io.BytesIO(b"who,number one\nAnn,1\n"), "contacts", Settings())
    assert seen.columns == ("who", "number one")
    assert "No column can be the phone" in seen.refusal
    assert seen.is_for == ""


def test_a_list_of_problems_runs_no_formula() -> None:
    text = "".join(problems_csv([(2, "phone", "=1+1", "not a phone number", 1), (3, "email", "@x", "odd", 0)]))
    assert '"2","phone","\'=1+1","not a phone number","rejected"' in text
    assert '"\'@x","odd","imported, with this remark"' in text
