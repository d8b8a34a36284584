"""Starting the application: where it refuses to, and how it tells that it is well."""

import subprocess
from pathlib import Path

import httpx
import pytest

from core.errors import Invalid
from core.web.address import parse_origins, require_private
from tests import postgres, server


def start(data_dir: Path, *options: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        server.command(server.free_port(), *options),
        cwd=server.ROOT,
        env=server.environment(data_dir, **settings),
        capture_output=True,
        text=True,
        timeout=server.PATIENCE_SECONDS,
        check=False,
    )


def test_it_does_not_start_where_others_could_reach_it(tmp_path: Path) -> None:
    ended = start(tmp_path, "--server.address", "0.0.0.0")  # noqa: S104 (it must be refused)
    assert ended.returncode != 0
    assert "Talkdeck cannot start. Talkdeck would listen on 0.0.0.0" in ended.stderr
    assert not list(tmp_path.glob("*.db"))


def test_it_does_not_start_with_a_setting_it_does_not_know(tmp_path: Path) -> None:
    ended = start(tmp_path, TALKDECK_DATABSE_URL="sqlite:///x.db")
    assert ended.returncode != 0
    assert "Unknown setting TALKDECK_DATABSE_URL" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("address", [None, "", "0.0.0.0", "::", "192.0.2.7", "talk.example.org"])  # noqa: S104
def test_only_a_declared_proxy_allows_another_address(address: str | None) -> None:
    with pytest.raises(Invalid):
        require_private(address, ("http://localhost:9000",))
    require_private(address, ("https://talk.example.org",))


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_this_machine_alone_is_always_allowed(address: str) -> None:
    require_private(address, ())


def test_origins_are_parted_by_blanks_or_commas() -> None:
    assert parse_origins("https://Talk.example.org/, http://localhost:9000") == (
        "https://talk.example.org",
        "http://localhost:9000",
    )


@pytest.mark.parametrize(
    "text",
    ["talk.example.org", "http://talk.example.org", "https://", "https://talk.example.org/x", "ftp://localhost", "*"],
)
def test_what_is_no_safe_origin_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="TALKDECK_PUBLIC_ORIGINS"):
        parse_origins(text)


def test_health_follows_the_database(tmp_path: Path) -> None:
    with postgres.running() as database:
        database.execute("CREATE DATABASE talkdeck")
        with server.running(tmp_path, TALKDECK_DATABASE_URL=database.url("talkdeck")) as app:
            healthy = httpx.get(f"{app.url}/healthz", timeout=server.PATIENCE_SECONDS)
            assert (healthy.status_code, healthy.json()) == (200, {"status": "ok"})
            database.stop()
            ill = httpx.get(f"{app.url}/healthz", timeout=server.PATIENCE_SECONDS)
            assert (ill.status_code, ill.json()) == (503, {"status": "unavailable"})
