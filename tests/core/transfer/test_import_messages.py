"""Messages into the database: each once, in time order, onto a contact that is made when it is unknown."""

import pytest

from core import conversations
from core.conversations import ConversationFilter
from core.database.tables import change, contact, conversation, message
from core.transfer.outlook import Counts
from tests.core.transfer.world import Office

HEADER = "phone,direction,body,sent_at,sender,external_id\n"
FIRST = "7345550100,inbound,hello there,2020-05-12T12:25:56Z,Ava,m-1\n"
SECOND = "(734) 555-0100,outbound,good day,2020-05-12T12:26:56Z,Bob,m-2\n"


def found(office: Office, search: str) -> int:
    with office.store.read() as reader:
        return len(conversations.find(reader, ConversationFilter(search=search)).rows)


def test_messages_of_an_unknown_phone_make_its_contact(office: Office) -> None:
    event_id, counts = office.take(HEADER + SECOND + FIRST, "messages")
    assert counts == Counts(inserted=2)
    assert office.rows(contact.c.phone, contact.c.created_at) == [("+17345550100", 1589286356)]
    assert office.rows(
        message.c.sent_at, message.c.direction, message.c.status, message.c.origin, message.c.sender
    ) == [
        (1589286356, "in", "received", "import", "Ava"),
        (1589286416, "out", "sent", "import", "Bob"),
    ]
    c = conversation.c
    assert office.rows(c.message_count, c.last_message_at, c.last_direction, c.unread_count) == [
        (2, 1589286416, "out", 0)
    ]
    assert office.problems(event_id) == [(2, "phone", "no contact had this phone: one is made, with the phone alone")]
    assert found(office, "hello day") == 1
    assert [row for row in office.rows(change.c.event_id) if row[0] == event_id] == []


def test_messages_of_a_known_contact_account_for_it_once_a_chunk(office: Office) -> None:
    office.take("first_name,phone\nAva,7345550100\n")
    event_id, _ = office.take(HEADER + FIRST + SECOND, "messages")
    with office.store.read() as reader:
        (listed,) = reader.execute(change.select().where(change.c.event_id == event_id)).all()
    assert (listed.table_name, listed.after) == ("message", '{"rows":2}')
    assert found(office, "ava hello") == 1


def test_the_same_file_twice_changes_nothing(office: Office) -> None:
    office.take(HEADER + FIRST + SECOND, "messages")
    before = office.dump()
    _, counts = office.take(HEADER + SECOND + FIRST, "messages")
    assert counts == Counts(unchanged=2)
    assert office.dump() == before


@pytest.mark.usefixtures("small_chunks")
def test_messages_without_an_id_are_known_by_content_and_number(office: Office) -> None:
    row = "7345550100,inbound,ok,2020-05-12T12:25:56Z,,\n"
    text = HEADER + row * 2 + "7345550100,inbound,other,2020-05-12T12:25:56Z,,\n" + row * 2
    assert office.take(text, "messages")[1] == Counts(inserted=5)
    assert office.take(text, "messages")[1] == Counts(unchanged=5)
    assert office.take(text + row, "messages")[1] == Counts(inserted=1, unchanged=5)


@pytest.mark.usefixtures("small_chunks")
def test_a_second_line_with_the_same_id_is_left_and_told_when_it_differs(office: Office) -> None:
    other = FIRST.replace("hello there", "something else")
    filler = "".join(f"7345550101,in,x,2020-05-12T12:25:{n:02}Z,,f-{n}\n" for n in range(4))
    event_id, counts = office.take(HEADER + FIRST + FIRST + other + filler + other, "messages")
    assert counts == Counts(inserted=5, unchanged=3)
    differs = "a message with this id is stored with other content, which is left as it is"
    assert [problem for problem in office.problems(event_id) if problem[1] == "external_id"] == [
        (4, "external_id", differs),
        (9, "external_id", differs),
    ]
    assert office.rows(message.c.body)[0] == ("hello there",)


def test_the_thread_is_in_time_order_and_ties_keep_the_files_order(office: Office) -> None:
    rows = [("b", 2), ("c", 2), ("a", 1), ("d", 2)]
    text = HEADER + "".join(f"7345550100,in,{body},2020-05-12T12:00:0{second}Z,,m-{body}\n" for body, second in rows)
    office.take(text, "messages")
    assert [row[2] for row in office.rows(message.c.sent_at, message.c.id, message.c.body)] == ["a", "b", "c", "d"]


def test_a_backup_names_the_contacts_it_makes(office: Office) -> None:
    xml = (
        "<?xml version='1.0'?>\n<smses>\n"
        '<sms address="7345550100" date="1589286356000" type="1" body="hi" contact_name="Ava Lee Moore" />\n'
        '<sms address="7345550100" date="1589286357000" type="2" body="yes" contact_name="Ava Lee Moore" />\n</smses>'
    )
    assert office.take(xml, "messages")[1] == Counts(inserted=2)
    assert office.rows(contact.c.first_name, contact.c.last_name) == [("Ava Lee", "Moore")]
    assert office.take(xml, "messages")[1] == Counts(unchanged=2)


def test_old_messages_do_not_move_a_conversation_to_the_front_of_newer_ones(office: Office) -> None:
    office.take(HEADER + FIRST, "messages")
    office.take(HEADER + "7345550101,inbound,newer,2021-05-12T12:25:56Z,,n-1\n", "messages")
    office.take(HEADER + "7345550100,inbound,older,2019-05-12T12:25:56Z,,m-0\n", "messages")
    with office.store.read() as reader:
        page = conversations.find(reader, ConversationFilter())
    assert list(page.rows["phone"]) == ["+17345550101", "+17345550100"]
    assert list(page.rows["snippet"]) == ["newer", "hello there"]
