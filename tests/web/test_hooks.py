"""The routes for programs on the real server: who may use them, and what they do."""

import base64
import io
import json
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlalchemy import select

from core.database import Store
from core.database.tables import attachment, contact, conversation, message
from core.messages import Text, send, signature
from core.people import local_actor
from tests.server import AppServer

PHONE = "+17345550142"


@pytest.fixture
def store(app: AppServer) -> Iterator[Store]:
    with closing(Store.open(f"sqlite:///{app.data_dir / 'talkdeck.db'}")) as opened:
        yield opened


def tell(app: AppServer, path: str, said: Any, key: bytes | None = None) -> httpx.Response:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    signed = signature.sign(key or signature.secret(app.data_dir), body)
    return httpx.post(app.url + path, content=body, headers={signature.HEADER: signed})


def come(app: AppServer, id_: str, body: str = "Hello", **more: Any) -> httpx.Response:
    return tell(app, "/hooks/inbound", {"id": id_, "from": PHONE, "to": "+17345550100", "body": body, **more})


@pytest.mark.parametrize("path", ["/hooks/inbound", "/hooks/status"])
def test_without_the_signature_nothing_is_said_or_done(app: AppServer, path: str, store: Store) -> None:
    body = {"id": "forged", "from": PHONE, "body": "forged"}
    assert httpx.post(app.url + path, json=body).status_code == 401
    assert httpx.post(app.url + path, json=body, headers={signature.HEADER: "sha256="}).status_code == 401
    assert tell(app, path, body, b"another secret of thirty-two byte").status_code == 401
    assert httpx.get(app.url + path).status_code == 401
    own = json.dumps(body).encode()
    signed = signature.sign(signature.secret(app.data_dir), own)
    assert httpx.post(app.url + path, content=own + b" ", headers={signature.HEADER: signed}).status_code == 401
    with store.read() as reader:
        assert reader.execute(select(message.c.id).where(message.c.body == "forged")).first() is None


def test_a_text_that_comes_in_is_kept_once(app: AppServer, store: Store) -> None:
    first, second = come(app, "IN1", "Good morning"), come(app, "IN1", "Good morning")
    assert (first.status_code, first.json()["is_new"]) == (200, True)
    assert (second.status_code, second.json()["is_new"]) == (200, False)
    with store.read() as reader:
        rows = reader.execute(select(message.c.body).where(message.c.external_id == "IN1")).scalars().all()
    assert rows == ["Good morning"]


@pytest.mark.parametrize(
    "said",
    [b"", b"[]", b"{", b"\xff", {}, {"id": "x"}, {"id": 7, "from": PHONE}, {"id": "x", "from": "Bank", "body": "x"},
     {"id": "x", "from": PHONE, "body": ["x"]}, {"id": "x", "from": PHONE, "media": [7]},
     {"id": "x", "from": PHONE, "media": [{"data": "?"}]}, {"id": "x", "from": PHONE, "media": [{"data": ""}] * 11}],
)  # fmt: skip
def test_what_is_no_text_is_refused_with_a_sentence(app: AppServer, said: Any) -> None:
    answer = tell(app, "/hooks/inbound", said)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")


@pytest.mark.parametrize("key", ["", "0", "x", "9" * 30, "999999"])
def test_a_report_about_no_text_of_ours_is_not_found(app: AppServer, key: str) -> None:
    assert tell(app, "/hooks/status", {"key": key, "id": "SM1", "status": "delivered"}).status_code == 404


def test_a_picture_that_came_in_is_shown_and_anything_else_only_downloaded(app: AppServer, store: Store) -> None:
    out = io.BytesIO()
    Image.new("RGB", (900, 600)).save(out, "JPEG")
    files = [out.getvalue(), b"<html><script>alert(1)</script>"]
    media = [{"data": base64.b64encode(data).decode()} for data in files]
    assert come(app, "IN-picture", "", media=media).status_code == 200
    with store.read() as reader:
        rows = reader.execute(select(attachment).order_by(attachment.c.id)).all()
    urls = [f"{app.url}/pictures/{row.contact_id}/{row.id}" for row in rows]
    picture, other = (httpx.get(url) for url in urls)
    assert (picture.headers["content-type"], picture.content) == ("image/jpeg", files[0])
    assert httpx.get(urls[0] + "?small").headers["content-type"] == "image/webp"
    assert other.headers["content-type"] == "application/octet-stream"
    assert other.headers["content-disposition"].startswith("attachment")
    assert "default-src 'self'" in other.headers["content-security-policy"]
    assert httpx.get(f"{app.url}/pictures/{rows[0].contact_id}/999999").status_code == 404
    assert httpx.get(urls[0], headers={"Origin": "http://localhost:1"}).status_code == 403


def test_a_text_that_is_sent_arrives_by_the_simulator(app: AppServer, store: Store) -> None:
    come(app, "IN-first", "Hi")
    with store.read() as reader:
        contact_id = reader.execute(select(contact.c.id).where(contact.c.phone == PHONE)).scalar_one()
    me = local_actor(store)
    store.write(me, lambda work: send(work, Text(contact_id, "Hello from me", due_at=work.now)))
    end, status = time.monotonic() + 30, None
    while status != "delivered" and time.monotonic() < end:
        time.sleep(0.2)
        with store.read() as reader:
            status = reader.execute(select(message.c.status).where(message.c.body == "Hello from me")).scalar()
    assert status == "delivered"
    with store.read() as reader:
        assert reader.execute(select(conversation.c.unread_count).where(conversation.c.id == contact_id)).scalar() == 0
