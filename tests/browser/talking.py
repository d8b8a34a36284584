"""Hands for one open conversation: what comes in, what is written, and what stands in the thread."""

import base64
import json
from collections.abc import Iterable
from contextlib import closing

import httpx
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from core.database import Store
from core.database.tables import contact, conversation, draft, message, outbox
from core.messages import signature
from tests.server import AppServer


def open_store(app: AppServer) -> "closing[Store]":
    return closing(Store.open(f"sqlite:///{app.data_dir / 'talkdeck.db'}"))


def talk_to(app: AppServer, page: Page, place: int) -> int:
    """Open the conversation in this place of the list by its address; its id."""
    with open_store(app) as store, store.read() as reader:
        c = conversation.c
        wanted = select(c.id).where(c.is_archived == 0, c.is_opted_out == 0, c.message_count > 1)
        id_ = int(reader.execute(wanted.order_by(c.activity_key.desc()).offset(place).limit(1)).scalar_one())
    page.goto(f"{app.url}/?c={id_}")
    expect(page.locator(".thread .message").first).to_be_visible()
    expect(field(page)).to_be_visible()
    return id_


def come(app: AppServer, contact_id: int, body: str, files: Iterable[bytes] = (), id_: str = "") -> None:
    """A text from this contact comes in, as a provider would tell of it."""
    with open_store(app) as store, store.read() as reader:
        phone = reader.execute(select(contact.c.phone).where(contact.c.id == contact_id)).scalar_one()
    media = [{"data": base64.b64encode(data).decode()} for data in files]
    said = {"id": id_ or f"IN-{contact_id}-{body}", "from": phone, "body": body, "media": media}
    told = json.dumps(said).encode()
    signed = {signature.HEADER: signature.sign(signature.secret(app.data_dir), told)}
    answer = httpx.post(f"{app.url}/hooks/inbound", content=told, headers=signed, timeout=20)
    assert answer.status_code == 200, answer.text


def field(page: Page) -> Locator:
    """Where a text is written."""
    return page.locator(".composer .area")


def bodies(page: Page) -> list[str]:
    """The texts in the thread, those that wait included."""
    return page.locator(".thread .message .body").all_inner_texts()


def drafts(app: AppServer, contact_id: int) -> str:
    with open_store(app) as store, store.read() as reader:
        wanted = select(draft.c.body).where(draft.c.contact_id == contact_id)
        return str(reader.execute(wanted).scalar() or "")


def out(app: AppServer, contact_id: int) -> list[tuple[str, str]]:
    """State and body of what was put into the outbox for this contact."""
    with open_store(app) as store, store.read() as reader:
        wanted = select(outbox.c.state, outbox.c.body).where(outbox.c.contact_id == contact_id).order_by(outbox.c.id)
        return [tuple(row) for row in reader.execute(wanted)]


def sent(app: AppServer, contact_id: int, body: str) -> list[str]:
    """The statuses of the messages with this body."""
    with open_store(app) as store, store.read() as reader:
        m = message.c
        wanted = select(m.status).where(m.contact_id == contact_id, m.body == body)
        return list(reader.execute(wanted).scalars())
