"""XLSX made as a stream: what is known of the file on the first sheet, then as many sheets as the rows need.

Source: ECMA-376 Part 1, 18.3 (worksheets) and 22.9.2.19 (_xHHHH_ for what XML cannot hold). Texts stand in their cells
as texts, so no formula lives.
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import IO, Any
from xml.sax.saxutils import escape

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

SHEET_ROWS = 1_048_575
"""Rows of a sheet beside its header."""

LONGEST_TEXT = 32_767
"""Letters of a cell; Excel refuses more."""

_EPOCH_DAYS = 25_569  # Excel counts days from the end of 1899
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b-\x0d\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_SUSPECT = "[\\x00-\\x08\\x0b-\\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TEXT = '<c t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>"
_STYLES = (
    f'{_HEAD}<styleSheet {_MAIN}><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/>'
    '</numFmts><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf numFmtId="164" applyNumberFormat="1"/>'
    '<xf numFmtId="4" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


class XlsxFile:
    """A sheet “About”, written last and shown first, and the rows; times by the clocks of their zone."""

    def __init__(self, sink: IO[bytes], form: pa.Schema) -> None:
        self._form = form
        self._names: list[str] = []
        self._rows = SHEET_ROWS
        self._cut = 0
        self._sheet: Any = None
        self._zip = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1)

    def write(self, batch: pa.RecordBatch, _lines: pa.Buffer) -> None:
        """Some more rows."""
        while batch.num_rows:
            if self._rows == SHEET_ROWS:
                self._end()
                self._begin()
            part = batch.slice(0, SHEET_ROWS - self._rows)
            self._sheet.write(self._xml(part))
            self._rows += part.num_rows
            batch = batch.slice(part.num_rows)

    def close(self, about: dict[str, Any]) -> None:
        """The end of the file, with what there is to say of it."""
        if self._sheet is None:  # no rows: a header all the same
            self._begin()
        self._end()
        cut = {"longer than a cell may be": f"{self._cut:,} texts; cut after {LONGEST_TEXT:,} letters"}
        rows = [*about.items(), *(cut.items() if self._cut else ())]
        lines = "".join(f"<row>{_text(name)}{_text(str(value))}</row>" for name, value in rows)
        self._part("xl/worksheets/sheet1.xml", f"<worksheet {_MAIN}><sheetData>{lines}</sheetData></worksheet>")
        for name, content in _frame(["About", *self._names]).items():
            self._part(name, content)
        self._zip.close()

    def _begin(self) -> None:
        self._names.append("Conversations" if not self._names else f"Conversations {len(self._names) + 1}")
        self._sheet = self._zip.open(f"xl/worksheets/sheet{len(self._names) + 1}.xml", "w")
        head = "".join(map(_text, self._form.names))
        frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        view = f'<sheetViews><sheetView workbookViewId="0">{frozen}</sheetView></sheetViews>'
        self._sheet.write(f"{_HEAD}<worksheet {_MAIN}>{view}<sheetData><row>{head}</row>".encode())
        self._rows = 0

    def _end(self) -> None:
        if self._sheet is not None:
            self._sheet.write(b"</sheetData></worksheet>")
            self._sheet.close()

    def _part(self, name: str, content: str) -> None:
        self._zip.writestr(name, content if content.startswith(_HEAD) else _HEAD + content)

    def _xml(self, batch: pa.RecordBatch) -> memoryview:
        cells = [self._cells(column) for column in batch.columns]
        first, last = pa.scalar("<row>"), pa.scalar("</row>")
        rows = pc.binary_join_element_wise(first, *cells, last, "")
        _, offsets, texts = rows.buffers()  # the texts lie one behind the other
        return memoryview(texts)[: np.frombuffer(offsets, np.int32)[len(rows)]] if len(rows) else memoryview(b"")

    def _cells(self, found: Any) -> Any:
        if pa.types.is_string(found.type):
            return pc.if_else(
                pc.equal(found, ""), "<c/>", pc.binary_join_element_wise(_TEXT[0], self._xml_text(found), _TEXT[1], "")
            )
        form, written = "<c><v>", found
        if pa.types.is_timestamp(found.type):
            form, written = '<c s="1"><v>', _serial(found)
        elif pa.types.is_decimal(found.type):
            form = '<c s="2"><v>'
        elif pa.types.is_boolean(found.type):
            form, written = '<c t="b"><v>', found.cast(pa.int8())
        return pc.fill_null(pc.binary_join_element_wise(form, written.cast(pa.string()), "</v></c>", ""), "<c/>")

    def _xml_text(self, texts: Any) -> Any:
        too_long = pc.sum(pc.greater(pc.utf8_length(texts), LONGEST_TEXT)).as_py() or 0
        if too_long:
            self._cut += too_long
            texts = pc.utf8_slice_codeunits(texts, 0, LONGEST_TEXT)
        if pc.any(pc.match_substring_regex(texts, _SUSPECT)).as_py():
            texts = pa.array([_spoken(text) for text in texts.to_pylist()], pa.string())
        for sign, named in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            texts = pc.replace_substring(texts, sign, named)
        return texts


def _serial(times: Any) -> Any:
    local = pc.local_timestamp(times).cast(pa.int64()).cast(pa.float64())
    return pc.add(pc.divide(local, 86_400.0), float(_EPOCH_DAYS))


def _spoken(text: str) -> str:
    return _UNSPEAKABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _text(text: str) -> str:
    return _TEXT[0] + escape(_spoken(text[:LONGEST_TEXT])) + _TEXT[1]


def book(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """A workbook of small sheets; rows of texts, numbers and blanks (None)."""
    parts = _frame(list(sheets))
    for n, rows in enumerate(sheets.values(), 1):
        lines = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
        parts[f"xl/worksheets/sheet{n}.xml"] = f"{_HEAD}<worksheet {_MAIN}><sheetData>{lines}</sheetData></worksheet>"
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content if content.startswith(_HEAD) else _HEAD + content)
    return whole.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return "<c/>"
    return _text(value) if isinstance(value, str) else f"<c><v>{value}</v></c>"


def _frame(sheets: Sequence[str]) -> dict[str, str]:
    """The parts that hold the sheets together."""
    numbered = list(enumerate(sheets, 1))
    listed = "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in numbered)
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n, _ in numbered
    )
    typed = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for n, _ in numbered
    )
    styles = f'<Relationship Id="rId{len(sheets) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    return {
        "xl/styles.xml": _STYLES,
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><bookViews><workbookView activeTab="1"/></bookViews>'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">{related}{styles}</Relationships>'
        ),
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{typed}</Types>',
    }
