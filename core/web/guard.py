"""The outermost layer of the web application: who may ask, and what every answer carries."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from core.web.address import LOOPBACK_NAMES, is_loopback
from core.web.headers import answer_headers

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
Check: TypeAlias = Callable[[Mapping[str, str], bytes], bool]

SAFE_METHODS = {"GET", "HEAD"}
MACHINE_BODY_BYTES = 8_000_000
"""A picture message of five megabytes in base64."""

# No browser sends these of itself: they are how proxies name a person, and no proxy is trusted to.
_CLAIMS = ("x-", "remote", "cf-", "oidc", "tailscale-", "forwarded")
_OURS = {"x-xsrftoken"}


class Refused(Exception):
    """The request is answered here, with this status and sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Rules:
    """What the guard is told about the application behind it.

    `machine_routes`: path and check of what programs ask for, which have no Origin: the check of a signature or a
    secret is given the headers, with the path and query as `:path`, and the body. `inline_scripts`: hashes of the
    scripts in our own pages.
    `eval_paths`: folders of the documents that may compile scripts, each with its slash at the end.
    """

    public_origins: tuple[str, ...] = ()
    machine_routes: Mapping[str, Check] = field(default_factory=dict)
    inline_scripts: tuple[str, ...] = ()
    eval_paths: tuple[str, ...] = ()


def anyone(_headers: Mapping[str, str], _body: bytes) -> bool:
    """The check of a machine route that tells nothing and changes nothing."""
    return True


class Guard:
    """Refuses what does not come from our own pages, strips claimed identities, adds the security headers.

    A request names one of our hosts. An Origin, where there is one, is that same host; a web socket and whatever may
    change something has one.
    """

    def __init__(self, app: Application, rules: Rules) -> None:
        self._app = app
        self._rules = rules
        self._public = {urlsplit(origin).netloc: origin for origin in rules.public_origins}
        self._headers = answer_headers(rules.inline_scripts)
        self._eval_headers = answer_headers((*rules.inline_scripts, "'unsafe-eval'"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        may_eval = scope["path"].startswith(self._rules.eval_paths)
        answer = _Answer(send, self._eval_headers if may_eval else self._headers)
        try:
            body_read = await self._admit(scope, receive)
        except Refused as refusal:
            return await answer.refuse(scope, refusal)
        scope["headers"] = [(name, value) for name, value in scope["headers"] if not _is_claim(name.decode("latin-1"))]
        try:
            await self._app(scope, body_read, answer.send)
        except Exception:
            # The server's own answer to a failure would go out past us, without headers.
            await answer.fail(scope)
            raise

    async def _admit(self, scope: Scope, receive: Receive) -> Receive:
        headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
        host = _only(headers, "host").lower()
        if host not in self._hosts(scope):
            raise Refused(421, "This is not one of Talkdeck's addresses. Name it in TALKDECK_PUBLIC_ORIGINS.")
        check = self._rules.machine_routes.get(scope["path"]) if scope["type"] == "http" else None
        if check is not None:
            body, again = await _read(receive)
            query = scope.get("query_string", b"").decode("latin-1")
            path = {":path": f"{scope['path']}?{query}" if query else scope["path"]}
            if not check({name: _only(headers, name) for name, _ in headers} | path, body):
                raise Refused(401, "The signature or the secret is missing or wrong.")
            return again
        origin = _only(headers, "origin")
        needed = scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS
        if not self._is_own(origin, host, scope) and (origin or needed):
            raise Refused(403, "This request does not come from one of Talkdeck's own pages.")
        return receive

    def _hosts(self, scope: Scope) -> set[str]:
        address, port = scope.get("server") or ("", None)
        local = {name if port == 80 else f"{name}:{port}" for name in LOOPBACK_NAMES} if is_loopback(address) else set()
        return local | self._public.keys()

    def _is_own(self, origin: str, host: str, scope: Scope) -> bool:
        if host in self._public:
            return origin.lower() == self._public[host]
        scheme = "https" if scope.get("scheme") in {"https", "wss"} else "http"
        return origin.lower() == f"{scheme}://{host}"


class _Answer:
    """The way back: adds the headers, and can answer in the application's place."""

    def __init__(self, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
        self._send = send
        self._headers = headers
        self._started = False

    async def send(self, message: Message) -> None:
        if message["type"] in {"http.response.start", "websocket.http.response.start"}:
            ours = {name for name, _ in self._headers}
            kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in ours]
            message = {**message, "headers": [*kept, *self._headers]}
        self._started = True
        await self._send(message)

    async def refuse(self, scope: Scope, refusal: Refused) -> None:
        kind = "http.response" if scope["type"] == "http" else "websocket.http.response"
        if scope["type"] == "websocket" and kind not in scope.get("extensions", {}):
            return await self._send({"type": "websocket.close", "code": 1008})
        text = str(refusal).encode()
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(text)).encode())]
        await self.send({"type": f"{kind}.start", "status": refusal.status, "headers": headers})
        await self._send({"type": f"{kind}.body", "body": text})

    async def fail(self, scope: Scope) -> None:
        if scope["type"] == "http" and not self._started:
            await self.refuse(scope, Refused(500, "Something went wrong. Try again in a moment."))


def _is_claim(name: str) -> bool:
    return name.lower().startswith(_CLAIMS) and name.lower() not in _OURS


def _only(headers: list[tuple[str, str]], name: str) -> str:
    """The value of a header that may stand there once; twice is as wrong as an unknown value."""
    values = [value for key, value in headers if key == name]
    return "\0".join(values)


async def _read(receive: Receive) -> tuple[bytes, Receive]:
    """The body, and a way for the application to read it once more."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MACHINE_BODY_BYTES:
            raise Refused(413, "The request is too large.")
    replay = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def again() -> Message:
        return next(replay, None) or await receive()

    return body, again
