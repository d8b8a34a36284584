"""Any bytes at all: refused in a sentence, or every record accounted for."""

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Invalid
from core.settings import Settings
from core.transfer import KINDS, Reject, Source, open_import
from core.transfer.rejects import rejects_csv

HEADERS = st.sampled_from(
    [
        "phone",
        "first_name,phone,notes",
        "phone,direction,body,sent_at",
        "phone;notes",
        "title,body",
        "phone,pipeline,stage,amount",
        "",
    ]
)
PIECES = st.sampled_from(
    [
        '"',
        ",",
        ";",
        "\n",
        "\r",
        "\r\n",
        "7345550100",
        "+44",
        "é",
        "\0",
        "in",
        "2020-05-12",
        "BEGIN:VCARD",
        "<smses>",
        "x" * 50,
        "'=1",
        "\ufeff",
    ]
)
TEXTS = st.builds(
    lambda header, pieces: (header + "\n" + "".join(pieces)).encode(), HEADERS, st.lists(PIECES, max_size=60)
)
CELLS = st.text(st.one_of(st.characters(exclude_categories=["Cs", "Cc"]), st.sampled_from("\t\r\n")), max_size=20)


def opened(data: bytes, kind: str) -> Source | str:
    try:
        return open_import(io.BytesIO(data), kind, Settings())
    except Invalid as error:
        return str(error)


@settings(max_examples=300)
@given(st.one_of(st.binary(max_size=300), TEXTS), st.sampled_from(KINDS))
def test_any_bytes_are_refused_or_read_with_lines_in_order(data: bytes, kind: str) -> None:
    source = opened(data, kind)
    if isinstance(source, str):
        assert source.endswith((".", "…"))
        return
    lines = [row.line for row in source.rows()]
    assert lines == sorted(lines)
    assert len(set(lines)) == len(lines)
    assert [row.line for row in source.rows()] == lines
    list(rejects_csv(source.plan.columns, (row for row in source.rows() if isinstance(row, Reject))))


@settings(max_examples=200)
@given(
    st.lists(st.tuples(CELLS, st.sampled_from(["7345550100", "", "bad", "+447700900123"]), CELLS), max_size=20),
    st.sampled_from(",;\t|"),
)
def test_every_record_written_comes_back_as_a_row_or_a_reject(
    records: list[tuple[str, str, str]], delimiter: str
) -> None:
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=delimiter)
    writer.writerows([("first_name", "phone", "notes"), *records])
    found = list(open_import(io.BytesIO(target.getvalue().encode()), "contacts", Settings()).rows())
    assert len(found) == len(records)
    for row, (first, phone, notes) in zip(found, records, strict=True):
        if isinstance(row, Reject):
            assert phone in {"", "bad"}
            assert row.cells == (first, phone, notes)
        else:
            assert phone not in {"", "bad"}
            assert (row.first_name, row.notes) == (first.strip(), "" if notes.isspace() else notes)
