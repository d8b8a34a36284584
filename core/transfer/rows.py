"""What a file becomes: checked rows of six kinds, remarks on them, and records that were refused."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Remark(NamedTuple):
    """Something about a row that was taken: what was left blank, dropped or looks wrong."""

    column: str
    value: str
    reason: str


class Reject(NamedTuple):
    """A record that was not taken, with its cells as they stood; `line` is the physical line it starts on."""

    line: int
    column: str
    value: str
    reason: str
    cells: tuple[str, ...]


class DealRow(NamedTuple):
    """One deal. Units: UTC epoch seconds, cents; None: not given. `outcome` is open, won, lost, or blank: not said.

    `cells` is the record as it stood, for the case that no contact has its phone.
    """

    line: int
    phone: str
    is_phone_valid: bool
    pipeline: str
    stage: str
    amount_cents: int | None
    entered_at: int | None
    closed_at: int | None
    outcome: str
    owner: str
    account: str
    external_id: str
    remarks: tuple[Remark, ...] = ()
    cells: tuple[str, ...] = ()


Own = tuple[int, str, str]
"""A value of a field of one's own: field id, value, sort key."""

Derived = tuple[str, str | None, str]
"""What follows from a contact: its folded name (else its phone), its zone if there is but one, its words."""


class ContactRow(NamedTuple):
    """One contact. Units: E.164, ISO day, UTC epoch seconds; blank or None: not given, so nothing is overwritten."""

    line: int
    phone: str
    is_phone_valid: bool
    first_name: str
    last_name: str
    email: str
    date_of_birth: str | None
    zip_code: str
    city: str
    state: str
    external_id: str
    source: str
    owner: str
    created_at: int | None
    tags: tuple[str, ...]
    notes: str
    own: tuple[Own, ...] = ()
    deals: tuple[DealRow, ...] = ()
    remarks: tuple[Remark, ...] = ()
    derived: Derived | None = None


PHONE, OWNER, CREATED_AT, TAGS, NOTES, OWN, DEALS, REMARKS, DERIVED = map(
    ContactRow._fields.index, ("phone", "owner", "created_at", "tags", "notes", "own", "deals", "remarks", "derived")
)
"""Places in a ContactRow, for the loops over millions."""

PlainContact = tuple[Any, ...]
"""A ContactRow, or a plain tuple with the same in the same places: costs nothing to make."""


class MessageRow(NamedTuple):
    """One message. `direction` is in or out; `sent_at` in UTC epoch seconds; `contact_name` as in the file."""

    line: int
    phone: str
    is_phone_valid: bool
    direction: str
    body: str
    sent_at: int
    sender: str
    status: str
    external_id: str
    contact_name: str
    remarks: tuple[Remark, ...] = ()


class TemplateRow(NamedTuple):
    """One template; its title is unique within its folder."""

    line: int
    title: str
    shortcut: str
    body: str
    folder: str
    remarks: tuple[Remark, ...] = ()


class OptOutRow(NamedTuple):
    """One who wants no texts. `said_at`: UTC epoch seconds, None: not given; `words`: its source, then its text."""

    line: int
    phone: str
    is_phone_valid: bool
    said_at: int | None
    words: str
    remarks: tuple[Remark, ...] = ()


class WorkflowRow(NamedTuple):
    """One step of a flow: in the `workflow`, the text `to` follows the text `from_`, both by their shortcuts.

    `cells` is the record as it stood, for the case that there is no such text.
    """

    line: int
    workflow: str
    step: int
    from_: str
    to: str
    remarks: tuple[Remark, ...] = ()
    cells: tuple[str, ...] = ()


Row = ContactRow | MessageRow | DealRow | TemplateRow | OptOutRow | WorkflowRow


class Block(NamedTuple):
    """Plain contacts as the engine takes them: see `sieve`."""

    n: int
    content: bytes


@dataclass
class Chunk:
    """Records that follow each other in a file, to be applied together.

    `rows` want care; `blocks` hold the plain contacts. `lines`: by their digits, the phones in `rows` that an earlier
    record has, with the line of the first that has them.
    """

    records: int = 0
    rows: list[Row | Reject] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    lines: dict[int, int] = field(default_factory=dict)
