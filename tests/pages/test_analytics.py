"""The page of analytics, through the shell: who sees it, what it says without figures, and that all is drawn."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from core.access import ROLES, Actor
from core.analytics.asked import begin_of
from core.analytics.measures import MEASURES, Asked, figures
from core.analytics.mirror import Mirror
from core.database import Store
from pages.ui import analytics_charts, session
from tests.conftest import ALICE, NOON
from tests.pages.conftest import Visit

PAGE = "pipeline/analytics.py"
DAYS = {"from": "2025-08-01", "to": "2026-01-02"}
EVER = Asked(NOON - 600 * 86_400, NOON + 86_400, "America/New_York")


@pytest.fixture
def mirror(inbox: Store, monkeypatch: pytest.MonkeyPatch) -> Mirror:
    """Of the demo conversations, loaded, and that which the pages ask."""
    made = Mirror(inbox)
    made.step()
    monkeypatch.setattr(session, "_running", [made])
    return made


@pytest.fixture
def unready(inbox: Store, monkeypatch: pytest.MonkeyPatch) -> Mirror:
    made = Mirror(inbox)
    monkeypatch.setattr(session, "_running", [made])
    return made


def opened(visit: Visit, **params: str | list[str]) -> AppTest:
    app = visit(PAGE, **params)
    assert not app.exception
    return app


def said(app: AppTest) -> list[str]:
    return [each.value for each in app.text]


def mirror_count(mirror: Mirror) -> int:
    """Deals as they stood at the end of the days."""
    end = begin_of(date(2026, 1, 3), "America/New_York")
    asked = Asked(end - 86_400, end, "America/New_York", at=end)
    return int(figures(mirror, ALICE, "value_by_stage", asked).frame["deals"].sum())


def headings(app: AppTest) -> list[str]:
    return [each.value.replace("\\", "") for each in app.subheader]


def test_while_figures_are_prepared_the_page_says_so(unready: Mirror, visit: Visit) -> None:
    app = opened(visit)
    assert [each.value for each in app.info] == ["The figures are being prepared; the page goes on by itself."]
    unready.step()
    assert "Deals by stage" in headings(app.run())


def test_while_a_broken_mirror_is_built_anew_the_page_says_so(mirror: Mirror, visit: Visit) -> None:
    app = opened(visit)
    mirror._tables.state().cursor.execute("DROP TABLE state")  # type: ignore[union-attr]
    app.session_state["analytics.kept"] = (None, {})
    app.run()
    assert any("they will be here" in each.value or "cannot be prepared now" in each.value for each in app.info)
    assert not app.exception
    mirror._load_from = 0
    mirror.step()
    assert "Deals by stage" in headings(app.run())


def test_who_may_not_see_analytics_is_told(mirror: Mirror, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "actor", lambda: Actor(9, "Ada", ROLES["admin"]))
    app = opened(visit)
    assert headings(app) == []
    assert any("Ada may not see analytics" in each.value for each in app.error)


def test_who_sees_no_phones_sees_none_in_a_list(mirror: Mirror, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "actor", lambda: Actor(1, "Vera", ROLES["analyst"]))
    app = opened(visit, of="value_by_stage", cell=["outcome:open", "column:deals"], **DAYS)
    assert headings(app) == ["Deals by stage: Open, Deals"]
    [listed] = [each for each in app.get("bidi_component") if "What the figure counted" in each.proto.json]
    assert "555" not in listed.proto.json


def test_a_list_is_turned_page_by_page_and_another_begins_at_its_beginning(mirror: Mirror, visit: Visit) -> None:
    app = opened(visit, of="value_by_stage", cell=["column:deals"], **DAYS | {"from": "2020-01-01"})
    n = mirror_count(mirror)
    assert f"Rows 1–50 of {n}" in said(app)
    app.button(key="analytics.rows.next").click().run()
    assert f"Rows 51–100 of {n}" in said(app)
    app.button(key="analytics.rows.back").click().run()
    app.button(key="analytics.open.flow.created").click().run()
    assert any(text.startswith("Rows 1–50 of ") for text in said(app))


def test_a_figure_that_is_not_there_is_said_to_be_none(mirror: Mirror, visit: Visit) -> None:
    for of, cell in (
        ("nothing", ["column:deals"]), ("flow", ["column:nothing"]), ("flow", []),
        ("flow", ["period:never", "column:won"]), ("flow", ["column:won", "a", "group_id:77"]),
    ):  # fmt: skip
        app = opened(visit, of=of, cell=cell, **DAYS)
        assert [each.value for each in app.info] == ["There is no such figure (any more)."], (of, cell)


def test_every_measure_is_drawn_and_broken_down(mirror: Mirror) -> None:
    for measure in MEASURES:
        for by in ("", *measure.by[:3]):
            found = figures(mirror, ALICE, measure.name, Asked(EVER.start, EVER.end, EVER.zone, by=by))
            drawn = analytics_charts.draw(found, "heading")
            assert drawn is None if found.frame.empty else drawn is not None and drawn.to_dict(), (measure.name, by)


def test_with_nothing_to_count_every_measure_is_drawn_or_none(mirror: Mirror) -> None:
    nobody = Asked(0, 86_400, owner_id=999_999)
    for measure in MEASURES:
        drawn = analytics_charts.draw(figures(mirror, ALICE, measure.name, nobody), "heading")
        assert drawn is None or drawn.to_dict(), measure.name
