"""Undo of an import: the database as before, but for what somebody used or changed since."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from core import undo
from core.access import ROLES, Actor
from core.database import Change, Work
from core.database.tables import contact, contact_tag, conversation, deal, message, note, pipeline, stage, tag
from core.errors import Conflict, NotAllowed, NotFound
from core.transfer import account, imports, ledger
from core.transfer import undo as import_undo
from tests.core.transfer.world import PACE, Office

CONTACTS = "first_name,last_name,phone,owner,tags,notes,source,email\n"
FIRST = CONTACTS + "Ava,Moore,7345550100,Zoe,x;y,a note,web,a@b.co\nBea,,7345550101,,,,,\n"
SECOND = CONTACTS + "Eva,,7345550100,Kim,y;z,another,ads,e@b.co\nCy,Li,7345550102,,z,,,\n,Short,7345550101,,,new,,\n"
MESSAGES = (
    "phone,direction,body,sent_at,external_id\n"
    "7345550100,in,hello,2020-05-12T12:25:56Z,1\n7345550109,out,unknown,2020-05-12T12:25:57Z,2\n"
    "7345550101,in,newest,2025-05-12T12:25:56Z,3\n"
)
DEALS = (
    "phone,pipeline,stage,quoted_amount,entered_at,owner,external_id\n"
    "7345550100,Gold,Lead,10,2020-01-01,Ann,1\n7345550100,Silver,Won,20,2020-01-01,,2\n7345550101,Gold,Won,,,,3\n"
)
MORE_DEALS = (
    "phone,pipeline,stage,quoted_amount,entered_at,external_id\n"
    "7345550100,Bronze,Sold,30,2020-02-01,1\n7345550101,Gold,Lead,5,,4\n"
)
TEMPLATES = "title,body,folder\nHello,Hi,a\nBye,So long,a\n"
OTHER_TEMPLATES = "title,body,folder\nHello,Hello there,a\nNew,n,b\n"


def test_each_import_is_taken_back_to_the_row(office: Office) -> None:
    steps = [
        (FIRST, "contacts"), (SECOND, "contacts"), (MESSAGES, "messages"), (DEALS, "deals"), (MORE_DEALS, "deals"),
        (TEMPLATES, "templates"), (OTHER_TEMPLATES, "templates"),
    ]  # fmt: skip
    before = []
    for text, kind in steps:
        dump = office.dump()
        event_id, counts = office.take(text, kind)
        assert counts.inserted + counts.updated > 0
        assert office.dump() != dump
        before.append((event_id, dump))
    for event_id, dump in reversed(before):
        assert office.undo(event_id) == 0
        assert office.dump() == dump
        with office.store.read() as reader:
            assert imports.status(reader, event_id).state == "undone"


def test_an_import_is_taken_back_once_and_after_it_has_ended(office: Office) -> None:
    running = office.begin(FIRST)
    with pytest.raises(Conflict, match="still running"):
        undo.start(office.store, office.actor, running)
    office.carry_out(running)
    office.undo(running)
    with pytest.raises(Conflict, match="undone already"):
        undo.start(office.store, office.actor, running)
    with pytest.raises(NotFound):
        undo.start(office.store, office.actor, 999)
    assert office.take(FIRST)[1].inserted == 2


def test_somebody_elses_import_needs_the_right(office: Office, bob: Actor) -> None:
    event_id, _ = office.take(FIRST)
    with pytest.raises(NotAllowed):
        undo.start(office.store, bob, event_id)
    with pytest.raises(NotAllowed), office.open(FIRST) as source:
        imports.start(office.store, Actor(3, "Vera", ROLES["analyst"]), source)


def test_a_cancelled_import_is_taken_back_as_far_as_it_came(office: Office) -> None:
    before = office.dump()
    event_id = office.begin(FIRST)
    imports.cancel(office.store, office.actor, event_id)
    with pytest.raises(Conflict, match="cancelled"):
        office.carry_out(event_id)
    assert office.undo(event_id) == 0
    assert office.dump() == before


def test_what_was_changed_since_is_kept_and_listed(office: Office) -> None:
    office.take(FIRST)
    event_id, _ = office.take(SECOND)

    def edit(work: Work) -> None:
        edited = work.record("contact.edit")
        ava = work.conn.execute(select(contact.c.id).where(contact.c.phone == "+17345550100")).scalar_one()
        values = {"first_name": "Eve", "version": contact.c.version + 1}
        work.conn.execute(update(contact).where(contact.c.id == ava).values(values))
        work.account(edited, 1, [Change("contact", ava, ava, {"first_name": "Eva"}, {"first_name": "Eve"})])

    office.store.write(office.actor, edit)
    assert office.undo(event_id) == 1
    names = contact.c.phone, contact.c.first_name, contact.c.last_name, contact.c.email
    assert office.rows(*names) == [
        ("+17345550100", "Eve", "Moore", "e@b.co"),
        ("+17345550101", "Bea", "", ""),
    ]
    assert office.rows(note.c.body) == [("a note",)]
    with office.store.read() as reader:
        assert imports.status(reader, event_id).state == "undone_in_part"


def test_what_an_undo_left_is_taken_back_once_nobody_uses_it_any_more(office: Office) -> None:
    before = office.dump()
    contacts, _ = office.take(FIRST)
    messages, _ = office.take(MESSAGES, "messages")
    assert office.undo(contacts) == 2 + 3  # both contacts; their tags and their owner
    assert office.undo(messages) == 0
    assert office.undo(contacts) == 0
    assert office.dump() == before
    with office.store.read() as reader:
        assert imports.status(reader, contacts).state == "undone"
        assert account.kept_count(reader, contacts) == 0
    with pytest.raises(Conflict, match="undone already"):
        undo.start(office.store, office.actor, contacts)


def test_what_the_first_undo_brought_back_is_not_called_changed_by_the_second(office: Office) -> None:
    office.take(FIRST)
    before = office.rows(contact.c.phone, contact.c.first_name, contact.c.email), office.rows(note.c.body)
    event_id, _ = office.take(SECOND)

    def named(name: str) -> None:
        renamed = update(contact).where(contact.c.phone == "+17345550100").values(first_name=name)
        office.store.write(office.actor, lambda work: work.conn.execute(renamed))

    named("Eve")
    assert office.undo(event_id) == 1
    assert office.undo(event_id) == 1
    with office.store.read() as reader:
        assert account.kept(reader, event_id)["name"].tolist() == ["Eve Moore"]
    named("Eva")
    assert office.undo(event_id) == 0
    assert (office.rows(contact.c.phone, contact.c.first_name, contact.c.email), office.rows(note.c.body)) == before


def test_an_undo_goes_on_in_the_name_of_who_began_it_last(office: Office, bob: Actor) -> None:
    event_id, _ = office.take(FIRST)
    office.take(MESSAGES, "messages")
    other = Actor(bob.id, bob.name, office.actor.rights)
    undo.start(office.store, other, event_id)
    import_undo.carry_out(office.store, other, event_id, PACE)
    undo.start(office.store, office.actor, event_id)
    with office.store.read() as reader:
        assert [waiting.user_id for waiting in ledger.waiting(reader)] == [office.actor.id]


def test_a_contact_somebody_worked_on_is_kept_whole(office: Office) -> None:
    event_id, _ = office.take(FIRST)

    def tag_it(work: Work) -> None:
        event = work.record("contact.tag")
        bea = work.conn.execute(select(contact.c.id).where(contact.c.phone == "+17345550101")).scalar_one()
        tag_id = work.conn.execute(select(tag.c.id).limit(1)).scalar_one()
        row = {"contact_id": bea, "tag_id": tag_id, "added_at": work.now, "event_id": event}
        work.conn.execute(insert(contact_tag).values(**row, origin="manual"))

    office.store.write(office.actor, tag_it)
    assert office.undo(event_id) == 2
    assert office.rows(contact.c.first_name) == [("Bea",)]
    assert len(office.rows(tag.c.name)) == 1
    assert len(office.rows(conversation.c.id)) == 1


def test_messages_onto_kept_contacts_go_and_activity_with_them(office: Office) -> None:
    office.take(FIRST)
    before = office.rows(conversation.c.id, conversation.c.activity_key)
    event_id, _ = office.take(MESSAGES, "messages")
    assert office.rows(conversation.c.id, conversation.c.activity_key) != before
    office.undo(event_id)
    assert office.rows(conversation.c.id, conversation.c.activity_key) == before
    assert office.rows(message.c.id) == []


def test_a_deal_moved_since_is_kept_with_its_stage(office: Office) -> None:
    office.take(FIRST)
    event_id, _ = office.take(DEALS, "deals")
    moved = update(deal).where(deal.c.external_id == "1").values(version=2, amount_cents=1)
    office.store.write(office.actor, lambda work: work.conn.execute(moved))
    assert office.undo(event_id) == 4  # the deal, its stage, its pipeline, its owner
    assert office.rows(deal.c.external_id, deal.c.amount_cents) == [("1", 1)]
    assert [row[0] for row in office.rows(pipeline.c.name)] == ["Gold"]
    assert [row[0] for row in office.rows(stage.c.name)] == ["Lead"]


def test_rows_that_are_gone_already_do_not_stop_an_undo(office: Office) -> None:
    office.take(FIRST)
    event_id, _ = office.take(SECOND)
    gone = delete(note).where(note.c.body == "another")
    office.store.write(office.actor, lambda work: work.conn.execute(gone))
    assert office.undo(event_id) == 1


PHONES = st.sampled_from([f"734555010{n}" for n in range(5)] + ["(734) 555-0100", "bad", ""])
WORDS = st.sampled_from(["", "", "Ava", "Bea Ä", "x", "=1"])
TAGS = st.sampled_from(["", "x", "x;y", "Y;z"])
ROWS = st.lists(st.tuples(WORDS, WORDS, PHONES, WORDS, TAGS, WORDS, WORDS), max_size=12)


@pytest.mark.usefixtures("small_chunks")
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, ROWS)
def test_any_two_files_in_and_back_again(
    office: Office, first: list[tuple[str, ...]], second: list[tuple[str, ...]]
) -> None:
    header = ("first_name", "last_name", "phone", "owner", "tags", "notes", "source")
    texts = ["".join(",".join(row) + "\n" for row in (header, *rows)) for rows in (first, second)]
    done = []
    for text, rows in zip(texts, (first, second), strict=True):
        before = office.dump()
        event_id, counts = office.take(text)
        assert counts.rows == len(rows)
        assert office.take(text)[1].unchanged == counts.rows - counts.rejected
        done.append((event_id, before))
    for event_id, before in reversed(done):
        assert office.undo(event_id) == 0
        assert office.dump() == before
