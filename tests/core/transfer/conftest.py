"""Files made on the spot, read at a fixed time with New York as the zone and month/day/year as the order."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from core.access import Actor
from core.database import Store
from core.settings import Settings
from core.transfer import Choices, Reject, Row, Source, open_import, run
from tests.conftest import Clock
from tests.core.transfer.world import Office

Opener = Callable[..., Source]
Reader = Callable[..., list[Row | Reject]]


@pytest.fixture
def opened(fixed_clock: Clock) -> Opener:
    """Opens bytes or text as a file of a kind."""

    def open_text(content: str | bytes, kind: str = "contacts", **choices: object) -> Source:
        data = content.encode() if isinstance(content, str) else content
        return open_import(io.BytesIO(data), kind, Settings(), Choices(**choices))  # type: ignore[arg-type]

    return open_text


@pytest.fixture
def read(opened: Opener) -> Reader:
    """All rows of bytes or text."""

    def read_text(content: str | bytes, kind: str = "contacts", **choices: object) -> list[Row | Reject]:
        return list(opened(content, kind, **choices).rows())

    return read_text


@pytest.fixture
def office(store: Store, alice: Actor, fixed_clock: Clock, tmp_path: Path) -> Office:
    """Somebody who may do everything, over one engine after the other, at a fixed time."""
    return Office(store, alice, tmp_path / "files")


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three records at a time, so that a few lines make several chunks."""
    monkeypatch.setattr(run, "FIRST_CHUNK", 3)
    monkeypatch.setattr(run, "LARGEST_CHUNK", 3)
    monkeypatch.setattr(run, "SMALLEST_CHUNK", 3)
