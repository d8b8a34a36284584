"""vCard address cards and SMS Backup & Restore: files without a header row."""

import pytest

from core.errors import Invalid
from core.transfer import MessageRow, Reject
from core.transfer.decode import BLOCK
from tests.core.transfer.conftest import Opener, Reader


def card(*lines: str, version: str = "3.0") -> str:
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])


def sms(body: str, address: str = "+17345550100", kind: str = "1") -> str:
    return f'  <sms address="{address}" date="1589286356000" type="{kind}" body="{body}" contact_name="Ava" />\n'


def backup(*elements: str) -> str:
    return (
        f"<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<smses count=\"1\">\n{''.join(elements)}</smses>\n"
    )


def test_a_card_becomes_a_contact(read: Reader) -> None:
    (row,) = read(
        card(
            "N:Moore;Ava;Lee;;",
            "FN:Ava Lee Moore",
            "TEL;TYPE=HOME:734-555-0101",
            "TEL;TYPE=CELL:(734) 555-0100",
            "item1.EMAIL;TYPE=INTERNET:a@b.co",
            "EMAIL:c@d.co",
            "BDAY:19900405",
            "ADR;TYPE=HOME:;;1 Main St;Ann Arbor;MI;02134;USA",
            "CATEGORIES:vip,auto",
            "NOTE:one\\, two\\nthree \\\\ fo",
            " ur",
            "UID:u-1",
        )
    )
    assert (row.line, row.phone, row.first_name, row.last_name, row.email) == (
        1,
        "+17345550100",
        "Ava Lee",
        "Moore",
        "a@b.co",
    )
    assert (row.date_of_birth, row.zip_code, row.city, row.state) == ("1990-04-05", "02134", "Ann Arbor", "MI")
    assert (row.tags, row.external_id) == (("vip", "auto"), "u-1")
    assert row.notes == "one, two\nthree \\ four\nOther phone: 734-555-0101\nOther e-mail: c@d.co"


def test_older_and_newer_cards_are_read_as_well(read: Reader) -> None:
    old = card("N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:;Jos=C3=\r\n=A9;;;", "TEL;CELL:7345550100", version="2.1")
    new = card("FN:Cher", "TEL;TYPE=cell;VALUE=uri:tel:+1-734-555-0101", "BDAY:--0405", version="4.0")
    first, second = read(old + new)
    assert (first.first_name, first.phone) == ("José", "+17345550100")
    assert (second.line, second.first_name, second.phone, second.date_of_birth) == (7, "Cher", "+17345550101", None)
    assert second.remarks[0].value == "--0405"


def test_a_number_in_place_of_a_name_is_no_name(read: Reader) -> None:
    (row,) = read(card("N:;;;;", "FN:(734) 555-0100", "TEL:(734) 555-0100"))
    assert (row.first_name, row.last_name) == ("", "")


def test_broken_cards_are_refused_with_their_line(read: Reader) -> None:
    rows = read(card("TEL:7345550100") + "lost\r\n" + "BEGIN:VCARD\r\nTEL:7345550101\r\n" + card("FN:Nobody"))
    assert [(row.line, row.reason) for row in rows[1:]] == [
        (5, "text outside BEGIN:VCARD and END:VCARD"),
        (6, "a card begun here has no END:VCARD"),
        (8, "phone is missing"),
    ]
    assert rows[2].cells == ("TEL:7345550101",)


def test_a_photograph_does_not_fill_the_memory(read: Reader) -> None:
    (row,) = read(card("TEL:7345550100", "FN:Ava", *("PHOTO:" + "x" * 1000 for _ in range(3000))))
    assert row.first_name == "Ava"


def test_a_backup_becomes_messages_with_their_lines(read: Reader) -> None:
    rows = read(
        backup(sms("hi &amp; &#10;bye"), sms("yes", kind="2"), sms("draft", kind="3"), sms("x", address="null")),
        "messages",
    )
    assert rows[0] == MessageRow(3, "+17345550100", True, "in", "hi & \nbye", 1589286356, "", "", "", "Ava")
    assert rows[1].direction == "out"
    assert [(row.line, row.column, row.reason) for row in rows[2:]] == [
        (5, "type", "direction is missing or unknown"),
        (6, "address", "address is missing"),
    ]


def test_a_picture_message_is_refused_not_passed_over(read: Reader) -> None:
    (row,) = read(
        backup('<mms address="+17345550100" date="1589286356000"><parts><part text="x"/></parts></mms>\n'), "messages"
    )
    assert isinstance(row, Reject)
    assert row.reason == "a picture message (MMS) is not imported"


def test_emoji_written_in_halves_are_put_together_wherever_blocks_end(read: Reader) -> None:
    smile = "&#55357;&#56834;"
    for shift in range(20):
        filler = sms("x" * (BLOCK - 250 + shift))
        rows = read(backup(filler, sms(f"ok {smile * 9} bye")), "messages")
        assert rows[1].body == f"ok {'😂' * 9} bye"


@pytest.mark.parametrize(
    "reference", ["&#55357;", "&#56834;", "&#0;", "&#x1;", "&#xD83D;", "&#99999999;", "&#56834;&#55357;"]
)
def test_a_reference_to_no_character_refuses_its_message_only(reference: str, read: Reader) -> None:
    rows = read(backup(sms(f"a{reference}b"), sms("fine")), "messages")
    assert (rows[0].column, rows[0].reason) == (
        "body",
        "a character that is none (half of a pair, or a control character)",
    )
    assert rows[1].body == "fine"


def test_xml_that_breaks_off_keeps_what_came_before_and_says_so(read: Reader) -> None:
    rows = read(backup(sms("one"), '<sms address="x" body="<"/>', sms("two")), "messages")
    assert rows[0].body == "one"
    assert rows[1].reason.startswith("not XML")
    assert "nothing from here on was read" in rows[1].reason
    assert len(rows) == 2


def test_a_document_type_is_not_followed(read: Reader) -> None:
    bomb = (
        '<?xml version="1.0"?>\n<!DOCTYPE smses [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n<smses>\n'
        + sms("&b;")
        + "</smses>"
    )
    (row,) = read(bomb, "messages")
    assert "document type" in row.reason


def test_other_xml_and_other_kinds_are_refused(opened: Opener) -> None:
    with pytest.raises(Invalid, match="no message backup"):
        opened("<?xml version='1.0'?><calls><call/></calls>", "messages")
    with pytest.raises(Invalid, match="holds messages; import it as messages"):
        opened(backup(sms("x")), "contacts")
    with pytest.raises(Invalid, match="holds contacts; import it as contacts"):
        opened(card("TEL:1"), "messages")
