"""Pages run through the shell, over a database of the test's own."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from core import workflows
from core.access import Actor
from core.database import Store
from core.demo.fill import fill
from core.workflows import Draft, Step
from pages.ui import frame
from tests.conftest import ALICE, NOON

ROOT = Path(__file__).resolve().parents[2]
SIZE = 240
PATIENCE_SECONDS = 120
"""A busy machine is slow, not wrong."""

Visit = Callable[..., AppTest]


@pytest.fixture(scope="session")
def demo_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "talkdeck.db"
    path.write_bytes(sqlite_template.read_bytes())
    with closing(Store.open(f"sqlite:///{path}")) as store:
        fill(store, ALICE, (SIZE, 7), NOON, lambda _what, _done: None)
    return path


@pytest.fixture
def inbox(demo_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store with demo conversations, which the pages use as well."""
    path = tmp_path / "talkdeck.db"
    path.write_bytes(demo_template.read_bytes())
    url = f"sqlite:///{path}"
    monkeypatch.setenv("TALKDECK_DATABASE_URL", url)
    with closing(Store.open(url)) as store:
        yield store


@pytest.fixture
def acting() -> Actor:
    """Who acts on the pages: the first user."""
    return ALICE


@pytest.fixture
def visit() -> Visit:
    """Opens an address of the application as a browser would, through the shell."""

    def opened(page: str = "", **params: str | list[str]) -> AppTest:
        app = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=PATIENCE_SECONDS)
        for name, value in params.items():
            app.query_params[name] = value
        if page:
            app.switch_page(page)
        return app.run()

    return opened


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty store, which the pages use as well; nothing carries imports out but the test."""
    monkeypatch.setenv("TALKDECK_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("TALKDECK_DATA_DIR", str(tmp_path))
    with closing(Store.open(sqlite_url)) as store:
        yield store


@pytest.fixture
def arrive(visit: Visit) -> Visit:
    """Opens the import page."""

    def opened(**params: str) -> AppTest:
        app = visit().switch_page("admin/imports.py")
        for name, value in params.items():
            app.query_params[name] = value
        return app.run()

    return opened


@pytest.fixture
def nudge(inbox: Store, acting: Actor) -> int:
    """A workflow of two steps, which nobody is in."""
    steps = Step("send", "Hello {first_name|there}"), Step("wait", wait_seconds=3 * 86_400)
    return inbox.write(acting, workflows.add, Draft("Nudge", "workflow", steps))


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """One click may follow another at once."""
    monkeypatch.setattr(frame, "ECHO_SECONDS", 0.0)


def grid_rows(app: AppTest) -> list[dict[str, object]]:
    """The rows that were sent to the grid."""
    sent = app.get("component_instance")[0].proto.special_args[0].arrow_dataframe.data
    with pa.ipc.open_stream(sent.data) as stream:
        found: list[dict[str, object]] = stream.read_all().to_pylist()
    return found
