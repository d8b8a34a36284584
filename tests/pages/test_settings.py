"""The settings page, through the shell: what is chosen holds from the next click on."""

import pytest
from streamlit.testing.v1 import AppTest

from core import people, setup, workflows
from core.access import Actor
from core.database import Store
from core.workflows import Draft, Step
from tests.pages.conftest import Visit, grid_rows

PAGE = "admin/settings.py"


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in setup.LABELS:
        monkeypatch.delenv(f"TALKDECK_{name.upper()}", raising=False)


def visit_page(visit: Visit) -> AppTest:
    return visit().switch_page(PAGE).run()


def save(app: AppTest) -> AppTest:
    return next(button for button in app.button if button.label == "Save").click().run()


def test_a_changed_zone_is_the_zone_of_the_list_at_once(inbox: Store, visit: Visit) -> None:
    before = grid_rows(visit())[0]["exact"]
    app = visit_page(visit)
    app.selectbox(key="settings.time_zone").select("Asia/Tokyo")
    save(app)
    assert "set the time zone to Asia/Tokyo" in "\n".join(text.value for text in app.text)
    after = grid_rows(app.switch_page("inbox/conversations.py").run())[0]["exact"]
    assert str(after).endswith("JST")
    assert after != before


def test_what_cannot_be_used_is_said_and_kept_in_the_field(inbox: Store, visit: Visit) -> None:
    app = visit_page(visit)
    app.text_input(key="settings.sender_number").input("call me")
    save(app)
    assert app.error
    assert app.text_input(key="settings.sender_number").value == "call me"


def test_what_the_environment_gives_cannot_be_changed_here(
    inbox: Store, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALKDECK_CURRENCY", "CAD")
    app = visit_page(visit)
    assert (app.selectbox(key="settings.currency").value, app.selectbox(key="settings.currency").disabled) == (
        "CAD",
        True,
    )
    app.text_input(key="settings.sender_number").input("(212) 555-0100")
    save(app)
    with inbox.read() as reader:
        assert setup.load(reader).sender_number == "+12125550100"


def test_ones_own_ez_buttons_are_chosen_here(inbox: Store, visit: Visit, acting: Actor) -> None:
    made = inbox.write(acting, workflows.add, Draft("Nudge now", "redrip", (Step("send", "Hi"),)))
    app = visit_page(visit)
    app.selectbox(key="settings.usual.redrip").select(made).run()
    with inbox.read() as reader:
        found = workflows.usual(reader, acting.id, "redrip")
        assert found is not None
        assert found.id == made
        assert workflows.usual(reader, acting.id, "workflow") is None
    inbox.write(acting, workflows.set_state, made, "retired")
    with inbox.read() as reader:
        assert workflows.usual(reader, acting.id, "redrip") is None


def test_who_may_not_change_settings_sees_them(
    inbox: Store, visit: Visit, bob: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "local_actor", lambda _store: bob)
    app = visit_page(visit)
    assert app.selectbox(key="settings.currency").disabled
    assert next(button for button in app.button if button.label == "Save").disabled
