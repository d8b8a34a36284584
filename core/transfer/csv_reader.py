"""Delimited text: strict RFC 4180, with the physical line of every record and nothing passed over in silence."""

import csv
import io
from collections.abc import Callable, Iterator

from core.errors import Invalid
from core.transfer.decode import Lines
from core.transfer.rows import Reject
from core.transfer.table import Record

DELIMITERS = (",", ";", "\t", "|")
NUL = "NUL byte (control character)"
TOO_MANY = "more cells than the header"
UNQUOTED_END = "a line end stands in a cell without quotes"
WRONG_QUOTE = "a quote opened here is not closed before the next delimiter"
UNCLOSED = "a quote opened here is never closed"
TOO_LONG = f"a cell is longer than {csv.field_size_limit():,} characters"


class CsvTable:
    """A delimited file; `score` says how many names of a header row the caller knows, which decides the delimiter."""

    def __init__(self, lines: Lines, score: Callable[[list[str]], int]) -> None:
        self.lines = lines
        head = next(iter(lines.blocks()), "")
        self.delimiter, self._header_lines, names = _header(head, lines.text.newline, score)
        self.columns = tuple(names)

    def records(self) -> Iterator[Record | Reject]:
        """Short records are filled up with blanks; blank lines are no records."""
        taken: list[str] = []  # the lines of the record being read, for the case that it cannot be read
        feed = self._feed(taken.append)
        width = 0 if self.lines.text.has_nul else len(self.columns)
        reader = csv.reader(feed, delimiter=self.delimiter, strict=True)
        clear = taken.clear
        beyond = 0  # lines taken from the feed without the reader
        start = 1
        while True:
            try:
                for cells in reader:
                    if start > self._header_lines and cells:
                        yield (start, cells) if len(cells) == width else self._checked(start, cells)
                    clear()
                    start = reader.line_num + beyond + 1
                return
            except csv.Error as error:
                text = "".join(taken)
                reason, more = _reason(error), 0
                if reason == TOO_LONG:
                    reason, more = _skip_cell(text, feed, taken)
                beyond += more
                end = reader.line_num + beyond
                yield Reject(start, "", text[:100], _told(reason, start, end), (text,))
                taken.clear()
                start = end + 1

    def _feed(self, take: Callable[[str], None]) -> Iterator[str]:
        for line in self.lines:
            take(line)
            yield line

    def _checked(self, line: int, cells: list[str]) -> Record | Reject:
        width = len(self.columns)
        cells.extend([""] * (width - len(cells)))
        if self.lines.text.has_nul and any("\0" in cell for cell in cells):
            at = next(i for i, cell in enumerate(cells) if "\0" in cell)
            column = self.columns[at] if at < width else ""
            return Reject(
                line, column, cells[at].replace("\0", "␀"), NUL, tuple(cell.replace("\0", "␀") for cell in cells)
            )
        if len(cells) > width:
            if any(cell.strip() for cell in cells[width:]):
                return Reject(line, "", cells[width], TOO_MANY, tuple(cells))
            del cells[width:]
        return line, cells


def _header(head: str, newline: str, score: Callable[[list[str]], int]) -> tuple[str, int, list[str]]:
    """The delimiter under which most names are known, else most cells; the header's last line; its names."""
    if head[:4].lower() == "sep=" and head[4:5] in DELIMITERS:  # a line that Excel writes and reads
        names, lines = _first_record(head[head.find(newline) + 1 :], newline, head[4])
        return head[4], lines + 1, names
    best: tuple[str, int, list[str]] | None = None
    complaint = ""
    for delimiter in DELIMITERS:
        try:
            names, lines = _first_record(head, newline, delimiter)
        except Invalid as error:
            complaint = complaint or str(error)
            continue
        if best is None or (score(names), len(names)) > (score(best[2]), len(best[2])):
            best = delimiter, lines, names
    if best is None:
        raise Invalid(complaint)
    return best


def _first_record(head: str, newline: str, delimiter: str) -> tuple[list[str], int]:
    reader = csv.reader(io.StringIO(head, newline=newline), delimiter=delimiter, strict=True)
    try:
        names = next((cells for cells in reader if cells), [])
    except csv.Error as error:
        raise Invalid(f"The header in line {max(reader.line_num, 1)} cannot be read: {_reason(error)}.") from error
    return [name.lstrip("\ufeff") for name in names], reader.line_num


def _reason(error: csv.Error) -> str:
    text = str(error)
    if "field larger" in text:
        return TOO_LONG
    if "unexpected end" in text:
        return UNCLOSED
    return UNQUOTED_END if "new-line character" in text else WRONG_QUOTE


def _skip_cell(text: str, feed: Iterator[str], taken: list[str]) -> tuple[str, int]:
    """Go on to the end of a cell that is too long, where its quotes come out even: the reason, and the lines passed."""
    is_open = text.count('"') % 2 == 1
    lines = 0
    while is_open:
        taken.clear()
        line = next(feed, None)
        if line is None:
            return UNCLOSED, lines
        lines += 1
        is_open ^= line.count('"') % 2 == 1
    return TOO_LONG, lines


def _told(reason: str, start: int, end: int) -> str:
    return reason if start == end else f"{reason}; the text of lines {start} to {end} was not read as records"
