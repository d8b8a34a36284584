"""Rejects: written so that they can be mended and imported again, and harmless in a spreadsheet."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from core.transfer import Reject, Source
from core.transfer.guard import guard, unguard
from core.transfer.rejects import rejects_csv
from tests.core.transfer.conftest import Opener, Reader

RISKY = "=+-@\t\r\n＝＋－＠"
TEXTS = st.text(st.one_of(st.sampled_from("'= +-@\t\r\n\0＝a1"), st.characters(exclude_categories=["Cs"])), max_size=12)


def rejects_of(source: Source) -> str:
    return "".join(rejects_csv(source.plan.columns, (row for row in source.rows() if isinstance(row, Reject))))


@given(TEXTS)
def test_the_guard_comes_off_again(text: str) -> None:
    assert unguard(guard(text)) == text


@given(TEXTS)
def test_nothing_guarded_begins_like_a_formula(text: str) -> None:
    guarded = guard(text)
    assert guarded == text.lstrip(" ") or guarded[:1] not in set(RISKY) or guarded[1:].isdecimal()


def test_a_whole_number_is_left_alone_and_a_formula_after_one_is_not() -> None:
    assert guard("+17345550132") == "+17345550132"
    assert guard("+1555+cmd") == "'+1555+cmd"
    assert guard("  =1") == "'  =1"
    assert guard("'=1") == "''=1"
    assert guard("it's") == "it's"


def test_an_apostrophe_somebody_typed_is_kept_in_files_that_are_not_ours(read: Reader) -> None:
    (row,) = read("phone,notes\n7345550100,'=1+1\n")
    assert row.notes == "'=1+1"


def test_mended_rejects_become_the_rows_they_should_have_been(opened: Opener, read: Reader) -> None:
    text = 'first_name,phone,tags,notes\n"=1+1",bad,"a, b","\'-x\n=y"\nAva,7345550101,,\n-2+3,,x,é\n'
    file = rejects_of(opened(text))
    lines = list(csv.reader(io.StringIO(file.lstrip("\ufeff"), newline="")))
    assert lines[0] == ["talkdeck_line", "talkdeck_column", "talkdeck_reason", "first_name", "phone", "tags", "notes"]
    assert [line[:3] for line in lines[1:]] == [
        ["2", "phone", "letters, not a phone number"],
        ["5", "phone", "phone is missing"],
    ]
    assert lines[1][3:] == ["'=1+1", "bad", "a, b", "''-x\n=y"]
    mended = file.replace('"bad"', '"7345550100"').replace('"\'-2+3",""', '"\'-2+3","7345550102"')
    rows = read(mended)
    assert [(row.first_name, row.phone, row.notes) for row in rows] == [
        ("=1+1", "+17345550100", "'-x\n=y"),
        ("-2+3", "+17345550102", "é"),
    ]
    assert rows[0].tags == ("a, b",)  # what we wrote is cut at semicolons only


def test_rejects_of_rejects_are_the_same_file(opened: Opener) -> None:
    first = rejects_of(opened('first_name,phone\n"=x",bad\n"\'=x",\nAva,1,2\n'))
    lines = list(csv.reader(io.StringIO(rejects_of(opened(first)).lstrip("\ufeff"), newline="")))
    again = list(csv.reader(io.StringIO(first.lstrip("\ufeff"), newline="")))
    assert [line[3:] for line in lines] == [line[3:] for line in again]


def test_text_that_was_no_record_stands_whole_in_the_first_column(opened: Opener) -> None:
    file = rejects_of(opened('phone,notes\n7345550100,"open\nrest\n'))
    (_, line) = csv.reader(io.StringIO(file.lstrip("\ufeff"), newline=""))
    assert line[3:] == ['7345550100,"open\nrest\n']


def test_rejects_of_a_message_backup_can_be_mended_as_a_table(opened: Opener, read: Reader) -> None:
    xml = '<?xml version="1.0"?>\n<smses><sms address="null" date="1589286356000" type="1" body="=hi"/></smses>'
    file = rejects_of(opened(xml, "messages"))
    (row,) = read(file.replace('"","1589286356000"', '"7345550100","1589286356000"'), "messages")
    assert (row.phone, row.body, row.direction, row.sent_at) == ("+17345550100", "=hi", "in", 1589286356)


def test_the_file_opens_in_excel_as_unicode(opened: Opener) -> None:
    assert rejects_of(opened("phone\nbad\n")).startswith("\ufeff")
