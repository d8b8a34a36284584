"""What the rules of cleaning up propose, and the rules themselves."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from core import bulk, cleanup
from core.bulk import Selection
from core.cleanup import Proposal, Rule
from core.errors import AppError
from pages.ui import acting, frame, listing, preview, rule_form, session, url

INBOX = "inbox/conversations.py"


def proposals(found: list[Proposal], under_way: set[int]) -> None:
    """How many, why, and what would be done; nothing happens before a button is pressed.

    `under_way`: the rules whose proposal a job is carrying out.
    """
    if not found:
        st.info("Nothing to clean up: no rule finds a conversation now.", icon=":material/check_circle:")
    for proposal in found:
        _proposal(proposal, proposal.rule.id in under_way)


def _proposal(proposal: Proposal, is_under_way: bool) -> None:
    rule, counted = proposal.rule, listing.counted(proposal.count)
    with st.container(border=True, key=f"cleanup.{rule.id}", gap="small"):
        with st.container(gap=None, key=f"cleanup.{rule.id}.words"):
            st.text(rule.name)
            st.text(f"{counted}: {proposal.words}")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            label = preview.LABELS[proposal.action.name].format(counted if proposal.count.is_exact else "all of them")
            if is_under_way:
                st.text("Under way.")
            else:
                _button("apply", rule.id, label, _apply, proposal, kind="primary")
                _button("preview", rule.id, "Preview", _preview, proposal)
            place = replace(url.Place(), wanted=proposal.wanted)
            with st.container(key=f"cleanup.open.{rule.id}", width="content"):
                st.page_link(INBOX, label="Open in the list", icon=":material/forum:", query_params=url.write(place))
            _button("never", rule.id, "Never propose again", _do, cleanup.never, rule.id)


def _button(name: str, rule_id: int, label: str, act: Callable[..., None], *args: Any, kind: str = "secondary") -> None:
    st.button(label, key=f"cleanup.{name}.{rule_id}", on_click=act, args=args, type=kind)  # type: ignore[arg-type]


def _apply(proposal: Proposal) -> None:
    if (meant := _meant(proposal)) is not None:
        acting.at_once(proposal.action, meant, cleanup.request_id(proposal.rule.id))


def _preview(proposal: Proposal) -> None:
    if (meant := _meant(proposal)) is not None:
        acting.look_at(acting.offered(proposal.action, meant, cleanup.request_id(proposal.rule.id)))


def _meant(proposal: Proposal) -> Selection | None:
    """What the rule finds now; None when that is being dealt with already: a second click, or somebody else."""
    if frame.is_echo("cleanup"):
        return None
    with session.store().read() as reader:
        meant = bulk.choose_all(reader, proposal.wanted)
        is_under_way = proposal.rule.id in cleanup.under_way(reader)
    return meant if len(meant) and not is_under_way else None


def _do(verb: Any, *args: object) -> None:
    if frame.is_echo("cleanup"):  # the next proposal has come up to where this one was
        return
    try:
        event_id = session.store().write(session.actor(), verb, *args)
    except AppError as refused:
        frame.tell(str(refused))
        return
    frame.did(event_id)


def rules(found: list[Rule]) -> None:
    """Every rule, also those that propose nothing any more."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Rules", anchor=False)
        rule_form.EDITED.new_button("New rule")
    if not found:
        st.text("No rules yet.")
    for rule in found:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"cleanup.rule.{rule.id}"):
            never = " (never proposed)" if rule.state == "never" else ""
            st.text(f"{rule.name}{never}", width="stretch")
            if rule.state == "never":
                _button("again", rule.id, "Propose again", _do, cleanup.again, rule.id)
            _button("edit", rule.id, "Change", rule_form.EDITED.open, rule.id)


def dialog(found: list[Rule]) -> bool:
    """The dialog of the rule that is being changed; whether there is one."""
    return rule_form.dialog(found)
