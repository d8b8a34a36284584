"""The account of one event: every row with its outcome, before and after, to page through, to count and to download."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, func, select

from core import conversations, jobs
from core.access import Actor, Right
from core.bulk.kind import REASONS
from core.bulk.preview import Group
from core.conversations import Names
from core.database import Store, engines, images
from core.database.tables import change, contact
from core.database.work import STEP
from core.history import entries
from core.history.words import OUTCOMES, image, outcomes
from core.transfer.guard import guard

COLUMNS = (*("n", "contact_id", "name", "phone", "outcome", "reason", "reason_words", "before", "after", "details"),)
STREAMED = 5_000
"""Rows of one piece of a file."""

k = change.c


def groups(reader: Connection, actor: Actor, event_id: int) -> list[Group]:
    """The rows of an event by outcome and reason, one for each conversation; they sum to its total.

    Raises: NotFound.
    """
    entry = entries.get(reader, actor, event_id)
    status = jobs.status(reader, event_id)
    counted = (
        select(k.outcome, k.reason, func.count().label("n"))
        .where(k.event_id == event_id, k.outcome != "changed", _counts(entry.verb))
        .group_by(k.outcome, k.reason)
    )
    said = outcomes(entry.verb)
    found = [Group("changed", "", status.changed, said["changed"])] if status.changed else []
    others = [
        Group(row.outcome, row.reason, row.n, REASONS.get(row.reason, row.reason) or said[row.outcome])
        for row in reader.execute(counted)
    ]
    order = list(said)
    found += sorted(others, key=lambda group: (order.index(group.outcome), -group.n))
    return found + ([Group("left", "", status.left, said["left"])] if status.left else [])


def rows(  # noqa: PLR0913 - each is one filter of the account, or its page
    reader: Connection,
    actor: Actor,
    event_id: int,
    *,
    outcome: str = "",
    reason: str | None = None,
    after: int = 0,
    limit: int = 200,
) -> pd.DataFrame:
    """The rows an event touched or left, from the number after `after` on.

    Shape: COLUMNS; reason as a code, before and after in words; details 1: a further row of the conversation above.
    Order: as carried out. Raises: NotFound.
    """
    entry = entries.get(reader, actor, event_id)
    names = conversations.choices(reader).names
    wanted = _rows(event_id, outcome, reason).where(k.n > after).order_by(k.n).limit(limit)
    found = [_row(row, names, actor, entry.verb) for row in reader.execute(wanted)]
    return pd.DataFrame(found, columns=list(COLUMNS), dtype=object)


def ids(
    reader: Connection, actor: Actor, event_id: int, outcome: str = "", reason: str | None = None
) -> tuple[int, ...]:
    """The contacts behind a group, ascending, to open in the list.

    Raises: NotFound.
    """
    entry = entries.get(reader, actor, event_id)
    if outcome == "left":
        return jobs.left(reader, event_id)
    wanted = select(k.contact_id).where(k.event_id == event_id, k.contact_id.is_not(None), *_tests(outcome, reason))
    return tuple(sorted(set(reader.execute(wanted.where(_counts(entry.verb))).scalars())))


def account(store: Store, actor: Actor, event_id: int) -> Iterator[bytes]:
    """The whole account as a CSV file (UTF-8), in pieces of bounded size; safe to open in a spreadsheet.

    Each piece is read by itself, so that a slow reader holds nothing up.
    Shape: conversation, name, phone, outcome, reason, before, after. Order: as carried out; what a job has not come to
    stands last. Raises: NotFound, at once.
    """
    with store.read() as reader:
        verb = entries.get(reader, actor, event_id).verb
        names = conversations.choices(reader).names

    def line(row: Any) -> bytes:
        _, contact_id, name, phone, outcome, _, words, before, after, _ = _row(row, names, actor, verb)
        return _line((contact_id, name, phone, outcome, words, before, after))

    def not_reached(row: Any) -> bytes:
        return _line((row.id, *_of_whom(row, actor), OUTCOMES["left"], "", "", ""))

    def pieces() -> Iterator[bytes]:
        yield _line(("conversation", "name", "phone", "outcome", "reason", "before", "after"))
        wanted, after, rows_ = _rows(event_id, "", None).order_by(k.n).limit(STREAMED), 0, None
        while rows_ is None or len(rows_) == STREAMED:
            with store.read() as reader:
                rows_ = reader.execute(wanted.where(k.n > after)).all()
            after = rows_[-1].n if rows_ else after
            yield b"".join(map(line, rows_))
        with store.read() as reader:
            left = jobs.left(reader, event_id, after // STEP)
        for at in range(0, len(left), STREAMED):
            with store.read() as reader:
                among = contact.c.id.in_(engines.id_set(reader, left[at : at + STREAMED]))
                rows_ = reader.execute(select(contact).where(among).order_by(contact.c.id)).all()
            yield b"".join(map(not_reached, rows_))

    return pieces()


def _line(values: tuple[Any, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([guard(value) if isinstance(value, str) else value for value in values])
    return text.getvalue().encode()


def _rows(event_id: int, outcome: str, reason: str | None) -> Select[Any]:
    c = contact.c
    columns = (k.n, k.contact_id, k.table_name, k.row_id, k.outcome, k.reason, k.before, k.after)
    joined = select(*columns, c.first_name, c.last_name, c.phone).outerjoin(contact, c.id == k.contact_id)
    return joined.where(k.event_id == event_id, *_tests(outcome, reason))


def _tests(outcome: str, reason: str | None) -> list[ColumnElement[bool]]:
    tests = [k.outcome == outcome] if outcome else []
    return tests + ([k.reason == reason] if reason is not None else [])


def _numbers_places(verb: str) -> bool:
    """Whether the event numbers its changes by the place in its selection, so that one of each conversation counts."""
    return not verb.startswith(("import.", "demo.", "user."))


def _counts(verb: str) -> ColumnElement[bool]:
    return images.is_main(k.n) if _numbers_places(verb) else k.n > 0


def _row(row: Any, names: Names, actor: Actor, verb: str) -> tuple[Any, ...]:
    name, phone = _of_whom(row, actor)
    before, after = (image(text, row.table_name, row.row_id, names) for text in (row.before, row.after))
    details = int(_numbers_places(verb) and row.n % STEP != 0)
    words = REASONS.get(row.reason, row.reason)
    return row.n, row.contact_id, name, phone, row.outcome, row.reason, words, before, after, details


def _of_whom(row: Any, actor: Actor) -> tuple[str, str]:
    """Name and phone."""
    name = " ".join(f"{row.first_name or ''} {row.last_name or ''}".split())
    return name, (row.phone or "") if actor.may(Right.CONTACT_PERSONAL) else ""
