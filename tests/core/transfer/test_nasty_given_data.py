"""The manifest of nasty input, held to the letter."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from core.errors import Invalid
from core.settings import Settings
from core.transfer import Reject, open_import
from core.transfer.csv_reader import CsvTable
from core.transfer.decode import Lines, examine
from core.transfer.presets import known_names
from tests.core.transfer.given import (
    CASES,
    ELSEWHERE,
    FILES,
    NASTY,
    by_line,
    good,
    kind_of,
    read,
    rejected,
    remarked,
    verdicts,
)


def test_every_case_of_the_manifest_is_looked_at() -> None:
    assert set(FILES) | ELSEWHERE == set(CASES)


@pytest.mark.parametrize("name", FILES)
def test_a_nasty_file_comes_out_as_its_manifest_says(name: str) -> None:
    case = CASES[name]
    path = NASTY / name
    if case["outcome"] == "reject_file" or (case["outcome"] == "accept_or_reject_file" and name == "csv/latin1.csv"):
        with pytest.raises(Invalid):
            open_import(path, kind_of(name), Settings())
        return
    rows = read(path, kind_of(name))
    if case["outcome"] in {"accept", "accept_or_reject_file"}:
        allowed = 1 if name == "emails_contacts.csv" else 0  # the record with the NUL byte
        assert len(rejected(rows)) <= allowed
    for line, reason in case.get("rejected", []):
        if line is not None:
            words = reason.split(" (or")[0].removeprefix("phone is not").removeprefix("quote ")
            assert words.strip() in rejected(rows)[line], (line, rejected(rows)[line])


@pytest.mark.parametrize(
    "name", [name for name in FILES if "accepted_rows" in CASES[name] and CASES[name]["outcome"] != "reject_file"]
)
def test_as_many_rows_are_taken_as_the_manifest_says(name: str) -> None:
    if name in {"csv/latin1.csv"}:
        return
    case = CASES[name]
    rows = good(read(NASTY / name, kind_of(name)))
    found = len({row.phone for row in rows}) if kind_of(name) == "contacts" else len(rows)
    if name == "blns_messages.csv":  # an empty message is taken, and remarked
        found -= sum(remarked(row, "body") for row in rows)
    if name == "emails_contacts.csv":
        found += 1
    if name == "phones_contacts.csv":
        found -= len({"+10000000000", "+19999999999"} & {row.phone for row in rows})  # either way
    assert found == case["accepted_rows"]


def test_file_refusals_say_what_the_manifest_asks_for() -> None:
    says = {
        "csv/duplicate_header.csv": "“phone” is there twice",
        "csv/png_named.csv": "not a text file",
        "csv/html_named.csv": "No column can be the phone",
        "csv/no_phone_column.csv": "No column can be the phone",
        "csv/latin1.csv": "Latin-1 (Windows-1252)",
    }
    for name, words in says.items():
        with pytest.raises(Invalid) as refused:
            open_import(NASTY / name, "contacts", Settings())
        assert words in str(refused.value)


def test_phones_have_the_verdict_of_the_list() -> None:
    rows = by_line(read(NASTY / "phones_contacts.csv", "contacts"))
    for line, verdict in enumerate(verdicts("phones.csv"), 2):
        row = rows[line]
        if verdict["expected"] == "accept":
            assert (row.phone, row.is_phone_valid, row.remarks) == (verdict["e164"], True, ()), verdict
        elif verdict["expected"] == "reject":
            assert row.reason == verdict["reason"]
        elif not isinstance(row, Reject):
            assert row.remarks, verdict


def test_dates_of_birth_have_the_verdict_of_the_list() -> None:
    rows = by_line(read(NASTY / "dobs_contacts.csv", "contacts"))
    for line, verdict in enumerate(verdicts("dobs.csv"), 2):
        row, value = rows[line], verdict["value"].split(" ")[0]  # month/day/year is the stated order
        if row.date_of_birth is None:
            assert verdict["expected"] in {"warn", "accept_or_warn"}
            assert remarked(row, "date_of_birth")
        else:
            assert verdict["expected"] != "warn"
            assert (row.date_of_birth, row.remarks) == (value, ())


def test_addresses_have_the_verdict_of_the_list() -> None:
    rows = good(read(NASTY / "emails_contacts.csv", "contacts"))
    listed = {verdict["id"]: verdict for verdict in verdicts("emails.csv")}
    assert len(rows) == len(listed) - 1
    for row in rows:
        verdict = listed[row.last_name]
        assert row.email == verdict["address"].strip()
        if verdict["expected"] != "accept_or_warn" and verdict["address"]:
            assert remarked(row, "email") == (verdict["expected"] == "warn"), verdict


def test_times_have_the_verdict_of_the_list() -> None:
    rows = by_line(read(NASTY / "times_messages.csv", "messages"))
    for line, verdict in enumerate(verdicts("times.csv"), 2):
        row, value = rows[line], verdict["note_or_value"]
        if verdict["expected"] == "reject":
            assert row.reason == value
        elif not isinstance(row, Reject) and value.startswith("20"):
            assert row.sent_at == int(datetime.fromisoformat(value).timestamp())
        assert verdict["expected"] in {"reject", "accept_or_reject"} or not isinstance(row, Reject)
    assert rows[4].sent_at == 1589300756  # 12:25:56 in New York, the stated zone


def test_directions_and_amounts_are_as_listed() -> None:
    rows = by_line(read(NASTY / "directions_messages.csv", "messages"))
    assert [rows[line].direction for line in range(2, 11)] == ["in", "out"] * 4 + ["out"]
    deals = by_line(read(NASTY / "amounts_deals.csv", "deals"))
    assert {line: deals[line].amount_cents for line in (2, 3, 4, 5, 6, 11)} == {
        2: 123450,
        3: 123450,
        4: 123450,
        5: 0,
        6: None,
        11: 10,
    }
    assert all(isinstance(deals[line], Reject) for line in (7, 8, 9, 10, 12, 13))


def test_texts_come_back_verbatim() -> None:
    strings = [entry["string"] for entry in json.loads((NASTY / "blns.json").read_text())]
    notes = [row.notes.strip() for row in read(NASTY / "blns_contacts.csv", "contacts")]
    assert notes == [text.strip() for text in strings]
    bodies = {row.body.strip() for row in read(NASTY / "blns_messages.csv", "messages")}
    assert {text.strip() for text in strings} - bodies == set()
    payloads = json.loads((NASTY / "csv_injection_payloads.json").read_text())
    assert [row.notes for row in read(NASTY / "csv_injection_contacts.csv", "contacts")] == payloads
    zips = [verdict["raw"] for verdict in verdicts("zips.csv")]
    assert [row.zip_code for row in read(NASTY / "zips_contacts.csv", "contacts")] == zips


def test_details_that_the_manifest_asks_to_be_checked() -> None:
    csvs = {path.stem: good(read(path, "contacts")) for path in (NASTY / "csv").glob("*.csv") if path.stem in CHECKED}
    assert csvs["comma_in_quotes"][0].notes == "120 any st., Anytown, WW, 08123"
    assert csvs["comma_in_quotes"][1].last_name == "Brown, Jr."
    assert csvs["escaped_quotes"][0].notes == 'ha "ha" ha'
    assert [row.first_name for row in csvs["utf8"]] == ["ʤ", "美咲", "👩‍👩‍👧"]
    assert [row.notes for row in csvs["semicolon"]] == ["a;b", "1,5"]
    assert len(csvs["cell_40k"][0].notes) == 40_000
    assert {row.phone for row in csvs["one_phone_many_spellings"]} == {"+17345550132"}
    damaged = csvs["excel_damage"]
    assert [(row.phone, row.zip_code, row.date_of_birth) for row in damaged] == [
        ("+17345550141", "02134", None),
        ("+17345550143", "2134.0", None),
    ]
    assert all(remarked(row, "date_of_birth") for row in damaged)
    assert remarked(damaged[0], "phone")
    assert good(read(NASTY / "sms_backup_surrogates.xml", "messages"))[0].body == "ok 😂 & bye"


CHECKED = {
    "comma_in_quotes",
    "escaped_quotes",
    "utf8",
    "semicolon",
    "cell_40k",
    "one_phone_many_spellings",
    "excel_damage",
}


@pytest.mark.parametrize("path", sorted((NASTY / "csv_spectrum").glob("*.csv")), ids=lambda path: path.stem)
def test_csv_spectrum_parses_to_its_json(path: Path) -> None:
    with path.open("rb") as file:
        table = CsvTable(Lines(file, examine(file)), known_names)
        rows = [dict(zip(table.columns, record[1], strict=True)) for record in table.records()]
    assert rows == json.loads(path.with_suffix(".json").read_text())


@pytest.mark.parametrize(
    "path", sorted([*(NASTY / "csv_spectrum").glob("*.csv"), *(NASTY / "csvkit").iterdir()]), ids=lambda path: path.stem
)
def test_csv_examples_are_refused_as_contacts_with_one_clear_message(path: Path) -> None:
    says = "This file is empty" if not path.read_bytes().strip() else "No column can be the phone"
    with pytest.raises(Invalid, match=says):
        open_import(path, "contacts", Settings())


@pytest.mark.parametrize("path", sorted((NASTY / "csvkit").iterdir()), ids=lambda path: path.stem)
def test_csvkit_examples_are_read_without_a_crash(path: Path) -> None:
    with path.open("rb") as file:
        table = CsvTable(Lines(file, examine(file)), known_names)
        assert all(isinstance(record, Reject) or len(record[1]) == len(table.columns) for record in table.records())
