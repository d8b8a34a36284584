"""A real browser before the real application; pictures of what was seen stay in tests/screenshots."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import (
    BrowserContext,
    BrowserType,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests import server
from tests.browser import chromium

SCREENSHOTS = Path(__file__).resolve().parent.parent / "screenshots"
PATIENCE = 60_000
"""Milliseconds until what is expected must be there: a busy machine is slow, not wrong."""

SIZE: ViewportSize = {"width": 1280, "height": 860}
Scheme = Literal["light", "dark"]

Browsers = tuple[BrowserType, dict[str, Any]]
Serve = Callable[..., server.AppServer]
Open = Callable[..., Page]
Picture = Callable[[Page, str], Path]


@pytest.fixture(scope="session")
def browsers() -> Iterator[Browsers]:
    """What starts a browser, and how; most tests need only the one that is open already."""
    options = {"executable_path": chromium.find(), "args": chromium.arguments()}
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        yield playwright.chromium, options


@pytest.fixture(scope="session")
def browser(browsers: Browsers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """One for all tests, so that it reads and compiles the application's scripts once for each server."""
    starter, options = browsers
    opened = starter.launch_persistent_context(tmp_path_factory.mktemp("browser"), viewport=SIZE, **options)
    opened.set_default_timeout(PATIENCE)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Starts the application over a data folder, an empty one unless given; it ends with the module's tests.

    A failure in its log fails the last of them.
    """
    with ExitStack() as stack:

        def started(data_dir: Path | None = None, port: int = 0, **settings: str) -> server.AppServer:
            folder = data_dir or tmp_path_factory.mktemp("data")
            return stack.enter_context(server.running(folder, port=port, **settings))

        yield started


@pytest.fixture
def open_page(browser: BrowserContext) -> Iterator[Open]:
    """Opens a page in a browser that knows nothing yet but the application's scripts.

    The test fails when a page ran against the content security policy or asked a host outside.
    """
    console: list[str] = []
    asked: list[str] = []

    def listen(said: ConsoleMessage) -> None:
        console.append(said.text)

    def watch(request: Request) -> None:
        asked.append(request.url)

    def opened(url: str, viewport: ViewportSize = SIZE, color_scheme: Scheme = "light") -> Page:
        page = browser.new_page()
        forget(page, url)
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=color_scheme)
        page.goto(url)
        return page

    browser.on("console", listen)
    browser.on("request", watch)
    yield opened
    for page in browser.pages[1:]:
        page.close()
    browser.remove_listener("console", listen)
    browser.remove_listener("request", watch)
    assert not [text for text in console if "Content Security Policy" in text]
    assert not [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:", "blob:", "tel:"))]


def forget(page: Page, url: str) -> None:
    """Whatever an address has stored: cookies, local storage, databases."""
    origin = "/".join(url.split("/")[:3])
    page.context.new_cdp_session(page).send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})


@pytest.fixture
def picture() -> Picture:
    """Keeps a picture of a page under a name."""

    def kept(page: Page, name: str) -> Path:
        SCREENSHOTS.mkdir(exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path)
        return path

    return kept
