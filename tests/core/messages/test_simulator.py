"""The simulator: what it takes, what it tells, and that its ledger is the truth."""

import http.server
import json
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.errors import Unavailable
from core.messages import signature
from core.messages.provider import Outgoing, Unreachable
from core.messages.simulator import Client, Faults, Ledger, Simulator, leads

TEXT = Outgoing(7, "+17345550107", "+17345550100", "Hello 👋", is_made_up=False)


class Ear:
    """An application that only listens."""

    def __init__(self, key: bytes) -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []
        ear = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                assert signature.is_signed(key, headers, body)
                ear.heard.append((self.path, json.loads(body)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def wait_for(self, n: int) -> list[tuple[str, dict[str, Any]]]:
        end = time.monotonic() + 20
        while len(self.heard) < n and time.monotonic() < end:
            time.sleep(0.02)
        return self.heard


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    with closing(Ear(signature.secret(tmp_path))) as listening:
        yield listening


def test_it_takes_a_text_and_reports_that_it_arrived(tmp_path: Path, ear: Ear) -> None:
    with closing(Simulator(tmp_path, ear.url)) as running:
        answer = Client(tmp_path).send(TEXT)
        (taken,) = running.ledger.all()
        assert (answer.kind, answer.external_id) == ("accepted", taken.id)
        assert (taken.key, taken.to, taken.body) == ("7", TEXT.to, TEXT.body)
        assert Client(tmp_path).find(TEXT.to, taken.at)[0].external_id == taken.id
        assert Client(tmp_path).find(TEXT.to, taken.at + 1) == []
        heard = ear.wait_for(2)
    assert [(path, said["key"], said["status"]) for path, said in heard] == [
        ("/hooks/status", "7", "sent"), ("/hooks/status", "7", "delivered"),
    ]  # fmt: skip


def test_reports_come_twice_and_out_of_order_when_told_to(tmp_path: Path, ear: Ear) -> None:
    with closing(Simulator(tmp_path, ear.url, Faults(doubled=1, shuffled=1, undelivered=1))):
        Client(tmp_path).send(TEXT)
        heard = ear.wait_for(4)
    assert [said["status"] for _, said in heard] == ["undelivered", "undelivered", "sent", "sent"]


@pytest.mark.parametrize(
    ("faults", "kind", "taken"),
    [
        (Faults(lost=1), "unclear", 1),
        (Faults(garbled=1), "unclear", 1),
        (Faults(after=1), "unclear", 1),
        (Faults(before=1), "unclear", 0),
        (Faults(busy=1), "later", 0),
        (Faults(invalid=1), "refused", 0),
        (Faults(latency=2), "unclear", 1),
    ],
)
def test_every_fault_is_told_as_what_it_means(tmp_path: Path, faults: Faults, kind: str, taken: int) -> None:
    with closing(Simulator(tmp_path, faults=faults)) as running:
        assert Client(tmp_path, timeout=0.5).send(TEXT).kind == kind
        end = time.monotonic() + 10
        while len(running.ledger.all()) < taken and time.monotonic() < end:
            time.sleep(0.05)
        assert len(running.ledger.all()) == taken


def test_a_simulator_that_is_not_there_has_nothing(tmp_path: Path) -> None:
    client = Client(tmp_path)
    assert not client.is_ready()
    with closing(Simulator(tmp_path)):
        assert client.is_ready()
        address = (tmp_path / "simulator" / "address").read_text()
    assert not client.is_ready()
    (tmp_path / "simulator" / "address").write_text(address)  # as one that was killed leaves it
    assert client.send(TEXT).kind == "later"
    with pytest.raises(Unreachable):
        client.find(TEXT.to, 0)


def test_the_ledger_outlives_its_simulator(tmp_path: Path) -> None:
    for _ in range(2):
        with closing(Simulator(tmp_path)):
            Client(tmp_path).send(TEXT)
    with closing(Ledger(tmp_path / "simulator" / "ledger.jsonl")) as ledger:
        assert len(ledger.held(TEXT.to, 0)) == 2


def test_whoever_does_not_know_the_secret_sends_nothing(tmp_path: Path) -> None:
    with closing(Simulator(tmp_path)) as running:
        running.own.key = b"another secret, of thirty-two bytes"
        assert Client(tmp_path).send(TEXT).kind == "refused"
        assert running.ledger.all() == []


def test_a_made_up_lead_answers_and_a_real_contact_never(tmp_path: Path, ear: Ear) -> None:
    body = next(body for body in map(str, range(99)) if leads.answer(body, TEXT.to))
    with closing(Simulator(tmp_path, ear.url)):
        Client(tmp_path).send(Outgoing(1, TEXT.to, TEXT.sender, body))
        Client(tmp_path).send(Outgoing(2, TEXT.to, TEXT.sender, body, is_made_up=True))
        heard = ear.wait_for(5)
    answers = [said for path, said in heard if path == "/hooks/inbound"]
    assert [(said["from"], said["to"]) for said in answers] == [(TEXT.to, TEXT.sender)]


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    made = {signature.secret(tmp_path) for _ in range(3)}
    path = tmp_path / signature.FILE
    assert (len(made), stat.S_IMODE(path.stat().st_mode)) == (1, 0o600)
    assert [each.name for each in tmp_path.iterdir()] == [signature.FILE]
    path.write_text("")
    with pytest.raises(Unavailable, match="holds no secret"):
        signature.secret(tmp_path)
