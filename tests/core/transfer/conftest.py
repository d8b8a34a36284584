"""Files made on the spot, read at a fixed time with New York as the zone and month/day/year as the order."""

import io
from collections.abc import Callable

import pytest

from core.settings import Settings
from core.transfer import Choices, Reject, Row, Source, open_import
from tests.conftest import Clock

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
