"""The one door to the grid component: one grid, never mounted anew, of constant code; data travels as rows."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from st_aggrid import AgGrid, JsCode, StAggridTheme
from st_aggrid.collectors import CustomResponse

from core import clock, custom
from core.custom import Field
from core.words import straight
from pages.ui import colours
from pages.ui.selection import Column, GridState, Report, reduce

ASSETS = Path(__file__).parent / "assets"
HEIGHT = 600  # the style sheet stretches the grid to the window; this is what it falls back to
KEY = "conversations.grid"

COLUMNS = {
    "bubble": ("", 54),
    "name": ("Name", 180),
    "phone": ("Phone", 128),
    "snippet": ("Last message", 340),
    "tags": ("Tags", 172),
    "stage": ("Stage", 112),
    "amount": ("Amount", 96),
    "owner": ("Owner", 110),
    "activity": ("Activity", 104),
}
"""Each column's header and first width in pixels, in their first order."""

OWN_WIDTH = 130
STRETCHES = "snippet"
CARD = {"sortable": False, "hide": True}
FIRST = {"sortable": False, "resizable": False, "lockPosition": "left", "cellClass": "tight", "headerClass": "tight"}


def _code(text: str) -> str:
    # The marked text, not the JsCode object: AgGrid would replace the objects inside the constant below.
    return JsCode(text).js_code


def _asset(name: str, **constants: object) -> str:
    text = (ASSETS / name).read_text(encoding="utf-8")
    for placeholder, value in constants.items():
        text = text.replace(placeholder, json.dumps(value))
    return text


def _column(name: str, renderer: str, **more: object) -> dict[str, object]:
    header, width = COLUMNS[name]
    return {"field": name, "headerName": header, "width": width, "cellRenderer": renderer, **more}


OPTIONS: dict[str, Any] = {
    "context": _code(_asset("grid.js", PALETTE=[color for _, color in colours.PALETTE], STYLES=_asset("grid.css"))),
    "components": _code(_asset("cells.js")),
    "columnDefs": [
        _column("bubble", "Bubble", headerComponent="TickPage", **FIRST),
        {"field": "id", "colId": "card", "headerName": "Conversation", "cellRenderer": "Card", **CARD},
        _column("name", "Name"),
        _column("phone", "Parts", sortable=False),
        _column("snippet", "Snippet", sortable=False, flex=1, minWidth=160),
        _column("tags", "Tags", sortable=False),
        _column("stage", "Parts", sortable=False),
        _column("amount", "Parts", type="rightAligned"),
        _column("owner", "Parts", sortable=False),
        _column("activity", "Activity", sortingOrder=["desc", "asc"]),
    ],
    "defaultColDef": {
        "comparator": _code("function () { return 0; }"),  # the server has sorted the whole result
        "sortingOrder": ["asc", "desc"],
        "minWidth": 54,
        "suppressHeaderMenuButton": True,
        "unSortIcon": True,  # who looks at the header sees by which columns the list can be ordered
    },
    "getRowId": _code("function (row) { return row.data.id; }"),
    "getRowHeight": _code("function (row) { return row.context.height(); }"),
    "rowClassRules": {"open": _code("function (row) { return row.context.isOpen(row.data); }")},
    "rowSelection": {"mode": "multiRow", "checkboxes": False, "headerCheckbox": False, "enableClickSelection": False},
    "onFirstDataRendered": _code("function (grid) { grid.context.follow(grid.api); }"),
    "onRowDataUpdated": _code("function (grid) { grid.context.follow(grid.api); }"),
    "onGridSizeChanged": _code("function (grid) { grid.context.arrange(grid.api); }"),
    # When the browser's theme changes, the component hands over an empty one and the grid would turn white.
    "onGridReady": _code(
        "function (grid) { var update = grid.api.updateGridOptions.bind(grid.api);"
        " grid.api.updateGridOptions = function (o) { if ('theme' in o && !o.theme) { delete o.theme; } update(o); }; }"
    ),
    "animateRows": False,  # a page of other rows is no movement of rows
    "overlayNoRowsTemplate": "<span></span>",
    "suppressCellFocus": False,
    "suppressColumnVirtualisation": True,
    "suppressDragLeaveHidesColumns": True,
    "suppressMultiSort": True,
}
"""Constant, and without any data: strings in here may be run as code."""

