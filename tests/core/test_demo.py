"""Demo data: the same rows every time, true to the rules of the live writers, and never half there."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from core import phone
from core.access import Actor
from core.conversations import ConversationFilter, count, find_ids
from core.conversations.upkeep import refresh
from core.database import Store, Work
from core.database.search import reindexing
from core.database.tables import contact, conversation, deal, event, message, metadata, stage_event
from core.demo import library
from core.demo.columns import COLUMNS
from core.demo.fill import Filled, fill
from core.errors import Conflict, Invalid, NotAllowed
from core.words import words
from tests.conftest import ALICE, NOON

ROOT = Path(__file__).resolve().parents[2]
SIZE = 4_500  # two chunks, so that the process that makes them takes part
DAY = 86_400
BESIDE = ("tag", "pipeline", "stage", "template", "workflow", "workflow_version", "workflow_step")
QUERIES = ("thanks", "deductible", "plumber zebra", "mar", "josé", "stop", "555-01", "dormant", "ford f-150", "brightw")


def make(store: Store, actor: Actor, conversations: int = SIZE, seed: int = 1, end_at: int = NOON) -> Filled:
    return fill(store, actor, (conversations, seed), end_at, lambda _what, _done: None)


@pytest.fixture(scope="module")
def filled(shared_store: Store) -> Store:
    """One engine after the other: demo data that these tests leave as it is."""
    make(shared_store, ALICE)
    return shared_store


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the tables that the demo fills, in key order."""
    found = {}
    with store.read() as reader:
        for name in (*COLUMNS, *BESIDE):
            table = metadata.tables[name]
            found[name] = [tuple(row) for row in reader.execute(select(table).order_by(*table.primary_key.columns))]
    return found


def some(store: Store) -> list[tuple[Any, ...]]:
    with store.read() as reader:
        return [tuple(row) for row in reader.execute(select(contact.c.phone, contact.c.first_name))]


def ids(reader: Connection) -> list[int]:
    return list(reader.execute(select(conversation.c.id)).scalars())


def test_the_same_size_seed_and_day_give_the_same_rows_on_both_engines(
    sqlite_url: str, postgresql_url: str, alice: Actor
) -> None:
    with closing(Store.open(sqlite_url)) as one, closing(Store.open(postgresql_url)) as other:
        make(one, alice)
        make(other, alice, end_at=NOON + 3_600)
        first, second = everything(one), everything(other)
        assert {name: len(listed) for name, listed in first.items()} == {name: len(second[name]) for name in second}
        for name, listed in first.items():
            assert listed == second[name], name


def test_another_seed_gives_other_rows(sqlite_url: str, tmp_path: Path, alice: Actor) -> None:
    with closing(Store.open(sqlite_url)) as one, closing(Store.open(f"sqlite:///{tmp_path / 'other.db'}")) as other:
        make(one, alice, 50)
        make(other, alice, 50, seed=2)
        assert some(one) != some(other)


def test_the_wide_rows_are_what_upkeep_would_derive(filled: Store, alice: Actor) -> None:
    def derive(work: Work) -> None:
        refresh(work.conn, ids(work.conn), NOON)

    before = everything(filled)["conversation"]
    filled.write(alice, derive)
    assert everything(filled)["conversation"] == before
    assert len(before) == SIZE


def test_the_text_index_is_what_its_upkeep_would_write(filled: Store, alice: Actor) -> None:
    def index_again(work: Work) -> None:
        with reindexing(work.conn, ids(work.conn)):
            pass

    def found() -> list[list[int]]:
        with filled.read() as reader:
            return [find_ids(reader, ConversationFilter(search=query, include_archived=True)) for query in QUERIES]

    before = found()
    filled.write(alice, index_again)
    assert found() == before
    assert all(before), [query for query, hits in zip(QUERIES, before, strict=True) if not hits]


def test_the_search_finds_what_the_texts_hold(filled: Store) -> None:
    with filled.read() as reader:
        holders: dict[str, set[int]] = {}
        for contact_id, body in reader.execute(select(message.c.contact_id, message.c.body)):
            for word in words(body):
                holders.setdefault(word, set()).add(contact_id)
        for word in sorted(holders)[::400]:
            hits = set(find_ids(reader, ConversationFilter(search=f"{word} ", include_archived=True)))
            assert holders[word] <= hits, word


def test_planted_words_stand_in_the_share_they_promise(filled: Store) -> None:
    with filled.read() as reader:
        bodies = list(reader.execute(select(message.c.body)).scalars())
    planted = library.planted()
    for word, share in zip(planted.words, planted.shares, strict=True):
        n = sum(word in words(body) for body in bodies)
        expected = share * len(bodies)
        assert abs(n - expected) <= 0.1 * expected + 3 * expected**0.5 + 1, (word, n, expected)
        assert n > 0, word


def test_one_word_stands_in_archived_conversations_only(filled: Store) -> None:
    with filled.read() as reader:
        archived = count(reader, ConversationFilter(tab="archived", search=library.ARCHIVED_WORD))
        others = count(reader, ConversationFilter(search=library.ARCHIVED_WORD))
        in_all = count(reader, ConversationFilter(tab="archived"))
    assert others.n == 0
    assert archived.n > in_all.n / 5


def test_no_line_holds_a_planted_word_by_itself() -> None:
    lines = [line for turn in library.turns().values() for line in turn.lines if turn.name != "closing"]
    lines += [text for texts in library.sections("outreach.txt").values() for text in texts]
    lines += [text for listed in library.things().values() for text in listed]
    planted = {*library.planted().words, library.ARCHIVED_WORD}
    assert [line for line in lines if planted & set(words(line))] == []


