"""Imports that were started, on the page: the list of all, progress, problems, undo."""

import pytest
from sqlalchemy import select, update

from core import people
from core import undo as undoing
from core.access import Right
from core.database import Change, Store, Work
from core.database.tables import contact
from core.transfer import run, undo
from tests.conftest import ALICE
from tests.pages.conftest import Visit
from tests.pages.importing import BAD, GOOD, drop_right, imported, keys, phones, texts, uploaded


def test_problems_are_paged_and_can_be_had_as_a_whole(office: Store, arrive: Visit) -> None:
    rows = "".join(f"{n},x\n" for n in range(1, 452))
    event_id = imported(office, f"phone,first_name\n{rows}")
    app = arrive(**{"import": str(event_id)})
    assert "1–200 of 451 problems" in texts(app)
    assert app.dataframe[0].value["Line"].tolist() == list(range(2, 202))
    assert {element.proto.label for element in app.get("download_button")} == {
        "Rejected rows, to mend and import again",
        "All problems as a list",
    }


def test_an_undo_says_what_it_takes_back_and_then_that_it_did(office: Store, arrive: Visit) -> None:
    event_id = imported(office, GOOD)
    app = arrive(**{"import": str(event_id)})
    assert "Deletes what the 2 inserted rows brought" in texts(app)
    app.button("imports.undo.now").click().run()
    assert app.header[0].value == "Being taken back"
    undo.carry_out(office, ALICE, event_id, run.Pace(1.0, 0.0))
    app.run()
    assert app.header[0].value == "Taken back"
    assert "Everything is as it was" in app.success[0].value
    assert "imports.undo.now" not in keys(app)
    assert phones(office) == []


def rename(work: Work, phone: str) -> None:
    event_id = work.record("test.rename")
    row = work.conn.execute(select(contact).where(contact.c.phone == phone)).one()
    work.conn.execute(update(contact).where(contact.c.id == row.id).values(first_name="Else"))
    work.account(event_id, 1, [Change("contact", row.id, row.id, {"first_name": "Ann"}, {"first_name": "Else"})])


def test_what_was_changed_since_is_listed_after_the_undo(office: Store, arrive: Visit) -> None:
    event_id = imported(office, GOOD)
    office.write(ALICE, rename, "+12125550101")
    undoing.start(office, ALICE, event_id)
    undo.carry_out(office, ALICE, event_id, run.Pace(1.0, 0.0))
    app = arrive(**{"import": str(event_id)})
    assert app.header[0].value == "Taken back in part"
    left = app.dataframe[0].value
    assert left[["What", "Name", "Phone"]].to_numpy().tolist()[0] == ["contact", "Else Lee", "(212) 555-0101"]
    assert f"{len(left)} of {len(left)} rows" in texts(app)


def test_what_an_undo_left_can_be_taken_back_later(office: Store, arrive: Visit) -> None:
    event_id = imported(office, GOOD)
    used = imported(office, "phone,last_name\n(212) 555-0101,Lea\n")
    for each in (event_id, used):
        undoing.start(office, ALICE, each)
        undo.carry_out(office, ALICE, each, run.Pace(1.0, 0.0))
    app = arrive(**{"import": str(event_id)})
    assert phones(office) == ["+12125550101"]
    assert "Takes back what was left" in texts(app)
    app.button("imports.undo.now").click().run()
    undo.carry_out(office, ALICE, event_id, run.Pace(1.0, 0.0))
    app.run()
    assert app.header[0].value == "Taken back"
    assert phones(office) == []


def test_past_imports_are_listed_and_opened(office: Store, arrive: Visit) -> None:
    first, second = imported(office, GOOD, "one.csv"), imported(office, BAD, "two.csv")
    app = arrive()
    listed = [text for text in texts(app).split("\n") if text.endswith(".csv")]
    assert listed == ["two.csv", "one.csv"]
    assert "Imported: 2 inserted, 0 updated, 0 unchanged, 0 rejected of 2 rows" in texts(app)
    app.button(f"imports.open.{first}").click().run()
    assert app.query_params["import"] == str(first)
    assert "imports.back" in keys(app)
    app.button("imports.back").click().run()
    assert f"imports.open.{second}" in keys(app)


def test_older_imports_can_be_shown(office: Store, arrive: Visit) -> None:
    for n in range(12):
        imported(office, GOOD, f"{n}.csv")
    app = arrive()
    assert sum(key.startswith("imports.open.") for key in keys(app)) == 10
    app.button("imports.older").click().run()
    assert sum(key.startswith("imports.open.") for key in keys(app)) == 12
    assert "imports.older" not in keys(app)


@pytest.mark.parametrize("name", ["999", "x", "", "²"])
def test_a_link_to_no_import_says_so(office: Store, arrive: Visit, name: str) -> None:
    app = arrive(**{"import": name})
    assert "There is no import" in app.warning[0].value
    assert not app.exception


def test_a_running_import_can_be_cancelled(office: Store, arrive: Visit) -> None:
    app = uploaded(arrive(), GOOD)
    app.button("imports.run").click().run()
    app.button("imports.cancel").click().run()
    assert app.header[0].value == "Cancelled"
    assert "imports.undo.now" in keys(app)


def test_who_may_not_undo_sees_no_button(office: Store, arrive: Visit) -> None:
    event_id = imported(office, GOOD)
    for right in (Right.UNDO_OWN, Right.UNDO_OTHERS):
        office.write(people.SYSTEM, drop_right, right)
    app = arrive(**{"import": str(event_id)})
    assert "imports.undo.now" not in keys(app)
    assert "You may not undo." in texts(app)
