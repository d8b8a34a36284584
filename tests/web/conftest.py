"""One application for the tests of this folder; they change nothing in it."""

from collections.abc import Iterator

import pytest

from tests import server


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[server.AppServer]:
    with server.running(tmp_path_factory.mktemp("data")) as running:
        yield running
