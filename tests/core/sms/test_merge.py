"""Fields in a text: what is one, what fills it, and what stays and blocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import sms
from core.errors import Invalid

VALUES = {"first_name": "Ann", "last_name": "", "city": "{name}"}
PIECES = st.sampled_from(["{first_name}", "{last_name|there}", "{x}", "{{", "}}", "{", "}", "|", "a", " ", "\n", "{1}"])


@pytest.mark.parametrize(
    ("text", "filled", "missing"),
    [
        ("Hi {first_name|there}!", "Hi Ann!", ()),
        ("Hi {last_name|there}!", "Hi there!", ()),
        ("Hi {last_name|}!", "Hi !", ()),
        ("Hi {last_name}!", "Hi {last_name}!", ("{last_name}",)),
        ("{ First Name } {{first_name}} {FIRST_NAME|x}", "Ann Ann Ann", ()),
        ("It is {price:d} or {price:d}", "It is {price:d} or {price:d}", ("{price:d}",)),
        ("{city}", "{name}", ()),  # a value is no template
        ("{} {1} { } {a\nb} :-{ }", "{} {1} { } {a\nb} :-{ }", ()),
        ("{a{first_name}", "{aAnn", ()),
        ("{hotel|the hotel}", "the hotel", ()),
    ],
)
def test_a_field_takes_its_value_or_its_fallback_or_stays(text: str, filled: str, missing: tuple[str, ...]) -> None:
    assert sms.fill(text, VALUES) == sms.Filled(filled, missing)


@given(st.lists(PIECES, max_size=20).map("".join))
def test_outside_of_fields_every_character_stays(text: str) -> None:
    found = sms.fields(text)
    assert all(text[field.start] == "{" and text[field.end - 1] == "}" for field in found)
    outside = text
    for field in reversed(found):
        outside = outside[: field.start] + "\0" + outside[field.end :]
    emptied = sms.fill(text, dict.fromkeys((field.name for field in found), "\0"))
    assert emptied.missing == ()
    assert emptied.text == outside


def test_a_text_with_a_missing_field_is_refused_and_says_which() -> None:
    with pytest.raises(Invalid, match=r"\{price:d\} has no value .* \{price:d\|there\}"):
        sms.render("{first_name}, it is {price:d}", VALUES)
    assert sms.render("Hi {first_name}", VALUES) == "Hi Ann"