REPORT = JsCode("function (a) { return a.eventData.context.report(a.streamlitRerunEventTriggerName, a.eventData); }")
IS_OWN = JsCode("function (a) { return a.eventData.context.isOwn(a.streamlitRerunEventTriggerName, a.eventData); }")
REPORTED = ["selectionChanged", "sortChanged", "cellClicked", "cellKeyDown", "columnMoved", ("columnResized", 300)]


def offered(fields: Sequence[Field]) -> dict[str, tuple[str, int]]:
    """COLUMNS, and those of the fields of one's own, which are hidden until they are chosen."""
    return COLUMNS | {custom.key(field.id): (field.name, OWN_WIDTH) for field in fields if not field.is_retired}


def show(
    rows: pd.DataFrame,
    state: GridState,
    view: dict[str, Any],
    on_report: Callable[[Report], None],
    fields: Sequence[Field] = (),
) -> None:
    """Draw one page of rows as `rows.for_grid` made them; `on_report` hears, before the next run, what the person did.

    `view`: beside (a conversation stands next to the list), open (its id as text, or blank), sort, and top (a text that
    differs from page to page).
    """

    def changed(response: CustomResponse) -> None:
        on_report(reduce(st.session_state[KEY + ".state"], response.raw_data, clock.now()))

    st.session_state[KEY + ".state"] = state
    shades = colours.shades()
    key = f"{KEY}.{'dark' if shades.is_dark else 'light'}"
    # Streamlit forgets the widgets of a page that is left, and this one by its key when the theme changes.
    is_mounted = key in st.session_state
    columns = _columns(state.columns, fields)
    sent = _stamped(rows, state, {**view, "columns": columns, "version": state.version}, is_mounted)
    AgGrid(
        sent,
        OPTIONS,
        height=HEIGHT,
        key=key,
        callback=changed,
        data_return_mode="CUSTOM",
        allow_unsafe_jscode=True,
        custom_jscode_for_grid_return=REPORT,
        should_grid_return=IS_OWN,
        update_on=REPORTED,
        theme=_theme(shades),
    )


def _stamped(rows: pd.DataFrame, state: GridState, view: dict[str, Any], is_mounted: bool) -> pd.DataFrame:
    """The rows with ticks and view; the very frame of the last run while nothing but the person's own ticks changed.

    A frame with fresh ticks after every tick would be sent to the browser each time.
    """
    base = rows.assign(view=[json.dumps(view), *[""] * (len(rows) - 1)] if len(rows) else [])
    last_base, last_sent = st.session_state.get(KEY + ".sent", (None, None))
    if not is_mounted or last_base is None or not base.equals(last_base):
        shown = [int(row_id) for row_id in base["id"]]
        selected = state.ticks.among(shown)
        ticked = [row_id in selected for row_id in shown]
        last_base, last_sent = base, base.assign(ticked=pd.Series(ticked, dtype=bool, index=base.index))
        st.session_state[KEY + ".sent"] = (last_base, last_sent)
    return last_sent.copy()


def _columns(chosen: tuple[Column, ...], fields: Sequence[Field]) -> list[dict[str, object]]:
    """Those of fields come with their name and the side on which they stand: the grid does not know them yet."""
    known = offered(fields)
    own = {custom.key(each.id): {"header": straight(each.name), "right": each.kind == "number"} for each in fields}
    kept = {column.name: column for column in chosen if column.name in known}
    order = dict.fromkeys(["bubble", *kept, *COLUMNS])
    listed = []
    for name in order:
        column = kept.get(name, Column(name, known[name][1], hidden=False))
        drawn = {"name": name, "width": column.width, "hidden": column.hidden, "stretches": name == STRETCHES}
        listed.append(drawn | own.get(name, {}))
    return listed


def _theme(shades: colours.Shades) -> StAggridTheme:
    return StAggridTheme("quartz").withParams(
        fontFamily="'Source Sans', 'Source Sans Pro', sans-serif",
        fontSize=14,
        spacing=6,
        backgroundColor=shades.background,
        foregroundColor=shades.text,
        headerBackgroundColor=shades.raised,
        headerTextColor=shades.faint,
        chromeBackgroundColor=shades.raised,
        borderColor=shades.line,
        accentColor=shades.accent,
        rowHoverColor=shades.raised,
        selectedRowBackgroundColor=f"color-mix(in srgb, {shades.accent} 14%, {shades.background})",
        browserColorScheme="dark" if shades.is_dark else "light",
        wrapperBorderRadius=8,
    )
