"""An export imports again unchanged: hostile texts, phones, tags; and no spreadsheet runs any of it."""

import io
import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from core import conversations, custom, exports
from core.conversations import ConversationFilter, Sort
from core.database import Store
from core.exports import Wish, csv, xlsx
from core.transfer import own
from core.transfer.fields import tags_cell
from core.transfer.guard import guard, unguard
from tests.conftest import ALICE, Clock
from tests.core.exports import reading
from tests.core.transfer.world import Office

CONTACT = (
    *("phone", "first_name", "last_name", "email", "date_of_birth", "zip_code", "city", "state", "source", "owner"),
    *("created_at", "tags", "notes", "external_id"),
)
PIECES = (
    *("=1+1", "@SUM(A1)", "+1 (212) 555-0101", "+12125550101", "-3", "'", "''", "'=x", "' =x", '"', '""', ",", ";"),
    *("\n", "\n\n", "=", "＝1", "＋", "－", "＠", "😂", "é", "e\u0301", "李", "\u200d", "<b>&amp;</b>", "]]>"),
    *("\t", "_x000D_", "_x0041_", "DDE", "cmd|' /C calc'!A0", "%0A", "\\", "\\N", "NULL", "NaN"),
    *("true", "0012", "1e5", "2026-01-02", "word", "two words", " ", "x" * 300, "\u00a0", "|", "#REF!"),
    *('=HYPERLINK("h")',),
)  # fmt: skip


def hostile(rng: random.Random, most: int = 4) -> str:
    return "".join(rng.choice(PIECES) for _ in range(rng.randint(0, most)))


def people(n: int, seed: int) -> bytes:
    """A file of ours with contacts of hostile texts."""
    rng = random.Random(seed)
    lines = [",".join((*CONTACT, "Own text", "stage (field)", "talkdeck_format"))]
    for number in range(n):
        tags = tags_cell([t for t in (hostile(rng, 2).strip()[:60] for _ in range(rng.randint(0, 3))) if t])
        cells = [
            f"+1212{2_000_000 + number:07}",
            hostile(rng)[:200],
            f"{hostile(rng)[:190]} {number}",  # no two names alike: those stand in the order of their ids
            hostile(rng, 2),
            rng.choice(("", "1960-02-03", "2001-12-31")),
            *(hostile(rng, 2) for _ in range(5)),
            rng.choice(("", "2020-05-12T12:25:56Z", "2024-11-03 01:30:00-0500", "2024-11-03 01:30:00-0400")),
            tags, hostile(rng, 6), f"{hostile(rng, 1)}{number}", hostile(rng, 2), hostile(rng, 2), "1",
        ]  # fmt: skip
        lines.append(",".join('"' + guard(cell).replace('"', '""') + '"' for cell in cells))
    return "\n".join(lines).encode() + b"\n"


@pytest.fixture
def offices(store: Store, sqlite_template: Path, tmp_path: Path, fixed_clock: Clock) -> Iterator[tuple[Office, Office]]:
    """Two installations: one engine after the other, and an empty one on SQLite."""
    with closing(Store.open(f"sqlite:///{tmp_path / 'second.db'}")) as second:
        (tmp_path / "second.db").write_bytes(sqlite_template.read_bytes())
    with closing(Store.open(f"sqlite:///{tmp_path / 'second.db'}")) as second:
        made = Office(store, ALICE, tmp_path / "files"), Office(second, ALICE, tmp_path / "others")
        for office in made:
            for name in ("Own text", "stage"):
                office.store.write(ALICE, custom.add, name, "text")
        yield made


def taken(office: Office, data: bytes) -> None:
    with office.store.read() as reader:
        offered = own.offered(reader)
    _, counts = office.take(data, own=offered)
    assert counts.rejected == 0


def export(office: Office, format_: str = "csv") -> bytes:
    with office.store.read() as reader:
        keys = (*CONTACT, *(custom.key(field.id) for field in custom.find(reader)))
    sink = io.BytesIO()
    wish = Wish(ConversationFilter(), Sort("name", False), keys, format_, "America/New_York")
    exports.export(office.store, ALICE, wish, sink)
    return sink.getvalue()


def test_export_import_export_is_the_same_to_the_byte(offices: tuple[Office, Office], is_full: bool) -> None:
    first, second = offices
    n = 20_000 if is_full else 500
    taken(first, people(n, 3))
    data = export(first)
    assert len(reading.of_csv(data)) == n + 1
    taken(second, data)
    assert export(second) == data
    with first.store.read() as reader:
        offered = own.offered(reader)
    _, counts = first.take(data, own=offered)
    assert (counts.unchanged, counts.rows) == (n, n)
    assert export(first) == data


def test_no_cell_begins_as_a_formula(offices: tuple[Office, Office]) -> None:
    first, _ = offices
    taken(first, people(300, 4))
    header, *rows = reading.of_csv(export(first))
    phone = header.index("phone")
    for row in rows:
        assert row[phone].startswith("+1212")
        starts = {cell[0] for n, cell in enumerate(row) if cell and n != phone and not cell[1:].isdigit()}
        assert not starts & set("=@+-\t\r＝＋－＠")
    names, typed = reading.of_parquet(export(first, "parquet"))
    head, *cells = reading.of_xlsx(export(first, "xlsx"))["Conversations"]
    texts = [n for n, name in enumerate(names) if not name.endswith("_at")]
    assert head == names == header[:-1]
    for row, value, cell in zip(rows, typed, cells, strict=True):
        assert [unguard(row[n]) for n in texts] == [value[n] for n in texts] == [cell[n] or "" for n in texts]


def test_what_is_guarded_by_columns_is_what_is_guarded_cell_by_cell(is_full: bool) -> None:
    rng = random.Random(9)
    texts = [hostile(rng) for _ in range(50_000 if is_full else 3_000)] + ["", "+1234567", "+1234567\n", "\x00=", "\r"]
    assert csv.guarded(pa.array(texts)).to_pylist() == [guard(text) for text in texts]


def test_more_rows_than_a_sheet_holds_go_to_further_ones(
    offices: tuple[Office, Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = offices
    taken(first, people(25, 5))
    whole = reading.of_xlsx(export(first, "xlsx"))["Conversations"]
    monkeypatch.setattr(xlsx, "SHEET_ROWS", 10)
    sheets = reading.of_xlsx(export(first, "xlsx"))
    assert list(sheets) == ["About", "Conversations", "Conversations 2", "Conversations 3"]
    parts = [sheets[name] for name in list(sheets)[1:]]
    assert all(part[0] == whole[0] for part in parts)
    assert [row for part in parts for row in part[1:]] == whole[1:]


def test_a_field_called_like_a_column_of_the_list_is_told_apart(offices: tuple[Office, Office]) -> None:
    first, _ = offices
    with first.store.read() as reader:
        names = exports.offered(conversations.choices(reader).fields)
    assert {"stage", "stage (field)"} <= set(names.values())


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "America/St_Johns", "Asia/Kathmandu", "Europe/Berlin"])
def test_times_are_said_as_arrow_says_them(zone: str) -> None:
    rng = random.Random(11)
    seconds = [None, *(rng.randrange(1, 2_000_000_000) for _ in range(2_000))]
    times = pa.array(seconds, pa.int64()).cast(pa.timestamp("s", "UTC")).cast(pa.timestamp("s", zone))
    assert csv.said(times).equals(pc.replace_substring(times.cast(pa.string()), "Z", "+0000"))
