"""The file at hand on the import page: how it comes in, where it lies, and what the person decided about it."""

import re
from dataclasses import dataclass, field
from zoneinfo import available_timezones

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.access import Actor
from core.errors import Invalid
from core.times import ORDERS
from core.transfer import KINDS, Choices, Source, imports, incoming, own
from core.transfer.decode import ENCODINGS
from core.transfer.incoming import Upload
from core.transfer.own import Offered
from core.transfer.peek import Peek, peek
from pages.ui import session
from pages.ui.trial import Trial

STATE = "imports.draft"
KIND = "imports.kind.chosen"
SERIAL = "imports.serial"
TYPES = ("csv", "tsv", "txt", "xml", "vcf")
TIMES = {"created_at", "sent_at", "entered_at", "closed_at"}
DAYS = {*TIMES, "date_of_birth"}
ZONED = re.compile(r"(Z|[+-]\d\d:?\d\d)$|^\d{9,}$")  # says its zone, or counts seconds
SLASHED = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b")
ORDER_WORDS = {"mdy": "month/day/year, as 02/10/1927", "dmy": "day/month/year, as 10/02/1927"}
EXPECTED = {
    "contacts": "One row per person, with a phone number. Exports of HubSpot, HighLevel, Chatwoot, Google, Outlook, "
    "Salesforce and Spoke are known, and vCards; any other CSV will do when its first line names the columns.",
    "messages": "One row per message: phone, direction, text and time. A Twilio log and a backup of SMS Backup & "
    "Restore are known; a contact that is not there yet is made.",
    "deals": "One row per deal: phone, pipeline and stage. Its contacts must be there already.",
    "templates": "One row per template: title and text, and if you like a folder.",
    "optouts": "One row per phone that must not be texted; if you like its date, where it comes from, and the words. "
    "A phone that is not there yet becomes a contact who is out.",
    "workflows": "One row per step: workflow, step, from and to, by the shortcuts of templates in a folder of the "
    "workflow's name. They become drafts.",
}


@dataclass
class Draft:
    """An uploaded file, and the choices so far. `serial` names its widgets, so that no other file gets their values."""

    upload: Upload
    serial: int
    encoding: str = ""
    time_zone: str = ""
    date_order: str = ""
    kind: str = ""
    seen: Peek | None = None
    refusal: str = ""
    mapping: dict[str, str] = field(default_factory=dict)
    own: Offered = field(default_factory=dict)
    trial: Trial | None = None

    @property
    def choices(self) -> Choices:
        preset = self.seen.preset.key if self.seen and self.seen.preset else "own"
        return Choices(preset, dict(self.mapping), self.encoding, self.time_zone, self.date_order, self.own)


def draft() -> Draft | None:
    """The file at hand."""
    found: Draft | None = st.session_state.get(STATE)
    return found


def kind() -> str:
    """What is imported."""

    def keep() -> None:
        st.session_state[KIND] = st.session_state["imports.kind"]

    return st.segmented_control(
        "What do you want to import?",
        KINDS,
        default=_kind(),
        format_func=str.capitalize,
        required=True,
        key="imports.kind",
        on_change=keep,
    )


def switch(wanted: str) -> None:
    """Import the file as another kind. A callback."""
    st.session_state[KIND] = st.session_state["imports.kind"] = wanted


def drop_zone() -> None:
    """Where a file is put; it goes to the disk at once and leaves the memory."""
    st.text(EXPECTED[_kind()])
    serial = st.session_state.setdefault(SERIAL, 1)
    file = st.file_uploader("File", TYPES, key=f"imports.file.{serial}", label_visibility="collapsed")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.text("Larger files, of any size, on the command line:")
        st.code(f"python -m core import {_kind()} FILE.csv", language=None, width="content")
    if file is not None:
        upload = incoming.receive(file, file.name, session.in_force())
        _release(file)
        st.session_state[SERIAL] = serial + 1
        st.session_state[STATE] = Draft(upload, serial + 1)
        st.rerun()


def file_line(draft: Draft) -> None:
    """What was uploaded, and the way to another file."""
    with st.container(horizontal=True, vertical_alignment="center", key="imports.upload"):
        with st.container(width="stretch", gap=None):
            st.text(draft.upload.name)
            st.text(size(draft.upload.size))
        st.button("Choose another file", key="imports.other", icon=":material/close:", on_click=forget)