def test_every_area_code_is_one_of_the_united_states() -> None:
    assert [code for code in library.places() if not phone.parse(f"+1{code}5550100", "US").is_valid] == []


def test_contacts_have_fictional_phones_each_its_own_and_a_time_zone(filled: Store) -> None:
    with filled.read() as reader:
        found = reader.execute(select(contact.c.phone, contact.c.time_zone, contact.c.is_phone_valid)).all()
    assert all(re.fullmatch(r"\+1\d{3}55501\d\d", row.phone) for row in found)
    assert len({row.phone for row in found}) == len(found)
    assert all(row.time_zone and row.is_phone_valid for row in found)


def test_a_deal_stands_where_its_last_stage_event_left_it(filled: Store) -> None:
    with filled.read() as reader:
        deals = {row.id: row for row in reader.execute(select(deal))}
        last: dict[int, Any] = {}
        for row in reader.execute(select(stage_event).order_by(stage_event.c.happened_at, stage_event.c.id)):
            before = last.get(row.deal_id)
            assert row.from_stage_id == (before.to_stage_id if before else None)
            assert row.amount_before == (before.amount_after if before else None)
            last[row.deal_id] = row
    assert set(last) == set(deals)
    for id_, row in deals.items():
        assert (row.stage_id, row.changed_at, row.amount_cents) == (
            last[id_].to_stage_id,
            last[id_].happened_at,
            last[id_].amount_after,
        )
        assert (row.closed_at is None) == (row.outcome == "open")
    assert {row.outcome for row in deals.values()} == {"open", "won", "lost"}


def test_nothing_happens_after_the_end_or_before_the_two_years(filled: Store) -> None:
    start, end = NOON // DAY * DAY - 730 * DAY, NOON // DAY * DAY
    with filled.read() as reader:
        for column in (message.c.sent_at, contact.c.created_at, stage_event.c.happened_at, conversation.c.archived_at):
            first, last = reader.execute(select(func.min(column), func.max(column))).one()
            assert start <= first <= last <= end, column


def test_the_shares_are_those_of_a_real_inbox(filled: Store) -> None:
    with filled.read() as reader:
        c = conversation.c
        shares = reader.execute(
            select(*(func.avg(column) * 1.0 for column in (c.is_archived, c.is_hot, c.is_opted_out, c.message_count)))
        ).one()
        unread = select(c.id).where(c.unread_count > 0, (c.last_direction != "in") | (c.is_archived == 1))
        assert reader.execute(unread).first() is None
        for name in COLUMNS:
            assert reader.execute(select(metadata.tables[name]).limit(1)).first(), name
    archived, hot, opted_out, messages = (float(share) for share in shares)
    assert 0.16 < archived < 0.22
    assert 0.01 < hot < 0.03
    assert 0.02 < opted_out < 0.07
    assert 9.5 < messages < 12


def test_a_database_with_conversations_is_left_alone(store: Store, alice: Actor) -> None:
    make(store, alice, 20)
    before = everything(store)
    with pytest.raises(Conflict, match="holds 20 conversations already"):
        make(store, alice, 20)
    assert everything(store) == before


def test_only_who_may_import_may_fill(store: Store, vera: Actor) -> None:
    with pytest.raises(NotAllowed):
        make(store, vera, 20)
    assert some(store) == []


def test_a_size_that_cannot_be_is_refused(store: Store, alice: Actor) -> None:
    with pytest.raises(Invalid, match="2,000,000 were asked for"):
        make(store, alice, 2_000_000)


def test_the_event_says_what_was_made(store: Store, alice: Actor) -> None:
    made = make(store, alice, 20, seed=7)
    with store.read() as reader:
        row = reader.execute(select(event).where(event.c.id == made.event_id)).one()
    assert row.verb == "demo.fill"
    assert json.loads(row.params) == {"conversations": 20, "seed": 7, "end_at": NOON // DAY * DAY}


def command(url: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
    environment = {**os.environ, "TALKDECK_DATABASE_URL": url}
    return [sys.executable, "-m", "core", "demo", *arguments], environment


def test_the_command_line_fills_and_counts(database_url: str) -> None:
    arguments, environment = command(database_url, "--conversations", "30", "--end", "2026-01-02", "--json")
    done = subprocess.run(arguments, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    with closing(Store.open(database_url)) as store, store.read() as reader:
        held = {
            name: reader.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one()
            for name in COLUMNS
        }
    assert (said["conversations"], said["messages"], said["deals"]) == (30, held["message"], held["deal"])
    assert said["rows"] == sum(held.values())


@pytest.fixture
def killed(database_url: str) -> str:
    """A database whose filling was killed while it wrote."""
    arguments, environment = command(database_url, "--conversations", "20000")
    environment |= {"FORCE_COLOR": "1"}  # it tells how far it is as it tells a person
    with subprocess.Popen(arguments, env=environment, cwd=ROOT, stderr=subprocess.PIPE) as process:
        assert process.stderr
        said = b""
        while not re.search(rb"[1-9]\d*/20000", said):
            heard = process.stderr.read(1)
            assert heard, f"it ended before it wrote: {said!r}"
            said += heard
        process.send_signal(signal.SIGKILL)
    return database_url


def test_a_fill_that_is_killed_leaves_nothing_behind(killed: str, alice: Actor) -> None:
    with closing(Store.open(killed)) as store:
        assert some(store) == []
        make(store, alice, 20)
        with store.read() as reader:
            assert count(reader, ConversationFilter(include_archived=True)).n == 20
