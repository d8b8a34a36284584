"""Large files: read by a child beside the writer, and written without indexes that come back whatever happens."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect

from core.database import Store, indexes
from core.database.tables import contact, conversation
from core.errors import Conflict, Invalid, Unavailable
from core.settings import Settings
from core.transfer import Choices, Reject, imports, open_import, reading, run
from core.transfer.outlook import Counts
from core.transfer.rows import ContactRow
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
    return [
        (*row, *(ContactRow(*row).derived or ())) if not isinstance(row, Reject) and len(row) > 18 else tuple(row)
        for row in file.rows()
    ]


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
        with reading.reading(path, sha256, kind, Settings(), Choices()) as file:
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
        reading.reading(path, "", "contacts", Settings(), Choices()),
    ):
        pass
    path.write_text("phone\n7345550100\n")
    with (
        pytest.raises(Invalid, match="not the file any more"),
        reading.reading(path, "other", "contacts", Settings(), Choices()),
    ):
        pass
    with (
        pytest.raises(Invalid, match="cannot be read"),
        reading.reading(tmp_path / "none.csv", "", "contacts", Settings(), Choices()),
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
        return {index["name"] for index in inspect(reader).get_indexes("conversation")}


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
