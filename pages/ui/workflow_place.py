"""Where on the page of workflows somebody is: the list, one workflow, or its editor. The address says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

PAGE = "outreach/workflows.py"
KINDS = ("workflow", "redrip")


@dataclass(frozen=True)
class Place:
    """`workflow_id`: the one that is looked at; `is_edited`: its editor is open; `new`: of which kind one is made."""

    workflow_id: int | None = None
    is_edited: bool = False
    new: str = ""

    @property
    def is_editor(self) -> bool:
        """Whether something is made or changed here."""
        return bool(self.new) or self.is_edited


LIST = Place()
LOOKED = "workflows.looked"


def now() -> Place:
    """As the address says; what cannot be used leads to the list."""
    asked = st.query_params
    if "c" in asked:  # Streamlit leaves the address of the next page here; the browser's back comes by it
        return st.session_state.get(LOOKED, LIST)
    st.session_state[LOOKED] = found = _read(asked)
    return found


def _read(asked: Mapping[str, str]) -> Place:
    if asked.get("new") in KINDS:
        return Place(new=asked["new"])
    number = asked.get("w", "")
    if number.isascii() and number.isdecimal() and len(number) <= 18:
        return Place(int(number), is_edited=asked.get("edit") == "1")
    return LIST


def address(place: Place) -> dict[str, Any]:
    """How the place is written."""
    if place.new:
        return {"new": place.new}
    if place.workflow_id is None:
        return {}
    return {"w": str(place.workflow_id), **({"edit": "1"} if place.is_edited else {})}


def go(place: Place) -> None:
    """Move there; the browser's back leads to the former place. For callbacks, or before a rerun."""
    st.query_params.from_dict(address(place))
