"""One rule of cleaning up: how long silent, what else must hold, and what is proposed."""

from dataclasses import replace
from typing import Any

import streamlit as st

from core import bulk, cleanup, tags
from core.bulk import Action
from core.cleanup import Rule
from core.conversations import ConversationFilter
from core.errors import AppError
from pages.ui import frame, session
from pages.ui.editing import Editing
from pages.ui.plain import plain

EDITED = Editing("cleanup")
ACTIONS = {"archive": "Archive", "tag": "Add tags", "untag": "Remove tags", "not_hot": "No longer hot leads",
           "read": "Mark as read"}  # fmt: skip
ANY = {None: "Does not matter", True: "Yes", False: "No"}
HOLDS = {"is_hot": "Hot lead", "in_workflow": "In a workflow", "has_open_deal": "Has an open deal",
         "has_deal": "Has a deal", "unread": "Unread", "opted_out": "Opted out"}  # fmt: skip


def dialog(found: list[Rule]) -> bool:
    """Draws the dialog when a rule is being changed; whether it does."""
    if (opened := EDITED.of(found)) is None:
        return False
    rule, token = opened
    frame.dialog("Change rule" if rule else "New rule", EDITED.close, _form)(rule, f"cleanup.{token}")
    return True


def _form(rule: Rule | None, key: str) -> None:
    wanted = rule.wanted if rule else ConversationFilter()
    name = st.text_input("Name", rule.name if rule else "", key=f"{key}.name", max_chars=80)
    silent = st.number_input("Silent for days (empty: does not matter)", value=rule.silent_days if rule else 60,
                             min_value=1, max_value=3650, key=f"{key}.silent")  # fmt: skip
    with session.store().read() as reader:
        names = {tag.id: tag.name for tag in tags.find(reader)}
    carried = st.multiselect("Carries one of these tags", list(names), [id_ for id_ in wanted.tags if id_ in names],
                             format_func=names.__getitem__, key=f"{key}.tags")  # fmt: skip
    wanted = replace(wanted, tags=tuple(carried), **_holds(wanted, key))
    action = _action(rule, names, key)
    if st.button("Save", type="primary", key="cleanup.save", disabled=action is None or not name.strip()):
        _save(rule, (name, None if silent is None else int(silent), wanted, action))


def _holds(wanted: ConversationFilter, key: str) -> dict[str, Any]:
    return {
        field: st.selectbox(label, list(ANY), list(ANY).index(getattr(wanted, field)), format_func=ANY.__getitem__,
                            key=f"{key}.{field}")
        for field, label in HOLDS.items()
    }  # fmt: skip


def _action(rule: Rule | None, names: dict[int, str], key: str) -> Action | None:
    usual = rule.action if rule else bulk.action("archive")
    kinds = list(dict.fromkeys([usual.name, *ACTIONS]))
    kind = st.selectbox("Proposes to", kinds, format_func=lambda one: ACTIONS.get(one, bulk.KINDS[one].label),
                        key=f"{key}.kind")  # fmt: skip
    if kind not in ("tag", "untag"):
        return usual if kind == usual.name else bulk.action(kind)
    had = dict(usual.params).get("tag_ids", ()) if kind == usual.name else ()
    chosen = st.multiselect("Tags", list(names), [id_ for id_ in had if id_ in names], format_func=names.__getitem__,
                            key=f"{key}.acts")  # fmt: skip
    return bulk.action(kind, tag_ids=sorted(chosen)) if chosen else None


def _save(rule: Rule | None, parts: tuple[Any, ...]) -> None:
    store, actor = session.store(), session.actor()
    try:
        if rule:
            frame.did(store.write(actor, cleanup.edit, rule.id, *parts))
        else:
            store.write(actor, cleanup.add, *parts)
            frame.did_last()
    except AppError as refused:
        st.error(plain(str(refused)))
        return
    EDITED.close()
    st.rerun()
