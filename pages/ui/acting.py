"""Acting on conversations: at once where it is few, after a preview where it is many; each start has one request id."""

import hashlib
import secrets
from dataclasses import dataclass, field, replace

import streamlit as st

from core import bulk, clock
from core.access import Actor, Right
from core.bulk import Action, Selection
from core.errors import AppError
from pages.ui import desk, frame, selection, session, url

READ_AT = "acting.read_at"
ASKED = "acting.asked"


@dataclass(frozen=True)
class Target:
    """Whom an action is meant for: one conversation, or (None) those that are selected in the list."""

    conversation: int | None = None


@dataclass(frozen=True)
class Asked:
    """The dialog that is open: its name, whom it is about, and the id under which its one start will be known."""

    name: str
    target: Target
    request_id: str
    action: Action | None = None  # what a preview shows
    chosen: Selection | None = None
    clears: bool = False  # it is meant for the selection in the list, which is done with afterwards
    opening: str = field(default_factory=secrets.token_hex)  # the same question asked anew is looked at anew


TICKED = Target()


def may(actor: Actor, name: str, n: int) -> bool:
    """Whether the actor holds the rights for this kind of action on so many rows."""
    needed = [*bulk.KINDS[name].rights, *([Right.CONVERSATION_BULK] if n > 1 else [])]
    return all(actor.may(right) for right in needed)


def chosen(target: Target) -> Selection:
    """The selection an action would be given now."""
    if target.conversation is not None:
        read_at = st.session_state.get(READ_AT, {}).get(target.conversation)
        return bulk.choose("ticked", [target.conversation], chosen_at=read_at)
    ticks = desk.state().ticks
    times = [*ticks.times.values(), *([ticks.frozen.at] if ticks.frozen else [])]
    words = ticks.frozen.said if ticks.frozen else ""
    kind = "all" if ticks.frozen else "ticked"
    return bulk.choose(kind, ticks.all_ids.tolist(), words=words, chosen_at=min(times, default=None))


def read_now(conversation: int) -> None:
    """This conversation is shown now: what comes in later was not seen by who acts on it."""
    st.session_state[READ_AT] = {conversation: clock.now()}


def ask(name: str, target: Target) -> None:
    """Open a dialog. A callback."""
    url.stay()
    if target.conversation is not None or desk.state().ticks.n:
        st.session_state[ASKED] = Asked(name, target, request_id(target, name))


def asked() -> Asked | None:
    """The dialog that is open."""
    found: Asked | None = st.session_state.get(ASKED)
    return found


def close() -> None:
    """No dialog is open any more. A callback, too."""
    st.session_state.pop(ASKED, None)


def act(name: str, target: Target, request: str | None = None, **params: object) -> None:
    """Do it, or show first what it would do when it is much. A callback."""
    url.stay()
    if target.conversation is None and not desk.state().ticks.n:
        return
    action = bulk.action(name, **params)
    request = request or request_id(target, repr(action))
    meant = chosen(target)
    what = Asked("preview", target, request, action, meant, clears=target.conversation is None)
    if len(meant) <= bulk.AT_ONCE:
        carry_out(what)
    else:
        look_at(what)


def look_at(what: Asked) -> None:
    """Show what it would do. A callback."""
    url.stay()
    st.session_state[ASKED] = what


def offered(action: Action, meant: Selection, request: str) -> Asked:
    """What was offered elsewhere than in the list, under the request id of that offer."""
    return Asked("preview", TICKED, request, action, meant)


def at_once(action: Action, meant: Selection, request: str) -> None:
    """Start what was offered elsewhere than in the list; what is much is shown first. A callback."""
    what = offered(action, meant, request)
    if len(meant) <= bulk.CONFIRM_ABOVE:
        carry_out(what)
    else:
        look_at(what)


def carry_out(what: Asked) -> bool:
    """Start it, tell the frame, and clear the selection it was meant for; False, with the reason told, when refused."""
    if what.action is None or what.chosen is None:
        return False
    try:
        event_id = bulk.start(session.store(), session.actor(), what.action, what.chosen, what.request_id)
    except AppError as refused:
        frame.tell(str(refused))
        return False
    session.wake()
    frame.did(event_id)
    close()
    if what.clears:
        desk.keep(selection.clear(desk.state()))
        url.go(replace(url.now(), ticked_from=None))
    return True


def request_id(target: Target, what: str) -> str:
    """One for each meant action: a double click, a reload or a lost answer gives the same one again."""
    if target.conversation is not None:
        return secrets.token_hex(16)
    ticks = desk.state().ticks
    meant = hashlib.sha256(f"{ticks.stamp} {what} ".encode())
    meant.update(ticks.all_ids.tobytes())
    return meant.hexdigest()[:32]
