"""Follow-ups, through the shell."""

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core import clock, follow_ups
from core.access import Actor
from core.database import Store
from core.database.tables import conversation
from pages.ui import frame
from pages.ui.places import here
from tests.pages.conftest import Visit, grid_rows

c = conversation.c


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """One click may follow another at once."""
    monkeypatch.setattr(frame, "ECHO_SECONDS", 0.0)


def planned(store: Store, id_: int) -> tuple[int | None, int]:
    with store.read() as reader:
        return tuple(reader.execute(select(c.follow_up_at, c.is_due).where(c.id == id_)).one())


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in app.text)


def test_a_follow_up_is_planned_said_and_dropped(inbox: Store, visit: Visit, acting: Actor) -> None:
    id_ = int(str(grid_rows(visit())[3]["id"]))
    app = visit(c=str(id_))
    app.button(key="reader.follow_up").click().run()
    app.button(key="asking.yes").click().run()
    at, is_due = planned(inbox, id_)
    assert at is not None
    local, now = here().local(at), here().local(clock.now())
    assert ((local.date() - now.date()).days, local.hour, local.minute, is_due) == (1, 9, 0, 0)
    assert "planned a follow-up with 1 conversation" in texts(app)
    app.button(key="reader.follow_up").click().run()
    assert "Planned for " in texts(app)
    app.button(key="ask.follow_up.none").click().run()
    assert planned(inbox, id_) == (None, 0)


def test_what_is_due_stands_first_marked_and_is_done_by_one_click(inbox: Store, visit: Visit, acting: Actor) -> None:
    id_ = int(str(grid_rows(visit())[9]["id"]))
    with inbox.engine.begin() as connection:
        connection.execute(conversation.update().where(c.id == id_).values(follow_up_at=clock.now() - 5))
    follow_ups.bring_back(inbox)
    app = visit(c=str(id_))
    first = grid_rows(app)[0]
    assert (first["id"], "due" in str(first["marks"])) == (str(id_), True)
    app.button(key="reader.follow_up_done").click().run()
    assert planned(inbox, id_) == (None, 0)
    assert str(id_) != grid_rows(app)[0]["id"]


def test_the_address_names_the_filter(inbox: Store, visit: Visit) -> None:
    id_ = int(str(grid_rows(visit())[9]["id"]))
    with inbox.engine.begin() as connection:
        connection.execute(conversation.update().where(c.id == id_).values(follow_up_at=clock.now() + 500))
    assert [row["id"] for row in grid_rows(visit(followup="planned"))] == [str(id_)]
