"""What every answer tells the browser it may do, and the hashes of the scripts that stand in a page itself."""

import base64
import hashlib
import re
from collections.abc import Iterable

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)

_ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",  # the grid is a frame of our own
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def script_hashes(html: str) -> list[str]:
    """The scripts written into a page, as a content security policy names them.

    Source: CSP Level 3, 2.3.1, hash-source.
    """
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE_SCRIPT.findall(html))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def answer_headers(script_sources: Iterable[str]) -> list[tuple[bytes, bytes]]:
    """The security headers of an answer whose page may run scripts of its own origin and of `script_sources`."""
    policy = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", *script_sources]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "frame-src": "'self'",
        "frame-ancestors": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
    }
    words = "; ".join(f"{name} {value}" for name, value in policy.items())
    named = {"content-security-policy": words, **_ALWAYS}
    return [(name.encode(), value.encode()) for name, value in named.items()]
