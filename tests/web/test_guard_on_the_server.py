"""The guard in front of the real application, asked with raw requests."""

import re
from functools import partial

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.http11 import Response
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.server import PATIENCE_SECONDS, AppServer

get = partial(httpx.get, timeout=PATIENCE_SECONDS)
GRID = "/component/st_aggrid.AgGrid.agGrid/index.html"


def script_sources(answer: httpx.Response) -> list[str]:
    found = re.search(r"script-src ([^;]*)", answer.headers["content-security-policy"])
    assert found
    return found[1].split()


def handshake(app: AppServer, origin: str | None) -> Response:
    """The application's answer to the handshake of a web socket."""
    try:
        with connect(f"ws://127.0.0.1:{app.port}/_stcore/stream", origin=Origin(origin) if origin else None) as socket:
            assert socket.response
            return socket.response
    except InvalidStatus as error:
        return error.response


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_the_own_addresses_are_served(app: AppServer, name: str) -> None:
    assert get(app.url, headers={"Host": f"{name}:{app.port}"}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example:{port}", "127.0.0.1:1", "127.0.0.1", "localhost.evil.example:{port}"])
@pytest.mark.parametrize("path", ["/", "/healthz", "/_stcore/health", "/contact"])
def test_another_host_is_refused_everywhere(app: AppServer, host: str, path: str) -> None:
    answer = get(app.url + path, headers={"Host": host.format(port=app.port)})
    assert answer.status_code == 421


def test_the_web_socket_opens_for_our_own_page(app: AppServer) -> None:
    assert handshake(app, app.url).status_code == 101


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "http://localhost:1", "http://localhost:{port}", "http://127.0.0.1"]
)
def test_the_web_socket_stays_shut_for_everybody_else(app: AppServer, origin: str | None) -> None:
    answer = handshake(app, origin and origin.format(port=app.port))
    assert answer.status_code == 403
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("origin", [None, "http://evil.example", "http://localhost:1"])
def test_what_may_change_something_needs_our_own_origin(app: AppServer, method: str, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    answer = httpx.request(method, f"{app.url}/_stcore/upload_file/a/b", headers=headers, timeout=PATIENCE_SECONDS)
    assert answer.status_code == 403
    assert "Talkdeck" in answer.text


def test_our_own_origin_is_let_through(app: AppServer) -> None:
    answer = httpx.put(f"{app.url}/_stcore/upload_file/a/b", headers={"Origin": app.url}, timeout=PATIENCE_SECONDS)
    assert "Talkdeck" not in answer.text


def test_another_origin_may_not_even_read(app: AppServer) -> None:
    answer = get(f"{app.url}/_stcore/host-config", headers={"Origin": "http://localhost:1"})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/healthz", "/contact", "/media/none", "/component/none", "/static/none", GRID])
def test_every_answer_carries_the_security_headers(app: AppServer, path: str) -> None:
    headers = get(app.url + path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "base-uri 'none'" in headers["content-security-policy"]
    assert headers.get_list("content-security-policy", split_commas=False) == [headers["content-security-policy"]]


def test_a_refusal_carries_the_security_headers(app: AppServer) -> None:
    answer = get(app.url, headers={"Host": "evil.example"})
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_page_runs_only_its_own_scripts(app: AppServer) -> None:
    sources = script_sources(get(app.url))
    assert sources[0] == "'self'"
    assert len(sources) == 2
    assert sources[1].startswith("'sha256-")


def test_only_the_document_of_the_grid_may_compile_scripts(app: AppServer) -> None:
    assert "'unsafe-eval'" in script_sources(get(app.url + GRID))
    for path in ("/", "/contact", "/component/another/index.html", "/_stcore/health", "/static/none.js"):
        assert "'unsafe-eval'" not in script_sources(get(app.url + path))
