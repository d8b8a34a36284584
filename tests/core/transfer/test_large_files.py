"""Large files: read by a child beside the writer, and written without indexes that come back whatever happens."""

import csv
import io
import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import inspect, select, update

from core import conversations
from core.conversations import ConversationFilter, upkeep
from core.database import Store, arrivals, indexes
from core.database.tables import contact, conversation, id_counter, note, tag, user
from core.errors import Conflict, Invalid, Unavailable
from core.settings import Settings
from core.transfer import imports, open_import, reading, run
from core.transfer.outlook import Counts
from tests.core.transfer.world import Office

CONTACTS = (
    "Contact Id,First Name,Phone,Created,Last Activity,Tags,Email,Opportunities\n"
    'c1,Ava,7345550100,2020-05-12,,"x, y",wrong,"won Gold Won, open Gold Lead"\n'
    "c2,Bea,bad,,,,,\n"
    "c3,Cy,+447700900123 x5,,,,c@d.co,\n"
    "c4,Dee,7345550103,,,,,\n"
)
MESSAGES = "phone,direction,body,sent_at\n7345550100,in,,2020-05-12\n7345550100,out,é,2020-05-13\n,in,x,2020-05-13\n"
DEALS = "phone,pipeline,stage,amount\n+447700900123,Gold,Lead,5\n7345550100,Gold,,5\n"
TEMPLATES = "title,body\nHello,Hi\n,Hi\n"


def rows_of(file: reading.Reading) -> list[tuple[object, ...]]:
    """All rows in order; those of the blocks as ContactRows again."""
    found: list[tuple[object, ...]] = []
    while (chunk := file.take(1_000)).records:
        found += map(tuple, chunk.rows)
        found += [row for block in chunk.blocks for row in unpacked(block.content)]
    return sorted(found, key=lambda row: cast(int, row[0]))


def unpacked(block: bytes) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(":memory:")) as opened:
        opened.deserialize(block)
        rows = opened.execute(f"SELECT {', '.join(arrivals.COLUMNS)} FROM arrival ORDER BY line").fetchall()
    return [(*row[:2], bool(row[2]), *row[3:12], "", row[12], (), row[13], (), (), (), tuple(row[14:])) for row in rows]


