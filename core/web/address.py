"""Which addresses the application may listen on and be reached by."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from core.errors import Invalid

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


def parse_origins(text: str) -> tuple[str, ...]:
    """The origins of TALKDECK_PUBLIC_ORIGINS, which blanks or commas part.

    Raises: Invalid for one that is no origin, or that carries personal data unencrypted over a network.
    """
    origins = tuple(word.lower().rstrip("/") for word in text.replace(",", " ").split())
    for origin in origins:
        parts = urlsplit(origin)
        local = parts.scheme == "http" and is_loopback(parts.hostname or "")
        if origin != f"{parts.scheme}://{parts.netloc}" or not parts.hostname or not (parts.scheme == "https" or local):
            raise Invalid(f"TALKDECK_PUBLIC_ORIGINS holds “{origin}”; give origins such as https://talk.example.org.")
    return origins


def require_private(address: str | None, origins: tuple[str, ...]) -> None:
    """The server listens to this machine alone, unless an https origin says that a proxy stands before it.

    Raises: Invalid.
    """
    if not is_loopback(address or "") and not any(origin.startswith("https://") for origin in origins):
        raise Invalid(
            f"Talkdeck would listen on {address or 'every address'}, where others could read it. Listen on 127.0.0.1; "
            "or put a proxy with TLS before it and name its address in TALKDECK_PUBLIC_ORIGINS."
        )


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach the address."""
    if address == "localhost":
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
