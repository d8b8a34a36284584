"""The fixed colours of tags and of the grid; a tag stores a place in the palette, never a colour."""

from dataclasses import dataclass

import streamlit as st

from pages.ui import components

PALETTE: tuple[tuple[str, str], ...] = (
    ("Slate", "#4b5a6b"),
    ("Blue", "#0b62b3"),
    ("Green", "#1b7741"),
    ("Amber", "#8a5a00"),
    ("Red", "#b3261e"),
    ("Purple", "#6d3fa3"),
    ("Teal", "#00707d"),
    ("Pink", "#ad2f76"),
    ("Orange", "#a8430f"),
    ("Olive", "#556000"),
    ("Indigo", "#3c4bb0"),
    ("Brown", "#77493a"),
)
"""Name and colour; each carries white text at a contrast of at least 4.5 : 1."""


@dataclass(frozen=True)
class Shades:
    """The colours of the theme in force, for what draws itself."""

    is_dark: bool
    background: str
    raised: str
    text: str
    faint: str
    line: str
    accent: str


def shades() -> Shades:
    """The theme the browser shows, as far as the last rerun knows it."""
    dark = st.context.theme.type == "dark"
    return _of("dark") if dark else _of("light")


def _of(kind: str) -> Shades:
    dark = kind == "dark"

    def option(name: str, otherwise: str) -> str:
        return st.get_option(f"theme.{kind}.{name}") or st.get_option(f"theme.{name}") or otherwise

    return Shades(
        is_dark=dark,
        background=option("backgroundColor", "#0f1419" if dark else "#ffffff"),
        raised=option("secondaryBackgroundColor", "#1a2129" if dark else "#f3f5f7"),
        text=option("textColor", "#e8ecf0" if dark else "#1b2530"),
        faint="#9aa7b4" if dark else "#586674",
        line=option("borderColor", "#2c3640" if dark else "#dde3e8"),
        accent=option("primaryColor", "#5aa9e6" if dark else "#0b62b3"),
    )


def choose(key: str, usual: int = 0) -> int:
    """A place in the palette, picked by eye."""
    if key not in st.session_state:
        st.session_state[key] = usual

    def picked() -> None:
        if (place := st.session_state[f"{key}.discs"].picked) in range(len(PALETTE)):
            st.session_state[key] = place

    data = {"palette": [list(pair) for pair in PALETTE], "chosen": st.session_state[key]}
    components.mount("swatches", f"{key}.discs", data, on_picked_change=picked)
    chosen: int = st.session_state[key]
    return chosen
