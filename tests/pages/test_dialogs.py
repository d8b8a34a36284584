"""Dialogs of every page, through the shell: while one is open, no look at what came in draws the page anew."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import frame
from tests.pages.conftest import Visit

pytestmark = pytest.mark.usefixtures("inbox")

DIALOGS = (
    ("admin/tags.py", "New tag"), ("outreach/templates.py", "New template"), ("admin/settings.py", "New field"),
    ("admin/settings.py", "New number"), ("inbox/cleanup.py", "New rule"), ("outreach/optouts.py", "Record an opt-out"),
)  # fmt: skip


def press(app: AppTest, label: str) -> AppTest:
    return next(each for each in app.button if each.label == label).click().run()


@pytest.mark.parametrize(("page", "button"), DIALOGS)
def test_a_page_knows_of_the_dialog_that_is_open_over_it(visit: Visit, page: str, button: str) -> None:
    app = visit(page)
    assert not app.session_state[frame.OPEN]
    assert press(app, button).session_state[frame.OPEN]


def test_a_page_knows_that_the_dialog_is_closed(visit: Visit) -> None:
    app = press(visit(), "New contact")
    assert app.session_state[frame.OPEN]
    assert not press(app, "Cancel").session_state[frame.OPEN]
