"""The tables read whole into plain Python, and the course of each deal: what the naive measures count on."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Table, select

from core.analytics.asked import Asked
from core.database import tables

AUTOMATED = {"workflow", "bulk", "opt_out", "help"}
FAILED = {"failed", "undelivered"}
Row = dict[str, Any]


@dataclass(frozen=True)
class State:
    """A time in which a deal kept stage, outcome and amount; `place`: its number; `until` None: it does still."""

    deal: Row
    place: int
    stage: int
    pipeline: int
    outcome: str
    amount: int | None
    at: int
    until: int | None = None
    before: "State | None" = field(default=None, repr=False)
    enters: bool = True
    is_first: bool = True
    left: int | None = None


class Facts:
    """Everything, as it stands in the database."""

    def __init__(self, reader: Connection) -> None:
        self.conversations = {row["id"]: row for row in _rows(reader, tables.conversation)}
        self.stages = {row["id"]: row for row in _rows(reader, tables.stage)}
        self.names = {
            "workflow": {row["id"]: row["name"] for row in _rows(reader, tables.workflow)},
            "template": {row["id"]: row["title"] for row in _rows(reader, tables.template)},
        }
        self.tags = _by(_rows(reader, tables.contact_tag), "contact_id")
        self.runs = {(row["contact_id"], row["id"]): row for row in _rows(reader, tables.enrollment)}
        self.outs = _by((row for row in _rows(reader, tables.consent_event) if row["kind"] == "out"), "contact_id")
        self.texts = _by((_text(row) for row in _rows(reader, tables.message)), "contact_id")
        for texts in self.texts.values():
            texts.sort(key=lambda text: (text["sent_at"], text["id"]))
        known_at = {row["id"]: row["happened_at"] for row in _rows(reader, tables.event)}
        entries = _by(_rows(reader, tables.stage_event), "deal_id")
        self.courses: dict[int, list[State]] = {}
        self.deals = {row["id"]: row for row in _rows(reader, tables.deal)}
        for id_, deal in self.deals.items():
            deal["known_at"] = known_at.get(deal["event_id"], deal["changed_at"])
            deal["owner_id"] = deal["owner_id"] or 0
            self.courses[id_] = self._course(deal, entries.get(id_, []))
            self._tell(deal, self.courses[id_])
        self.of_contact = _by(self.deals.values(), "contact_id")
        for deal in self.deals.values():
            self._count(deal)

    def _course(self, deal: Row, entries: list[Row]) -> list[State]:
        for entry in entries:
            own = entry["event_id"] == deal["event_id"]
            entry["at"] = min(entry["happened_at"], deal["known_at"]) if own else entry["happened_at"]
        entries.sort(key=lambda entry: (entry["at"], entry["id"]))
        opened = min(deal["known_at"] if deal["opened_at"] is None else deal["opened_at"], deal["known_at"])
        lines = [(entry["to_stage_id"], entry["amount_after"], entry["at"]) for entry in entries]
        if not entries:
            lines = [(deal["stage_id"], deal["amount_cents"], opened)]
        elif (first := entries[0])["from_stage_id"] is not None:
            lines.insert(0, (first["from_stage_id"], first["amount_before"], min(opened, first["at"])))
        elif deal["opened_at"] is not None and deal["opened_at"] < first["at"]:
            lines.insert(0, (-deal["pipeline_id"], first["amount_after"], min(opened, first["at"])))
        if lines[-1][:2] != (deal["stage_id"], deal["amount_cents"]):
            lines.append((deal["stage_id"], deal["amount_cents"], max(deal["changed_at"], lines[-1][2])))
        return self._linked(deal, lines)

    def _linked(self, deal: Row, lines: list[tuple[int, int | None, int]]) -> list[State]:
        states: list[State] = []
        for place, (stage, amount, at) in enumerate(lines):
            known = self.stages.get(stage)
            outcome = deal["outcome"] if place == len(lines) - 1 else known["kind"] if known else "open"
            pipeline = known["pipeline_id"] if known else deal["pipeline_id"]
            before = states[-1] if states else None
            enters = before is None or before.stage != stage
            seen = any(earlier.stage == stage for earlier in states)
            states.append(State(deal, place, stage, pipeline, outcome, amount, at, None, before, enters, not seen))
        for n, state in enumerate(states):
            until = states[n + 1].at if n + 1 < len(states) else None
            left = next((later.at for later in states[n + 1 :] if later.enters), None)
            states[n] = replace(state, until=until, left=left)
        return states

    def _tell(self, deal: Row, course: list[State]) -> None:
        deal["opened"] = course[0].at
        deal["entered"] = max(state.at for state in course if state.enters)
        deal["closed"] = None
        if deal["outcome"] != "open":
            deal["closed"] = deal["entered"] if deal["closed_at"] is None else deal["closed_at"]
        quotes = [state.at for state in course if state.amount is not None and state.stage > 0]
        deal["quoted"] = min(quotes, default=None)

    def _count(self, deal: Row) -> None:
        others = [one for one in self.of_contact[deal["contact_id"]] if one is not deal]
        ended = [one["closed"] for one in others if one["closed"] is not None and one["closed"] <= deal["opened"]]
        said = [text["sent_at"] for text in self.texts.get(deal["contact_id"], []) if text["kind"] != "failed"]
        said = [at for at in said if at >= max(ended, default=0)]
        deal["to_quote"] = sum(at < deal["quoted"] for at in said) if deal["quoted"] is not None else None
        deal["to_win"] = sum(at < deal["closed"] for at in said) if deal["outcome"] == "won" else None

    def passes(self, asked: Asked, contact_id: int, deal: Row | None, *, in_pipeline: bool = True) -> bool:
        """Whether what belongs to this contact, and deal, passes the filters."""
        row = self.conversations[contact_id]
        pipelines = [one["pipeline_id"] for one in ([deal] if deal else self.of_contact.get(contact_id, []))]
        owner = deal["owner_id"] if deal else row["owner_id"] or 0
        tags = {tag["tag_id"] for tag in self.tags.get(contact_id, [])}
        return (
            (not in_pipeline or asked.pipeline_id is None or asked.pipeline_id in pipelines)
            and asked.owner_id in (None, owner)
            and (asked.tag_id is None or asked.tag_id in tags)
            and asked.source in (None, row["source"])
        )

    def groups(self, asked: Asked, contact_id: int, deal: Row | None) -> Iterable[Any]:
        """The groups of the breakdown that it counts in."""
        row = self.conversations[contact_id]
        made: dict[str, Callable[[], Iterable[Any]]] = {
            "": lambda: [None],
            "owner": lambda: [deal["owner_id"] if deal else row["owner_id"] or 0],
            "source": lambda: [row["source"]],
            "tag": lambda: {tag["tag_id"] for tag in self.tags.get(contact_id, [])} or [0],
            "workflow": lambda: (
                {run["workflow_id"] for run in self.runs.values() if run["contact_id"] == contact_id} or [0]
            ),
            "template": lambda: self._templates(contact_id) or [0],
            "pipeline": lambda: [deal["pipeline_id"] if deal else 0],
        }
        return made[asked.by]()

    def _templates(self, contact_id: int) -> set[int]:
        texts = self.texts.get(contact_id, [])
        return {text["template_id"] for text in texts if text["template_id"] is not None and text["kind"] != "failed"}

    def states(self, asked: Asked) -> Iterator[State]:
        """Those of deals that pass; a state's pipeline must be the one asked for."""
        for course in self.courses.values():
            for state in course:
                fits = asked.pipeline_id in (None, state.pipeline)
                if fits and self.passes(asked, state.deal["contact_id"], state.deal, in_pipeline=False):
                    yield state

    def selling(self, asked: Asked) -> Iterator[Row]:
        """The deals that pass."""
        return (deal for deal in self.deals.values() if self.passes(asked, deal["contact_id"], deal))


def _text(row: Row) -> Row:
    kind = "in" if row["direction"] == "in" else "failed" if row["status"] in FAILED else "hand"
    return {**row, "kind": "automatic" if kind == "hand" and row["origin"] in AUTOMATED else kind}


def _rows(reader: Connection, table: Table) -> list[Row]:
    return [dict(row) for row in reader.execute(select(table)).mappings()]


def _by(rows: Iterable[Row], key: str) -> dict[int, list[Row]]:
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return dict(found)
