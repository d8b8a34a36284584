"""The list of workflows and redrips: how each stands, and the way to a new one."""

import streamlit as st

from core import workflows
from core.access import Right
from core.workflows import Standing, Workflow
from pages.ui import session, table, workflow_place
from pages.ui.places import here
from pages.ui.table import Row
from pages.ui.workflow_place import PAGE, Place

HEADS = ("Name", "Kind", "State", "In it now", "Ended", "Next step", "Texts sent", "Replies")
NUMBERS = (6, 7)
ENDED = ("completed", "stopped", "failed")
WHEN = "%a %-d %b, %H:%M"


def show() -> None:
    """A line for each; retired ones on request."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header("Workflows", anchor=False)
        if session.actor().may(Right.WORKFLOW_EDIT):
            for kind in workflow_place.KINDS:
                st.button(f"New {kind}", icon=":material/add:", key=f"workflows.new.{kind}",
                          on_click=workflow_place.go, args=(Place(new=kind),))  # fmt: skip
        retired = st.toggle("Retired", key="workflows.retired", help="Those that take nobody in any more, as well")
    with session.store().read() as reader:
        found = workflows.find(reader, include_retired=retired)
        standings = workflows.standings(reader)
    if not found:
        st.info(
            "No workflow yet. A workflow sends texts one after the other to everybody who is enrolled; a redrip does "
            "so for contacts who stayed silent.",
            icon=":material/account_tree:",
        )
        return
    lines = [_line(each, standings[each.id]) for each in found]
    chosen = table.show("workflows.table", HEADS, lines, NUMBERS, "Workflows and redrips")
    if isinstance(chosen, int):
        workflow_place.go(Place(chosen))
        st.rerun()


def _line(each: Workflow, standing: Standing) -> Row:
    live = {state: n for state, n in standing.runs.items() if state not in ENDED}
    ended = {state: n for state, n in standing.runs.items() if state in ENDED}
    comes = here().local(standing.next_at).strftime(WHEN) if standing.next_at is not None else ""
    cells = (
        each.name, each.kind, each.state, _counted(live), _counted(ended),
        f"{comes}, once it is on" if comes and each.state == "paused" else comes, f"{standing.sent:,}",
        f"{standing.replied:,}",
    )  # fmt: skip
    return Row(cells, each.id, f"/workflows?w={each.id}")


def _counted(runs: dict[str, int]) -> str:
    """Such as “3: 2 waiting, 1 held”; blank for none."""
    parts = [f"{runs[state]:,} {state}" for state in workflows.STATES if runs.get(state)]
    return parts[0] if len(parts) == 1 else f"{sum(runs.values()):,}: {', '.join(parts)}" if parts else ""


def link(kind: str) -> None:
    """From elsewhere to a new one of this kind. Before anything else happens in this run."""
    st.switch_page(PAGE, query_params=workflow_place.address(Place(new=kind)))
