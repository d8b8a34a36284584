"""Which file it is, what its columns are, and what a row becomes."""

import pytest

from core.errors import Invalid
from core.transfer import ContactRow, DealRow, MessageRow, Reject, Remark, TemplateRow
from core.transfer.build import EMPTY_BODY
from core.transfer.builder import UNVERIFIED
from core.transfer.presets import FIELDS, PRESETS
from tests.conftest import NOON
from tests.core.transfer.conftest import Opener, Reader

MESSAGES = "phone,direction,body,sent_at,sender,external_id\n"


def test_our_own_columns_need_no_preset(read: Reader) -> None:
    header = (
        "first_name,last_name,phone,email,date_of_birth,zip_code,source,owner,created_at,city,state,tags,notes,"
        "typed_name,external_id\n"
    )
    (row,) = read(
        header
        + "Ava,Moore,(734) 555-0100,a@b.co,1990-04-05,02134,web,Bob,2020-05-12T12:25:56Z,Ann Arbor,MI,x;y, n ,Av,e-1\n"
    )
    assert row == ContactRow(
        2,
        "+17345550100",
        True,
        "Ava",
        "Moore",
        "a@b.co",
        "1990-04-05",
        "02134",
        "Ann Arbor",
        "MI",
        "e-1",
        "web",
        "Bob",
        1589286356,
        ("x", "y"),
        " n ",
    )


def test_header_names_are_known_in_any_case_with_blanks_and_in_other_words(opened: Opener) -> None:
    plan = opened(" First Name,LAST NAME ,Phone Number,E-Mail,ZIP,Favourite dish\n").plan
    assert dict(plan.mapping) == {
        " First Name": "first_name",
        "LAST NAME ": "last_name",
        "Phone Number": "phone",
        "E-Mail": "email",
        "ZIP": "zip_code",
    }
    assert plan.unused == ("Favourite dish",)


@pytest.mark.parametrize(
    ("header", "key", "kind"),
    [
        ("Record ID,First Name,Phone Number,Lead Status,Contact owner", "hubspot", "contacts"),
        ("Contact Id,Phone,Created,Last Activity,Tags,Opportunities", "highlevel_export", "contacts"),
        ("First Name,Phone,Created Date,Additional Phone", "highlevel_import", "contacts"),
        ("id,name,email,identifier,phone_number,labels", "chatwoot", "contacts"),
        ("First Name,Labels,E-mail 1 - Value,Phone 1 - Value", "google", "contacts"),
        ("First Name,E-mail Address,Home Phone,Mobile Phone,Primary Phone", "outlook", "contacts"),
        ("Phone,Mobile,Mailing Zip/Postal Code,Account Owner", "salesforce", "contacts"),
        ("firstName,lastName,cell,zip", "spoke", "contacts"),
        ('"From","To","Body","Status","SentDate","Direction","Sid"', "twilio", "messages"),
        ("first_name,phone", "own", "contacts"),
    ],
)
def test_a_file_is_recognised_by_its_header(header: str, key: str, kind: str, opened: Opener) -> None:
    assert opened(header + "\n", kind).plan.preset.key == key


def test_presets_map_to_known_fields_only() -> None:
    for preset in PRESETS:
        assert set(preset.columns.values()) <= set(FIELDS[preset.kind]), preset.key


