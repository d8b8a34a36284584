"""A table of texts from data, each line of which may open something."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from pages.ui import components, url

INBOX = "inbox/conversations.py"


@dataclass(frozen=True)
class Row:
    """A line. `id`: of what it opens; `href`: the address of that; blank: it opens nothing. `links`: the same for cells
    that open something of their own, by their place.
    """

    cells: tuple[str, ...]
    id: int | None = None
    href: str = ""
    links: Mapping[int, str] = field(default_factory=dict)


def show(key: str, heads: Sequence[str], rows: Sequence[Row], numbers: Collection[int] = (), label: str = "") -> Any:
    """Draw it; the id of the line that was just opened, or None; for a cell of its own (line, place). `numbers`: the
    columns of figures.
    """

    def opened() -> None:
        said = st.session_state[key].open
        st.session_state[f"{key}.opened"] = tuple(said) if isinstance(said, list) else said

    drawn = [{"cells": row.cells, "id": row.id, "href": row.href, "links": _links(row)} for row in rows]
    data = {"heads": heads, "rows": drawn, "numbers": list(numbers), "label": label}
    components.mount("table", key, data, on_open_change=opened)
    return st.session_state.pop(f"{key}.opened", None)


def _links(row: Row) -> list[str]:
    return [row.links.get(place, "") for place in range(len(row.cells))] if row.links else []


def of_contacts(
    key: str, heads: Sequence[str], rows: Sequence[tuple[int, tuple[str, ...]]], label: str,
    leave: Callable[[], None] = lambda: None,
) -> None:  # fmt: skip
    """Lines about contacts, each of which opens the conversation; `leave` is called just before."""
    linked = [Row(cells, id_, "/?" + urlencode(_address(id_))) for id_, cells in rows]
    chosen = show(key, heads, linked, label=label)
    if isinstance(chosen, int):
        leave()
        st.switch_page(INBOX, query_params=_address(chosen))


def _address(contact_id: int) -> dict[str, Any]:
    return url.write(url.Place(opened=contact_id))
