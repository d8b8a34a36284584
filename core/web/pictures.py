"""Files of picture messages, for a browser: pictures are shown, whatever else it is is only ever downloaded."""

from pathlib import Path

from starlette.responses import FileResponse, PlainTextResponse, Response

from core.access import Actor
from core.database import Store
from core.errors import AppError
from core.messages import media

PATH = "/pictures/{contact:int}/{id:int}"
_KEPT = {"Cache-Control": "private, max-age=86400"}


def answer(store: Store, actor: Actor, data_dir: Path, key: tuple[int, int], *, is_small: bool) -> Response:
    """The file of an attachment, by contact and id, or the small picture of it; 404 also for who may not see it."""
    try:
        with store.read() as reader:
            found = media.find(reader, actor, data_dir, key, is_small=is_small)
    except AppError as refused:
        return PlainTextResponse(str(refused), status_code=404)
    if found.is_picture:
        return FileResponse(found.path, media_type=found.content_type, headers=_KEPT)
    return FileResponse(found.path, media_type=media.UNKNOWN, filename=f"attachment-{key[1]}", headers=_KEPT)
