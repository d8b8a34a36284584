"""The light-gray bar with the name over an open conversation: archive, flame, tag, stage, and the way on."""

import secrets

import streamlit as st

from core import bulk
from core.conversations import Conversation
from pages.ui import acting, actions, ask_follow_up, desk, ez, frame, reader, selected, session, url, workthrough
from pages.ui.acting import Target
from pages.ui.places import here
from pages.ui.workthrough import Queue


def name(shown: Conversation) -> None:
    """The name, cut where the bar ends, and the phone below it."""
    with st.container(key="reader.who", width="stretch", gap=None):
        with st.container(key="reader.name"):
            st.text(reader.title(shown))
        if shown.name != shown.phone:
            with st.container(key="reader.number"):
                st.text(here().national(shown.phone))


def verbs(shown: Conversation, queue: Queue | None = None) -> None:
    """What can be done to this one conversation, by the same verbs as to many."""
    target = Target(shown.id)
    acting.read_now(shown.id)
    if shown.is_archived:
        _button("Unarchive", "unarchive", "restore", _act, "restore", target)
    else:
        _button("Archive", "archive", "archive", _archive, target, queue is not None)
    flame, hint = ("not_hot", "No longer a hot lead (h)") if shown.is_hot else ("hot", "Mark as hot lead (h)")
    _button("Hot lead", "local_fire_department", flame, _act, flame, target, hint=hint)
    _button("Tag", "label", "tag", acting.ask, "tag", target, hint="Add tags (t)")
    if shown.is_due:
        _button("Follow-up done", "notifications_active", "follow_up_done", _act, "follow_up_done", target)
    else:
        hint = f"Follow-up: {ask_follow_up.written(shown.follow_up_at)}" if shown.follow_up_at else "Follow up (f)"
        _button("Follow up", "schedule", "follow_up", acting.ask, "follow_up", target, hint=hint)
    _button("Stage", "conversion_path", "move", acting.ask, "move", target, hint="Set stage (s)")
    ez.buttons(shown)


def beside(place: url.Place, shown: Conversation) -> None:
    """The bar next to the list."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="reader.bar"):
        name(shown)
        is_ticked = bool(desk.state().ticks.among([shown.id]))
        icon = "check_circle" if is_ticked else "radio_button_unchecked"
        label = "Unselect" if is_ticked else "Select"
        _button(label, icon, "tick", selected.toggle, shown.id, hint=f"{label} this conversation (x)")
        verbs(shown)
        _button("Previous", "keyboard_arrow_up", "previous", desk.step, -1, hint="Previous conversation (k)")
        _button("Next", "keyboard_arrow_down", "next", desk.step, 1, hint="Next conversation (j)")
        with st.container(key="reader.own", width="content"):
            own = url.write(place)  # so that it finds back to this list
            st.page_link("inbox/contact.py", label="Own page", icon=":material/open_in_full:", query_params=own)
        _button("Close", "close", "close", desk.close, hint="Close (Esc)")


def queued(place: url.Place, shown: Conversation, queue: Queue) -> None:
    """The bar while working through a list."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="reader.bar"):
        name(shown)
        st.text(workthrough.said(queue, place))
        verbs(shown, queue)
        _button("Previous", "keyboard_arrow_up", "previous", workthrough.step, -1, hint="Previous conversation (k)")
        _button("Next", "keyboard_arrow_down", "next", workthrough.step, 1, hint="Next conversation (j)")
        _button("Back to the list", "logout", "close", workthrough.leave, hint="Back to the list (Esc)")


def _button(label: str, icon: str, key: str, act: object, *args: object, hint: str | None = None) -> None:
    allowed = key not in bulk.KINDS or acting.may(session.actor(), key, 1)
    st.button(
        label, icon=f":material/{icon}:", key=f"reader.{key}", type="tertiary", on_click=act, args=args, help=hint,
        disabled=not allowed,
    )  # fmt: skip


def _act(name_: str, target: Target) -> None:
    if not frame.is_echo("reader"):
        acting.act(name_, target, secrets.token_hex(16))


def _archive(target: Target, goes_on: bool) -> None:
    if frame.is_echo("reader"):
        return
    actions.archive(target)
    if goes_on and acting.asked() is None and url.now().opened == target.conversation:
        workthrough.step(1)
