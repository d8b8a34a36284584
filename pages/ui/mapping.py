"""Which column of a file becomes what: as recognised, and as the person wants it."""

from collections.abc import Mapping

import streamlit as st

from core.transfer.peek import Peek
from core.transfer.presets import FIELDS, NEEDED, OURS, folded
from pages.ui import uploads
from pages.ui.uploads import Draft

LEFT_OUT = ""
LONGEST = 60
WORDS = {
    LEFT_OUT: "not imported",
    "zip_code": "ZIP code",
    "date_of_birth": "date of birth",
    "created_at": "created at",
    "sent_at": "sent at",
    "entered_at": "entered at",
    "closed_at": "closed at",
    "external_id": "id in the other product",
    "from_phone": "sender's phone",
    "to_phone": "receiver's phone",
    "name": "full name",
    "email": "e-mail",
    "opportunities": "deals in one cell",
    "contact_name": "contact's name",
}


def recognised(draft: Draft, seen: Peek) -> None:
    """What the file seems to be, or why nobody can tell."""
    if seen.preset is None and not missing(draft):
        st.success("Columns as you chose them.", icon=":material/check_circle:")
    elif seen.preset is None:
        st.warning("Not recognised.", icon=":material/help:")
        st.text(seen.refusal)
        if seen.is_for:
            label = f"Import it as {seen.is_for}"
            st.button(label, key="imports.switch", type="primary", on_click=uploads.switch, args=(seen.is_for,))
        else:
            st.text("Choose below what its columns are, or choose another kind above.")
    elif seen.preset.key == "own":
        st.success("Recognised by the names of its columns.", icon=":material/check_circle:")
    else:
        st.success(f"Recognised: {seen.preset.title}", icon=":material/check_circle:")


def editor(draft: Draft) -> None:
    """A row for each column: its name, what stands in it, what it becomes. What is left out can be shown as well."""
    seen = draft.seen
    if seen is None or seen.is_for:
        return
    columns = [n for n, name in enumerate(seen.columns) if name.strip() and not folded(name).startswith(OURS)]
    unused = [n for n in columns if seen.columns[n] not in seen.mapping]
    is_long = len(columns) > 12 and 3 < len(unused) < len(columns)
    with st.expander("Columns", expanded=not _is_clear(draft), icon=":material/view_column:"):
        shows_all = not is_long or st.toggle(
            f"Show the {len(unused)} columns that are not imported, too", key=f"imports.map.all.{draft.serial}"
        )
        for n in columns:
            if shows_all or n not in unused:
                _row(draft, n, seen.columns[n], seen.samples[n])
    _missing(draft)


def _is_clear(draft: Draft) -> bool:
    seen = draft.seen
    return seen is not None and seen.preset is not None and seen.preset.key != "own"


def _row(draft: Draft, n: int, name: str, samples: tuple[str, ...]) -> None:
    key = f"imports.map.{draft.serial}.{n}"
    options = [LEFT_OUT, *FIELDS[draft.kind], *draft.own]

    def choose() -> None:
        draft.mapping = changed(draft.mapping, name, st.session_state[key])

    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{key}.row"):
        with st.container(width="stretch", gap=None):
            st.text(_short(name))
            with st.container(key=f"{key}.samples"):
                st.text(_short(" · ".join(samples)) or "(always empty)")
        st.selectbox(
            f"Column {n + 1} becomes",
            options,
            index=options.index(draft.mapping.get(name, LEFT_OUT)),
            format_func=lambda field: draft.own[field]["name"] if field in draft.own else word(field),
            key=key,
            on_change=choose,
            label_visibility="collapsed",
            width=190,
        )


def changed(mapping: Mapping[str, str], name: str, wanted: str) -> dict[str, str]:
    """The mapping with one column changed. Columns keep their order, in which those of one field count."""
    if wanted:
        return {**mapping, name: wanted}
    return {column: field for column, field in mapping.items() if column != name}


def word(field: str) -> str:
    """A field as people call it."""
    return WORDS.get(field, field.replace("_", " "))


def heading(field: str) -> str:
    """The same over a column."""
    said = word(field)
    return said[:1].upper() + said[1:]


def missing(draft: Draft) -> list[str]:
    """Fields that are needed and have no column yet."""
    given = set(draft.mapping.values())
    if {"from_phone", "to_phone"} <= given:
        given.add("phone")
    return [field for field in NEEDED[draft.kind] if field not in given]


def _missing(draft: Draft) -> None:
    lacking = missing(draft)
    if lacking:
        names = ", ".join(word(field) for field in lacking)
        st.warning(f"Still needed: a column that is the {names}.", icon=":material/rule:")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
