"""Reading the given files and their manifests; imported only by tests of given data."""

import csv
import json
import os
from pathlib import Path
from typing import Any

from core.settings import Settings
from core.transfer import Reject, Row, open_import

DATA = Path(os.environ["TALKDECK_TEST_DATA"])
NASTY = DATA / "nasty"
CASES = {case["file"]: case for case in json.loads((NASTY / "MANIFEST.json").read_text())["cases"]}
FORMATS = json.loads((DATA / "formats/MANIFEST.json").read_text())["formats"]
EXPECTED = json.loads((DATA / "real/EXPECTED.json").read_text())
FILES = [name for name in CASES if name.endswith((".csv", ".xml"))]
ELSEWHERE = {"search_queries.json", "csv_spectrum/", "csvkit/"}
MESSAGE_FORMATS = {"twilio_messages.csv": "twilio", "sms_backup_restore.xml": "sms_backup"}


def kind_of(name: str) -> str:
    word = CASES[name]["import_as"].split()[0]
    return word if word in {"contacts", "messages", "deals"} else "messages"


def read(path: Path, kind: str) -> list[Row | Reject]:
    with open_import(path, kind, Settings()) as source:
        return list(source.rows())


def good(rows: list[Row | Reject]) -> list[Any]:
    return [row for row in rows if not isinstance(row, Reject)]


def rejected(rows: list[Row | Reject]) -> dict[int, str]:
    return {row.line: row.reason for row in rows if isinstance(row, Reject)}


def verdicts(name: str) -> list[dict[str, str]]:
    with (NASTY / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def by_line(rows: list[Row | Reject]) -> dict[int, Any]:
    return {row.line: row for row in rows}


def remarked(row: Any, column: str) -> bool:
    return any(remark.column == column for remark in row.remarks)
