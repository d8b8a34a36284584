"""The route that keeps what somebody writes: for our own pages alone, and for nothing but drafts."""

import json
from contextlib import closing
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from core.database import Store
from core.database.tables import draft
from core.people import SYSTEM
from tests.core.messages import world
from tests.server import AppServer


@pytest.fixture(scope="module")
def contact_id(app: AppServer) -> int:
    with closing(Store.open(f"sqlite:///{app.data_dir / 'talkdeck.db'}")) as store:
        return store.write(SYSTEM, lambda work: world.contacts(work, 1, 9_000))[0]


def save(app: AppServer, contact: Any, told: Any, origin: str | None = None) -> httpx.Response:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    return httpx.post(f"{app.url}/drafts/{contact}", content=body, headers={"Origin": origin or app.url})


def kept(app: AppServer) -> list[str]:
    with closing(Store.open(f"sqlite:///{app.data_dir / 'talkdeck.db'}")) as store, store.read() as reader:
        return list(reader.execute(select(draft.c.body)).scalars())


def test_a_draft_is_kept_and_an_empty_one_is_gone(app: AppServer, contact_id: int) -> None:
    assert save(app, contact_id, {"text": "Hello 👋", "template": None}).status_code == 200
    assert kept(app) == ["Hello 👋"]
    assert save(app, contact_id, {"text": ""}).status_code == 200
    assert kept(app) == []


def test_another_page_saves_nothing(app: AppServer, contact_id: int) -> None:
    assert save(app, contact_id, {"text": "forged"}, "http://localhost:1").status_code == 403
    assert httpx.post(f"{app.url}/drafts/{contact_id}", json={"text": "forged"}).status_code == 403
    assert kept(app) == []


@pytest.mark.parametrize(
    "told", [b"", b"[]", {}, {"text": 7}, {"text": "x", "template": "x"}, {"text": "a\0b"}, {"text": "x" * 10_001}]
)
def test_what_is_no_draft_is_refused(app: AppServer, contact_id: int, told: Any) -> None:
    answer = save(app, contact_id, told)
    assert (answer.status_code, answer.json()["refused"][-1]) == (422, ".")
    assert save(app, 10**9, {"text": "to nobody"}).status_code == 422
    assert kept(app) == []
