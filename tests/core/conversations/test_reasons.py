"""Why a conversation matched: the sentence begins near the match, so that a narrow column shows it."""

import pytest

from core.access import Actor
from core.conversations import ConversationFilter, find
from core.conversations.query import parse
from core.conversations.reasons import sentence
from core.database import Store
from tests.core.conversations import world

LONG = (
    "The first thing I wanted to say is that " + "all is well " * 10 + "and a refund would be nice " + "one day " * 20
)


def test_a_short_text_is_shown_whole() -> None:
    assert sentence("a  refund\nplease", parse("refund")) == "a refund please"


def test_a_long_text_is_cut_at_blanks_close_before_the_match() -> None:
    said = sentence(LONG, parse("refund"))
    assert said.startswith("… ")
    assert said.endswith(" …")
    assert said.index("refund") < 25
    assert said[2:-2] in LONG


def test_a_match_inside_a_very_long_word_is_not_cut_off() -> None:
    assert "refund" in sentence("see https://example.com/" + "x" * 50 + "/refund?now=" + "y" * 200, parse("refund"))


@pytest.mark.parametrize("search", ["quote", "hello thanks", '"ok."', "555", "café"])
def test_every_hit_says_where_it_was_found(store: Store, alice: Actor, search: str) -> None:
    store.write(alice, world.fill, 60, 3)
    with store.read() as reader:
        rows = find(reader, ConversationFilter(search=search, include_archived=True)).rows
    assert len(rows)
    assert set(rows["matched"]) <= {"name", "e-mail", "phone", "tag", "note", "message"}
    assert all(rows["sentence"])
