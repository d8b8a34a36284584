"""Why a conversation matched: the sentence begins near the match, so that a narrow column shows it."""

import pytest
from sqlalchemy import delete, insert

from core.access import Actor
from core.conversations import ConversationFilter, Sort, find
from core.conversations.query import parse
from core.conversations.reasons import sentence
from core.conversations.thread import messages, reach
from core.database import Store, Work
from core.database.search import reindexing
from core.database.tables import note
from core.words import words
from tests.core.conversations import oracle, world

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


def test_a_hit_in_a_note_is_called_a_note(store: Store, alice: Actor) -> None:
    ids = store.write(alice, world.fill, 3, 3)

    def write_note(work: Work) -> None:
        with reindexing(work.conn, ids):
            work.conn.execute(delete(note).where(note.c.contact_id == ids[0]))
            row = {"contact_id": ids[0], "body": "zebrafish quartz", "updated_at": 1, "event_id": 1}
            work.conn.execute(insert(note).values(**row))

    store.write(alice, write_note)
    with store.read() as reader:
        rows = find(reader, ConversationFilter(search="zebrafish", include_archived=True)).rows
    assert list(rows["matched"]) == ["note"]


def test_many_short_phrases_are_answered(store: Store, alice: Actor) -> None:
    store.write(alice, world.fill, 40, 3)
    with store.read() as reader:
        known = oracle.everything(reader)
        many = " ".join(f'"{letter}"' for letter in "hrcipvHRCIPV" * 6)
        for typed in ('"r" "c" "h"', '"hot" "re" "c" hello', '"c" "h" "v" "i" "r"', many):
            wanted = ConversationFilter(search=typed, include_archived=True)
            assert list(find(reader, wanted).rows["id"]) == oracle.find(known, wanted, Sort()), typed


def test_a_thread_reaches_back_to_the_newest_message_that_was_searched_for(store: Store, alice: Actor) -> None:
    store.write(alice, world.fill, 60, 3)
    reached, expected = [], []
    with store.read() as reader:
        rows = find(reader, ConversationFilter(search="quote", include_archived=True)).rows
        for id_ in rows["id"]:
            newest_first = list(messages(reader, id_, limit=10_000)["body"])[::-1]
            holding = [n for n, body in enumerate(newest_first, 1) if any(w.startswith("quote") for w in words(body))]
            expected.append(holding[0] if holding else 0)
            reached.append(reach(reader, id_, parse("quote")))
        assert reach(reader, int(rows["id"][0]), parse("")) == 0
    assert reached == expected
    assert max(expected) > 1
