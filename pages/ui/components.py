"""Our own browser components: script and style are files of ours, from this origin; data reaches them as data alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from core.words import straight

HERE = Path(__file__).parent
FAMILY = "talkdeck"
NAMES = ("board", "card", "composer", "keys", "listing", "notes", "swatches", "table", "tags", "templates", "thread",
         "wording")  # fmt: skip

_renderers: dict[str, Callable[..., object]] = {}


def mount(name: str, key: str, data: dict[str, Any], **on_change: Callable[[], None]) -> None:
    """Draw the component of assets/NAME.js; `on_drop_change=f` calls f when its script sets the trigger `drop`.

    A script given inline would be loaded from a blob, which the content security policy refuses.
    """
    full = f"{FAMILY}.{name}"
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(full) is None:
        parts = [ComponentConfig(each, "assets") for each in NAMES]
        manager.register_from_manifest(ComponentManifest(FAMILY, "1", parts), HERE)
        _renderers.clear()
    if full not in _renderers:
        _renderers[full] = st.components.v2.component(full, js=f"{name}.js", css=f"{name}.css")
    _renderers[full](key=key, data=_straight(data), **on_change)


def _straight(data: Any) -> Any:
    """The same data, in no text of which anything turns the direction of writing."""
    if isinstance(data, str):
        return straight(data)
    if isinstance(data, dict):
        return {name: _straight(value) for name, value in data.items()}
    return [_straight(value) for value in data] if isinstance(data, list | tuple) else data
