"""The guard before a small application of the test's own: what reaches it, and what does not."""

import asyncio
from collections.abc import Mapping
from typing import TypeAlias

import httpx
import pytest

from core.web.guard import MACHINE_BODY_BYTES, Guard, Message, Receive, Rules, Scope, Send

HERE = "http://127.0.0.1:8501"
THERE = "https://talk.example.org"
PUBLIC = Rules(public_origins=(THERE,))


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the headers and the body that reached it; /broken fails."""
    if scope["path"] == "/broken":
        raise ValueError("a bug")
    message: Message = await receive()
    seen = b"\n".join(name + b": " + value for name, value in scope["headers"])
    await send({"type": "http.response.start", "status": 200, "headers": [(b"X-Frame-Options", b"ALLOWALL")]})
    await send({"type": "http.response.body", "body": seen + b"\n\n" + message["body"]})


Headers: TypeAlias = Mapping[str, str]


def ask(rules: Rules, method: str, url: str, headers: Headers | None = None, body: str = "") -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(Guard(echo, rules), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.request(method, url, headers=headers, content=body)

    return asyncio.run(asked())


@pytest.mark.parametrize(
    "claim",
    [
        "X-Forwarded-User",
        "X-Forwarded-Email",
        "X-Auth-Request-User",
        "X-Remote-User",
        "X-Streamlit-User",
        "Remote-User",
        "Cf-Access-Authenticated-User-Email",
        "Tailscale-User-Login",
        "OIDC_CLAIM_email",
    ],
)
def test_a_claimed_identity_does_not_reach_the_pages(claim: str) -> None:
    answer = ask(Rules(), "GET", HERE, {claim: "admin@example.org", "X-Xsrftoken": "kept", "Cookie": "a=kept"})
    assert "admin@example.org" not in answer.text
    assert "x-xsrftoken: kept" in answer.text.lower()
    assert "cookie: a=kept" in answer.text.lower()


def test_the_application_cannot_weaken_a_header() -> None:
    assert ask(Rules(), "GET", HERE).headers.get_list("x-frame-options") == ["SAMEORIGIN"]


def test_a_failure_is_answered_with_a_sentence_and_the_headers() -> None:
    answer = ask(Rules(), "GET", f"{HERE}/broken")
    assert answer.status_code == 500
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "bug" not in answer.text


def test_a_public_origin_is_an_address_of_ours() -> None:
    assert ask(PUBLIC, "GET", THERE).status_code == 200
    assert ask(PUBLIC, "POST", THERE, {"Origin": THERE}).status_code == 200
    assert ask(Rules(), "GET", THERE).status_code == 421


@pytest.mark.parametrize("origin", ["http://talk.example.org", "https://talk.example.org.evil.example", HERE])
def test_a_public_origin_counts_only_exactly(origin: str) -> None:
    assert ask(PUBLIC, "POST", THERE, {"Origin": origin}).status_code == 403


def test_the_public_origin_is_no_origin_of_the_local_address() -> None:
    assert ask(PUBLIC, "POST", HERE, {"Origin": THERE}).status_code == 403


@pytest.mark.parametrize("origin", ["https://127.0.0.1:8501", "http://127.0.0.1", "http://localhost:8501", "null"])
def test_another_scheme_port_or_name_is_another_origin(origin: str) -> None:
    assert ask(Rules(), "POST", HERE, {"Origin": HERE}).status_code == 200
    assert ask(Rules(), "POST", HERE, {"Origin": origin}).status_code == 403


def test_a_local_name_counts_only_on_a_local_address() -> None:
    # httpx takes the server's address from the URL: here a machine in the network asks with a local Host.
    assert ask(Rules(), "GET", "http://192.0.2.7:8501", {"Host": "localhost:8501"}).status_code == 421


def holds_the_secret(headers: Headers, body: bytes) -> bool:
    return headers.get("x-signature") == "secret of " + body.decode()


MACHINE = Rules(machine_routes={"/hooks/sms": holds_the_secret})


def test_a_program_with_the_right_signature_needs_no_origin() -> None:
    answer = ask(MACHINE, "POST", f"{HERE}/hooks/sms", {"X-Signature": "secret of hello"}, "hello")
    assert answer.status_code == 200
    assert answer.text.endswith("\n\nhello")


@pytest.mark.parametrize("signature", ["", "secret of another body"])
def test_a_program_without_the_right_signature_is_refused(signature: str) -> None:
    answer = ask(MACHINE, "POST", f"{HERE}/hooks/sms", {"X-Signature": signature, "Origin": HERE}, "hello")
    assert answer.status_code == 401


def test_of_two_signatures_none_counts() -> None:
    two = httpx.Headers([("X-Signature", "wrong"), ("X-Signature", "secret of hello")])
    assert ask(MACHINE, "POST", f"{HERE}/hooks/sms", two, "hello").status_code == 401


def test_a_signature_opens_no_other_path() -> None:
    answer = ask(MACHINE, "POST", f"{HERE}/hooks/sms/", {"X-Signature": "secret of hello"}, "hello")
    assert answer.status_code == 403


def test_a_program_may_not_fill_the_memory() -> None:
    answer = ask(MACHINE, "POST", f"{HERE}/hooks/sms", {"X-Signature": "secret"}, "x" * (MACHINE_BODY_BYTES + 1))
    assert answer.status_code == 413
