"""The list of who has opted out, with source and words; a request taken down by phone; the list as a file."""

import csv as csv_
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from core import phone, setup
from core.access import Actor, Right
from core.database import Store, Work
from core.database.tables import consent_event, contact, conversation, user
from core.errors import Conflict, Invalid
from core.messages import consent
from core.messages.strangers import meet
from core.transfer.guard import guard
from core.words import fold

SOURCE = "Opt-out request"
"""Where a contact comes from who is made because they asked not to be texted."""

METHODS = {
    "keyword": "texted",
    "phrase": "texted, decided by a person",
    "provider": "told by the provider",
    "staff": "told to a person",
    "import": "imported",
    "demo": "demo data",
}
"""How consent was given or taken back, in words."""

LONGEST = 500
COLUMNS = ("phone", "date", "source", "text")
DIGITS_FROM = 3
"""Digits in a search from which on they may be of a phone."""

STREAMED = 5_000
"""Rows of one piece of a file."""

k, p, c = consent_event.c, contact.c, conversation.c


@dataclass(frozen=True)
class Said:
    """An entry of the ledger. `kind`: in or out; `how`: the words of METHODS; `by`: who wrote it down, blank for what
    came by itself. UTC epoch seconds.
    """

    contact_id: int
    name: str
    phone: str
    kind: str
    how: str
    body: str
    happened_at: int
    by: str


def record(work: Work, raw: str, words: str) -> int:
    """Write down that the owner of a phone asked not to be texted; an unknown phone becomes a contact. Returns the
    event. It cannot be undone: only the contact's own word opts in again.

    Raises: NotAllowed; Invalid for what is no phone, or no words; Conflict when they have opted out already.
    """
    work.actor.require(Right.MESSAGE_SEND)
    try:
        number = phone.parse(raw, setup.load(work.conn).default_region)
    except Invalid as error:
        raise Invalid(f"“{raw[:40]}” cannot be used: {error}.") from error
    said = " ".join(words.split())
    if not 0 < len(said) <= LONGEST:
        raise Invalid(f"Say how they asked for it, in at most {LONGEST} letters.")
    event_id = work.record("consent.out", method="staff")
    row = meet(work, event_id, number, SOURCE)
    if row.is_opted_out:
        raise Conflict("They have opted out already.")
    return consent.opt_out(work, row.id, consent.Why("staff", said), event_id)


def find(reader: Connection, actor: Actor, search: str = "", limit: int = 100) -> list[Said]:
    """Who is out, the newest first: by name, by digits of the phone, or by the words of the opt-out. Phones and words
    are blank for who may not see them, who finds a phone by its whole number alone.

    Raises: NotAllowed.
    """
    actor.require(Right.CONVERSATION_VIEW)
    found = reader.execute(_out(*_tests(search, actor)).order_by(k.happened_at.desc(), k.id.desc()).limit(limit))
    return [_said(row, actor) for row in found]


def count(reader: Connection, actor: Actor, search: str = "") -> int:
    """How many contacts of such a search are out."""
    return int(reader.execute(select(func.count()).select_from(_out(*_tests(search, actor)).subquery())).scalar_one())


def of_contact(reader: Connection, actor: Actor, contact_id: int) -> list[Said]:
    """Everything the contact has said about being texted, the newest first."""
    entries = _entries().where(k.contact_id == contact_id).order_by(k.happened_at.desc(), k.id.desc())
    return [_said(row, actor) for row in reader.execute(entries)]


def csv(store: Store, actor: Actor) -> Iterator[bytes]:
    """The list as a file (UTF-8) that `import optouts` reads, in pieces of bounded size, by contact; written down as an
    event.

    Shape: COLUMNS; phone in E.164, date in UTC. Raises: NotAllowed, at once.
    """
    store.write(actor, _exported)

    def pieces() -> Iterator[bytes]:
        yield _line(COLUMNS)
        wanted, rows = _out().order_by(k.contact_id).limit(STREAMED), None
        while rows is None or len(rows) == STREAMED:
            after = rows[-1].contact_id if rows else 0
            with store.read() as reader:
                rows = reader.execute(wanted.where(k.contact_id > after)).all()
            yield b"".join(_line(_cells(row)) for row in rows)

    return pieces()


def _exported(work: Work) -> None:
    work.actor.require(Right.EXPORT_FULL)
    work.record("export.optouts")


def _cells(row: Any) -> tuple[str, ...]:
    at = datetime.fromtimestamp(row.happened_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return row.phone, at, METHODS.get(row.method, row.method), row.body


def _line(cells: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    csv_.writer(text).writerow(map(guard, cells))
    return text.getvalue().encode()


def _entries() -> Select[Any]:
    columns = (k.contact_id, k.kind, k.method, k.body, k.happened_at, p.first_name, p.last_name, p.phone)
    wanted = select(*columns, user.c.name.label("writer")).join(contact, p.id == k.contact_id)
    return wanted.outerjoin(user, user.c.id == k.user_id)


def _out(*tests: ColumnElement[bool]) -> Select[Any]:
    """The last word of each contact who is out."""
    later = consent_event.alias("later").c
    is_later = (later.happened_at > k.happened_at) | ((later.happened_at == k.happened_at) & (later.id > k.id))
    no_later = ~select(later.id).where(later.contact_id == k.contact_id, is_later).exists()
    wanted = _entries().join(conversation, c.id == k.contact_id)
    return wanted.where(k.kind == "out", c.is_opted_out == 1, no_later, *tests)


def _tests(search: str, actor: Actor) -> list[ColumnElement[bool]]:
    asked = search.strip()
    if not asked:
        return []
    digits, name = phone.digits(asked), c.name_key.contains(fold(asked), autoescape=True)
    if not actor.may(Right.CONTACT_PERSONAL):  # the name of who has none is the phone
        return [or_(and_(name, c.name_key != p.phone), p.phone.in_((f"+{digits}", f"+1{digits}")))]
    tests = [name, k.body.icontains(asked, autoescape=True)]
    if len(digits) >= DIGITS_FROM:
        tests.append(p.phone.contains(digits))
    return [or_(*tests)]


def _said(row: Any, actor: Actor) -> Said:
    name = " ".join(f"{row.first_name} {row.last_name}".split())
    number, body = (row.phone, row.body) if actor.may(Right.CONTACT_PERSONAL) else ("", "")
    how = METHODS.get(row.method, row.method)
    return Said(row.contact_id, name, number, row.kind, how, body, row.happened_at, row.writer or "")
