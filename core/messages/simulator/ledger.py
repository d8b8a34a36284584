"""Every text the simulator ever took, in a file that only grows: the truth about what was sent."""

import json
import os
import secrets
import threading
from pathlib import Path
from typing import Any, NamedTuple


class Taken(NamedTuple):
    """A text that was taken: the simulator's id for it, our key, and when (UTC epoch seconds)."""

    id: str
    key: str
    to: str
    sender: str
    body: str
    at: int


class Ledger:
    """Several processes may write into one file; each reads what the others wrote."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b", buffering=0)
        self._lock = threading.Lock()
        self._by_phone: dict[str, list[Taken]] = {}
        self._read_to = 0
        self._rest = b""

    def take(self, text: dict[str, Any], at: int) -> Taken:
        """Write a text down."""
        values = {name: str(text.get(name, "")) for name in ("key", "to", "sender", "body")}
        taken = Taken(f"SM{secrets.token_hex(12)}", at=at, **values)
        self._file.write(json.dumps(taken._asdict()).encode() + b"\n")
        return taken

    def held(self, to: str, since: int) -> list[Taken]:
        """The texts taken for a phone at or after `since`, oldest first."""
        with self._lock:
            self._read_on()
            return [each for each in self._by_phone.get(to, []) if each.at >= since]

    def all(self) -> list[Taken]:
        """Every text, by phone, oldest first."""
        with self._lock:
            self._read_on()
            return [each for listed in self._by_phone.values() for each in listed]

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def _read_on(self) -> None:
        size = os.fstat(self._file.fileno()).st_size
        data = self._rest + os.pread(self._file.fileno(), size - self._read_to, self._read_to)
        self._read_to = size
        *lines, self._rest = data.split(b"\n")
        for line in lines:
            taken = Taken(**json.loads(line))
            self._by_phone.setdefault(taken.to, []).append(taken)
