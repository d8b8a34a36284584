"""The secret that programs sign their requests with, and the check of a signature."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from core.errors import Unavailable

FILE = "hook-secret"
HEADER = "talkdeck-signature"
BYTES = 32


def secret(data_dir: Path) -> bytes:
    """The secret of this installation, made at the first call; only its owner may read the file.

    Raises: Unavailable when the file holds none.
    """
    path = data_dir / FILE
    if not path.exists():
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        own = data_dir / f"{FILE}.{secrets.token_hex(8)}"
        with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first: its secret counts
            os.link(own, path)
        own.unlink()
    try:
        found = bytes.fromhex(path.read_text().strip())
    except ValueError:
        found = b""
    if len(found) < BYTES:
        raise Unavailable(f"The file {path} holds no secret. Remove it: the next start makes a new one.")
    return found


def sign(key: bytes, body: bytes) -> str:
    """What the header says beside this body."""
    return "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()


def is_signed(key: bytes, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether whoever sent this body knows the secret. A request sent twice passes twice; nothing is done twice."""
    return hmac.compare_digest(headers.get(HEADER, "").encode(), sign(key, body).encode())
