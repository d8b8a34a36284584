"""The real application as a process of its own, for tests that come in through the network."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class AppServer:
    """A running application; `url` has no slash at its end."""

    port: int
    data_dir: Path
    log: Path
    process: "subprocess.Popen[bytes]"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """End it as a failing machine would."""
        self.process.kill()
        self.process.wait()


def command(port: int, *options: str) -> list[str]:
    """The command line that serves the application of the working directory."""
    return [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), *options]


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """The environment of a fresh installation: of Talkdeck's settings only those given here."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(("TALKDECK_", "STREAMLIT_"))}
    return {**others, "TALKDECK_DATA_DIR": str(data_dir), **settings}


@contextmanager
def running(data_dir: Path, root: Path = ROOT, port: int = 0, **settings: str) -> Iterator[AppServer]:
    """Serve over `data_dir` until the block ends, at a free port unless given; a failure that the application logged
    fails the test.

    Another `root` is a changed copy of the application, whose failures are what the test is about.
    """
    port = port or free_port()
    path = data_dir / "server.log"
    with (
        path.open("ab") as log,
        subprocess.Popen(
            command(port), cwd=root, env=environment(data_dir, **settings), stdout=log, stderr=log
        ) as process,
    ):
        server = AppServer(port, data_dir, path, process)
        try:
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
    written = server.log.read_text(errors="replace")
    assert root != ROOT or "Traceback" not in written, f"The application failed meanwhile:\n{written}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(server: AppServer, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(f"{server.url}/healthz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("The application did not start:\n" + server.log.read_text(errors="replace"))
