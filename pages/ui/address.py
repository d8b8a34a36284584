"""The address of a page, read and written part by part; and the place it stands for, which the session keeps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

import streamlit as st

from core.errors import Invalid

TEXT_LIMIT = 300
LIST_LIMIT = 200
YEARS = range(1970, 2200)

P = TypeVar("P")


@dataclass(frozen=True)
class Part:
    """One name in the address: the field it stands for, how it is read and how it is written."""

    field: str
    read: Callable[[list[str]], Any]
    write: Callable[[Any], Any] = str


def read(params: Mapping[str, list[str]], known: Mapping[str, Part]) -> tuple[dict[str, Any], list[str]]:
    """The fields that an address sets, and the names in it that could not be used."""
    found, left_out = {}, []
    for name, part in known.items():
        if name not in params:
            continue
        try:
            found[part.field] = part.read(params[name])
        except (ValueError, OverflowError, Invalid):
            left_out.append(name)
    return found, left_out


def written(what: object, usual: object, known: Mapping[str, Part]) -> dict[str, Any]:
    """The address of a place; what is as usual is left out."""
    pairs = ((name, part, getattr(what, part.field)) for name, part in known.items())
    return {name: part.write(value) for name, part, value in pairs if value != getattr(usual, part.field)}


def one(values: list[str]) -> str:
    """A text."""
    is_odd = any(c == "\0" or "\ud800" <= c <= "\udfff" for c in "".join(values))  # no database holds them
    if len(values) != 1 or len(values[0]) > TEXT_LIMIT or is_odd:
        raise ValueError(values)
    return values[0]


def number(values: list[str]) -> int:
    """A number that is not negative, such as an id."""
    text = one(values)
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise ValueError(text)
    return int(text)


def numbers(values: list[str]) -> tuple[int, ...]:
    """A list of them."""
    return tuple(number([value]) for value in values[:LIST_LIMIT])


def texts(values: list[str]) -> tuple[str, ...]:
    """A list of texts."""
    return tuple(one([value]) for value in values[:LIST_LIMIT])


def among(*allowed: Any) -> Callable[[list[str]], Any]:
    """One of these, as `str` writes them."""
    known = {str(value): value for value in allowed}

    def read_one(values: list[str]) -> Any:
        if one(values) not in known:
            raise ValueError(values)
        return known[values[0]]

    return read_one


def truth(values: list[str]) -> bool:
    """1 or 0."""
    return bool(among(0, 1)(values))


def flag(value: bool) -> str:
    """How `truth` is written."""
    return str(int(value))


def day(values: list[str]) -> date:
    """A day such as 2026-01-31."""
    found = date.fromisoformat(one(values))
    if found.year not in YEARS:
        raise ValueError(values)
    return found


class Kept(Generic[P]):
    """Where somebody is on one page.

    A click is answered from what this session knows; the address counts when nobody clicked: a link, back, forward.
    """

    def __init__(
        self,
        name: str,
        usual: P,
        read_all: Callable[[Mapping[str, list[str]]], tuple[P, list[str]]],
        write: Callable[[P], dict[str, Any]],
    ) -> None:
        self.state, self.moved = f"{name}.place", f"{name}.moved"
        self._written, self._follow, self._left = f"{name}.written", f"{name}.follow", f"{name}.left"
        self._usual, self._read, self._write = usual, read_all, write

    def current(self) -> tuple[P, list[str], bool]:
        """The place of this run, the names that were ignored, and whether the widgets must follow it."""
        own = st.session_state
        params = {name: st.query_params.get_all(name) for name in st.query_params}
        if own.pop(self.moved, False) or (self.state in own and params == own.get(self._written)):
            return own[self.state], [], own.pop(self._follow, False)
        place, ignored = self._read(params)
        if own.pop(self._left, False) and len(ignored) == len(params):
            place, ignored = own[self.state], []
        own.pop(self._follow, None)
        self.keep(place)
        own[self._written] = params
        return place, ignored, True

    def now(self) -> P:
        """The place, for callbacks."""
        found: P = st.session_state.get(self.state, self._usual)
        return found

    def go(self, place: P) -> None:
        """Move to a place; the browser's back leads to the former one. For callbacks."""
        former = st.session_state.get(self._written)
        params = self.lead(place)
        if st.session_state[self._written] != former:
            st.query_params.from_dict(params)

    def lead(self, place: P) -> dict[str, Any]:
        """The address with which another page, that shows nothing of its own any more, switches to this place."""
        self.keep(place)
        params = self._write(place)
        listed = {name: list(map(str, value if isinstance(value, list) else [value])) for name, value in params.items()}
        st.session_state[self.moved], st.session_state[self._written] = True, listed
        return params

    def leave(self) -> None:
        """Another page is about to be switched to. Streamlit leaves the address of that one here, and the browser's
        back comes by it: it means the place that was left.
        """
        st.session_state[self._left] = True

    def follow(self) -> None:
        """The place was changed elsewhere than in the widgets that show it: they follow in the next run. For
        callbacks.
        """
        st.session_state[self._follow] = True

    def stay(self) -> None:
        """Something was clicked that does not change the place: an address still under way must not be taken for a
        move.
        """
        if self.state in st.session_state:
            st.session_state[self.moved] = True

    def keep(self, place: P) -> None:
        """This is the place from now on, though the address says otherwise."""
        st.session_state[self.state] = place
