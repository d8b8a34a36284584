"""Hands for the page of workflows, through the shell."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest

from core import bulk, workflows
from core.access import Actor
from core.conversations import ConversationFilter, find_ids
from core.database import Store
from core.workflows import Workflow
from tests.pages.conftest import Visit

PAGE = "outreach/workflows.py"
EVIL = "![x](http://o.example/x.png) <img src=x onerror=alert(1)>"
DAY = 86_400


def at(visit: Visit, **address: str) -> AppTest:
    app = visit().switch_page(PAGE)
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def drawn(app: AppTest, part: str) -> list[dict[str, Any]]:
    """What the components were given that have such a part."""
    given = [json.loads(each.proto.json) for each in app.get("bidi_component")]
    return [each for each in given if part in each]


def table(app: AppTest, label: str) -> list[list[str]]:
    return [row["cells"] for each in drawn(app, "rows") if each["label"] == label for row in each["rows"]]


def texts(app: AppTest) -> str:
    return "\n".join(each.value for each in app.text)


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def field(app: AppTest, kind: str, label: str) -> Any:
    return next(each for each in getattr(app, kind) if each.label == label)


def get(store: Store, workflow_id: int) -> Workflow:
    with store.read() as reader:
        return workflows.get(reader, workflow_id)


def named(store: Store, name: str) -> list[Workflow]:
    with store.read() as reader:
        return [each for each in workflows.find(reader, include_retired=True) if each.name == name]


def enroll(store: Store, actor: Actor, workflow_id: int, n: int) -> list[int]:
    with store.read() as reader:
        ids = [int(id_) for id_ in find_ids(reader, ConversationFilter(opted_out=False))][:n]
    bulk.start(store, actor, bulk.action("enroll", workflow_id=workflow_id), bulk.choose("ticked", ids))
    return ids
