"""Text from data stays text where Streamlit reads markup."""

import pytest

from core.workflows import wait_words
from pages.ui.frame import span
from pages.ui.plain import JOINER, many, plain


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("![x](http://o.example/x.png)", r"\!\[x\]\(http\://o.example/x.png\)"),
        (":red[x] $y$ **z**", r"\:red\[x\] \$y\$ \*\*z\*\*"),
        (":material/delete: :streamlit:", rf"\:{JOINER}material/delete\: \:{JOINER}streamlit\:"),
        (":material_delete:", rf"\:{JOINER}material\_delete\:"),
        ("a -> b <-> c >= d -- e, f->g", rf"a \-{JOINER}\> b \<{JOINER}\-\> c \>{JOINER}= d \-{JOINER}\- e, f\-\>g"),
        ("two\nlines", "two lines"),
        ("plain words, 50%.", "plain words, 50%."),
        ("invoice\u202egpj.exe\u2069", "invoicegpj.exe"),
    ],
)
def test_signs_that_could_be_markup_are_written_as_themselves(text: str, written: str) -> None:
    assert plain(text) == written


def test_counts_and_spans_read_as_words() -> None:
    assert [many(1, "row"), many(1_204, "row")] == ["1 row", "1,204 rows"]
    assert [span(0.2), span(40), span(600), span(9_000)] == [
        "about 1 second", "about 40 seconds", "about 10 minutes", "about 2.5 hours",
    ]  # fmt: skip
    assert [wait_words(60), wait_words(7_200), wait_words(259_200)] == ["1 minute", "2 hours", "3 days"]
