"""Picture messages: kept as they came, shown when they are pictures, never opened when they are bombs."""

import io
import stat
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from core.database import Store
from core.database.tables import attachment
from core.errors import AppError, Invalid, NotAllowed, NotFound
from core.messages import Incoming, Media, accept, media
from tests.conftest import ALICE, VERA
from tests.core.messages.world import messages, phone


def picture(kind: str = "JPEG", size: tuple[int, int] = (900, 600)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (30, 120, 200)).save(out, kind)
    return out.getvalue()


def bomb() -> bytes:
    """A small file that says it is a picture of four hundred million pixels."""
    head = b"\x00\x00\x4e\x20\x00\x00\x4e\x20\x08\x00\x00\x00\x00"
    data = bytearray(picture("PNG", (1, 1)))
    data[16:29] = head
    data[29:33] = zlib.crc32(b"IHDR" + head).to_bytes(4, "big")
    return bytes(data)


def come(store: Store, folder: Path, *data: bytes, id_: str = "IN1") -> int | None:
    return accept(store, folder, "US", Incoming(id_, phone(1), "", tuple(Media(each) for each in data)))


def rows(store: Store) -> list[Any]:
    with store.read() as reader:
        return list(reader.execute(select(attachment).order_by(attachment.c.id)))


def files(folder: Path) -> list[Path]:
    return [path for path in (folder / "media").rglob("*") if path.is_file()]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_picture_is_kept_as_it_came_with_a_small_one(store: Store, ids: list[int], tmp_path: Path, kind: str) -> None:
    data = picture(kind)
    message_id = come(store, tmp_path, data)
    (row,) = rows(store)
    assert (row.message_id, row.content_type, row.size) == (message_id, media.PICTURES[kind], len(data))
    assert (row.width, row.height) == (900, 600)
    with store.read() as reader:
        whole = media.find(reader, ALICE, tmp_path, (1, row.id), is_small=False)
        small = media.find(reader, ALICE, tmp_path, (1, row.id), is_small=True)
    assert whole.path.read_bytes() == data
    with Image.open(small.path) as shown:
        assert shown.size == (480, 320)
    assert {stat.S_IMODE(path.stat().st_mode) for path in files(tmp_path)} == {0o600}


@pytest.mark.parametrize(
    "data", [b"<html><script>x</script>", b"\xff\xd8\xff not a picture", b"MZ" + bytes(50), bomb(), picture()[:200]]
)
def test_what_is_no_picture_is_kept_and_not_shown(store: Store, ids: list[int], tmp_path: Path, data: bytes) -> None:
    come(store, tmp_path, data)
    (row,) = rows(store)
    with store.read() as reader:
        found = media.find(reader, ALICE, tmp_path, (1, row.id), is_small=True)
    assert (found.is_picture, found.path.read_bytes()) == (False, data)


@pytest.mark.parametrize("data", [b"", bytes(media.LARGEST + 1)])
def test_a_file_without_a_size_or_too_large_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Invalid):
        media.keep(tmp_path, data)


def test_told_again_nothing_is_left_over(store: Store, ids: list[int], tmp_path: Path) -> None:
    come(store, tmp_path, picture(), picture("PNG"))
    before = files(tmp_path)
    assert come(store, tmp_path, picture(), picture("PNG")) is None
    assert (len(before), files(tmp_path), len(messages(store, 1))) == (4, before, 1)


def test_who_sees_no_phones_sees_no_pictures(store: Store, ids: list[int], tmp_path: Path) -> None:
    come(store, tmp_path, picture())
    (row,) = rows(store)
    refused: tuple[tuple[object, int, type[AppError]], ...] = (
        (VERA, row.id, NotAllowed), (ALICE, row.id + 1, NotFound),
    )  # fmt: skip
    for actor, id_, error in refused:
        with store.read() as reader, pytest.raises(error):
            media.find(reader, actor, tmp_path, (1, id_), is_small=True)  # type: ignore[arg-type]
    for path in files(tmp_path):
        path.unlink()
    with store.read() as reader, pytest.raises(NotFound):
        media.find(reader, ALICE, tmp_path, (1, row.id), is_small=True)
