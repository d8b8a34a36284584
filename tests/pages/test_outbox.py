"""The outbox page, through the shell: what is listed, how it is narrowed, and what can be done from it."""

import pytest
from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

from core import clock, setup
from core.access import Actor
from core.database import Store, Work
from core.database.tables import conversation, outbox
from core.messages import Text, numbers
from core.messages.outbox import put_all
from pages.ui import frame
from tests.pages.conftest import Visit

PAGE = "outreach/outbox.py"


def put(store: Store, actor: Actor, n: int, origin: str = "manual", **changed: object) -> list[int]:
    """Texts to `n` contacts, as they were changed afterwards."""

    def make(work: Work) -> list[int]:
        c = conversation.c
        ids = work.conn.execute(select(c.id).where(c.is_opted_out == 0).order_by(c.id).limit(n)).scalars()
        texts = [Text(id_, f"Text {place} of {origin} *bold*", clock.now() + 600 + place, origin)
                 for place, id_ in enumerate(ids)]  # fmt: skip
        made = [int(each.row_id or 0) for each in put_all(work, work.record("test.write"), texts)]
        work.conn.execute(update(outbox).where(outbox.c.id.in_(made)).values(updated_at=clock.now(), **changed))
        return made

    return store.write(actor, make)


def listed(app: AppTest) -> list[str]:
    return [each.value for each in app.text if each.value.startswith("Text ")]


def facts(app: AppTest) -> list[str]:
    return [each.value.replace("\\", "") for each in app.caption]


@pytest.fixture
def nobody_sends(inbox: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(frame, "ECHO_SECONDS", 0.0)  # a test clicks faster than a person
    with inbox.engine.begin() as connection:
        connection.execute(outbox.delete())
    return inbox


def choose(app: AppTest, state: str) -> AppTest:
    return app.segmented_control(key="outbox.state").set_value(state).run()


def test_an_empty_outbox_says_so(nobody_sends: Store, visit: Visit) -> None:
    app = visit().switch_page(PAGE).run()
    assert [each.value for each in app.info] == ["Nothing waits to be sent."]
    assert any("There is no number to send from yet" in each.value for each in app.text)
    assert [each.value for each in choose(app, "failed").info] == ["Nothing failed."]


def test_each_state_has_its_count_and_its_texts_with_the_reason(
    nobody_sends: Store, visit: Visit, acting: Actor
) -> None:
    put(nobody_sends, acting, 2)
    put(nobody_sends, acting, 1, "workflow", state="held", reason="Time zone unknown.")
    put(nobody_sends, acting, 1, state="failed", reason="The phone cannot get texts.", error_code="21211", message_id=1)
    app = visit().switch_page(PAGE).run()
    labels = app.segmented_control(key="outbox.state").options
    assert labels[:5] == ["Queue 2", "Held 1", "On its way 0", "Unknown 0", "Failed 1"]
    assert listed(app) == ["Text 0 of manual *bold*", "Text 1 of manual *bold*"]
    assert "Time zone unknown" in facts(choose(app, "held"))[0]
    failed = facts(choose(app, "failed"))[0]
    assert "The phone cannot get texts · code 21211" in failed


def test_it_is_narrowed_by_origin_and_number(nobody_sends: Store, visit: Visit, acting: Actor) -> None:
    nobody_sends.write(acting, setup.choose, {"sender_number": "+12125550100"})
    first = nobody_sends.write(acting, numbers.add, "+12125550100", "Desk", 1)
    second = nobody_sends.write(acting, numbers.add, "+12125550101", "", 5)
    put(nobody_sends, acting, 1)
    put(nobody_sends, acting, 2, "workflow")
    put(nobody_sends, acting, 1, "template", sender_id=second)
    app = visit().switch_page(PAGE).run()
    assert len(listed(app)) == 4
    assert len(listed(app.selectbox(key="outbox.origin").select("workflow").run())) == 2
    app.selectbox(key="outbox.origin").set_value(None).run()
    assert listed(app.selectbox(key="outbox.number").select(second).run()) == ["Text 0 of template *bold*"]
    assert len(listed(app.selectbox(key="outbox.number").select(first).run())) == 3
    said = [each.value for each in app.text]
    assert "(212) 555-0100 (Desk): 1 segment a second at most, 0 segments in the last hour, 3 texts waiting." in said


def test_pages_follow_one_another(nobody_sends: Store, visit: Visit, acting: Actor) -> None:
    put(nobody_sends, acting, 60)
    app = visit().switch_page(PAGE).run()
    first = listed(app)
    second = listed(app.button(key="outbox.next").click().run())
    third = listed(app.button(key="outbox.next").click().run())
    assert (len(first), len(second), len(third), len({*first, *second, *third})) == (25, 25, 10, 60)
    assert app.button(key="outbox.next").disabled
    assert listed(app.button(key="outbox.previous").click().run()) == second


def test_a_text_is_taken_back_and_one_that_failed_sent_again(nobody_sends: Store, visit: Visit, acting: Actor) -> None:
    (queued,) = put(nobody_sends, acting, 1)
    app = visit().switch_page(PAGE).run()
    app.button(key=f"outbox.cancel.{queued}").click().run()
    assert listed(app) == []
    assert app.segmented_control(key="outbox.state").options[-1] == "Taken back 1"
    unclear, plain = put(nobody_sends, acting, 2, state="failed", error_code="unclear", message_id=7)
    with nobody_sends.engine.begin() as connection:
        connection.execute(update(outbox).where(outbox.c.id == plain).values(error_code="30008"))
    choose(app, "failed")
    app.button(key=f"outbox.again.{plain}").click().run()
    assert len(listed(app)) == 1
    app.button(key=f"outbox.again.{unclear}").click().run()
    assert any("may send it twice" in each.value for each in app.text)
    next(each for each in app.button if (each.key or "").startswith("outbox.confirm")).click().run()
    assert listed(app) == []
    assert len(listed(choose(app, "scheduled"))) == 2


def test_many_that_failed_are_sent_again_together(nobody_sends: Store, visit: Visit, acting: Actor) -> None:
    put(nobody_sends, acting, 4, state="failed", error_code="30008", message_id=7)
    app = choose(visit().switch_page(PAGE).run(), "failed")
    app.button(key="outbox.many").click().run()
    next(each for each in app.button if (each.key or "").startswith("outbox.confirm")).click().run()
    assert listed(app) == []
    assert len(listed(choose(app, "scheduled"))) == 4
