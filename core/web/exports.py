"""Files that are sent while they are made, whatever their size."""

import hmac
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.types import Send

from core import clock, exports, history
from core.access import Actor
from core.database import Store
from core.errors import AppError, NotAllowed, NotFound
from core.exports import Wish
from core.exports.spool import Spool
from core.messages import opt_outs, signature

OPT_OUTS = "/export/optouts.csv"
"""The route of the list of opt-outs."""

ACCOUNT = "/export/event/{event_id:int}.csv"
"""The route of the account of one event."""

CONVERSATIONS = "/export/conversations"
"""The route of all conversations of a filter."""

ABOUT = "/export/event/{event_id:int}.about.json"
"""The route of what is known of a file that was exported."""

FOLDER = "exports"
"""Of the data folder: where files lie while they are made."""


def link(data_dir: Path, actor: Actor, wish: Wish) -> str:
    """Where what is wished can be loaded down, by this user. Signed, so that no other page can start an export."""
    text = wish.text()
    return f"{CONVERSATIONS}?{urlencode({'wish': text, 'sign': _sign(data_dir, actor, text)})}"


def conversations(store: Store, actor: Actor, data_dir: Path, asked: Mapping[str, str]) -> Response:
    """All conversations of a filter as a file, sent while it is made; 403 for who may not, or without our signature."""
    text = asked.get("wish", "")
    if not hmac.compare_digest(asked.get("sign", "").encode(), _sign(data_dir, actor, text).encode()):
        return PlainTextResponse("This address is no longer good. Export from the list.", status_code=403)
    try:
        wish = exports.read(text)
        spool = Spool(data_dir / FOLDER)
        spool.start(store, actor, wish)
    except AppError as refused:
        return PlainTextResponse(str(refused), status_code=403 if isinstance(refused, NotAllowed) else 422)
    day = datetime.fromtimestamp(clock.now(), UTC).astimezone(ZoneInfo(wish.zone)).date()
    return _file(spool.pieces(), f"conversations-{day}.{wish.format}", exports.TYPES[wish.format])


def about(store: Store, actor: Actor, event_id: int) -> Response:
    """What is known of a file; 404 for what is no export, or not this user's to see."""
    try:
        with store.read() as reader:
            found = exports.about(reader, actor, event_id)
    except NotFound as gone:
        return PlainTextResponse(str(gone), status_code=404)
    named = {"content-disposition": f'attachment; filename="export-{event_id}.about.json"', "cache-control": "no-store"}
    return JSONResponse(found, headers=named)


def _sign(data_dir: Path, actor: Actor, text: str) -> str:
    return signature.sign(signature.secret(data_dir), f"export {actor.id} {text}".encode())


def about_address(event_id: int) -> str:
    """Where is said what this export is."""
    return ABOUT.replace("{event_id:int}", str(event_id))


def address(event_id: int) -> str:
    """Where the account of this event is."""
    return ACCOUNT.replace("{event_id:int}", str(event_id))


def account(store: Store, actor: Actor, event_id: int) -> Response:
    """Every row of an event with its outcome, as a CSV file; 404 for what the actor may not see."""
    try:
        pieces = history.csv(store, actor, event_id)
    except NotFound as gone:
        return PlainTextResponse(str(gone), status_code=404)
    return _file(pieces, f"event-{event_id}.csv")


def opted_out(store: Store, actor: Actor) -> Response:
    """Who is out, as a CSV file; 403 for who may not export."""
    try:
        pieces = opt_outs.csv(store, actor)
    except NotAllowed as refused:
        return PlainTextResponse(str(refused), status_code=403)
    return _file(pieces, "optouts.csv")


def _file(pieces: Iterator[bytes], name: str, kind: str = "text/csv; charset=utf-8") -> Response:
    named = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return _Whole(pieces, media_type=kind, headers=named)


class _Whole(StreamingResponse):
    """A file that comes whole, or is seen to be broken off: the connection closes without the end of the answer."""

    async def stream_response(self, send: Send) -> None:
        with suppress(AppError):
            await super().stream_response(send)
