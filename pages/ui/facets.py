"""Beside the choices of a filter: how many conversations each of them would find."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from core.analytics import listing as screen
from core.conversations.filters import ConversationFilter
from pages.ui import session

SHOWN = 5

Facets = Mapping[str, Mapping[Any, int]]


def load(wanted: ConversationFilter) -> Facets:
    """Counts by filter and choice, under the rest of the filter; empty while nobody can tell at once."""
    with session.store().read() as reader:
        own = replace(wanted, user_id=session.actor().id)
        return screen.facets(reader, session.mirror(), own) or {}


def line(facets: Facets, name: str, names: Mapping[Any, str]) -> None:
    """The choices that find most, such as “Cold 1,204 · Warm 318 · 3 more”."""
    found = sorted(facets.get(name, {}).items(), key=lambda pair: -pair[1])
    if not found:
        return
    parts = [f"{names.get(value, 'nobody')} {n:,}" for value, n in found[:SHOWN]]
    if len(found) > SHOWN:
        parts.append(f"{len(found) - SHOWN} more")
    with st.container(key=f"conversations.facet.{name}"):
        st.text(" · ".join(parts))
