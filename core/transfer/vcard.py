"""Address cards: vCard 3.0, and 2.1 and 4.0 as far as they are alike."""

import quopri
import re
from collections.abc import Iterator

from core.transfer.decode import Lines
from core.transfer.rows import Reject
from core.transfer.table import Record

COLUMNS = (
    "first_name",
    "last_name",
    "phone",
    "email",
    "date_of_birth",
    "zip_code",
    "city",
    "state",
    "tags",
    "notes",
    "external_id",
)
OUTSIDE = "text outside BEGIN:VCARD and END:VCARD"
UNENDED = "a card begun here has no END:VCARD"
NUL = "NUL byte (control character)"
LONGEST_CARD = 1 << 20
"""Characters of a card that are kept; photographs, which are longer, are not read."""

_ESCAPE = re.compile(r"\\([\\;,nN])")
_SPLIT = {separator: re.compile(rf"(?<!\\)((?:\\\\)*){separator}") for separator in ",;"}


class VcardTable:
    """One record a card. The first mobile number is the phone; further numbers and addresses are kept in the notes."""

    columns = COLUMNS

    def __init__(self, lines: Lines) -> None:
        self.lines = lines

    def records(self) -> Iterator[Record | Reject]:
        start, card, size = 0, list[str](), 0
        for number, raw in enumerate(self.lines, 1):
            line = raw.rstrip("\r\n").lstrip("\ufeff" if number == 1 else "")
            mark = line.strip().upper()
            if mark == "BEGIN:VCARD":
                if start:
                    yield Reject(start, "", "", UNENDED, ("\n".join(card),))
                start, card, size = number, [], 0
            elif mark == "END:VCARD" and start:
                yield _record(start, card)
                start = 0
            elif start:
                size += len(line)
                if size <= LONGEST_CARD:
                    card.append(line)
            elif mark:
                yield Reject(number, "", line[:100], OUTSIDE, (line,))
        if start:
            yield Reject(start, "", "", UNENDED, ("\n".join(card),))


def _record(start: int, lines: list[str]) -> Record | Reject:
    text = "\n".join(lines)
    if "\0" in text:
        return Reject(start, "", "", NUL, (text.replace("\0", "␀"),))
    card = _Card(lines)
    first, last = card.name()
    phone, other_phones = card.phones()
    address = (card.parts("ADR") + [""] * 7)[:7]
    email, *other_emails = [*card.texts("EMAIL"), ""]
    notes = [
        *card.texts("NOTE"),
        *(f"Other phone: {other}" for other in other_phones),
        *(f"Other e-mail: {other}" for other in other_emails if other),
    ]
    tags = ";".join(tag for _, value in card.get("CATEGORIES") for tag in _pieces(value, ","))
    born = re.sub(r"^(\d{4})(\d\d)(\d\d)(?=T|$)", r"\1-\2-\3", "".join(card.texts("BDAY")[:1]))
    uid = "".join(card.texts("UID")[:1])
    return start, [first, last, phone, email, born, address[5], address[3], address[4], tags, "\n".join(notes), uid]


class _Card:
    def __init__(self, lines: list[str]) -> None:
        self.properties: dict[str, list[tuple[str, str]]] = {}
        for line in _unfolded(lines):
            head, _, value = line.partition(":")
            name, _, params = head.upper().partition(";")
            if "QUOTED-PRINTABLE" in params:
                value = _quoted_printable(value, params)
            # Apple and Google group properties: item1.TEL
            self.properties.setdefault(name.rpartition(".")[2], []).append((params, value))

    def get(self, name: str) -> list[tuple[str, str]]:
        return self.properties.get(name, [])

    def texts(self, name: str) -> list[str]:
        return [text for _, value in self.get(name) if (text := _unescaped(value)).strip()]

    def parts(self, name: str) -> list[str]:
        return _pieces(self.get(name)[0][1], ";") if self.get(name) else []

    def name(self) -> tuple[str, str]:
        last, first, middle = ([part.strip() for part in self.parts("N")] + [""] * 3)[:3]
        if first or last:
            return " ".join(filter(None, (first, middle))), last
        shown = "".join(self.texts("FN")[:1])
        if sum(c.isdigit() for c in shown) >= 7:  # phones write the number there when there is no name
            return "", ""
        first, _, last = shown.strip().rpartition(" ")
        return (first, last) if first else (last, "")

    def phones(self) -> tuple[str, list[str]]:
        found = [(params, _unescaped(value)) for params, value in self.get("TEL") if value.strip()]
        mobile = next((i for i, (params, _) in enumerate(found) if "CELL" in params), 0)
        numbers = [number for _, number in found]
        return (numbers.pop(mobile), numbers) if numbers else ("", [])


def _quoted_printable(value: str, params: str) -> str:
    charset = re.search(r"CHARSET=([\w-]+)", params)
    try:
        return quopri.decodestring(value.encode()).decode(charset[1] if charset else "utf-8")
    except (LookupError, UnicodeDecodeError):
        return value  # as it stands in the file, rather than a guess


def _unfolded(lines: list[str]) -> Iterator[str]:
    whole = ""
    for line in lines:
        if line[:1] in {" ", "\t"}:
            whole += line[1:]
        elif whole.endswith("=") and "QUOTED-PRINTABLE" in whole.upper():
            whole = whole[:-1] + line
        else:
            if whole:
                yield whole
            whole = line
    if whole:
        yield whole


def _pieces(value: str, separator: str) -> list[str]:
    marked = _SPLIT[separator].sub("\\1\0", value)
    return [_unescaped(piece) for piece in marked.split("\0")]


def _unescaped(value: str) -> str:
    return _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
