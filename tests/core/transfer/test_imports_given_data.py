"""Given files all the way into the database: the expected counts, nothing changed by a second time, and back."""

import pytest
from sqlalchemy import func, select

from core import conversations
from core.conversations import ConversationFilter, Slice, Sort
from core.database.tables import (
    contact,
    contact_tag,
    conversation,
    deal,
    message,
    stage,
    stage_event,
    tag,
    template,
    user,
)
from core.errors import Invalid
from core.transfer.outlook import Counts
from tests.core.transfer.given import CASES, DATA, EXPECTED, FILES, FORMATS, MESSAGE_FORMATS, NASTY, kind_of
from tests.core.transfer.world import Office


def count(office: Office, search: str) -> int:
    with office.store.read() as reader:
        return conversations.count(reader, ConversationFilter(search=search, include_archived=True)).n


def take_twice(office: Office, path: object, kind: str) -> tuple[int, Counts]:
    event_id, counts = office.take(path, kind)  # type: ignore[arg-type]
    again = office.take(path, kind)[1]  # type: ignore[arg-type]
    assert again == Counts(unchanged=counts.rows - counts.rejected, rejected=counts.rejected), path
    return event_id, counts


def test_real_conversations_go_in_as_expected_and_out_again(office: Office) -> None:
    empty = office.dump()
    events = []
    for folder in ("star", "multidogo"):
        expected = EXPECTED[folder]
        for kind in ("contacts", "messages", "deals", "templates"):
            path = DATA / "real" / folder / f"{kind}.csv"
            if path.exists():
                event_id, counts = take_twice(office, path, kind)
                events.append(event_id)
                assert counts.rows == expected.get(kind, {"rows": 187})["rows"]
                assert counts.rejected == expected.get(kind, {}).get("bad_phone_rows", 0)
                if kind == "contacts":
                    assert counts.inserted == expected["contacts"]["distinct_phones"]
                    lines = [line for line, _, reason in office.problems(event_id) if "not a phone number" in reason]
                    assert lines == [line for line, _ in expected["contacts"]["bad_phone_lines"]]
                else:
                    assert counts.inserted == counts.rows - counts.rejected
    check_totals(office)
    for event_id in reversed(events):
        assert office.undo(event_id) == 0
    assert office.dump() == empty


def check_totals(office: Office) -> None:
    star, multidogo = EXPECTED["star"], EXPECTED["multidogo"]
    with office.store.read() as reader:
        listed = conversations.find(reader, ConversationFilter(), Sort(), Slice(20_000), budget=None).rows
        has_messages = [n > 0 for n in listed["message_count"]]
        assert has_messages == sorted(has_messages, reverse=True)
        assert False in has_messages

        def one(*columns: object) -> object:
            return tuple(reader.execute(select(*columns)).one())  # type: ignore[call-overload]

        messages = star["messages"]["good_phone_rows"] + multidogo["messages"]["good_phone_rows"]
        assert one(func.count(message.c.id)) == (messages,)
        assert one(func.sum(conversation.c.message_count), func.sum(conversation.c.unread_count)) == (messages, 0)
        assert one(func.count(deal.c.id), func.sum(deal.c.amount_cents)) == (2685, 320_887_600)
        assert one(func.count(stage_event.c.id)) == (2685 - star["deals"]["entered_at_blank"],)
        assert one(func.count(template.c.id)) == (187,)
        stages = select(stage.c.name, func.count()).join(deal, deal.c.stage_id == stage.c.id).group_by(stage.c.name)
        assert {row[0]: row[1] for row in reader.execute(stages)} == star["deals"]["by_stage"]
        assert {row[0]: row[1] for row in reader.execute(select(stage.c.name, stage.c.kind))} == {
            "Won": "won", "Lost": "lost", "Engaging": "open", "Prospecting": "open",
        }  # fmt: skip
        tagged = (
            select(tag.c.name, func.count()).join(contact_tag, contact_tag.c.tag_id == tag.c.id).group_by(tag.c.name)
        )
        found = {row[0]: row[1] for row in reader.execute(tagged)}
        assert star["contacts"]["contacts_with_tag"].items() <= found.items()
        owners = select(func.count(user.c.id)).where(user.c.may_sign_in == 0)
        assert reader.execute(owners).scalar_one() == 35
        longest = select(contact.c.phone, conversation.c.message_count).join(contact, contact.c.id == conversation.c.id)
        top = reader.execute(longest.order_by(conversation.c.message_count.desc()).limit(5)).all()
        assert [list(row) for row in top] == star["messages"]["longest_threads"]
    assert count(office, "taxi") >= star["messages"]["search"]["taxi"][1] - 3
    assert count(office, "202.555.0132") == 1
    assert count(office, "sophia.nguyen1498@example.com") == 1


BEFORE = {
    "amounts_deals.csv": "amounts_contacts.csv",
    "times_messages.csv": "messages_contacts.csv",
    "directions_messages.csv": "messages_contacts.csv",
    "blns_messages.csv": "blns_contacts.csv",
}


@pytest.mark.parametrize("name", FILES)
def test_a_nasty_file_leaves_what_its_manifest_says(name: str, office: Office) -> None:
    case = CASES[name]
    if name in BEFORE:
        office.take(NASTY / BEFORE[name])
    if case["outcome"] == "reject_file" or name == "csv/latin1.csv":
        before = office.dump()
        with pytest.raises(Invalid):
            office.take(NASTY / name, kind_of(name))
        assert office.dump() == before
        return
    event_id, counts = take_twice(office, NASTY / name, kind_of(name))
    lines = [line for line, _ in case.get("rejected", []) if line is not None]
    assert set(lines) <= {line for line, _, _ in office.problems(event_id)}
    either_way = {"blns_messages.csv": 2, "emails_contacts.csv": -1, "phones_contacts.csv": 2}
    if "accepted_rows" in case:
        assert counts.inserted == case["accepted_rows"] + either_way.get(name, 0)
    if name == "csv/one_phone_many_spellings.csv":
        assert [line for line, _, reason in office.problems(event_id) if "same phone as line 2" in reason] == [
            *range(3, 9)
        ]
        assert office.rows(contact.c.phone, contact.c.first_name) == [("+17345550132", "N0")]


@pytest.mark.parametrize("case", FORMATS, ids=lambda case: case["file"])
def test_a_peers_file_goes_in_and_out_again(case: dict[str, object], office: Office) -> None:
    before = office.dump()
    kind = "messages" if case["file"] in MESSAGE_FORMATS else "contacts"
    event_id, counts = take_twice(office, DATA / "formats" / str(case["file"]), kind)
    assert counts.rows == case["records"]
    assert counts.inserted == counts.rows - counts.rejected
    assert office.undo(event_id) == 0
    assert office.dump() == before
