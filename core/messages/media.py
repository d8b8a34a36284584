"""Files of picture messages: what they are by their bytes, kept under a name of ours, and a small picture to show."""

import hashlib
import io
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageOps
from sqlalchemy import Connection, select

from core.access import Actor, Right
from core.database.tables import attachment
from core.errors import Invalid, NotFound

LARGEST = 5_500_000
"""Bytes of one file; carriers take about five megabytes."""

MOST_PIXELS = 60_000_000
"""A picture of more is kept, and not opened: a small file may unpack to any size."""

THUMB = 480
"""Pixels of the longer side of a small picture."""

UNKNOWN = "application/octet-stream"
PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
_BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"#!AMR", "audio/amr"),
    (b"BEGIN:VCARD", "text/vcard"),
)  # fmt: skip


class Kept(NamedTuple):
    """A file in the media folder, by the columns of the table; `width` and `height` are None: it cannot be shown."""

    file_name: str
    content_type: str
    size: int
    sha256: str
    width: int | None = None
    height: int | None = None


class Found(NamedTuple):
    """A file to be sent to a browser."""

    path: Path
    content_type: str
    is_picture: bool


def keep(data_dir: Path, data: bytes) -> Kept:
    """Store a file, with a small picture of it where it is one.

    Raises: Invalid when it is too large or empty.
    """
    if not 0 < len(data) <= LARGEST:
        raise Invalid(f"A file of a picture message has at most {LARGEST:,} bytes.")
    name = secrets.token_hex(16)
    folder = _folder(data_dir, name)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(folder / name, data)
    kind = sniff(data)
    size: tuple[int | None, int | None] = (None, None)
    if kind in PICTURES.values():
        small, size = _small(data, kind)
        if small:
            _write(folder / f"{name}.small", small)
    return Kept(name, kind, len(data), hashlib.sha256(data).hexdigest(), *size)


def drop(data_dir: Path, kept: Iterable[Kept]) -> None:
    """Files that no message has."""
    for each in kept:
        for name in (each.file_name, f"{each.file_name}.small"):
            (_folder(data_dir, each.file_name) / name).unlink(missing_ok=True)


def sniff(data: bytes) -> str:
    """The type a file has by its first bytes, whatever it calls itself."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        return "audio/mp4" if data[8:11] == b"M4A" else "video/3gpp" if data[8:10] == b"3g" else "video/mp4"
    return next((kind for beginning, kind in _BEGINNINGS if data.startswith(beginning)), UNKNOWN)


class Attached(NamedTuple):
    """A file of a message; `width` and `height` in pixels, None: it cannot be shown; `size` in bytes."""

    message_id: int
    id: int
    content_type: str
    size: int
    width: int | None
    height: int | None


def of_contact(reader: Connection, contact_id: int) -> dict[int, list[Attached]]:
    """The files of a contact's messages, in the order they came."""
    a = attachment.c
    listed = select(*[a[name] for name in Attached._fields]).where(a.contact_id == contact_id)
    found: dict[int, list[Attached]] = {}
    for row in reader.execute(listed.order_by(a.id)):
        found.setdefault(row.message_id, []).append(Attached(*row))
    return found


def find(reader: Connection, actor: Actor, data_dir: Path, key: tuple[int, int], *, is_small: bool) -> Found:
    """The file of an attachment, by its contact and id.

    Raises: NotAllowed; NotFound.
    """
    actor.require(Right.CONVERSATION_VIEW)
    actor.require(Right.CONTACT_PERSONAL)
    a = attachment.c
    row = reader.execute(select(attachment).where(a.contact_id == key[0], a.id == key[1])).first()
    if row is None:
        raise NotFound("There is no such picture.")
    is_picture = row.width is not None
    name = f"{row.file_name}.small" if is_small and is_picture else row.file_name
    path = _folder(data_dir, row.file_name) / name
    if not path.is_file():
        raise NotFound("The file of this picture is no longer in the data folder.")
    return Found(path, "image/webp" if name.endswith(".small") else row.content_type, is_picture)


def _folder(data_dir: Path, name: str) -> Path:
    return data_dir / "media" / name[:2]


def _write(path: Path, data: bytes) -> None:
    """On the disk before the row that names it."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _small(data: bytes, kind: str) -> tuple[bytes, tuple[int | None, int | None]]:
    """A small picture as WebP, and the size of the whole one; nothing where it cannot be opened."""
    try:
        with Image.open(io.BytesIO(data), formats=list(PICTURES)) as opened:
            if PICTURES[opened.format or ""] != kind or opened.width * opened.height > MOST_PIXELS:
                return b"", (None, None)
            turned = ImageOps.exif_transpose(opened)
            size = turned.size
            turned.thumbnail((THUMB, THUMB))
            out = io.BytesIO()
            turned.convert("RGBA" if "A" in turned.getbands() or "transparency" in turned.info else "RGB").save(
                out, "WEBP", quality=78
            )
            return out.getvalue(), size
    except (OSError, ValueError, SyntaxError, KeyError, Image.DecompressionBombError):
        return b"", (None, None)
