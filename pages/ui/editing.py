"""One thing of a list that is made or changed in a dialog: the ways there, which it is, and a token that makes its
fields new ones each time.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import streamlit as st

from core.errors import AppError
from pages.ui import acting, frame, session
from pages.ui.plain import plain

NEW = 0


class Numbered(Protocol):
    """What a list is of."""

    @property
    def id(self) -> int:
        """Another than that of any other in the list."""


T = TypeVar("T", bound=Numbered)


@dataclass(frozen=True)
class Editing:
    """`name`: of the list, with which the keys of what is drawn begin."""

    name: str

    def open(self, id_: Any) -> None:
        """This one is changed, or a new one made. What is no id, as from a table, opens nothing. A callback."""
        if isinstance(id_, int):
            st.session_state[self._key] = (id_, secrets.token_hex(16))
            acting.close()

    def close(self) -> None:
        """None is made or changed any more. A callback, too."""
        st.session_state.pop(self._key, None)

    def of(self, found: Iterable[T]) -> tuple[T | None, str] | None:
        """What is changed, or None for a new one, and the token; None: nothing is open."""
        id_, token = st.session_state.get(self._key, (None, ""))
        chosen = next((each for each in found if each.id == id_ != NEW), None)
        return None if chosen is None and id_ != NEW else (chosen, token)

    def do(self, verb: Any, *args: object) -> None:
        """Write it, close the dialog, and draw the page anew; a refusal is said in the dialog."""
        try:
            session.store().write(session.actor(), verb, *args)
        except AppError as refused:
            st.error(plain(str(refused)))
            return
        frame.did_last()
        self.close()
        st.rerun()

    def new_button(self, label: str) -> None:
        """The way to a new one."""
        st.button(label, icon=":material/add:", key=f"{self.name}.new", on_click=self.open, args=(NEW,))

    def line(self, id_: int, title: str, details: str, may_change: bool) -> None:
        """One of the list in two lines of text, and the way to change it."""
        with st.container(horizontal=True, vertical_alignment="center", key=f"{self.name}.line.{id_}"):
            with st.container(width="stretch", gap=None):
                st.text(title)
                st.text(details)
            if may_change:
                st.button("Change", key=f"{self.name}.change.{id_}", on_click=self.open, args=(id_,))

    @property
    def _key(self) -> str:
        return f"{self.name}.edited"
