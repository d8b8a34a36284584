"""Twilio's webhooks on the real server, which asks a simulator that speaks Twilio's language: signatures of the public
address, reports in any order, texts with pictures.
"""

import io
import random
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from core.database import Store
from core.database.tables import attachment, conversation, message, outbox, sender_number
from core.messages import Text, send
from core.messages.simulator import Simulator
from core.messages.simulator.doors import ACCOUNT
from core.messages.simulator.post import Letter
from core.people import SYSTEM, local_actor
from tests import server
from tests.core.messages import world

PHONE, OURS = "+17345550142", "+12125550100"
PUBLIC = "https://talk.example.org"
CI, FULL = 170, 3_334
"""Texts that are reported about, three times each."""


@dataclass(frozen=True)
class Line:
    """The application, and the Twilio that it knows."""

    app: server.AppServer
    provider: Simulator
    store: Store

    def tell(self, path: str, said: dict[str, str], **changed: str) -> httpx.Response:
        """As Twilio tells it; `changed`: what was signed instead, and what the host is called."""
        url = changed.get("signed", PUBLIC + path)
        letter: Letter = self.provider.twilio.letter(url, said)
        headers = {**letter.headers, "Host": changed.get("host", "talk.example.org")}
        return httpx.post(self.app.url + path, content=letter.body, headers=headers)


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    folder = tmp_path_factory.mktemp("data")
    with closing(Simulator(tmp_path_factory.mktemp("twilio"))) as provider:
        settings = {
            "TALKDECK_TWILIO_ACCOUNT_SID": ACCOUNT,
            "TALKDECK_TWILIO_AUTH_TOKEN": provider.twilio.token,
            "TALKDECK_TWILIO_PUBLIC_URL": PUBLIC,
            "TALKDECK_TWILIO_API": provider.url,
            "TALKDECK_SENDER_NUMBER": OURS,
        }
        with (
            server.running(folder, **settings) as app,
            closing(Store.open(f"sqlite:///{app.data_dir / 'talkdeck.db'}")) as store,
        ):
            yield Line(app, provider, store)


def told(sid: str, status: str, code: str = "") -> dict[str, str]:
    said = {"MessageSid": sid, "MessageStatus": status, "SmsSid": sid, "To": PHONE}
    return said | ({"ErrorCode": code} if code else {})


def come(sid: str, body: str, **more: str) -> dict[str, str]:
    return {"MessageSid": sid, "From": PHONE, "To": OURS, "Body": body, "NumMedia": "0", **more}


def found(line: Line, sid: str) -> list[Any]:
    with line.store.read() as reader:
        return list(reader.execute(select(message).where(message.c.external_id == sid)))


def wait_for(wanted: Any) -> Any:
    end = time.monotonic() + 30
    while not (seen := wanted()) and time.monotonic() < end:
        time.sleep(0.1)
    return seen


def test_a_text_goes_out_and_its_answer_comes_back(line: Line) -> None:
    actor = local_actor(line.store)
    assert line.tell("/hooks/twilio/inbound", come("SMhello", "Hello?")).status_code == 200
    (first,) = found(line, "SMhello")
    line.store.write(actor, send, Text(first.contact_id, "Good morning"))
    assert wait_for(line.provider.ledger.all)[0].body == "Good morning"
    (taken,) = line.provider.ledger.all()
    assert (taken.to, taken.sender) == (PHONE, OURS)
    (sent,) = wait_for(lambda: found(line, taken.id))
    with line.store.read() as reader:
        key = reader.execute(select(outbox.c.id).where(outbox.c.message_id == sent.id)).scalar_one()
        ours = select(sender_number.c.phone).join(conversation, conversation.c.sender_id == sender_number.c.id)
        assert reader.execute(ours.where(conversation.c.id == first.contact_id)).scalar_one() == OURS
    assert line.tell(f"/hooks/twilio/status?key={key}", told(taken.id, "delivered")).status_code == 204
    assert found(line, taken.id)[0].status == "delivered"


def test_an_answer_of_ours_is_empty(line: Line) -> None:
    answer = line.tell("/hooks/twilio/inbound", come("SMempty", "Hi"))
    assert (answer.status_code, answer.text) == (200, "<Response/>")
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert line.tell("/hooks/twilio/inbound", come("SMempty", "Hi")).status_code == 200
    assert len(found(line, "SMempty")) == 1


@pytest.mark.parametrize("path", ["/hooks/twilio/inbound", "/hooks/twilio/status?key=1"])
def test_what_twilio_did_not_sign_is_refused(line: Line, path: str) -> None:
    said = come("SMforged", "forged", MessageStatus="delivered")
    assert httpx.post(line.app.url + path, data=said).status_code == 401
    # The address counts that the settings name, not what the request calls its host.
    assert line.tell(path, said, signed=line.app.url + path, host=f"127.0.0.1:{line.app.port}").status_code == 401
    assert line.tell(path, said, signed=f"https://evil.example{path}").status_code == 401
    assert line.tell(path, said, signed=f"{PUBLIC}{path}&key=2").status_code == 401
    for token in ("", "0" * 32):
        signature = RequestValidator(token).compute_signature(PUBLIC + path, said)
        headers = {"X-Twilio-Signature": signature, "Host": "talk.example.org"}
        assert httpx.post(line.app.url + path, data=said, headers=headers).status_code == 401
    letter = line.provider.twilio.letter(PUBLIC + path, said)
    headers = {**letter.headers, "Host": "talk.example.org"}
    assert httpx.post(line.app.url + path, content=letter.body + b"&Body=more", headers=headers).status_code == 401
    assert httpx.post(line.app.url + path, content=b"\xff=\xff", headers=headers).status_code == 401
    assert found(line, "SMforged") == []


