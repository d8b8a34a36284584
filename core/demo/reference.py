"""What stands before the first conversation: owners, tags, pipelines with stages, templates, workflows."""

import json
from typing import Any

from sqlalchemy import Table, insert, select

from core.database import Work
from core.database.tables import pipeline, stage, tag, template, user, workflow, workflow_step, workflow_version
from core.demo import library, outreach, sales
from core.demo.chunk import TAGS
from core.demo.plan import SPAN_SECONDS, Plan
from core.demo.stories import DAY
from core.words import fold


def build(work: Work, event_id: int, conversations: int, seed: int, end_at: int) -> Plan:
    """Write them, and return the plan of what is to follow."""
    begun = {"created_at": end_at - SPAN_SECONDS - DAY, "event_id": event_id}
    templates, tags = _templates(work, begun), _tags(work, begun)
    return Plan(
        conversations=conversations,
        seed=seed,
        end_at=end_at,
        event_id=event_id,
        first_contact=work.take_ids("contact", conversations),
        owners=_owners(work, begun),
        tags=tags,
        pipelines=_pipelines(work, event_id),
        workflows=_workflows(work, begun, {**templates, **_by_name(tags)}),
        templates=templates,
    )


def _insert(work: Work, table: Table, rows: list[dict[str, Any]]) -> list[int]:
    first = work.take_ids(table.name, len(rows))
    ids = list(range(first, first + len(rows)))
    work.conn.execute(insert(table), [{"id": id_, **row} for id_, row in zip(ids, rows, strict=True)])
    return ids


def _owners(work: Work, begun: dict[str, int]) -> list[tuple[int, str]]:
    names = library.things()["owners"]
    found = {row.name_key: row.id for row in work.conn.execute(select(user.c.id, user.c.name_key))}
    missing = [name for name in names if fold(name) not in found]
    rows = [{"name": name, "name_key": fold(name), "may_sign_in": 0, **begun} for name in missing]
    found |= dict(zip(map(fold, missing), _insert(work, user, rows) if rows else [], strict=True))
    owners = [(found[fold(name)], name) for name in names]
    return [owners[0], (work.actor.id, work.actor.name), *owners[1:]]


def _tags(work: Work, begun: dict[str, int]) -> list[int]:
    return _insert(
        work,
        tag,
        [
            {"name": name, "name_key": fold(name), "color": color, "priority": priority, **begun}
            for name, color, priority, _ in TAGS
        ],
    )


def _by_name(tags: list[int]) -> dict[str, int]:
    return {name: id_ for (name, *_), id_ in zip(TAGS, tags, strict=True)}


def _pipelines(work: Work, event_id: int) -> list[tuple[int, list[int]]]:
    rows = [
        {"name": name, "name_key": fold(name), "position": at, "event_id": event_id}
        for at, name in enumerate(sales.PIPELINES)
    ]
    made = []
    for pipeline_id, stages in zip(_insert(work, pipeline, rows), sales.PIPELINES.values(), strict=True):
        listed = [
            {
                "pipeline_id": pipeline_id, "name": name, "name_key": fold(name), "position": at, "kind": kind,
                "probability": probability, "rot_days": rot_days, "event_id": event_id,
            }
            for at, (name, kind, probability, rot_days) in enumerate(stages)
        ]  # fmt: skip
        made.append((pipeline_id, _insert(work, stage, listed)))
    return made


def _templates(work: Work, begun: dict[str, int]) -> dict[str, int]:
    found = outreach.templates()
    rows = [
        {"title": t.title, "shortcut": t.shortcut, "body": t.body, "folder": t.folder, **begun} for t in found.values()
    ]
    return dict(zip(found, _insert(work, template, rows), strict=True))


def _workflows(work: Work, begun: dict[str, int], named: dict[str, int]) -> dict[str, int]:
    """`named`: templates and tags."""
    rows = [
        {
            "name": flow.name, "name_key": fold(flow.name), "kind": flow.kind, "state": flow.state,
            "rules": json.dumps(flow.rules), "version": len(flow.versions), **begun,
        }
        for flow in outreach.FLOWS
    ]  # fmt: skip
    found = dict(zip([flow.name for flow in outreach.FLOWS], _insert(work, workflow, rows), strict=True))
    versions, steps = [], []
    for flow in outreach.FLOWS:
        for version, listed in enumerate(flow.versions, 1):
            key = {"workflow_id": found[flow.name], "version": version}
            versions.append({**key, "saved_at": begun["created_at"], "event_id": begun["event_id"]})
            steps += [
                {**key, "position": at, "kind": kind, **_step(kind, value, named)}
                for at, (kind, value) in enumerate(listed)
            ]
    work.conn.execute(insert(workflow_version), versions)
    work.conn.execute(insert(workflow_step), steps)
    return found


def _step(kind: str, value: int | str, named: dict[str, int]) -> dict[str, Any]:
    step = {"body": "", "wait_seconds": None, "template_id": None, "params": ""}
    if kind == "wait":
        return {**step, "wait_seconds": int(value)}
    if kind == "send":
        body = outreach.templates()[str(value)].body
        return {**step, "body": body, "template_id": named[str(value)]}
    return {**step, "params": json.dumps({"tag_id": named[str(value)]})} if kind == "tag" else step
