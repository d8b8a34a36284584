"""Message backups of SMS Backup & Restore, read as a stream."""

import re
from collections.abc import Callable, Iterator
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import create_parser

from core.errors import Invalid
from core.transfer.decode import Lines
from core.transfer.rows import Reject
from core.transfer.table import Record

COLUMNS = ("address", "date", "type", "body", "contact_name")
PICTURE = "a picture message (MMS) is not imported"
NO_CHARACTER = "a character that is none (half of a pair, or a control character)"

# The app writes an emoji as two references, one for each half of its UTF-16 pair, which XML forbids.
_PAIR = re.compile(r"&#(5[56]\d{3});&#(5[67]\d{3});")
_REFERENCE = re.compile(r"&#(?:(\d+)|[xX]([0-9a-fA-F]+));")
_BEGUN = re.compile(r"&#?\w{0,8};?")
_MARK = "\ufdd0"  # a code point that is never a character: stands for one that XML does not let through


class SmsTable:
    """The messages of a backup; a picture message is refused, not passed over."""

    columns = COLUMNS

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        if not re.search(r"<smses[\s/>]", next(iter(lines.blocks()), "")):
            raise Invalid("This is XML, but no message backup of SMS Backup & Restore: there is no “smses” in it.")

    def records(self) -> Iterator[Record | Reject]:
        """What follows a fault in the XML cannot be read; one reject says so."""
        parser = create_parser(forbid_dtd=True)
        found = _Messages(parser.getLineNumber)
        parser.setContentHandler(found)
        rest = ""
        try:
            for block in self.lines.blocks():
                text = rest + block
                end = _end_of_whole(text)
                rest = text[end:]
                parser.feed(_repaired(text[:end]))
                yield from found.take()
            parser.feed(_repaired(rest))
            parser.close()
        except SAXParseException as error:
            yield from found.take()
            yield Reject(
                error.getLineNumber() or 0, "", "", f"not XML ({error.getMessage()}); nothing from here on was read", ()
            )
        except DefusedXmlException:
            yield Reject(
                found.line(), "", "", "a document type of its own is not allowed; nothing from here on was read", ()
            )
        yield from found.take()


class _Messages(ContentHandler):
    def __init__(self, line: Callable[[], int | None]) -> None:
        super().__init__()
        self._line = line
        self._found: list[Record | Reject] = []

    def take(self) -> list[Record | Reject]:
        found, self._found = self._found, []
        return found

    def line(self) -> int:
        return self._line() or 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        if name not in {"sms", "mms"}:
            return
        line = self.line()
        cells = [_cell(column, attrs.get(column, "")) for column in COLUMNS]
        if name == "mms":
            self._found.append(Reject(line, "mms", "", PICTURE, tuple(cells)))
        elif any(_MARK in cell for cell in cells):
            at = next(i for i, cell in enumerate(cells) if _MARK in cell)
            shown = tuple(cell.replace(_MARK, "\ufffd") for cell in cells)
            self._found.append(Reject(line, COLUMNS[at], shown[at], NO_CHARACTER, shown))
        else:
            self._found.append((line, cells))


def _cell(column: str, text: str) -> str:
    if (column == "address" and text == "null") or (column == "contact_name" and text == "(Unknown)"):
        return ""
    return text


def _end_of_whole(text: str) -> int:
    """Where the references that touch the end begin: a block may end inside one, or between the halves of a pair."""
    end = len(text)
    while (start := text.rfind("&", max(0, end - 11), end)) >= 0 and _BEGUN.fullmatch(text, start, end):
        end = start
    return end


def _repaired(text: str) -> str:
    if "&#" not in text:
        return text
    return _REFERENCE.sub(_allowed, _PAIR.sub(_joined, text))


def _joined(pair: re.Match[str]) -> str:
    high, low = int(pair[1]), int(pair[2])
    if 0xD800 <= high < 0xDC00 <= low < 0xE000:
        return chr(0x10000 + (high - 0xD800) * 0x400 + low - 0xDC00)
    return pair[0]


def _allowed(reference: re.Match[str]) -> str:
    code = int(reference[1]) if reference[1] else int(reference[2], 16)
    if code in {9, 10, 13} or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000:
        return reference[0]
    return _MARK