def test_a_name_given_twice_is_signed_with_both_values(line: Line) -> None:
    said = come("SMtwice", "Hello")
    pairs = [*said.items(), ("AddOn", "b"), ("AddOn", "a")]

    class Both(dict[str, str]):
        def getall(self, name: str) -> list[str]:
            return [value for key, value in pairs if key == name]

    path = "/hooks/twilio/inbound"
    signature = RequestValidator(line.provider.twilio.token).compute_signature(PUBLIC + path, Both(pairs))
    headers = {"X-Twilio-Signature": signature, "Host": "talk.example.org",
               "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
    body = str(httpx.QueryParams(pairs)).encode()
    assert httpx.post(line.app.url + path, content=body, headers=headers).status_code == 200


def test_words_of_opting_out_act_at_once(line: Line) -> None:
    other = "+17345550143"
    line.tell("/hooks/twilio/inbound", come("SMstop", "STOP", From=other))
    (row,) = found(line, "SMstop")
    with line.store.read() as reader:
        is_out = select(conversation.c.is_opted_out).where(conversation.c.id == row.contact_id)
        assert reader.execute(is_out).scalar_one() == 1


def test_pictures_are_fetched_and_a_text_is_kept_without_those_that_do_not_come(line: Line) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(drawn, "PNG")
    path = "/hooks/twilio/inbound"
    letters: list[Letter] = []
    post = line.provider.post
    line.provider.post = type("Kept", (), {"send": lambda self, letter, after: letters.append(letter)})()  # type: ignore[assignment]
    line.provider.receive(PUBLIC + path, come("MMone", "Look"), [drawn.getvalue()])
    line.provider.post = post
    missing = come("MMtwo", "", NumMedia="1", MediaUrl0="http://169.254.169.254/latest")
    headers = {**letters[0].headers, "Host": "talk.example.org"}
    assert httpx.post(line.app.url + path, content=letters[0].body, headers=headers).status_code == 200
    assert line.tell(path, missing).status_code == 200
    (one,), (two,) = found(line, "MMone"), found(line, "MMtwo")
    with line.store.read() as reader:
        kept = reader.execute(select(attachment).where(attachment.c.message_id == one.id)).one()
        none = reader.execute(select(attachment).where(attachment.c.message_id == two.id)).first()
    assert (kept.content_type, kept.width, kept.height) == ("image/png", 40, 30)
    assert (none, two.body) == (None, "(A picture came that could not be fetched.)")


def test_reports_doubled_shuffled_and_forged_end_the_same(line: Line, is_full: bool) -> None:
    n, drawn = (FULL if is_full else CI), random.Random(11)
    actor = local_actor(line.store)
    ids = line.store.write(actor, world.contacts, n, 1_000)
    queued = line.store.write(SYSTEM, lambda work: world.as_sent(work, ids))
    fates = {key: drawn.choice(["delivered", "undelivered", "failed"]) for key in queued}
    letters: list[tuple[int, str, bool]] = []
    for key, fate in fates.items():
        letters += [(key, status, False) for status in ("sent", fate, drawn.choice(["queued", "sent", fate]))]
    letters += [(key, "delivered", True) for key in drawn.sample(queued, n // 3)]
    drawn.shuffle(letters)
    answers = []
    with httpx.Client(base_url=line.app.url) as client:
        for key, status, is_forged in letters:
            path = f"/hooks/twilio/status?key={key}"
            code = "30003" if status in ("undelivered", "failed") else ""
            letter = line.provider.twilio.letter(PUBLIC + path, told(f"SM{key}", status, code))
            body = letter.body.replace(b"delivered", b"delivere%64") + b"&x=1" if is_forged else letter.body
            answer = client.post(path, content=body, headers={**letter.headers, "Host": "talk.example.org"})
            answers.append((is_forged, answer.status_code))
    assert set(answers) == {(False, 204), (True, 401)}
    with line.store.read() as reader:
        rows = reader.execute(select(outbox.c.id, message.c.status).join(
            message, (message.c.contact_id == outbox.c.contact_id) & (message.c.id == outbox.c.message_id)
        ).where(outbox.c.id.in_(queued)))  # fmt: skip
        assert {row.id: row.status for row in rows} == fates


def test_what_says_nothing_that_is_known_changes_nothing(line: Line) -> None:
    queued = line.store.write(SYSTEM, lambda work: world.as_sent(work, world.contacts(work, 1, 9_000)))[0]
    path = f"/hooks/twilio/status?key={queued}"
    assert line.tell(path, told(f"SM{queued}", "teleported")).status_code == 204
    assert line.tell(path, told("SMother", "delivered")).status_code == 404
    assert line.tell("/hooks/twilio/status?key=999999", told("SM1", "delivered")).status_code == 404
    assert line.tell("/hooks/twilio/status?key=x", told("SM1", "delivered")).status_code == 404
    assert line.tell("/hooks/twilio/status", told("SM1", "delivered")).status_code == 404
    assert line.tell("/hooks/twilio/inbound", come("", "no id")).status_code == 400
    assert line.tell("/hooks/twilio/inbound", come("SMbank", "x", From="BANK")).status_code == 400
    assert [each.status for each in found(line, f"SM{queued}")] == ["sent"]
