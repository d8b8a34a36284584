"""The flows of another product as drafts of workflows: the texts of each, in order, by the shortcuts of its folder."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select

from core.database import Change, Work, engines
from core.database.tables import event_state, template, workflow, workflow_step, workflow_version
from core.transfer.outlook import Outlook
from core.transfer.rows import Reject, Remark, WorkflowRow
from core.words import fold
from core.workflows import Rules, Step
from core.workflows.rules import as_text
from core.workflows.steps import as_row

A_DAY = 86_400
"""What stands between two texts, for somebody to change: the file tells no times."""

NO_TEXT = "no template in the folder “{}” has this shortcut; import the templates first"
OTHER = "there is a workflow “{}” with other steps already; rename one of them"
BACK = "leads back to a text that is a step already: a workflow goes straight on"

t, w, s = template.c, workflow.c, workflow_step.c

Key = tuple[str, str]
"""Folder and shortcut, folded."""


@dataclass
class Flow:
    """A workflow of the file. `id`: None as long as it is not there; `may_grow`: this import makes it."""

    name: str
    id: int | None = None
    may_grow: bool = True
    steps: int = 0
    texts: set[int] = field(default_factory=set)
    added: list[Step] = field(default_factory=list)

    def add(self, template_id: int, body: str) -> None:
        """One more text, after a wait unless it is the first."""
        if self.texts:
            self.added.append(Step("wait", wait_seconds=A_DAY))
        self.added.append(Step("send", body, template_id=template_id))
        self.texts.add(template_id)


@dataclass
class Flows(Outlook):
    """What a chunk of flows will do."""

    flows: dict[str, Flow] = field(default_factory=dict)


class WorkflowApplier:
    """Drafts, each under its name. A row leads to one text; where the first comes from is a text as well."""

    def __init__(self) -> None:
        self._dry: dict[str, Flow] = {}  # a dry run finds nothing of what came before in the database

    def look(self, reader: Connection, rows: Sequence[WorkflowRow]) -> Flows:
        outlook = Flows()
        names = {fold(row.workflow): row.workflow for row in rows}
        outlook.flows = {**_new(names), **self._seen(names), **_known(reader, names)}
        texts = _texts(reader, rows)
        by_flow: dict[str, list[WorkflowRow]] = defaultdict(list)
        for row in rows:
            outlook.remarks.extend((row.line, remark) for remark in row.remarks)
            by_flow[fold(row.workflow)].append(row)
        for key, listed in by_flow.items():
            before = set(outlook.flows[key].texts)
            for row in sorted(listed, key=lambda row: (row.step, row.line)):
                self._weigh(outlook, row, texts, before)
        return outlook

    def _seen(self, names: dict[str, str]) -> dict[str, Flow]:
        found = {key: self._dry[key] for key in names if key in self._dry}
        return {key: Flow(each.name, steps=each.steps, texts=set(each.texts)) for key, each in found.items()}

    @staticmethod
    def _weigh(outlook: Flows, row: WorkflowRow, texts: dict[Key, tuple[int, str]], before: set[int]) -> None:
        folder = fold(row.workflow)
        flow, text = outlook.flows[folder], texts.get((folder, fold(row.to)))
        reason = NO_TEXT.format(row.workflow) if text is None else ""
        if text is not None and text[0] in flow.texts:
            outlook.counts.unchanged += 1
            if text[0] not in before:
                outlook.remark(row.line, Remark("to", row.to, BACK))
            return
        if text is not None and not flow.may_grow:
            reason = OTHER.format(flow.name)
        if text is None or reason:
            outlook.counts.rejected += 1
            outlook.rejects.append(Reject(row.line, "to", row.to, reason, row.cells))
            return
        outlook.counts.inserted += 1
        first = texts.get((folder, fold(row.from_)))
        if not flow.texts and first is not None and first != text:
            flow.add(*first)
        flow.add(*text)

    def write(self, work: Work, event_id: int, outlook: Flows) -> list[Change]:
        growing = [flow for flow in outlook.flows.values() if flow.added]
        made = [flow for flow in growing if flow.id is None]
        first = work.take_ids("workflow", len(made))
        for id_, flow in enumerate(made, first):
            flow.id = id_
        if made:
            own = {"kind": "workflow", "state": "draft", "rules": as_text(Rules()), "created_at": work.now}
            rows = [{"id": flow.id, "name": flow.name, "name_key": fold(flow.name)} for flow in made]
            work.conn.execute(insert(workflow), [{**row, **own, "event_id": event_id} for row in rows])
            versions = {"version": 1, "saved_at": work.now, "event_id": event_id}
            work.conn.execute(insert(workflow_version), [{"workflow_id": flow.id, **versions} for flow in made])
        steps = [
            {"workflow_id": flow.id, "version": 1, "position": position, **as_row(step)}
            for flow in growing
            for position, step in enumerate(flow.added, flow.steps)
        ]
        if steps:
            work.conn.execute(insert(workflow_step), steps)
        return []

    def settle(self, outlook: Flows) -> None:
        for key, flow in outlook.flows.items():
            self._dry[key] = Flow(flow.name, steps=flow.steps + len(flow.added), texts=set(flow.texts))


def _new(names: dict[str, str]) -> dict[str, Flow]:
    return {key: Flow(name) for key, name in names.items()}


def _known(reader: Connection, names: dict[str, str]) -> dict[str, Flow]:
    """Those that are there, as they are now; what an import that is still running has made is this one's."""
    states = select(event_state.c.state).where(event_state.c.event_id == w.event_id).scalar_subquery()
    wanted = select(w.id, w.name, w.name_key, w.version, w.state, states.label("made"))
    found: dict[str, Flow] = {}
    for row in reader.execute(wanted.where(w.name_key.in_(engines.text_set(reader, names)))).all():
        steps = select(s.template_id).where(s.workflow_id == row.id, s.version == row.version)
        ids = list(reader.execute(steps).scalars())
        may_grow = (row.state, row.made, row.version) == ("draft", "running", 1)
        found[row.name_key] = Flow(row.name, row.id, may_grow, len(ids), {id_ for id_ in ids if id_ is not None})
    return found


def _texts(reader: Connection, rows: Sequence[WorkflowRow]) -> dict[Key, tuple[int, str]]:
    """The team's templates in use that the rows may mean, by folder and shortcut."""
    words = {fold(word) for row in rows for word in (row.from_, row.to)}
    wanted = select(t.id, t.folder, t.shortcut, t.body).where(t.user_id.is_(None), t.is_retired == 0)
    found = reader.execute(wanted.where(t.shortcut.in_(engines.text_set(reader, words))).order_by(t.id.desc()))
    return {(fold(row.folder), row.shortcut): (row.id, row.body) for row in found}
