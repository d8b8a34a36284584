"""From a file's bytes to lines of text: strict, streamed, and never a guess."""

import codecs
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from core.errors import Invalid

BLOCK = 1 << 18
LONGEST_LINE = 1 << 24
"""Characters without a line end above which a file is refused, so that memory stays bounded."""

ENCODINGS = (
    *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "windows-1252", "iso-8859-1", "iso-8859-15", "mac-roman", "cp437"),
    *("cp850", "windows-1250", "windows-1251", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"),
)
"""What may be named; nothing but the first two is ever found out by itself."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_TEXT = (
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"BZh", "a bzip2 archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "an image"),
    (b"GIF8", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"SQLite format 3\0", "a database"),
    (b"PAR1", "a Parquet file"),
)
_CONTROLS = frozenset(range(32)) - {9, 10, 11, 12, 13, 26, 27}


@dataclass(frozen=True)
class Text:
    """What one reading of the whole file found; `newline` is what ends its lines."""

    encoding: str
    sha256: str
    size: int
    newline: str
    has_nul: bool


def examine(file: BinaryIO, encoding: str = "") -> Text:
    """Read the file once from its start: its hash, its encoding, its line ends.

    UTF-8, or what the byte order mark says; anything else only when the caller names the encoding.
    Raises: Invalid when it is no text, or not text in that encoding.
    """
    head = file.read(BLOCK)
    named = _named(encoding) if encoding else None
    chosen = named or next((name for mark, name in _BOMS if head.startswith(mark)), "utf-8")
    _refuse_binary(head, chosen)
    scan = _Scan(chosen)
    while head:
        scan.take(head, is_named=named is not None)
        head = file.read(BLOCK)
    return scan.result()


class Lines:
    """The lines of an examined file, with their ends; `bytes_read` grows as they are taken."""

    def __init__(self, file: BinaryIO, text: Text) -> None:
        self.file = file
        self.text = text
        self.bytes_read = 0

    def __iter__(self) -> Iterator[str]:
        newline = self.text.newline
        rest = ""
        for block in self.blocks():
            block = rest + block
            end = block.rfind(newline) + 1
            rest = block[end:]
            yield from io.StringIO(block[:end], newline=newline)
        if rest:
            yield rest

    def blocks(self) -> Iterator[str]:
        """The same text in blocks that end anywhere."""
        self.file.seek(0)
        self.bytes_read = 0
        decoder = codecs.getincrementaldecoder(self.text.encoding)("strict")
        while block := self.file.read(BLOCK):
            self.bytes_read += len(block)
            yield decoder.decode(block)
        if last := decoder.decode(b"", final=True):
            yield last


class _Scan:
    def __init__(self, encoding: str) -> None:
        self.encoding = encoding
        self.decoder = codecs.getincrementaldecoder(encoding)("strict")
        self.hash = hashlib.sha256()
        self.size = self.feeds = self.returns = self.unbroken = 0
        self.has_nul = False
        self.newline = ""

    def take(self, block: bytes, *, is_named: bool) -> None:
        self.hash.update(block)
        self.size += len(block)
        try:
            text = self.decoder.decode(block)
        except UnicodeDecodeError as error:
            raise Invalid(self._complaint(error, is_named)) from error
        self._count(text)
        if self.unbroken > LONGEST_LINE:
            raise Invalid(f"Line {self._line()} is longer than {LONGEST_LINE:,} characters; this is no table.")

    def result(self) -> Text:
        try:
            self.decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise Invalid(
                f"The file ends in the middle of a character ({self.encoding}). It was cut off; export it again."
            ) from error
        return Text(self.encoding, self.hash.hexdigest(), self.size, self.newline or "\n", self.has_nul)

    def _count(self, text: str) -> None:
        self.newline = self.newline or _first_end(text)
        self.feeds += text.count("\n")
        self.returns += text.count("\r")
        last = max(text.rfind("\n"), text.rfind("\r"))
        self.unbroken = len(text) - last - 1 if last >= 0 else self.unbroken + len(text)
        self.has_nul = self.has_nul or "\0" in text

    def _line(self) -> int:
        return max(self.feeds, self.returns) + 1

    def _complaint(self, error: UnicodeDecodeError, is_named: bool) -> str:
        self._count(error.object[: error.start].decode(self.encoding, "ignore"))
        where = f"line {self._line()} holds the byte 0x{error.object[error.start]:02X}"
        if is_named or self.encoding != "utf-8":
            return f"The file is not {self.encoding}: {where}. Name the right encoding, or save the file as UTF-8."
        return (
            f"The file is not UTF-8: {where}. If it is Latin-1 (Windows-1252), as older Excel writes it, "
            "name that encoding; otherwise save the file as UTF-8."
        )


def _first_end(text: str) -> str:
    """What ends the first line: a CR alone, as old Macs wrote it, or anything else; quoted cells do not count."""
    end = re.match(r'(?:[^"\r\n]|"[^"]*")*+(\r(?=[^\n])|\r?\n)', text)
    return "" if end is None else "\r" if end[1] == "\r" else "\n"


def _named(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        name = ""
    if name not in {codecs.lookup(known).name for known in ENCODINGS}:
        raise Invalid(f"There is no encoding “{encoding}” here. Known are {', '.join(ENCODINGS)}.")
    return "utf-8-sig" if name == "utf-8" else name


def _refuse_binary(head: bytes, encoding: str) -> None:
    for mark, what in _NOT_TEXT:
        if head.startswith(mark):
            raise Invalid(f"This is {what}, not a text file. Export or unpack it to CSV (UTF-8) first.")
    if encoding in {"utf-16", "utf-32"} or not head:
        return
    sample = head[:4096]
    if sample[1::2].count(0) * 2 > len(sample[1::2]) or sample[::2].count(0) * 2 > len(sample[::2]):
        raise Invalid("The file looks like UTF-16 without a byte order mark. Save it as UTF-8.")
    if sum(byte in _CONTROLS for byte in sample) * 10 > len(sample):
        raise Invalid("This is not a text file. Export it to CSV (UTF-8) first.")