@pytest.mark.parametrize(
    ("text", "kind"), [(CONTACTS, "contacts"), (MESSAGES, "messages"), (DEALS, "deals"), (TEMPLATES, "templates")]
)
def test_a_child_reads_the_same_rows(text: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file.csv"
    path.write_text(text)
    found = []
    with open_import(path, kind, Settings()) as source:
        sha256 = source.text.sha256
    for limit in (1 << 30, 0):
        monkeypatch.setattr(reading, "CHILD_FROM", limit)
        with reading.reading(path, sha256, reading.Job(kind)) as file:
            found.append(rows_of(file))
            assert file.bytes_read == file.bytes_total == path.stat().st_size
    assert found[0] == found[1]
    assert len(found[0]) == text.count("\n") - 1


@pytest.mark.parametrize("limit", [1 << 30, 0])
def test_a_file_that_is_gone_or_another_is_refused(limit: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHILD_FROM", limit)
    path = tmp_path / "file.csv"
    path.write_text("first_name\nAva\n")
    with (
        pytest.raises(Invalid, match="No column can be the phone"),
        reading.reading(path, "", reading.Job("contacts")),
    ):
        pass
    path.write_text("phone\n7345550100\n")
    with (
        pytest.raises(Invalid, match="not the file any more"),
        reading.reading(path, "other", reading.Job("contacts")),
    ):
        pass
    with (
        pytest.raises(Invalid, match="cannot be read"),
        reading.reading(tmp_path / "none.csv", "", reading.Job("contacts")),
    ):
        pass


def test_an_import_whose_child_dies_goes_on_later(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_text("phone\n" + "".join(f"734555{n:04}\n" for n in range(10_000)))
    event_id = office.begin(path)

    def kill(_done: int, _total: int, _counts: Counts) -> None:
        children[0]._process.kill()

    children: list[reading._Child] = []
    begun = reading._Child.__init__

    def remember(self: reading._Child, *given: object) -> None:
        begun(self, *given)  # type: ignore[arg-type]
        children.append(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "CHILD_FROM", 0)
        patch.setattr(reading, "AHEAD", 1)
        patch.setattr(reading._Child, "__init__", remember)
        with pytest.raises(Unavailable, match="Reading the file broke off"):
            run.carry_out(office.store, office.actor, event_id, office.settings, run.Pace(0.5, 0.0, kill))
    assert office.carry_out(event_id) == Counts(inserted=10_000)


def names(store: Store) -> set[str | None]:
    with store.read() as reader:
        found = inspect(reader)
        references = {reference["name"] for reference in found.get_foreign_keys("conversation")}
        return {index["name"] for index in found.get_indexes("conversation")} | references


def test_indexes_come_back_after_a_heavy_import(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "HEAVY_BYTES", 0)
    before = names(office.store)
    during = []
    event_id = office.begin("phone\n7345550100\n7345550101\n")

    def look(_done: int, _total: int, _counts: Counts) -> None:
        during.append(names(office.store))

    run.carry_out(office.store, office.actor, event_id, office.settings, run.Pace(0.5, 0.0, look))
    assert during[0] < before
    assert "ix_conversation_activity_key" in during[0]
    assert names(office.store) == before
    assert len(office.rows(contact.c.id)) == len(office.rows(conversation.c.id)) == 2


def test_a_heavy_file_of_known_contacts_keeps_the_indexes(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "HEAVY_BYTES", 0)
    office.take("phone\n7345550100\n7345550101\n")
    before = names(office.store)
    event_id = office.begin("phone,city\n7345550100,Detroit\n7345550101,\n7345550102,\n")
    during = []

    def look(_done: int, _total: int, _counts: Counts) -> None:
        during.append(names(office.store))

    run.carry_out(office.store, office.actor, event_id, office.settings, run.Pace(0.5, 0.0, look))
    assert during == [before]


@pytest.mark.usefixtures("small_chunks")
def test_indexes_come_back_after_a_heavy_import_was_cancelled(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "HEAVY_BYTES", 0)
    before = names(office.store)
    event_id = office.begin("phone\n" + "".join(f"73455501{n:02}\n" for n in range(9)))

    def cancel(_done: int, _total: int, _counts: Counts) -> None:
        imports.cancel(office.store, office.actor, event_id)

    with pytest.raises(Conflict, match="cancelled"):
        run.carry_out(office.store, office.actor, event_id, office.settings, run.Pace(0.5, 0.0, cancel))
    assert names(office.store) == before
    assert office.undo(event_id) == 0


def test_indexes_come_back_when_the_application_starts_again(store: Store, database_url: str) -> None:
    before = names(store)
    with store.engine.connect() as connection, connection.begin():
        indexes.drop(connection)
    assert names(store) < before
    with closing(Store.open(database_url)) as again:
        assert names(again) == before


def test_a_small_file_into_a_large_database_keeps_the_indexes(office: Office) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "HEAVY_BYTES", 1)
        patch.setattr(run, "BYTES_OF_A_CONTACT", 1_000)
        office.take("phone\n" + "".join(f"73455501{n:02}\n" for n in range(50)))
        before = names(office.store)
        event_id = office.begin("phone\n7345550200\n")
        seen = []

        def look(_done: int, _total: int, _counts: Counts) -> None:
            seen.append(names(office.store))

        run.carry_out(office.store, office.actor, event_id, office.settings, run.Pace(0.5, 0.0, look))
    assert seen == [before]


HEADER = "first_name,last_name,phone,email,date_of_birth,zip_code,city,source,owner,created_at,tags,notes,external_id\n"
CELLS = {
    "first_name": ("", "Ava", "José", "ẞen", " Zoë ", "O'Neil-Smith"),
    "last_name": ("", "Moore", "Łuk", "İnce", "de la Cruz"),
    "phone": [*(f"734662{n:04}" for n in range(300)), "+447700900123", "+17345550100", "7345550101 x5", "bad", ""],
    "email": ("", "a.b@c.co", "wrong", "Ava+1@d.example.org"),
    "date_of_birth": ("", "1990-04-05", "31/31/1990"),
    "zip_code": ("", "02134"),
    "city": ("", "Ann Arbor"),
    "source": ("", "web", "ads"),
    "owner": ("", "", "", "Bea"),
    "created_at": ("", "2020-05-12T12:25:56Z", "2020-05-12", "1970-01-01T00:00:00Z", "2031-01-01"),
    "tags": ("", "", "", "x;y"),
    "notes": ("", "", "called — twice", "line one\nline two, é"),
    "external_id": ("", "", "e-1"),
}
WRITTEN = [
    (contact, ("phone", "is_phone_valid", "first_name", "last_name", "email", "date_of_birth", "zip_code", "city")),
    (contact, ("phone", "external_id", "time_zone", "time_zone_source", "created_at")),
    (conversation, ("name_key", "source", "message_count", "amount_key")),
    (note, ("body",)),
    (tag, ("name_key",)),
]


def drawn_file(drawn: random.Random, records: int) -> str:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerows([drawn.choice(values) for values in CELLS.values()] for _ in range(records))
    return HEADER + target.getvalue()


def written_rows(office: Office) -> list[object]:
    """All that two imports wrote, but for ids; times of activity; the words and digits that are found."""
    rows = [office.rows(*(table.c[name] for name in names)) for table, names in WRITTEN]
    active = sorted(upkeep.activity_at(key) for (key,) in office.rows(conversation.c.activity_key))
    index = office.dump()["text index"]
    if office.store.engine.dialect.name == "postgresql":
        index = sorted(row.partition(",")[2] for row in index)
    owners = select(contact.c.phone, user.c.name).join(conversation, conversation.c.id == contact.c.id)
    with office.store.read() as reader:
        owned = reader.execute(owners.join(user, user.c.id == conversation.c.owner_id).order_by(contact.c.phone)).all()
    return [*rows, owned, active, index]


@pytest.mark.parametrize("seed", range(4))
def test_plain_contacts_in_blocks_become_what_they_become_row_by_row(
    seed: int, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = random.Random(seed)
    files = [tmp_path / name for name in ("first.csv", "second.csv")]
    for path in files:
        path.write_text(drawn_file(drawn, 200))
    found = []
    for limit in (1 << 30, 0):
        monkeypatch.setattr(reading, "CHILD_FROM", limit)
        events, counts = zip(*(office.take(path) for path in files), strict=True)
        found.append((counts, [office.problems(event_id) for event_id in events], written_rows(office)))
        assert [office.undo(event_id) for event_id in reversed(events)] == [0, 0]
        assert office.rows(contact.c.id) == []
    assert found[0] == found[1]


def test_plain_contacts_whose_ids_lie_far_apart_get_keys_of_their_own(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(reading, "CHILD_FROM", 0)
    at = "2020-05-12T12:25:56Z"
    files = [tmp_path / name for name in ("first.csv", "second.csv")]
    for number, path in enumerate(files):
        path.write_text(f"phone,created_at\n734662000{number},{at}\n734662001{number},{at}\n")
    office.take(files[0])
    (first,), _ = office.rows(contact.c.id)
    with office.store.engine.connect() as connection, connection.begin():
        beyond = update(id_counter).where(id_counter.c.name == "contact")
        connection.execute(beyond.values(next=first + (1 << upkeep.SHIFT)))
    office.take(files[1])
    keys = [key for (key,) in office.rows(conversation.c.activity_key)]
    assert len(set(keys)) == 4
    assert {upkeep.activity_at(key) for key in keys} == {1589286356}
    with office.store.read() as reader:
        assert conversations.find(reader, ConversationFilter(search="7346620001")).rows["phone"].tolist() == [
            "+17346620001"
        ]
