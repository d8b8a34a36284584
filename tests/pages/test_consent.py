"""The dialog in which what a contact said about being texted is written down, through the shell."""

import pytest
from sqlalchemy import select

from core.access import Actor
from core.database import Store
from core.database.tables import consent_event, conversation
from core.messages import opt_outs
from pages.ui import frame
from pages.ui.acting import ASKED, Asked, Target
from tests.pages.conftest import Visit


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """One click may follow another at once."""
    monkeypatch.setattr(frame, "ECHO_SECONDS", 0.0)


@pytest.fixture
def id_(inbox: Store) -> int:
    """A contact who said nothing yet."""
    c, k = conversation.c, consent_event.c
    wanted = select(c.id).where(c.is_archived == 0, c.id.not_in(select(k.contact_id))).order_by(c.id).limit(1)
    with inbox.read() as reader:
        return int(reader.execute(wanted).scalar_one())


def test_a_consent_and_an_opt_out_are_written_down_with_how_they_were_said(
    inbox: Store, visit: Visit, acting: Actor, id_: int
) -> None:
    for place, words in enumerate(("on our form", "on the phone")):
        app = visit(c=str(id_))
        app.session_state[ASKED] = Asked("consent", Target(id_), f"r{place}")  # components cannot be clicked here
        app.run()
        app.radio(key="ask.consent.said").set_value(app.radio(key="ask.consent.said").options[place]).run()
        app.text_input(key="ask.consent.words").input(words).run()
        app.button(key="asking.yes").click().run()
    with inbox.read() as reader:
        said = opt_outs.of_contact(reader, acting, id_)
    assert [(each.kind, each.body) for each in said] == [("out", "on the phone"), ("in", "on our form")]
