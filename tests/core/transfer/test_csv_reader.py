"""Delimited text: what is a record, on which line it starts, and what happens to text that is none."""

import csv

import pytest

from core.errors import Invalid
from core.transfer import Reject
from core.transfer.csv_reader import CsvTable
from tests.core.transfer.conftest import Opener, Reader

GOOD = "734555{:04}"


def lines_and_phones(rows: list) -> list[tuple[int, str]]:
    return [(row.line, "-" if isinstance(row, Reject) else row.phone) for row in rows]


def test_a_record_has_the_line_it_starts_on_whatever_cells_and_blank_lines_lie_before(read: Reader) -> None:
    text = 'phone,notes\n7345550100,"two\nlines"\n\n\n7345550101,"a ""quoted"" word"\r\n7345550102,\n'
    rows = read(text)
    assert lines_and_phones(rows) == [(2, "+17345550100"), (6, "+17345550101"), (7, "+17345550102")]
    assert [row.notes for row in rows] == ["two\nlines", 'a "quoted" word', ""]


def test_lines_end_with_cr_alone_where_the_file_does_so(read: Reader) -> None:
    rows = read(b'phone,notes\r7345550100,"a\rb"\r7345550101,\r')
    assert lines_and_phones(rows) == [(2, "+17345550100"), (4, "+17345550101")]
    assert rows[0].notes == "a\rb"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str, opened: Opener) -> None:
    source = opened(f"first_name{delimiter}phone{delimiter}notes\nAva{delimiter}7345550100{delimiter}1.5 x\n")
    assert source.plan.columns == ("first_name", "phone", "notes")
    (row,) = source.rows()
    assert (row.first_name, row.notes) == ("Ava", "1.5 x")


def test_a_delimiter_in_a_quoted_name_does_not_mislead(opened: Opener) -> None:
    assert opened('"first;last;x;y",phone\nAva,7345550100\n').plan.columns == ("first;last;x;y", "phone")


def test_the_line_that_excel_writes_about_its_delimiter_is_no_header(read: Reader) -> None:
    assert lines_and_phones(read("sep=;\nphone;notes\n7345550100;a,b\n")) == [(3, "+17345550100")]


def test_short_records_are_filled_and_long_ones_refused(read: Reader) -> None:
    rows = read("first_name,phone,notes\nAva,7345550100\nAva,7345550101,ok,more\nAva,7345550102,ok,,\n")
    assert lines_and_phones(rows) == [(2, "+17345550100"), (3, "-"), (4, "+17345550102")]
    assert (rows[1].reason, rows[1].cells) == ("more cells than the header", ("Ava", "7345550101", "ok", "more"))


def test_an_unclosed_quote_takes_the_rest_and_says_so(read: Reader) -> None:
    rows = read('phone,notes\n7345550100,\n7345550101,"open\n7345550102,\n7345550103,\n')
    assert lines_and_phones(rows) == [(2, "+17345550100"), (3, "-")]
    assert rows[1].reason == "a quote opened here is never closed; the text of lines 3 to 5 was not read as records"
    assert rows[1].cells == ('7345550101,"open\n7345550102,\n7345550103,\n',)


def test_a_wrong_quote_spoils_its_own_record_only(read: Reader) -> None:
    rows = read('phone,notes\n7345550100,"a" b\n7345550101,ok\n')
    assert lines_and_phones(rows) == [(2, "-"), (3, "+17345550101")]
    assert "quote" in rows[0].reason


def test_a_lone_cr_outside_quotes_spoils_its_own_record_only(read: Reader) -> None:
    rows = read("phone,notes\n7345550100,a\rb\n7345550101,ok\n7345550102,ok\n")
    assert lines_and_phones(rows) == [(2, "-"), (3, "+17345550101"), (4, "+17345550102")]


def test_a_cell_at_the_limit_is_kept_whole_and_a_longer_one_refused(read: Reader) -> None:
    limit = csv.field_size_limit()
    long = "x" * (limit - 1) + "\n"
    rows = read(f'phone,notes\n7345550100,"{long}"\n7345550101,"{long}y\nz"\n7345550102,"a\nb"\n7345550103,\n')
    assert lines_and_phones(rows) == [(2, "+17345550100"), (4, "-"), (7, "+17345550102"), (9, "+17345550103")]
    assert rows[0].notes == long
    assert rows[1].reason.startswith(f"a cell is longer than {limit:,} characters")


def test_a_quote_never_closed_in_a_long_file_takes_the_rest_and_says_so(read: Reader) -> None:
    many = "".join(f'{GOOD.format(n % 10_000)},"a, b"\n' for n in range(20_000))
    rows = read('phone,notes\n7345550100,\n7345550101,"open\n' + many.replace('"', ""))
    assert len(rows) == 2
    assert rows[1].reason == "a quote opened here is never closed; the text of lines 3 to 20003 was not read as records"
    assert len(rows[1].cells[0]) < 140_000


def test_a_nul_byte_is_refused_with_its_cell(read: Reader) -> None:
    rows = read("first_name,phone\nNo\0ah,7345550100\nAva,7345550101\n")
    assert rows[0] == Reject(2, "first_name", "No␀ah", "NUL byte (control character)", ("No␀ah", "7345550100"))
    assert rows[1].phone == "+17345550101"


def test_blank_lines_before_the_header_do_not_count_as_header(opened: Opener) -> None:
    source = opened("\n\n\nphone\n7345550100\n")
    assert source.plan.columns == ("phone",)
    assert lines_and_phones(list(source.rows())) == [(5, "+17345550100")]


def test_a_header_that_cannot_be_read_is_one_sentence(opened: Opener) -> None:
    with pytest.raises(Invalid, match="header in line 1 cannot be read"):
        opened('"phone" x,notes\n7345550100,\n')


def test_reading_may_begin_after_the_records_that_are_done(opened: Opener) -> None:
    source = opened("phone\n7345550100\nbad\n7345550102\n7345550103\n")
    assert lines_and_phones(list(source.rows(skip=2))) == [(4, "+17345550102"), (5, "+17345550103")]
    assert lines_and_phones(list(source.rows(skip=1)))[0] == (3, "-")


def test_bytes_read_reach_the_size_of_the_file(opened: Opener) -> None:
    source = opened("phone\n" + "7345550100\n" * 100_000)
    seen = [source.bytes_read for _ in source.rows()]
    assert seen == sorted(seen)
    assert 0 < seen[0] < source.text.size
    assert seen[-1] == source.text.size


def test_the_reader_gives_what_was_written(opened: Opener) -> None:
    cells = ["", '"', "a,b", "c\nd", "e\r\nf", " g ", "'", ";", "\u2028", "é", "0"]
    text = "a,b,phone\n" + ",".join('"' + cell.replace('"', '""') + '"' for cell in [*cells[:2], "x"]) + "\n"
    table = opened(text)._table
    assert isinstance(table, CsvTable)
    assert list(table.records()) == [(2, ["", '"', "x"])]
    for cell in cells:
        quoted = cell.replace('"', '""')
        (record,) = opened(f'phone,a\n1,"{quoted}"\n')._table.records()
        assert record == (2, ["1", cell])
