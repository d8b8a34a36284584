"""Contacts into the database: what is inserted, changed, left, and how each row is accounted for."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from core import conversations
from core.conversations import ConversationFilter
from core.database.tables import (
    change,
    contact,
    contact_tag,
    conversation,
    import_problem,
    note,
    note_version,
    tag,
    user,
)
from core.transfer.outlook import Counts
from tests.core.transfer.world import Office

HEADER = "first_name,last_name,phone,email,date_of_birth,zip_code,city,state,"
HEADER += "source,owner,created_at,tags,notes,external_id\n"
AVA = "Ava,Moore,7345550100,a@b.co,1990-04-05,02134,Ann Arbor,MI,web,Bob,2020-05-12T12:25:56Z,x;y,first note,e-1\n"


def found(office: Office, search: str) -> list[str]:
    with office.store.read() as reader:
        page = conversations.find(reader, ConversationFilter(search=search))
    return list(page.rows["phone"])


def changes(office: Office, event_id: int) -> list[tuple[str, dict[str, object] | None, dict[str, object] | None]]:
    columns = change.c.table_name, change.c.before, change.c.after
    with office.store.read() as reader:
        rows = reader.execute(select(*columns).where(change.c.event_id == event_id).order_by(change.c.n)).all()
    return [(row[0], *(None if image is None else json.loads(image) for image in row[1:])) for row in rows]


def test_a_new_contact_is_stored_whole_and_found(office: Office) -> None:
    event_id, counts = office.take(HEADER + AVA)
    assert counts == Counts(inserted=1)
    with office.store.read() as reader:
        (row,) = reader.execute(select(contact)).all()
        (thread,) = reader.execute(select(conversation)).all()
        (written,) = reader.execute(select(note.c.body, note.c.version)).all()
    assert (row.phone, row.is_phone_valid, row.first_name, row.last_name) == ("+17345550100", 1, "Ava", "Moore")
    assert (row.email, row.date_of_birth, row.zip_code, row.city) == ("a@b.co", "1990-04-05", "02134", "Ann Arbor")
    assert (row.state, row.external_id, row.created_at) == ("MI", "e-1", 1589286356)
    assert (row.time_zone, row.time_zone_source, row.event_id) == ("America/New_York", "phone", event_id)
    assert (thread.id, thread.name_key, thread.source) == (row.id, "ava moore", "web")
    assert thread.activity_key >> 20 == row.created_at
    assert tuple(written) == ("first note", 1)
    assert office.rows(tag.c.name, tag.c.color) == [("x", 0), ("y", 1)]
    assert found(office, "moore note") == found(office, "5550100") == ["+17345550100"]
    assert changes(office, event_id) == []


def test_names_without_an_end_or_that_turn_the_writing_are_kept_within_bounds(office: Office) -> None:
    office.take(HEADER + AVA.replace("Ava,Moore", f"A\u202eva,{'M' * 1_000}").replace("x;y", f"{'t' * 90};y\u2066"))
    assert office.rows(contact.c.first_name, contact.c.last_name) == [("Ava", "M" * 200)]
    assert office.rows(tag.c.name) == [("t" * 60,), ("y",)]
    told = office.rows(import_problem.c.column_name, import_problem.c.reason)
    assert told == [
        ("last_name", "longer than 200 letters; its beginning is kept"),
        ("tags", "longer than 60 letters; its beginning is kept"),
    ]


def test_owners_become_users_who_may_not_sign_in(office: Office) -> None:
    office.take(HEADER + AVA + AVA.replace("7345550100", "7345550101").replace(",Bob,", ",BEA,"))
    assert ("BEA", 0) in office.rows(user.c.name, user.c.may_sign_in)
    assert [row for row in office.rows(user.c.name) if row[0].lower() == "bob"] == [("Bob",)]  # who was there


def test_the_same_file_twice_changes_nothing(office: Office) -> None:
    text = HEADER + AVA + "Bea,,7345550101,,,,,,,,,,,\n" + "Cy,,bad,,,,,,,,,,,\n"
    office.take(text)
    before = office.dump()
    event_id, counts = office.take(text)
    assert counts == Counts(unchanged=2, rejected=1)
    assert office.dump() == before
    assert changes(office, event_id) == []


def test_blank_cells_erase_nothing_and_other_values_replace(office: Office) -> None:
    office.take(HEADER + AVA)
    event_id, counts = office.take(HEADER + "Eva,,7345550100,,,,,,,,,,,\n")
    assert counts == Counts(updated=1)
    assert office.rows(contact.c.first_name, contact.c.last_name, contact.c.email, contact.c.version) == [
        ("Eva", "Moore", "a@b.co", 2)
    ]
    assert office.rows(conversation.c.name_key, conversation.c.version) == [("eva moore", 1)]
    assert changes(office, event_id) == [
        ("contact", {"first_name": "Ava", "version": 1}, {"first_name": "Eva", "version": 2})
    ]
    assert found(office, "eva") == ["+17345550100"]
    assert found(office, "ava") == []


def test_owner_source_note_and_tags_of_a_known_contact_are_changed_and_accounted_for(office: Office) -> None:
    office.take(HEADER + AVA)
    event_id, counts = office.take(HEADER + ",,7345550100,,,,,,ads,Zoe,,y;z,second note,\n")
    assert counts == Counts(updated=1)
    assert office.rows(note.c.body, note.c.version) == [("second note", 2)]
    assert office.rows(note_version.c.body, note_version.c.version) == [("first note", 1)]
    assert [row[0] for row in office.rows(tag.c.name)] == ["x", "y", "z"]
    assert len(office.rows(contact_tag.c.tag_id)) == 3
    listed = {name: (before, after) for name, before, after in changes(office, event_id)}
    assert set(listed) == {"conversation", "note", "contact_tag"}
    assert listed["conversation"][1]["source"] == "ads"  # type: ignore[index]
    assert listed["contact_tag"][0] is None
    assert found(office, "second") == ["+17345550100"]
    assert found(office, "first") == []


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("between", [0, 1, 2, 3, 7])
def test_the_first_line_of_a_phone_counts_whatever_the_chunks(between: int, office: Office) -> None:
    others = "".join(f"X{n},,73455502{n:02},,,,,,,,,,,\n" for n in range(between))
    text = HEADER + "Ava,,7345550100,,,,,,,,,x,,\n" + others + "Eva,Moore,(734) 555-0100,,,,,,,,,y;x,,\n"
    text += "Eva,Moore,734.555.0100,,,,,,,,,,,\nAva,,7345550100,,,,,,,,,,,\n"
    event_id, counts = office.take(text)
    assert counts == Counts(inserted=1 + between, updated=1, unchanged=2)
    names = contact.c.first_name, contact.c.last_name
    assert [row for row in office.rows(*names) if not row[0].startswith("X")] == [("Ava", "Moore")]
    repeated = "same phone as line 2: only what was blank is filled"
    assert office.problems(event_id) == [(line + between, "phone", repeated) for line in (3, 4, 5)]
    before = office.dump()
    assert office.take(text)[1] == Counts(unchanged=4 + between)
    assert office.dump() == before


def test_contacts_without_a_time_stand_below_all_others_and_are_not_recent(office: Office) -> None:
    office.take("phone\n7345550103\n7345550100\n")
    office.take("phone,created_at\n7345550101,1999-05-12\n")
    assert office.rows(contact.c.phone, contact.c.created_at) == [
        ("+17345550100", 0), ("+17345550101", 926_481_600), ("+17345550103", 0),
    ]  # fmt: skip
    assert office.rows(conversation.c.name_key)[0] == ("+17345550100",)
    assert listed(office) == ["+17345550101", "+17345550100", "+17345550103"]
    assert listed(office, tab="recents") == []
    before = office.dump()
    event_id, _ = office.take("phone,direction,body,sent_at\n7345550103,in,hello,2026-01-02T11:00:00Z\n", "messages")
    assert listed(office)[0] == "+17345550103"
    assert listed(office, tab="recents") == ["+17345550103"]
    office.undo(event_id)
    assert office.dump() == before


def listed(office: Office, tab: Any = "all") -> list[str]:
    with office.store.read() as reader:
        return list(conversations.find(reader, ConversationFilter(tab=tab)).rows["phone"])


def test_problems_are_listed_and_refused_records_come_back_as_a_file(office: Office) -> None:
    event_id, counts = office.take("first_name,phone,email\nAva,7345550100,wrong\n=Bea,bad,\n,,\n")
    assert counts == Counts(inserted=1, rejected=2)
    assert office.problems(event_id) == [
        (2, "email", "not an e-mail address"),
        (3, "phone", "letters, not a phone number"),
        (4, "phone", "phone is missing"),
    ]
    mended = office.rejects(event_id).replace(b'"bad"', b'"7345550101"')
    _, counts = office.take(mended)
    assert counts == Counts(inserted=1, rejected=1)
    assert office.rows(contact.c.first_name) == [("=Bea",), ("Ava",)]


def test_deals_of_a_contacts_export_come_along(office: Office) -> None:
    header = "Contact Id,First Name,Phone,Created,Last Activity,Tags,Opportunities\n"
    text = header + 'c1,Ava,7345550100,2020-05-12T05:25:56-07:00,,,"won Gold Won, open Gold Lead"\n'
    _, counts = office.take(text)
    assert counts == Counts(inserted=1)
    assert office.rows(conversation.c.deal_count) == [(2,)]
    assert office.take(text)[1] == Counts(unchanged=1)
    assert office.take(text.replace("open Gold Lead", "open Gold Quoted"))[1] == Counts(updated=1)
    assert office.rows(conversation.c.deal_count) == [(2,)]
