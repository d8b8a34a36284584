"""A real browser before the real application; pictures of what was seen stay in tests/screenshots."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import server
from tests.browser import chromium

SCREENSHOTS = Path(__file__).resolve().parent.parent / "screenshots"
PATIENCE = 20_000
"""Milliseconds until what is expected must be there: a busy machine is slow, not wrong."""

SIZE = {"width": 1280, "height": 860}

Serve = Callable[..., server.AppServer]
Open = Callable[..., Page]
Picture = Callable[[Page, str], Path]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=chromium.arguments())
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Starts the application over a data folder, an empty one unless given; it ends with the module's tests.

    A failure in its log fails the last of them.
    """
    with ExitStack() as stack:

        def started(data_dir: Path | None = None, **settings: str) -> server.AppServer:
            folder = data_dir or tmp_path_factory.mktemp("data")
            return stack.enter_context(server.running(folder, **settings))

        yield started


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens a page in a browser that knows nothing yet; further words are those of a browser context.

    The test fails when a page ran against the content security policy or asked a host outside.
    """
    console: list[str] = []
    asked: list[str] = []
    with ExitStack() as stack:

        def opened(url: str, **context: object) -> Page:
            own = stack.enter_context(browser.new_context(**{"viewport": SIZE, **context}))
            page = own.new_page()
            page.on("console", lambda said: console.append(said.text))
            page.on("request", lambda request: asked.append(request.url))
            page.goto(url)
            return page

        yield opened
    assert not [text for text in console if "Content Security Policy" in text]
    assert not [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))]


@pytest.fixture
def picture() -> Picture:
    """Keeps a picture of a page under a name."""

    def kept(page: Page, name: str) -> Path:
        SCREENSHOTS.mkdir(exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path)
        return path

    return kept
