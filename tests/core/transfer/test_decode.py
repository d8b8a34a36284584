"""Bytes to text: decoded right or refused with the encoding named; never a guess."""

import gzip
import io
import zipfile

import pytest

from core.errors import Invalid
from core.transfer.decode import BLOCK, LONGEST_LINE, Lines, examine
from tests.core.transfer.conftest import Opener, Reader

TEXT = "first_name,phone\nJosé 張偉 👩,7345550100\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_decoded_with_and_without_a_mark(encoding: str, read: Reader) -> None:
    (row,) = read(TEXT.encode(encoding))
    assert row.first_name == "José 張偉 👩"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_refused_by_name(encoding: str, read: Reader) -> None:
    with pytest.raises(Invalid, match="UTF-16 without a byte order mark"):
        read("first_name,phone\nAva,7345550100\n".encode(encoding))


def test_latin_1_is_refused_with_the_line_and_read_when_it_is_named(read: Reader) -> None:
    data = "first_name,phone\nAva,7345550101\nJosé,7345550100\n".encode("cp1252")
    with pytest.raises(Invalid, match=r"not UTF-8: line 3 holds the byte 0xE9.*Windows-1252"):
        read(data)
    assert [row.first_name for row in read(data, encoding="windows-1252")] == ["Ava", "José"]


def test_a_wrongly_named_encoding_is_refused(read: Reader) -> None:
    with pytest.raises(Invalid, match="not euc_kr: line 2"):
        read(TEXT, encoding="euc_kr")
    with pytest.raises(Invalid, match="There is no encoding “klingon”"):
        read(TEXT, encoding="klingon")
    with pytest.raises(Invalid, match="There is no encoding “base64”"):
        read(TEXT, encoding="base64")


def test_a_fault_late_in_a_long_file_refuses_the_whole_before_any_row(opened: Opener) -> None:
    data = b"phone\n" + b"7345550100\n" * 100_000 + b"\xff\n"
    with pytest.raises(Invalid, match="line 100002 holds the byte 0xFF"):
        opened(data)


def test_a_file_cut_off_inside_a_character_is_refused(opened: Opener) -> None:
    with pytest.raises(Invalid, match="ends in the middle of a character"):
        opened(b"phone,first_name\n7345550100,Jos" + b"\xc3")


def archive() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("contacts.csv", TEXT)
    return target.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        archive(),
        gzip.compress(TEXT.encode(), mtime=0),
        b"%PDF-1.7\n",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"\xff\xd8\xff\xe0",
        b"\xd0\xcf\x11\xe0\xa1\xb1",
        b"SQLite format 3\0",
        bytes(range(1, 9)) * 100,
    ],
)
def test_archives_images_and_other_binaries_are_refused(data: bytes, opened: Opener) -> None:
    with pytest.raises(Invalid, match="not a text file"):
        opened(data)


@pytest.mark.parametrize("data", [b"", b"\n", b"\xef\xbb\xbf", b"\r\n\r\n"])
def test_an_empty_file_is_called_empty(data: bytes, opened: Opener) -> None:
    with pytest.raises(Invalid, match=r"^This file is empty\.$"):
        opened(data)


@pytest.mark.parametrize("data", [b",,\n", b"\n" * (BLOCK + 1)])
def test_a_file_without_names_has_no_header(data: bytes, opened: Opener) -> None:
    with pytest.raises(Invalid, match=r"No column can be the phone\. The file has no header"):
        opened(data)


def test_a_line_without_end_is_refused_before_it_fills_the_memory(opened: Opener) -> None:
    with pytest.raises(Invalid, match="is longer than"):
        opened(b"phone\n" + b"x" * (LONGEST_LINE + 1))


@pytest.mark.parametrize("text", ["a\nb\r\nc\rd", "\r" * 3 + "x", "no end", "é" * BLOCK + "\nü", "\r\n" * BLOCK])
def test_lines_join_to_the_text_whatever_the_blocks(text: str) -> None:
    file = io.BytesIO(text.encode())
    lines = Lines(file, examine(file))
    assert "".join(lines) == text
    assert "".join(lines.blocks()) == text


def test_the_hash_is_of_the_bytes() -> None:
    assert examine(io.BytesIO(b"abc")).sha256.startswith("ba7816bf")
