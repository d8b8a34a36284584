"""The row of actions under the search bar: archive, tag, workflow, redrip, and the rest behind More."""

import streamlit as st

from core import bulk, people
from core.access import Actor
from pages.ui import acting, desk, session, url
from pages.ui.acting import TICKED

STOPS = "conversations.archive.stops"
"""The preference that says whether archiving stops live enrollments; None: not asked yet."""

DIALOGS = {"untag", "stop", "move", "assign", "follow_up"}
MORE = ("hot", "not_hot", "untag", "stop", "move", "assign", "follow_up", "follow_up_done", "read", "unread")
LABELS = {
    "archive": "Archive",
    "restore": "Unarchive",
    "hot": "Mark as hot lead",
    "not_hot": "No longer a hot lead",
    "untag": "Remove tags …",
    "stop": "Stop workflows …",
    "move": "Set stage …",
    "assign": "Assign owner …",
    "follow_up": "Follow up …",
    "follow_up_done": "Follow-up done",
    "read": "Mark as read",
    "unread": "Mark as unread",
    "ask": "Archiving: ask about workflows again",
}


def row(place: url.Place, actor: Actor) -> None:
    """The buttons, which act on what is selected in the list."""
    n = desk.state().ticks.n
    is_archived = place.wanted.tab == "archived"
    main, other = ("restore", "archive") if is_archived else ("archive", "restore")
    icon = ":material/unarchive:" if is_archived else ":material/archive:"
    allowed = {name for name in bulk.KINDS if acting.may(actor, name, n)}
    _button(LABELS[main], icon, main, main in allowed, restore if is_archived else archive, TICKED)
    _button("Tag", ":material/label:", "tag", "tag" in allowed, acting.ask, "tag", TICKED)
    _button("Workflow", ":material/account_tree:", "workflow", "enroll" in allowed, acting.ask, "workflow", TICKED)
    _button("Redrip", ":material/replay:", "redrip", "enroll" in allowed, acting.ask, "redrip", TICKED)
    key = "conversations.act.more"
    offered = [name for name in (*MORE, other) if name in allowed]
    offered += ["ask"] if offered and stops_enrollments() is not None else []

    def choose() -> None:
        more(st.session_state[key])

    with st.container(key="conversations.unseen", width="content"):  # for the keys alone; both stand behind More
        for name, act in (("hot", acting.act), ("move", acting.ask)):
            _button(LABELS[name], ":material/keyboard:", name, name in allowed, act, name, TICKED)
    st.menu_button("More", offered or MORE, format_func=_label, key=key, disabled=not (n and offered), on_click=choose)


def _button(label: str, icon: str, name: str, is_allowed: bool, act: object, *args: object) -> None:
    n = desk.state().ticks.n
    hint = "Select conversations first: click the bubbles next to the names." if is_allowed else "You may not do this."
    st.button(
        label, icon=icon, key=f"conversations.act.{name}", disabled=not (n and is_allowed), on_click=act, args=args,
        help=None if n and is_allowed else hint,
    )  # fmt: skip


def _label(name: str) -> str:
    return LABELS[name]


def more(name: str | None) -> None:
    """What was chosen behind More. A callback."""
    if name in DIALOGS:
        acting.ask(name, TICKED)
    elif name == "archive":
        archive(TICKED)
    elif name == "ask":
        remember_stops(None)
        url.stay()
    elif name is not None:
        acting.act(name, TICKED)


def archive(target: acting.Target) -> None:
    """Archive; the first time that live enrollments are among them, it is asked what becomes of those. A callback."""
    stops = stops_enrollments()
    if stops is None and _has_enrollments(target):
        acting.ask("archive", target)
    else:
        acting.act("archive", target, stop_enrollments=stops is not False)


def restore(target: acting.Target) -> None:
    """A callback."""
    acting.act("restore", target)


def stops_enrollments() -> bool | None:
    """What the person answered; None: not asked yet."""
    with session.store().read() as reader:
        answer: bool | None = people.preference(reader, session.actor().id, STOPS)
    return answer


def remember_stops(stops: bool | None) -> None:
    """What archiving does to live enrollments from now on; None: ask the next time."""
    session.store().write(session.actor(), people.prefer, STOPS, stops)


def _has_enrollments(target: acting.Target) -> bool:
    meant = acting.chosen(target)
    if not 0 < len(meant) <= bulk.AT_ONCE:  # a preview asks for itself
        return False
    seen = bulk.preview(session.store(), session.actor(), bulk.action("archive"), meant)
    return any("enrollment" in note for note in seen.notes)
