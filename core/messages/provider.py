"""What sends texts: the interface of every provider."""

from dataclasses import dataclass
from typing import Literal, Protocol

LOST = "unclear"
"""Code of a text of which nobody knows whether it went out."""


@dataclass(frozen=True)
class Outgoing:
    """A text for the provider. `key`: ours, which comes back with every report about it; `to`, `sender`: E.164.

    `is_made_up`: the contact is one of the demo's, who answers when the provider is the simulator. `until`: from this
    second on (UTC epoch) it must not reach the phone any more; None: it always may.
    """

    key: int
    to: str
    sender: str
    body: str
    is_made_up: bool = False
    until: int | None = None


@dataclass(frozen=True)
class Answer:
    """What the provider said. Only `unclear` leaves open whether it has the text: it is asked, and never told twice.

    accepted: it has it, under `external_id`. refused: it never will, because of `code` and `reason`. later: it did not
    take it now; `wait` seconds until it may.
    """

    kind: Literal["accepted", "refused", "later", "unclear"]
    external_id: str = ""
    code: str = ""
    reason: str = ""
    wait: int = 0


@dataclass(frozen=True)
class Held:
    """A text the provider has. `key`: ours, blank where the provider does not keep it."""

    external_id: str
    body: str
    key: str = ""


class Unreachable(Exception):
    """The provider could not be asked, so nothing is known."""


class Provider(Protocol):
    """A way to send texts. Its methods are called from several threads at once."""

    def is_ready(self) -> bool:
        """Whether it is worth trying now; False: what is due waits."""

    def send(self, text: Outgoing) -> Answer:
        """Hand over one text. Never raises: what went wrong is an answer."""

    def find(self, to: str, since: int) -> list[Held]:
        """The texts it has for this phone, taken at or after `since` (UTC epoch seconds).

        Raises: Unreachable.
        """
