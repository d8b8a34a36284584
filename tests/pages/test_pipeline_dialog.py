"""The pipeline dialog, through the shell: an open deal is shown as it is and changed; amounts are read as typed."""

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core import bulk, conversations, pipelines
from core.access import Actor
from core.conversations import Deal
from core.database import Store
from core.database.tables import conversation
from pages.ui import frame
from tests.pages.conftest import Visit


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """One click may follow another at once."""
    monkeypatch.setattr(frame, "ECHO_SECONDS", 0.0)


@pytest.fixture
def id_(inbox: Store) -> int:
    """A contact without a deal."""
    c = conversation.c
    with inbox.read() as reader:
        wanted = select(c.id).where(c.deal_count == 0, c.is_archived == 0).order_by(c.id).limit(1)
        return int(reader.execute(wanted).scalar_one())


def stage(store: Store, kind: str) -> int:
    """A stage of the first pipeline."""
    with store.read() as reader:
        return next(each.id for each in pipelines.find(reader)[0].stages if each.kind == kind)


def deal(store: Store, id_: int) -> Deal:
    with store.read() as reader:
        [found] = conversations.get(reader, id_).deals
    return found


def open_dialog(visit: Visit, id_: int) -> AppTest:
    return visit(c=str(id_)).button(key="reader.move").click().run()


def field(app: AppTest, label: str) -> object:
    return next(each for each in (*app.text_input, *app.selectbox, *app.date_input) if each.label.startswith(label))


def save(app: AppTest) -> AppTest:
    return app.button(key="asking.yes").click().run()


@pytest.mark.parametrize(("typed", "cents"), [("1,250", 125_000), ("$1250.50", 125_050), ("", None), ("0", 0)])
def test_an_amount_is_read_as_typed(inbox: Store, visit: Visit, id_: int, typed: str, cents: int | None) -> None:
    app = open_dialog(visit, id_)
    field(app, "Stage").select(stage(inbox, "open")).run()
    field(app, "Amount").input(typed).run()
    save(app)
    assert deal(inbox, id_).amount_cents == cents


def test_what_is_no_amount_is_said_and_nothing_is_saved(inbox: Store, visit: Visit, id_: int) -> None:
    app = open_dialog(visit, id_)
    field(app, "Stage").select(stage(inbox, "open")).run()
    field(app, "Amount").input("12.345 [x](http://y)").run()
    assert "is not an amount" in app.error[0].value
    assert "](http" not in app.error[0].value
    assert app.button(key="asking.yes").disabled


def test_an_open_deal_is_shown_as_it_is_and_clearing_a_field_takes_it_off(
    inbox: Store, visit: Visit, acting: Actor, id_: int
) -> None:
    said = {"amount_cents": 125_050, "owner_id": 2, "expected_close_on": "2027-03-01"}
    action = bulk.action("move", stage_id=stage(inbox, "open"), **said)
    bulk.start(inbox, acting, action, bulk.choose("ticked", [id_]))
    app = open_dialog(visit, id_)
    assert field(app, "Amount").value == "1,250.50"
    assert str(field(app, "Expected close").value) == "2027-03-01"
    assert field(app, "Owner").value == 2
    assert "since" in "\n".join(text.value for text in app.text)
    save(app)
    found = deal(inbox, id_)
    assert (found.amount_cents, found.owner_id, found.expected_close_on) == (125_050, 2, "2027-03-01")
    app = open_dialog(visit, id_)
    field(app, "Amount").input("").run()
    field(app, "Owner").select(0).run()
    save(app)
    found = deal(inbox, id_)
    assert (found.amount_cents, found.owner_id, found.expected_close_on) == (None, None, "2027-03-01")


def test_losing_asks_why_and_whether_enrollments_stop(inbox: Store, visit: Visit, id_: int) -> None:
    app = open_dialog(visit, id_)
    assert not [box for box in app.checkbox if "workflows" in box.label]
    field(app, "Stage").select(stage(inbox, "lost")).run()
    assert next(box for box in app.checkbox if "workflows" in box.label).value
    field(app, "Why was it lost").input("too dear").run()
    save(app)
    assert (deal(inbox, id_).outcome, deal(inbox, id_).lost_reason) == ("lost", "too dear")
