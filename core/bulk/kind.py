"""What an action is, as data: its right, its words, its undo, and the selections that say what it does to each row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Text,
    and_,
    case,
    func,
    literal_column,
    select,
)

from core.access import Right
from core.database import Work, images
from core.database.tables import change, conversation
from core.database.work import STEP
from core.workflows import qualify

REASONS = {
    "archived": "already archived",
    "not_archived": "not archived",
    "hot": "already hot",
    "not_hot": "not hot",
    "read": "already read",
    "unread": "already unread",
    "tagged": "already tagged",
    "untagged": "without the tag",
    "owned": "already with this owner",
    "enrolled": "already enrolled",
    "not_enrolled": "not enrolled",
    "planned": "already planned for this time",
    "not_planned": "without a follow-up",
    "not_due": "not due",
    "in_stage": "already in this stage",
    "gone": "no longer there",
    "not_allowed": "not allowed for this user",
    "new_message": "got a message since they were selected",
    **qualify.REASONS,
    "changed_since": "changed since",
    "undone": "already undone",
    "in_use": "still used",
    "error": "met an error; the log says which",
}
"""Why a row was not changed: the code that is stored, and the words for it."""

ONE: ColumnElement[int] = literal_column("1")
ZERO: ColumnElement[int] = literal_column("0")
c = conversation.c

Params = Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """One stretch of a selection to be acted on, and all that the selections of an action need.

    `facts`: what the action looked up about its parameters; `first`: the place of the first id in the whole selection,
    from 1 on; `first_id`: the first of as many new ids as there are places, for actions that insert.
    """

    conn: Connection
    facts: Params
    ids: list[int]
    user_id: int
    now: int
    chosen_at: int
    event_id: int = 0
    first: int = 1
    first_id: int = 0

    @property
    def low(self) -> int:
        """The lowest number of a change in this stretch."""
        return self.first * STEP

    @property
    def high(self) -> int:
        """The number below which its changes lie."""
        return (self.first + len(self.ids)) * STEP

    def pack(self, **values: Any) -> ColumnElement[str]:
        """An image with these values."""
        return images.pack(self.conn, values)


@dataclass(frozen=True)
class Kind:
    """An action. More than one row needs CONVERSATION_BULK beside its `rights`.

    `facts`: looks the parameters up, and raises Invalid for those that cannot be used; what it answers holds `said`,
    the words of history with {n} for the conversations. `plan`: a row for each change the action would make, by the
    columns of `planned`. `sides`: further rows touched for contacts that the plan has changed; None: none.
    `takes`: the table of which the plan inserts rows. `prepare`: what is made
    once, before anything is written down. `after`: what follows from so many rows that were changed.
    """

    name: str
    verb: str
    label: str
    facts: Callable[[Connection, Params], Params]
    plan: Callable[[Call], Select[Any]]
    rights: tuple[Right, ...] = (Right.CONTACT_EDIT,)
    defaults: Params = field(default_factory=dict)
    sides: tuple[Callable[[Call], Select[Any] | None], ...] = ()
    takes: str = ""
    undo: Literal["full", "partial", "none"] = "full"
    undo_words: str = ""
    notes: Callable[[Call], list[str]] = lambda call: []
    prepare: Callable[[Work, Params], Params] = lambda work, params: params
    after: Callable[[Work, Call, int], None] = lambda work, call, changed: None


@dataclass(frozen=True)
class Plain:
    """An action on columns of the conversation row alone.

    `blocked`: conditions with the reason why such a row is skipped; `done`: the condition, and its reason, under which
    nothing is left to do; `values`: the columns as they shall be.
    """

    done: ColumnElement[bool]
    reason: str
    values: Params
    blocked: tuple[tuple[ColumnElement[bool], str], ...] = ()


def start_of(call: Call) -> tuple[FromClause, ColumnElement[int], ColumnElement[int]]:
    """The places joined to their conversations: what every plan selects from, its place and its id."""
    p = images.places(call.conn, call.ids, call.first).subquery("p")
    return p.outerjoin(conversation, c.id == p.c.id), p.c.place, p.c.id


class Touched(NamedTuple):
    """A row that is changed: its images, None: no row. `detail`: its place among the rows of one contact."""

    table: str
    row_id: ColumnElement[Any]
    before: ColumnElement[Any] | None
    after: ColumnElement[Any] | None
    detail: ColumnElement[int] = ZERO


Tests = tuple[tuple[ColumnElement[bool], str], ...]


def planned(
    place: ColumnElement[int],
    contact_id: ColumnElement[int],
    skipped: Tests,
    already: Tests,
    row: Touched,
) -> Select[Any]:
    """The columns of images.PLANNED; `row`: what is touched where something changes.

    The tests stand in outcome and reason alone, for an engine runs them anew wherever they stand.
    """
    table, row_id, before, after, detail = row
    skips, dones = [(c.id.is_(None), "gone"), *skipped], list(already)
    reasons = [(test, literal_column(f"'{reason}'", Text)) for test, reason in [*skips, *dones]]
    outcomes = [(test, literal_column("'skipped'", Text)) for test, _ in skips]
    outcomes += [(test, literal_column("'already'", Text)) for test, _ in dones]
    return select(
        (place * literal_column(str(STEP)) + detail).label("n"),
        contact_id.label("contact_id"),
        literal_column(f"'{table}'", Text).label("table_name"),
        row_id.label("row_id"),
        case(*outcomes, else_=literal_column("'changed'", Text)).label("outcome"),
        case(*reasons, else_=literal_column("''", Text)).label("reason"),
        images.or_none(before).label("before"),
        images.or_none(after).label("after"),
    )


def plan_plain(call: Call, plain: Plain) -> Select[Any]:
    """The plan of an action on the conversation row alone."""
    source, place, id_ = start_of(call)
    before = call.pack(**{name: c[name] for name in plain.values})
    row = Touched("conversation", id_, before, call.pack(**plain.values))
    return planned(place, id_, plain.blocked, ((plain.done, plain.reason),), row).select_from(source)


def changed_in(call: Call) -> tuple[Any, ColumnElement[bool]]:
    """The changes that the plan made in this stretch, one for each contact: what sides begin from."""
    m = change.alias("m")
    test = and_(
        m.c.event_id == call.event_id,
        m.c.n >= call.low,
        m.c.n < call.high,
        images.is_main(m.c.n),
        m.c.outcome == literal_column("'changed'"),
    )
    return m, test


def side(n: ColumnElement[int], contact_id: ColumnElement[int], row: Touched) -> Select[Any]:
    """The columns of images.PLANNED for a further row that is changed."""
    table, row_id, before, after, _ = row
    return select(
        n.label("n"),
        contact_id.label("contact_id"),
        literal_column(f"'{table}'", Text).label("table_name"),
        row_id.label("row_id"),
        literal_column("'changed'", Text).label("outcome"),
        literal_column("''", Text).label("reason"),
        images.or_none(before).label("before"),
        images.or_none(after).label("after"),
    )


def numbered(partition: ColumnElement[Any], *order: ColumnElement[Any]) -> ColumnElement[int]:
    """1, 2, 3 … within each partition."""
    return func.row_number().over(partition_by=partition, order_by=order)
