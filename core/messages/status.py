"""Reports of the provider about a text: delivered or not; they may come twice, in any order, or before the answer."""

from dataclasses import dataclass

from core.database import Work
from core.errors import Invalid, NotFound
from core.messages import outcome

KNOWN = ("sent", "delivered", "undelivered", "failed")


@dataclass(frozen=True)
class Report:
    """What the provider says about the text with our `key`; `external_id`: its own id; `code`: why it failed."""

    key: int
    external_id: str
    status: str
    code: str = ""


def report(work: Work, said: Report) -> bool:
    """Write it down; False: that was known, or something later is. It also stands for an answer that was lost.

    Raises: Invalid for a status that is none; NotFound when no such text was given to the provider.
    """
    if said.status not in KNOWN:
        raise Invalid(f"There is no status “{said.status}”.")
    row = outcome.locked(work, [said.key]).get(said.key)
    if row is None or row.message_id is None or (row.external_id and row.external_id != said.external_id):
        raise NotFound("There is no such text.")
    return outcome.tell(work, row, outcome.Fate(said.status, said.external_id, said.code))
