"""The simulator as a small HTTP server of this machine: it takes texts, fails as told, and keeps its ledger."""

import json
import random
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from core import clock
from core.messages import signature
from core.messages.simulator import leads
from core.messages.simulator.doors import MESSAGES, RECEIVE, Asked, Door, Own, Twilio
from core.messages.simulator.ledger import Ledger, Taken
from core.messages.simulator.post import Post

FOLDER = "simulator"
ADDRESS = "address"
MOST_BYTES = 100_000
_chance = random.SystemRandom()


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
    which is told what became of each text; blank: nobody is. `blocked`: phones that have opted out here.
    """

    def __init__(self, folder: Path, hooks: str = "", faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self.own = Own(signature.secret(folder), hooks)
        self.twilio = Twilio(self.own.key)
        self.ledger = Ledger(folder / FOLDER / "ledger.jsonl")
        self.blocked: set[str] = set()
        self.pictures: dict[str, bytes] = {}
        self.post = Post()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._file = folder / FOLDER / ADDRESS
        self._file.write_text(f"127.0.0.1:{self._server.server_port}")
        self._thread = threading.Thread(target=self._server.serve_forever, name="simulator", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where Twilio's language is spoken."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Take nothing more."""
        self._file.unlink(missing_ok=True)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.post.close()
        self.ledger.close()

    def take(self, door: Door, text: dict[str, Any]) -> Taken:
        """Take a text, and let the application know in a while what became of it."""
        taken = self.ledger.take(text, clock.now())
        self._report(door, text, taken)
        if self.own.hooks and text.get("is_made_up") and (said := leads.answer(taken.body, taken.to)):
            body, after = said
            told = {"id": f"{taken.id}-answer", "from": taken.to, "to": taken.sender, "body": body}
            self.post.send(self.own.letter(RECEIVE, told), after)
        return taken

    def receive(self, url: str, said: dict[str, str], pictures: Sequence[bytes] = ()) -> None:
        """Somebody texts: tell it, in Twilio's language, to this address; `said`: MessageSid, From, To and Body."""
        for place, data in enumerate(pictures):
            path = f"{MESSAGES}/{said['MessageSid']}/Media/ME{place}"
            self.pictures[path] = data
            said = said | {f"MediaUrl{place}": self.url + path}
        self.post.send(self.twilio.letter(url, said | {"NumMedia": str(len(pictures))}), 0)

    def _report(self, door: Door, text: dict[str, Any], taken: Taken) -> None:
        end = "undelivered" if is_hit(self.faults.undelivered) else "delivered"
        steps = [(0.2, "sent"), (1.2, end)]
        if is_hit(self.faults.shuffled):
            steps = [(0.0, end), (0.6, "sent")]
        for after, status in steps * (2 if is_hit(self.faults.doubled) else 1):
            letter = door.report(text, taken, (status, "30003" if status == "undelivered" else ""))
            if letter is not None:
                self.post.send(letter, after)


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
        door, asked = self._door(), self._asked()
        if not door.may(asked):
            return self._answer(401, door.refused("20003", "The secret is wrong."))
        if (picture := self.owner.pictures.get(self.path)) is not None:
            return self._send(200, picture, {"Content-Type": "application/octet-stream"})
        found = self.owner.ledger.held(*door.about(dict(parse_qsl(urlsplit(self.path).query))))
        return self._answer(200, door.listed(found))

    def do_POST(self) -> None:
        door = self._door()
        asked = self._asked(self.rfile.read(min(int(self.headers.get("Content-Length", "0")), MOST_BYTES)))
        if not door.may(asked):
            return self._answer(401, door.refused("20003", "The secret is wrong."))
        faults, text = self.owner.faults, door.text(asked)
        time.sleep(faults.latency)
        if is_hit(faults.busy):
            return self._answer(429, door.refused("20429", "Too many requests."), {"Retry-After": "1"})
        if is_hit(faults.before):
            return self._answer(500, {})
        if text["to"] in self.owner.blocked:
            return self._answer(400, door.refused("21610", "They have opted out."))
        if is_hit(faults.invalid):
            return self._answer(400, door.refused("21211", "The phone cannot get texts."))
        return self._taken(door, self.owner.take(door, text))

    def _taken(self, door: Door, taken: Taken) -> None:
        faults = self.owner.faults
        if is_hit(faults.lost):
            return  # without an answer the connection ends
        if is_hit(faults.garbled):
            self._answer(201, {"sid": None})
        elif is_hit(faults.after):
            self._answer(500, {})
        else:
            self._answer(201, door.taken(taken))

    def _door(self) -> Door:
        return self.owner.twilio if self.path.startswith(MESSAGES) else self.owner.own

    def _asked(self, body: bytes = b"") -> Asked:
        return Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, body)

    def _answer(self, status: int, said: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(said).encode(), {"Content-Type": "application/json", **(headers or {})})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        with suppress(ConnectionError):  # whoever asked is gone
            self.end_headers()
            self.wfile.write(body)
