"""Which rows of how many, and the way to the others: by keyset, so there are no page numbers to type."""

from dataclasses import dataclass, replace
from datetime import date

import streamlit as st

from core.conversations import Page
from core.custom import Field
from pages.ui import address, url
from pages.ui.plain import plain

JUMPS = {"activity": ("Day", "date"), "name": ("Beginning of the name", "text"), "amount": ("Amount", "amount")}
"""Of each order: what is asked for, and what kind of value that is."""

FIRST_DAY, LAST_DAY = date(address.YEARS[0], 1, 1), date(address.YEARS[-1], 12, 31)


@dataclass(frozen=True)
class Shown:
    """The page on screen: how many rows, the cursors of its ends, whether there is more, and how many the list has."""

    rows: int
    first: str | None
    last: str | None
    has_before: bool
    has_after: bool
    total: int | None  # None: not counted to the end
    counted: str  # such as “81,203 conversations”

    @classmethod
    def of(cls, page: Page, is_backward: bool, total: int | None, counted: str) -> "Shown":
        """Of a page as found; a phrase that was not looked for to the end goes on from where it stopped."""
        first = page.scanned_to or page.first if is_backward else page.first
        last = page.last if is_backward else page.scanned_to or page.last
        return cls(len(page.rows), first, last, page.has_before, page.has_after, total, counted)

    def row(self, place: url.Place) -> int | None:
        """How many rows of the list lie in front of the page; None when that is not known."""
        if place.ticked_from is not None:
            return place.ticked_from
        if place.is_last and self.total is not None:
            return max(0, self.total - self.rows)
        if place.row == 0 and (place.at or place.after or place.before):
            return None  # an address that does not say
        is_true = place.row is None or self.total is None or place.row + self.rows <= self.total
        return place.row if is_true and self.rows else None

    def next(self, place: url.Place) -> url.Place:
        """The page after this one."""
        row = self.row(place)
        if place.ticked_from is not None:
            return replace(place, ticked_from=place.ticked_from + self.rows)
        return replace(place.first_page(), after=self.last or "", row=None if row is None else row + self.rows)

    def previous(self, place: url.Place) -> url.Place:
        """The page before this one."""
        row = self.row(place)
        if place.ticked_from is not None:
            return replace(place, ticked_from=max(0, place.ticked_from - place.size))
        if row is not None and row <= place.size:
            return place.first_page()
        return replace(place.first_page(), before=self.first or "", row=None if row is None else row - place.size)

    def edge(self, place: url.Place, is_last: bool) -> url.Place:
        """The first or the last page."""
        if place.ticked_from is not None:
            return replace(place, ticked_from=self._last_start(place.size) if is_last else 0)
        return replace(place.first_page(), is_last=True, row=None) if is_last else place.first_page()

    def _last_start(self, size: int) -> int:
        return max(0, (self.total or 0) - 1) // size * size


def bar(place: url.Place, shown: Shown, field: Field | None) -> None:
    """First, previous, next, last; which rows these are; page size; a jump to a value. `field`: that by which the list
    is sorted, if one of one's own.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="conversations.pager"):
        _step("first_page", "First page", shown.edge(place, False), shown.has_before)
        _step("chevron_left", "Previous page", shown.previous(place), shown.has_before)
        st.text(said(shown.row(place), shown))
        _step("chevron_right", "Next page", shown.next(place), shown.has_after)
        _step("last_page", "Last page", shown.edge(place, True), shown.has_after)
        _size(place)
        if place.ticked_from is None:
            _jump(place, field)


def said(row: int | None, shown: Shown) -> str:
    """Such as “rows 4,001–4,100 of 81,203 conversations”."""
    if row is None:
        return f"{shown.rows:,} rows of {shown.counted}"
    return f"rows {row + 1:,}–{row + shown.rows:,} of {shown.counted}"


def _step(icon: str, label: str, target: url.Place, is_possible: bool) -> None:
    st.button(
        label,
        icon=f":material/{icon}:",
        key=f"conversations.pager.{icon}",
        disabled=not is_possible,
        type="tertiary",
        on_click=lambda: url.go(replace(target, opened=url.now().opened)),
    )


def _size(place: url.Place) -> None:
    key = "conversations.pager.size"
    if st.session_state.get(key) != place.size:
        st.session_state[key] = place.size

    def choose() -> None:
        url.go(replace(url.now().first_page(), size=st.session_state[key]))

    st.selectbox(
        "Rows on a page",
        url.SIZES,
        key=key,
        on_change=choose,
        format_func=lambda size: f"{size} rows",
        label_visibility="collapsed",
        width=120,
    )


def _jump(place: url.Place, field: Field | None) -> None:
    """To the rows from a day, a beginning of a text or an amount on, in the order shown."""
    key = f"conversations.pager.at.{place.by}"
    label = plain(field.name) if field else JUMPS[place.by][0]
    kind = field.kind if field else JUMPS[place.by][1]

    def jump() -> None:
        now, value = url.now(), st.session_state[key]
        # Leaving the field by a click on a header sorts first: what was typed says nothing in the new order.
        if value not in (None, "") and now.by == place.by:
            url.go(replace(now.first_page(), at=f"{value:f}" if isinstance(value, float) else str(value), row=None))

    with st.popover("Go to", key="conversations.pager.jump", type="tertiary"):
        if kind == "date":
            st.date_input(label, value=None, key=key, on_change=jump, min_value=FIRST_DAY, max_value=LAST_DAY)
        elif kind in {"text", "choice"}:
            st.text_input(label, key=key, on_change=jump, max_chars=40)
        else:
            st.number_input(label, value=None, min_value=0 if kind == "amount" else None, key=key, on_change=jump)
