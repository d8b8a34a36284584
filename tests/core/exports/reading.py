"""Files as somebody else would read them."""

import csv
import io
import re
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow.parquet
from defusedxml import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SAID = re.compile("_x([0-9A-F]{4})_")


def of_csv(data: bytes) -> list[list[str]]:
    """Header and rows, cells as they stand."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def of_parquet(data: bytes) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The names of the columns, and the rows."""
    table = pyarrow.parquet.read_table(io.BytesIO(data))
    return table.column_names, list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def of_xlsx(data: bytes) -> dict[str, list[list[Any]]]:
    """Rows by sheet; texts, numbers as decimals, truths, times as UTC seconds of the clock they show; None: blank.

    Fails when a cell holds a formula.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        book = ElementTree.fromstring(packed.read("xl/workbook.xml"))
        names = [sheet.get("name") for sheet in book.iter(f"{_MAIN}sheet")]
        parts = [packed.read(f"xl/worksheets/sheet{n}.xml") for n in range(1, len(names) + 1)]
    return {str(name): _rows(part) for name, part in zip(names, parts, strict=True)}


def _rows(part: bytes) -> list[list[Any]]:
    sheet = ElementTree.fromstring(part)
    assert not list(sheet.iter(f"{_MAIN}f"))
    return [[_value(cell) for cell in row.iter(f"{_MAIN}c")] for row in sheet.iter(f"{_MAIN}row")]


def _value(cell: Any) -> Any:
    if cell.get("t") == "inlineStr":
        text = "".join(part.text or "" for part in cell.iter(f"{_MAIN}t"))
        return _SAID.sub(lambda found: chr(int(found[1], 16)), text)
    value = cell.find(f"{_MAIN}v")
    if value is None:
        return None
    if cell.get("t") == "b":
        return value.text == "1"
    if cell.get("s") == "1":
        return round((float(value.text) - 25_569) * 86_400)
    return Decimal(value.text)


def clock(at: datetime | None) -> int | None:
    """A time as `of_xlsx` gives it."""
    return None if at is None else int(at.replace(tzinfo=UTC).timestamp())
