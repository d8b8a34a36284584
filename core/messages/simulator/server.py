"""The simulator as a small HTTP server of this machine: it takes texts, fails as told, and keeps its ledger."""

import json
import random
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from core import clock
from core.messages import signature
from core.messages.simulator import leads
from core.messages.simulator.ledger import Ledger, Taken
from core.messages.simulator.post import Post

FOLDER = "simulator"
ADDRESS = "address"
MOST_BYTES = 100_000
_chance = random.SystemRandom()

REPORT, RECEIVE = "/hooks/status", "/hooks/inbound"


@dataclass
class Faults:
    """Shares from 0 to 1 of the requests that meet a fault, and seconds. `lost`: taken, and the connection breaks;
    `garbled`: taken, and the answer is nonsense; `after`, `before`: an error 500 after or before it was taken; `busy`:
    429; `invalid`: refused for ever; `undelivered`: taken, and never arrives; `doubled`: reported twice; `shuffled`:
    reported in the wrong order, before the answer.
    """

    latency: float = 0.0
    lost: float = 0.0
    garbled: float = 0.0
    after: float = 0.0
    before: float = 0.0
    busy: float = 0.0
    invalid: float = 0.0
    undelivered: float = 0.0
    doubled: float = 0.0
    shuffled: float = 0.0


class Simulator:
    """`folder`: the data folder, which holds the ledger and tells clients the address; `hooks`: the application's URL,
    which is told what became of each text; blank: nobody is.
    """

    def __init__(self, folder: Path, hooks: str = "", faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self.key = signature.secret(folder)
        self.ledger = Ledger(folder / FOLDER / "ledger.jsonl")
        self.post = Post(hooks, self.key) if hooks else None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._file = folder / FOLDER / ADDRESS
        self._file.write_text(f"127.0.0.1:{self._server.server_port}")
        self._thread = threading.Thread(target=self._server.serve_forever, name="simulator", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take nothing more."""
        self._file.unlink(missing_ok=True)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        if self.post is not None:
            self.post.close()
        self.ledger.close()

    def take(self, text: dict[str, Any]) -> Taken:
        """Take a text, and let the application know in a while what became of it."""
        taken = self.ledger.take(text, clock.now())
        if self.post is not None:
            self._report(self.post, taken)
            if text.get("is_made_up") and (said := leads.answer(taken.body, taken.to)):
                body, after = said
                told = {"id": f"{taken.id}-answer", "from": taken.to, "to": taken.sender, "body": body}
                self.post.send(RECEIVE, told, after)
        return taken

    def _report(self, post: Post, taken: Taken) -> None:
        end = "undelivered" if is_hit(self.faults.undelivered) else "delivered"
        steps = [(0.2, "sent"), (1.2, end)]
        if is_hit(self.faults.shuffled):
            steps = [(0.0, end), (0.6, "sent")]
        for after, status in steps * (2 if is_hit(self.faults.doubled) else 1):
            code = "30003" if status == "undelivered" else ""
            post.send(REPORT, {"key": taken.key, "id": taken.id, "status": status, "code": code}, after)


def is_hit(share: float) -> bool:
    """Whether chance, of this share, falls on it."""
    return _chance.random() < share


def _handler(simulator: Simulator) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        owner = simulator

    return Handler


class _Handler(BaseHTTPRequestHandler):
    owner: Simulator

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the ledger says all."""

    def do_GET(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if not self._is_signed(self.path.encode()):
            return self._answer(401, {"code": "20003"})
        found = self.owner.ledger.held(asked.get("to", ""), int(asked.get("since", "0")))
        return self._answer(200, {"messages": [each._asdict() for each in found]})

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length", "0")), MOST_BYTES))
        if not self._is_signed(body):
            return self._answer(401, {"code": "20003", "reason": "The signature is wrong."})
        faults = self.owner.faults
        time.sleep(faults.latency)
        if is_hit(faults.busy):
            return self._answer(429, {"code": "20429"}, {"Retry-After": "1"})
        if is_hit(faults.before):
            return self._answer(500, {})
        if is_hit(faults.invalid):
            return self._answer(400, {"code": "21211", "reason": "The phone cannot get texts."})
        return self._taken(self.owner.take(json.loads(body)))

    def _taken(self, taken: Taken) -> None:
        faults = self.owner.faults
        if is_hit(faults.lost):
            return  # without an answer the connection ends
        if is_hit(faults.garbled):
            self._answer(201, {"sid": None})
        elif is_hit(faults.after):
            self._answer(500, {})
        else:
            self._answer(201, {"id": taken.id})

    def _is_signed(self, body: bytes) -> bool:
        headers = {name.lower(): value for name, value in self.headers.items()}
        return signature.is_signed(self.owner.key, headers, body)

    def _answer(self, status: int, said: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        with suppress(ConnectionError):  # whoever asked is gone
            self.end_headers()
            self.wfile.write(body)
