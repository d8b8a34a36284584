"""What one figure counted: every row of it, and the way to these contacts in the inbox."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core import conversations
from core.access import Right
from core.analytics.measures import Figures
from core.conversations.filters import Names
from core.errors import NotFound
from pages.ui import analytics_data, analytics_files, analytics_place, desk, session, table
from pages.ui.analytics_place import Place
from pages.ui.analytics_words import key, said, title
from pages.ui.places import here
from pages.ui.plain import many, plain

AT_ONCE, AT_A_TIME = 50, 5_000
FROM = "analytics.rows.from"
Call = Callable[[Mapping[str, Any]], str]


def show(place: Place, names: Names, about: str) -> None:
    """The list of the figure that the address names."""
    st.button("Back to the figures", icon=":material/arrow_back:", key="analytics.rows.back", type="tertiary",
              on_click=analytics_place.go, args=(place.showing(),))  # fmt: skip
    try:
        found = analytics_data.figures(place.measure, place.asked())
        column = found.measure.column(place.figure)
        cell = _cell(found, place)
    except (NotFound, StopIteration):
        st.info("There is no such figure (any more).", icon=":material/search_off:")
        return
    rows = analytics_data.rows(place.measure, place.asked(), {**cell, "column": column.name})
    parts = [key(name, value) for name, value in cell.items() if name != "group_id"] + _group(found, cell)
    words = ": ".join([found.measure.title, ", ".join([*parts, title(column.name)])])
    st.subheader(plain(words), anchor=False)
    st.text(f"{about[:1].upper()}{about[1:]}")
    st.text(counted(rows, found.measure.rows))
    with st.container(horizontal=True, gap="small", key="analytics.rows.acts"):
        _acts(rows, names, (words, about), place)
    _list(_named(rows, names), place)


def _group(found: Figures, cell: Mapping[str, Any]) -> list[str]:
    if "group_id" not in cell:
        return []
    return [str(found.frame.loc[found.frame["group_id"] == cell["group_id"], "group"].iloc[0])]


def _cell(found: Figures, place: Place) -> dict[str, Any]:
    """The keys that the address gives, as the frame has them.

    Raises: StopIteration when no line has them.
    """
    asked = {key: text for key, text in place.cells.items() if key in (*found.measure.keys, "group_id")}
    records = found.frame.to_dict("records")
    line = next(record for record in records if all(str(record.get(key)) == text for key, text in asked.items()))
    return {key: line[key] for key in asked}


def counted(rows: pd.DataFrame, noun: str) -> str:
    """How many rows, what they sum to, how many contacts; such as “12 deals, $3,400 in all, 10 contacts”."""
    plural = f"{len(rows):,} {noun[:-1]}ies" if noun.endswith("y") and len(rows) != 1 else many(len(rows), noun)
    parts = [plural]
    if "amount_cents" in rows and len(rows):
        quoted = rows["amount_cents"].dropna()
        parts.append(f"{said(int(quoted.sum()), 'cents')} in all" if len(quoted) else "no amounts")
        if 0 < len(quoted) < len(rows):
            parts.append(f"{len(rows) - len(quoted):,} without an amount")
    return ", ".join([*parts, many(rows["contact_id"].nunique(), "contact")])


def _acts(rows: pd.DataFrame, names: Names, told: tuple[str, str], place: Place) -> None:
    words, about = told
    ids = [int(id_) for id_ in rows["contact_id"].unique()]
    label = f"Open these {many(len(ids), 'contact')} in the inbox"
    if ids and st.button(label, icon=":material/forum:", key="analytics.rows.open"):
        analytics_place.leave()
        desk.open_these(ids, words)
    name = f"{place.measure}-{place.figure}"
    with_names = partial(_with_names, rows, names, _contact(Right.EXPORT_FULL))
    analytics_files.button("analytics.rows.csv", name, f"what “{words}” counted, {about}", with_names)


def _with_names(rows: pd.DataFrame, names: Names, call: Call) -> pd.DataFrame:
    called = _contacts(rows["contact_id"].unique().tolist(), call)
    return _named(rows, names).assign(contact=rows["contact_id"].map(called)).drop(columns="group_id", errors="ignore")


def _contact(right: Right) -> Call:
    """What a contact is called: by name, without one by phone, for who has the right."""
    place, may = here(), session.actor().may(right)

    def call(record: Mapping[str, Any]) -> str:
        name = f"{record['first_name']} {record['last_name']}".strip()
        return name or (place.national(record["phone"]) if may else "Contact")

    return call


def _contacts(ids: list[int], call: Call) -> dict[int, str]:
    """What these contacts are called, read a few thousand at a time."""
    called: dict[int, str] = {}
    for first in range(0, len(ids), AT_A_TIME):
        with session.store().read() as reader:
            found = conversations.page_of(reader, [int(id_) for id_ in ids[first : first + AT_A_TIME]])
        called |= {record["id"]: call(record) for record in found.to_dict("records")}
    return called


def _named(rows: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Stages and owners by name, where the rows have ids."""
    if "stage_id" in rows and "stage" not in rows:
        rows = rows.assign(stage=[names.stages.get(id_, "Not known") for id_ in rows["stage_id"]])
    if "owner_id" in rows:
        rows = rows.assign(owner=[names.owners.get(id_, "") for id_ in rows["owner_id"]])
    return rows


def _list(rows: pd.DataFrame, place: Place) -> None:
    begun, turned = st.session_state.get(FROM, (place, 0))
    first = min(turned if begun == place else 0, max(len(rows) - 1, 0) // AT_ONCE * AT_ONCE)
    page = rows.iloc[first : first + AT_ONCE]
    shown = [name for name in rows.columns if not name.endswith("_id")]
    contacts = _contacts(page["contact_id"].unique().tolist(), _contact(Right.CONTACT_PERSONAL))
    lines = [
        (int(record["contact_id"]), (contacts.get(record["contact_id"], "Contact"), *_cells(record, shown)))
        for record in page.to_dict("records")
    ]
    table.of_contacts("analytics.rows.list", ["Contact", *map(title, shown)], lines, "What the figure counted",
                      analytics_place.leave)  # fmt: skip
    if len(rows) > AT_ONCE:
        _pager(first, len(rows), place)


def _cells(record: Mapping[str, Any], shown: list[str]) -> tuple[str, ...]:
    return tuple(_text(name, record[name]) for name in shown)


def _text(name: str, value: Any) -> str:
    if pd.isna(value):
        return ""
    if name.endswith(("_at", "since")):
        return f"{here().local(int(value)):%-d %b %Y, %H:%M}"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return said(value, "cents") if name.endswith("_cents") else key(name, value)


def _pager(first: int, n: int, place: Place) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="analytics.rows.pager"):
        st.button("Previous", key="analytics.rows.previous", disabled=first == 0, on_click=_turn,
                  args=(place, first - AT_ONCE))  # fmt: skip
        st.text(f"Rows {first + 1:,}–{min(first + AT_ONCE, n):,} of {n:,}")
        st.button("Next", key="analytics.rows.next", disabled=first + AT_ONCE >= n, on_click=_turn,
                  args=(place, first + AT_ONCE))  # fmt: skip


def _turn(place: Place, first: int) -> None:
    st.session_state[FROM] = place, first
    analytics_place.stay()