def look_at(draft: Draft) -> Peek | None:
    """What the file seems to be; a sentence when it cannot be imported."""
    if draft.kind != _kind():
        draft.kind = _kind()
        _open(draft)
    if draft.refusal:
        st.error("This file cannot be imported as it is.", icon=":material/error:")
        st.text(draft.refusal)
    return draft.seen


def _open(draft: Draft) -> None:
    draft.seen, draft.refusal, draft.mapping = None, "", {}
    draft.serial = st.session_state[SERIAL] = st.session_state[SERIAL] + 1
    try:
        with st.spinner("Reading the file…"), draft.upload.file() as file, session.store().read() as reader:
            draft.own = own.offered(reader) if draft.kind == "contacts" else {}
            draft.seen = peek(file, draft.kind, session.in_force(), draft.encoding, draft.own)
    except Invalid as error:
        draft.refusal = str(error)
        return
    draft.mapping = dict(draft.seen.mapping)


def encoding(draft: Draft) -> None:
    """Asked only when the file is no Unicode: nobody guesses."""
    if not draft.encoding and "encoding" not in draft.refusal:
        return
    options = ["", *ENCODINGS]
    key = "imports.encoding"

    def choose() -> None:
        draft.encoding, draft.kind = st.session_state[key], ""

    st.selectbox(
        "Encoding of the file",
        options,
        index=options.index(draft.encoding),
        format_func=lambda name: name or "found out from the file",
        key=key,
        on_change=choose,
        width=360,
    )


def choices(draft: Draft) -> None:
    """How times and days are read, where the file has such as leave it open."""
    preset, usual = draft.seen.preset if draft.seen else None, session.in_force()
    is_order_known = preset is not None and preset.date_order
    with st.container(horizontal=True, gap="small", key="imports.choices"):
        if not all(map(ZONED.search, _values(draft, TIMES))):
            zones = sorted(available_timezones() | {usual.time_zone})
            at = zones.index(draft.time_zone or usual.time_zone)
            key = f"imports.zone.{draft.serial}"
            draft.time_zone = st.selectbox("Times without a zone are of", zones, index=at, key=key, width=320)
        own_days = {key for key, each in draft.own.items() if each["kind"] == "date"}
        if not is_order_known and any(map(SLASHED.match, _values(draft, DAYS | own_days))):
            orders = tuple(ORDERS)
            at = orders.index(draft.date_order or usual.date_order)
            draft.date_order = st.selectbox(
                "Days written with slashes are", orders, index=at, format_func=ORDER_WORDS.__getitem__,
                key=f"imports.order.{draft.serial}", width=320,
            )  # fmt: skip


def _values(draft: Draft, fields: set[str]) -> list[str]:
    """What stands in the columns that become one of these fields, as far as it was looked at."""
    if draft.seen is None:
        return []
    pairs = zip(draft.seen.columns, draft.seen.samples, strict=True)
    return [value for name, values in pairs if draft.mapping.get(name) in fields for value in values]


def start(actor: Actor, source: Source, request_id: str) -> int:
    """Begin the import, once for all repeats of the request; returns its event."""
    with st.spinner("Starting…"):
        return imports.start(session.store(), actor, source, request_id)


def forget() -> None:
    """Drop the file at hand. A callback, too."""
    found = st.session_state.pop(STATE, None)
    if found is not None:
        if found.trial:
            found.trial.stop()
        found.upload.drop()


def size(n: int) -> str:
    """Bytes as people say them."""
    for unit in ("bytes", "KB", "MB"):
        if n < 1000:
            return f"{n:,.0f} {unit}" if unit == "bytes" else f"{n:,.1f} {unit}"
        n /= 1000
    return f"{n:,.1f} GB"


def _kind() -> str:
    chosen: str = st.session_state.get(KIND, KINDS[0])
    return chosen


def _release(file: UploadedFile) -> None:
    """Streamlit would keep the bytes in memory for as long as the browser stays."""
    context = get_script_run_ctx()
    if context is not None:
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