@pytest.mark.parametrize(
    ("header", "kind", "says"),
    [
        ("first_name,email", "contacts", "No column can be the phone. Its columns are: first_name, email."),
        ("phone,body", "messages", "No column can be the direction"),
        ("phone,stage", "deals", "No column can be the pipeline"),
        ("title,folder", "templates", "No column can be the body"),
        ("phone,name, Phone", "contacts", "The column “Phone” is there twice, as columns 1 and 3"),
        ("Mobile,Cell,name", "contacts", "Both “Mobile” and “Cell” could be the phone"),
        ("From,To,Body,SentDate,Direction,Sid", "contacts", "The file looks like: Twilio message log."),
        (
            "phone",
            "people",
            "“people” cannot be imported. Known are contacts, messages, deals, templates, optouts, workflows.",
        ),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_in_one_sentence(
    header: str, kind: str, says: str, opened: Opener
) -> None:
    with pytest.raises(Invalid) as refused:
        opened(header + "\nx\n", kind)
    assert says in str(refused.value)


def test_a_column_with_the_fields_own_name_wins_over_another_word_for_it(opened: Opener) -> None:
    assert opened("Mobile,phone,first_name\n").plan.mapping == {"phone": "phone", "first_name": "first_name"}


def test_a_preset_named_must_fit(opened: Opener) -> None:
    assert opened("firstName,lastName,cell\n", preset="own").plan.preset.key == "own"
    with pytest.raises(Invalid, match="no HubSpot contacts export: it has no column “record id”"):
        opened("phone\n", preset="hubspot")
    with pytest.raises(Invalid, match="holds messages"):
        opened("phone\n", preset="twilio")
    with pytest.raises(Invalid, match="no preset “hubspott”"):
        opened("phone\n", preset="hubspott")


def test_a_mapping_given_replaces_the_presets(opened: Opener) -> None:
    source = opened("Mobile,Cell,name\n7345550100,7345550101,Ava Moore\n", mapping={"Cell": "phone", "name": "notes"})
    (row,) = source.rows()
    assert (row.phone, row.notes, row.first_name) == ("+17345550101", "name: Ava Moore", "")
    with pytest.raises(Invalid, match="no column “Phone”"):
        opened("Mobile\n", mapping={"Phone": "phone"})
    with pytest.raises(Invalid, match="“telephone” is nothing that contacts have"):
        opened("Mobile\n", mapping={"Mobile": "telephone"})


def test_the_first_filled_phone_counts_and_the_others_are_kept_in_the_notes(read: Reader) -> None:
    header = "First Name,Middle Name,E-mail Address,Home Phone,Business Phone,Mobile Phone,Primary Phone,Notes\n"
    rows = read(header + "Ava,Lee,,7345550101,7345550102,7345550100,,hello\nBea,,,7345550103,,,,\n")
    assert [(row.phone, row.first_name, row.notes) for row in rows] == [
        ("+17345550100", "Ava Lee", "hello\nHome Phone: 7345550101\nBusiness Phone: 7345550102"),
        ("+17345550103", "Bea", ""),
    ]


def test_highlevel_tags_are_cut_at_commas_and_its_deals_come_along(read: Reader) -> None:
    header = "Contact Id,First Name,Phone,Created,Last Activity,Tags,Opportunities\n"
    (row,) = read(
        header
        + 'c1,Ava,7345550100,2020-05-12T05:25:56-07:00,May 12 2020 08:32 AM,"a, b","won Gold Won, open Gold Lead"\n'
    )
    assert (row.tags, row.created_at) == (("a", "b"), 1589286356)
    assert row.deals == (
        DealRow(2, "+17345550100", True, "Gold", "Won", None, None, None, "won", "", "", "c1/1"),
        DealRow(2, "+17345550100", True, "Gold", "Lead", None, None, None, "open", "", "", "c1/2"),
    )


def test_the_contact_of_a_twilio_message_is_its_other_side(read: Reader) -> None:
    header = "From,To,Body,Status,SentDate,Direction,Sid\n"
    rows = read(
        header
        + "+17345550100,+18005550199,hi,received,2020-05-12T12:25:56Z,inbound,S1\n"
        + "+18005550199,+17345550101,yes,delivered,2020-05-12T12:26:56Z,outbound-api,S2\n"
        + "72345,+18005550199,code,received,2020-05-12T12:25:56Z,inbound,S3\n",
        "messages",
    )
    assert rows[0] == MessageRow(2, "+17345550100", True, "in", "hi", 1589286356, "", "received", "S1", "")
    assert (rows[1].phone, rows[1].direction) == ("+17345550101", "out")
    assert (rows[2].column, rows[2].value, rows[2].reason) == ("From", "72345", "not a phone number")


def test_a_doubtful_cell_of_a_contact_is_left_blank_and_remarked(read: Reader) -> None:
    (row,) = read("phone,email,dob,created_at\n+447700900123 x5,not an address,1/1/90,2027-01-01\n")
    assert (row.is_phone_valid, row.email, row.date_of_birth, row.created_at) == (False, "not an address", None, None)
    assert row.remarks == (
        Remark("phone", "+447700900123 x5", "extension 5 dropped"),
        Remark("phone", "+447700900123 x5", UNVERIFIED),
        Remark("email", "not an address", "not an e-mail address"),
        Remark("dob", "1/1/90", "the year has two digits only; left blank"),
        Remark("created_at", "2027-01-01", "in the future; left blank"),
    )


def test_an_address_with_a_control_character_is_remarked(read: Reader) -> None:
    (row,) = read('phone,email\n7345550100,"a@b.co\n"\n')
    assert row.remarks == (Remark("email", "a@b.co\n", "not an e-mail address"),)


def test_bodies_and_notes_are_kept_as_they_stand(read: Reader) -> None:
    (row,) = read(MESSAGES + '7345550100,inbound,"  two\n blanks  ",2020-05-12T12:25:56Z, Ava ,m1\n', "messages")
    assert (row.body, row.sender) == ("  two\n blanks  ", "Ava")


def test_an_empty_message_is_taken_and_remarked(read: Reader) -> None:
    rows = read(
        MESSAGES + "".join(f"7345550100,inbound,{body},2020-05-12T12:25:56Z,,\n" for body in ("", " ")), "messages"
    )
    assert [row.body for row in rows] == ["", " "]
    assert [row.remarks for row in rows] == [(Remark("body", body, EMPTY_BODY),) for body in ("", " ")]


def test_a_message_from_the_future_is_refused(read: Reader) -> None:
    rows = read(
        MESSAGES + "7345550100,in,a,2026-01-03T11:00:00Z,,m1\n7345550100,in,b,2026-01-03T13:00:00Z,,m2\n", "messages"
    )
    assert rows[0].sent_at == NOON + 23 * 3600
    assert (rows[1].column, rows[1].reason) == ("sent_at", "time is in the future")


@pytest.mark.parametrize(
    ("record", "column", "reason"),
    [
        (",in,hi,2020-05-12,,", "phone", "phone is missing"),
        ("7345550100,,hi,2020-05-12,,", "direction", "direction is missing or unknown"),
        ("7345550100,in,hi,,,", "sent_at", "time is missing"),
    ],
)
def test_a_message_is_refused_with_its_column_and_cells(record: str, column: str, reason: str, read: Reader) -> None:
    (reject,) = read(MESSAGES + record + "\n", "messages")
    assert isinstance(reject, Reject)
    assert (reject.line, reject.column, reject.reason) == (2, column, reason)
    assert reject.cells == tuple(record.split(","))


def test_deals_are_refused_where_a_given_cell_is_wrong(read: Reader) -> None:
    header = "phone,pipeline,stage,quoted_amount,entered_at,closed_at,outcome,owner,account,external_id\n"
    rows = read(
        header
        + "7345550100,Gold,Won,4631.5,2019-04-01,2019-08-01,won,Bob,Acme,d1\n"
        + "7345550100,Gold,Lead,,,,,,,\n"
        + "7345550100,Gold,Lead,-5,,,,,,\n"
        + "7345550100,Gold,Lead,5,soon,,,,,\n"
        + "7345550100,Gold,Lead,5,,,maybe,,,\n"
        + "7345550100,,Lead,5,,,,,,\n",
        "deals",
    )
    assert rows[0]._replace(cells=()) == DealRow(
        2, "+17345550100", True, "Gold", "Won", 463150, 1554091200, 1564632000, "won", "Bob", "Acme", "d1"
    )
    assert (rows[1].amount_cents, rows[1].entered_at, rows[1].outcome) == (None, None, "")
    assert [(row.column, row.reason) for row in rows[2:]] == [
        ("quoted_amount", "quoted_amount is not an amount"),
        ("entered_at", "not a time"),
        ("outcome", "outcome is not open, won or lost"),
        ("pipeline", "pipeline is missing"),
    ]


def test_templates_need_a_title_and_a_body(read: Reader) -> None:
    rows = read("title,shortcut,body,folder\nHello,hi, Hello {name} ,start\n,hi,Hello,\nHello,hi, ,\n", "templates")
    assert rows[0] == TemplateRow(2, "Hello", "hi", " Hello {name} ", "start")
    assert [row.reason for row in rows[1:]] == ["title is missing", "body is missing"]


def test_zone_and_order_can_be_said_for_one_file(read: Reader) -> None:
    text = "phone,dob,created_at\n7345550100,02/10/1990,2020-05-12 12:00\n"
    (here,) = read(text)
    (there,) = read(text, time_zone="Europe/Berlin", date_order="dmy")
    assert (here.date_of_birth, there.date_of_birth) == ("1990-02-10", "1990-10-02")
    assert here.created_at - there.created_at == 6 * 3600
    with pytest.raises(Invalid, match="no time zone “Mars”"):
        read(text, time_zone="Mars")
    with pytest.raises(Invalid, match="“ymd” is no order of dates"):
        read(text, date_order="ymd")
