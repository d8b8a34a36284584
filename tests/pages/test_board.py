"""The board through the shell: which pipeline a link means, and what is refused to whom."""

import pytest
from sqlalchemy import delete
from streamlit.testing.v1 import AppTest

from core import people, pipelines
from core.database import Store, Work
from core.database.tables import user_role
from core.pipelines import Pipeline
from tests.pages.conftest import Visit

BOARD, STAGES = "pipeline/board.py", "admin/pipelines.py"


@pytest.fixture
def offered(inbox: Store) -> list[Pipeline]:
    with inbox.read() as reader:
        return pipelines.find(reader)


def shown(app: AppTest) -> int:
    """The pipeline on the board."""
    return int(app.selectbox(key="board.pipeline").value)


def said(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.error, *app.text, *app.info, *app.warning))


def only(work: Work, role: str) -> None:
    """The first user has this role alone."""
    work.conn.execute(delete(user_role).where(user_role.c.user_id == 1, user_role.c.role != role))


def test_a_link_opens_the_pipeline_it_names_or_that_of_its_stage(visit: Visit, offered: list[Pipeline]) -> None:
    first, second, third = offered
    assert shown(visit(BOARD)) == first.id
    assert shown(visit(BOARD, pipeline=str(second.id))) == second.id
    assert shown(visit(BOARD, stage=str(third.stages[0].id))) == third.id
    assert shown(visit(BOARD, pipeline=str(second.id), stage=str(third.stages[0].id))) == second.id
    assert shown(visit(BOARD, pipeline="999999")) == first.id


def test_another_pipeline_is_chosen_and_stays_in_the_address(visit: Visit, offered: list[Pipeline]) -> None:
    app = visit(BOARD)
    app.selectbox(key="board.pipeline").select(offered[1].id).run()
    assert (shown(app), app.query_params["pipeline"]) == (offered[1].id, str(offered[1].id))
    assert not app.exception


@pytest.mark.parametrize(("role", "page", "words"), [
    ("admin", BOARD, "may not see conversations"), ("manager", STAGES, "may not change settings"),
])  # fmt: skip
def test_who_may_not_is_told(inbox: Store, visit: Visit, role: str, page: str, words: str) -> None:
    inbox.write(people.SYSTEM, only, role)
    assert words in said(visit(page))


def test_without_a_pipeline_the_board_says_how_to_get_one(office: Store, visit: Visit) -> None:
    assert "an administrator makes them" in said(visit(BOARD))
