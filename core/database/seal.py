"""The seal of a change: what outlives its images."""

import hashlib


def seal(salt: bytes, before: str | None, after: str | None) -> bytes:
    """SHA-256 of the salt and both images; with the salt gone, nobody can guess them back."""
    return hashlib.sha256(b"\0".join([salt, (before or "").encode(), (after or "").encode()])).digest()
