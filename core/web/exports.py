"""Files that are sent while they are made, whatever their size."""

from collections.abc import Iterator

from starlette.responses import PlainTextResponse, Response, StreamingResponse

from core import history
from core.access import Actor
from core.database import Store
from core.errors import NotAllowed, NotFound
from core.messages import opt_outs

OPT_OUTS = "/export/optouts.csv"
"""The route of the list of opt-outs."""

ACCOUNT = "/export/event/{event_id:int}.csv"
"""The route of the account of one event."""


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


def _file(pieces: Iterator[bytes], name: str) -> Response:
    named = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers=named)
