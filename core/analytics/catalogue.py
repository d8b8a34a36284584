"""The measures: what each counts, of what, and in which units; their definitions head the .sql files beside this."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

How = Literal["count", "sum", "share", "p25", "p50", "p75", "p90"]
SQL = Path(__file__).parent / "sql"
LINES = "-- lines:\n"


@dataclass(frozen=True, slots=True)
class Column:
    """A figure: `how` it comes from the counted rows that pass `where` (all, when blank), in which `unit`.

    count: how many; sum: of the column `of`; share: of rows for which `of` holds; p25 … p90: that
    percentile of the column `of`, between two rows in proportion.
    """

    name: str
    unit: str
    how: How = "count"
    of: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """`rows`: what it counts; `keys`: the columns that name a line of its figures; `by`: the breakdowns it has."""

    name: str
    rows: Literal["deal", "stage entry", "message", "conversation"]
    keys: tuple[str, ...]
    columns: tuple[Column, ...]
    by: tuple[str, ...]

    @property
    def title(self) -> str:
        """What people call it."""
        return _file(self.name)[0]

    @property
    def definition(self) -> str:
        """What it counts, in words: the head of its file."""
        return _file(self.name)[1]

    @property
    def counted(self) -> str:
        """The query for the rows that it counts."""
        return _file(self.name)[2]

    @property
    def lines(self) -> str:
        """The query for lines that are shown although nothing may be counted in them, with their `place`; or blank."""
        return _file(self.name)[3]

    def column(self, name: str) -> Column:
        """The figure of this name."""
        return next(column for column in self.columns if column.name == name)


@cache
def _file(name: str) -> tuple[str, str, str, str]:
    """Title, definition, the query for what is counted, and for the lines."""
    listed = (SQL / f"{name}.sql").read_text(encoding="utf-8").splitlines(keepends=True)
    head = [line[3:].strip() for line in listed if line.startswith("-- ")]
    first = next(place for place, line in enumerate(listed) if not line.startswith("--"))
    counted, _, lines = "".join(listed[first:]).partition(LINES)
    return head[0], " ".join(head[1:first]), counted, lines


SALES = ("owner", "source", "tag", "workflow", "template", "pipeline")
TALK = ("owner", "source", "tag", "workflow", "template")

_DEALS = Column("deals", "deals")
_AMOUNT = Column("amount_cents", "cents", "sum", "amount_cents")
_VALUE = (_DEALS, _AMOUNT, Column("unquoted", "deals", where="amount_cents IS NULL"))


def _spread(of: str, unit: str, *hows: How, where: str = "") -> tuple[Column, ...]:
    return tuple(Column(how, unit, how, of, where) for how in hows)


def _valued(what: str) -> tuple[Column, Column]:
    test = f"what = '{what}'"
    return Column(what, "deals", where=test), Column(f"{what}_cents", "cents", "sum", "amount_cents", test)


def _fated(*fates: str) -> tuple[Column, ...]:
    """How many fared how, and the share of the first of them all of which one can tell."""
    rate = Column("rate", "share", "share", f"fate = '{fates[0]}'", "fate NOT IN ('young', 'won')")
    return (Column("entered", "deals"), *[Column(fate, "deals", where=f"fate = '{fate}'") for fate in fates], rate)


_REPLIES = (
    Column("contacts", "contacts"),
    Column("replied", "contacts", where="replied"),
    Column("opted_out", "contacts", where="opted_out"),
    Column("reply_rate", "share", "share", "replied"),
    Column("out_rate", "share", "share", "opted_out"),
)
_TEXTS = (_DEALS, *_spread("texts", "texts", "p25", "p50", "p75", "p90"))

MEASURES = (
    Measure("value_by_stage", "deal", ("stage", "outcome"), _VALUE, SALES),
    Measure(
        "forecast",
        "deal",
        ("month",),
        (
            *_VALUE,
            Column("weighted_cents", "cents", "sum", "weighted"),
            Column("unrated", "deals", where="probability IS NULL"),
        ),
        SALES,
    ),
    Measure("funnel", "stage entry", ("stage",), _fated("advanced", "lost", "young", "waiting"), SALES),
    Measure("conversion", "stage entry", ("from_stage", "to_stage"), _fated("reached", "lost", "young", "open"), SALES),
    Measure(
        "time_in_stage",
        "stage entry",
        ("stage",),
        (
            Column("entered", "stage entries"),
            Column("left_again", "stage entries", where="has_left"),
            *_spread("seconds", "seconds", "p25", "p50", "p75", where="has_left"),
            Column("staying", "stage entries", where="NOT has_left"),
            Column("staying_p50", "seconds", "p50", "seconds", "NOT has_left"),
        ),
        SALES,
    ),
    Measure("velocity", "deal", ("outcome",), (_DEALS, *_spread("seconds", "seconds", "p25", "p50", "p75")), SALES),
    Measure(
        "win_rate",
        "deal",
        ("basis", "step"),
        (
            *[Column(outcome, "deals", where=f"outcome = '{outcome}'") for outcome in ("won", "lost", "open")],
            Column("rate", "share", "share", "outcome = 'won'", "outcome <> 'open'"),
            Column("won_cents", "cents", "sum", "amount_cents", "outcome = 'won'"),
        ),
        SALES,
    ),
    Measure("lost_reasons", "deal", ("reason",), _VALUE, SALES),
    Measure("ageing", "deal", ("stage", "from_days"), (*_VALUE, Column("stale", "deals", where="is_stale")), SALES),
    Measure("gone_quiet", "deal", ("from_days",), _VALUE, SALES),
    Measure("flow", "deal", ("period", "step"), (*_valued("created"), *_valued("won"), *_valued("lost")), SALES),
    Measure("bridge", "stage entry", ("bar",), _VALUE, (*SALES, "stage")),
    Measure(
        "volumes",
        "message",
        ("weekday", "hour"),
        (
            Column("received", "texts", where="kind = 0"),
            Column("by_hand", "texts", where="kind = 1"),
            Column("automatic", "texts", where="kind = 2"),
            Column("undelivered", "texts", where="kind = 3"),
        ),
        TALK,
    ),
    Measure(
        "first_reply",
        "message",
        (),
        (
            Column("waits", "waits"),
            Column("answered", "waits", where="is_answered"),
            *_spread("seconds", "seconds", "p50", "p90", where="is_answered"),
            Column("unanswered", "waits", where="NOT is_answered"),
            Column("first", "waits", where="is_first"),
            Column("first_p50", "seconds", "p50", "seconds", "is_first AND is_answered"),
            Column("first_p90", "seconds", "p90", "seconds", "is_first AND is_answered"),
        ),
        TALK,
    ),
    Measure(
        "unanswered",
        "conversation",
        ("from_hours",),
        (Column("conversations", "conversations"), *_spread("seconds", "seconds", "p50")),
        TALK,
    ),
    Measure("replies_by_step", "conversation", ("workflow", "text"), _REPLIES, TALK),
    Measure("replies_by_template", "conversation", ("template", "template_id"), _REPLIES, TALK),
    Measure("messages_to_quote", "deal", (), _TEXTS, SALES),
    Measure("messages_to_win", "deal", (), _TEXTS, SALES),
)
