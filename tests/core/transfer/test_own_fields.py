"""Columns that become fields of one's own: by name or by choice, on both engines, in small files and large."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from core import contacts, custom, people
from core.__main__ import app
from core.database import Store
from core.database.tables import contact, custom_value
from core.errors import Invalid
from core.transfer import own, reading
from core.transfer.own import Offered
from tests.core.transfer.world import Office

HEADER = "phone,first_name,Roof,Area,Visit\n"
FIRST = HEADER + '7345550100,Ava,SLATE,"1,250.50",02/10/2026\n7345550101,Bea,,,\n7345550102,Cy,tin,7,\n'
SECOND = HEADER + "7345550100,,tin,1250.5,\n7345550101,Bea,slate,,\n7345550103,Di,tin,,2026-03-01\n"


@pytest.fixture
def offered(office: Office) -> Offered:
    office.store.write(office.actor, custom.add, "Roof", "choice", ["slate", "tin"])
    office.store.write(office.actor, custom.add, "Area", "number")
    office.store.write(office.actor, custom.add, "Visit", "date")
    with office.store.read() as reader:
        return own.offered(reader)


def values(office: Office) -> set[tuple[int, int, str]]:
    v = custom_value.c
    return set(office.rows(v.contact_id, v.field_id, v.value))


def by_phone(office: Office) -> dict[str, list[str]]:
    c, v = contact.c, custom_value.c
    with office.store.read() as reader:
        rows = reader.execute(select(c.phone, v.value).join(custom_value, v.contact_id == c.id).order_by(v.field_id))
        found: dict[str, list[str]] = {}
        for phone, value in rows:
            found.setdefault(phone[-3:], []).append(value)
    return found


@pytest.mark.parametrize("child_from", [1 << 30, 0], ids=["here", "in a child"])
def test_columns_named_as_the_fields_fill_them(
    office: Office, offered: Offered, child_from: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHILD_FROM", child_from)
    _, counts = office.take(FIRST, own=offered)
    assert counts.inserted == 3
    assert by_phone(office) == {"100": ["slate", "1250.5", "2026-02-10"], "102": ["tin", "7"]}
    _, counts = office.take(FIRST, own=offered)
    assert (counts.unchanged, counts.rows) == (3, 3)
    _, counts = office.take(SECOND, own=offered)
    assert (counts.inserted, counts.updated, counts.unchanged) == (1, 2, 0)
    assert by_phone(office) == {
        "100": ["tin", "1250.5", "2026-02-10"], "101": ["slate"], "102": ["tin", "7"], "103": ["tin", "2026-03-01"],
    }  # fmt: skip


def test_an_import_is_taken_back_to_the_row(office: Office, offered: Offered) -> None:
    empty = office.dump()
    first, _ = office.take(FIRST, own=offered)
    between = office.dump()
    second, _ = office.take(SECOND, own=offered)
    assert office.undo(second) == 0
    assert office.dump() == between
    assert office.undo(first) == 0
    assert office.dump() == empty


def test_what_somebody_wrote_since_is_kept_and_listed(office: Office, offered: Offered) -> None:
    office.take(FIRST, own=offered)
    second, _ = office.take(SECOND, own=offered)
    roof = next(key for key, field in offered.items() if field["name"] == "Roof")
    [bea] = [id_ for id_, field_id, value in values(office) if (field_id, value) == (custom.field_id(roof), "slate")]
    office.store.write(office.actor, contacts.edit, bea, {roof: "tin"}, {roof: "slate"})
    assert office.undo(second) == 1
    assert (bea, custom.field_id(roof), "tin") in values(office)


def test_the_first_line_of_a_phone_counts_here_too(office: Office, offered: Offered, small_chunks: None) -> None:
    lines = "7345550100,A,slate,,\n7345550100,A,tin,5,\n" + "".join(f"73455502{n:02},,,,\n" for n in range(5))
    office.take(HEADER + lines + "7345550100,A,tin,6,2026-01-02\n", own=offered)
    assert by_phone(office) == {"100": ["slate", "5", "2026-01-02"]}


def test_a_value_that_cannot_be_kept_is_left_blank_and_listed(office: Office, offered: Offered) -> None:
    event_id, counts = office.take(HEADER + "7345550100,Ava,straw,many,some day\n", own=offered)
    assert (counts.inserted, by_phone(office)) == (1, {})
    assert office.problems(event_id) == [
        (2, "Roof", "Roof is one of slate, tin. Left blank."),
        (2, "Area", "This is no number. Write it like 1,250.5. Left blank."),
        (2, "Visit", "This is no date. Write it like 2026-04-23. Left blank."),
    ]


def test_any_column_can_be_chosen_and_only_contacts_have_them(office: Office, offered: Offered) -> None:
    roof = own.called(offered, "roof")
    office.take("phone,dach\n7345550100,tin\n", mapping={"phone": "phone", "dach": roof}, own=offered)
    assert by_phone(office) == {"100": ["tin"]}
    with pytest.raises(Invalid, match=r"nothing that contacts have.*Roof, Area, Visit"):
        office.open("phone,dach\n7345550100,tin\n", mapping={"phone": "phone", "dach": "Ruf"}, own=offered)
    mapping = {"phone": "phone", "pipeline": "pipeline", "stage": roof}
    with pytest.raises(Invalid, match="nothing that deals have"):
        office.open("phone,pipeline,stage\n7345550100,a,b\n", "deals", mapping=mapping, own=offered)


def test_the_command_line_knows_them_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALKDECK_DATABASE_URL", f"sqlite:///{tmp_path / 'x.db'}")
    monkeypatch.setenv("TALKDECK_DATA_DIR", str(tmp_path))
    with closing(Store.open(f"sqlite:///{tmp_path / 'x.db'}")) as store:
        store.write(people.local_actor(store), custom.add, "Roof", "choice", ["slate", "tin"])
    file = tmp_path / "people.csv"
    file.write_text("phone,dach\n7345550100,tin\n")
    words = ["import", "contacts", str(file), "--map", "phone=phone", "--map", "dach=roof", "--json"]
    found = CliRunner().invoke(app, words, catch_exceptions=False)
    assert json.loads(found.stdout)["inserted"] == 1
    with closing(Store.open(f"sqlite:///{tmp_path / 'x.db'}")) as store, store.read() as reader:
        assert reader.execute(select(custom_value.c.value)).scalars().all() == ["tin"]
