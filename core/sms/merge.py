"""Fields such as {first_name|there}: found in a text, and filled for a contact."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import Invalid
from core.words import fold

FIELDS = {
    "first_name": "First name",
    "last_name": "Last name",
    "name": "Full name",
    "email": "E-mail",
    "phone": "Phone",
    "city": "City",
    "state": "State",
    "zip_code": "Zip code",
    "owner": "Owner",
    "my_name": "My name",
}
"""What every contact may fill, with the words for it; custom fields come by their own names."""

# What begins with a letter between braces is a field, single or doubled; {} and {1} are ordinary text.
_FIELD = re.compile(r"\{\{ *([^\W\d_][^{}|\n]*)(?:\|([^{}\n]*))?\}\}|\{ *([^\W\d_][^{}|\n]*)(?:\|([^{}\n]*))?\}")


@dataclass(frozen=True)
class Field:
    """A field where it stands: `text[start:end]`. `fallback`: None when there is none; blank: nothing is fine."""

    name: str
    fallback: str | None
    start: int
    end: int


@dataclass(frozen=True)
class Filled:
    """A text for one contact; `missing`: fields that stayed as they are, each once, as they are written."""

    text: str
    missing: tuple[str, ...] = ()


def fields(text: str) -> list[Field]:
    """The fields in order; names folded, with _ for blanks, so {First name} is first_name."""
    return [_field(found) for found in _FIELD.finditer(text)]


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """The text with each field's value, else its fallback. What is filled in is never looked at again."""
    parts, missing, place = [], [], 0
    for field in fields(text):
        written = text[field.start : field.end]
        value = values.get(field.name, "").strip() or field.fallback
        if value is None:
            missing.append(written)
        parts += [text[place : field.start], written if value is None else value]
        place = field.end
    return Filled("".join([*parts, text[place:]]), tuple(dict.fromkeys(missing)))


def render(text: str, values: Mapping[str, str]) -> str:
    """The text as it may be sent.

    Raises: Invalid when a field without a fallback has no value.
    """
    filled = fill(text, values)
    if filled.missing:
        wanted = filled.missing[0]
        raise Invalid(
            f"{', '.join(filled.missing)} has no value for this contact. Write it in, or give the field a fallback: "
            f"{{{wanted.strip('{} ')}|there}}."
        )
    return filled.text


def _field(found: re.Match[str]) -> Field:
    name, fallback = (found[1], found[2]) if found[1] is not None else (found[3], found[4])
    return Field("_".join(fold(name).split()), fallback, found.start(), found.end())
