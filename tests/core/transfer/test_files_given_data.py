"""Files of other products and real conversations: recognised, read whole, and counted as expected."""

import csv
from typing import Any

import pytest

from core.settings import Settings
from core.transfer import Reject, Source, open_import
from core.transfer.presets import PRESETS
from tests.core.transfer.given import DATA, EXPECTED, FORMATS, MESSAGE_FORMATS, good, read, remarked

NO_PLACE = "Last Activity"  # activity follows from messages, which a contacts export does not hold


@pytest.mark.parametrize("case", FORMATS, ids=lambda case: case["file"])
def test_a_peers_file_is_recognised_and_read_whole(case: dict[str, Any]) -> None:
    kind = "messages" if case["file"] in MESSAGE_FORMATS else "contacts"
    with open_import(DATA / "formats" / case["file"], kind, Settings()) as source:
        rows = list(source.rows())
        assert source.plan.preset in PRESETS
        _check_mapping(source, case)
    assert len(rows) == case["records"]
    bad = [row.reason for row in rows if isinstance(row, Reject)]
    assert bad == (["more than one number in the cell"] if case["file"] == "google_contacts.csv" else [])
    assert all(not row.remarks for row in good(rows))


def _check_mapping(source: Source, case: dict[str, Any]) -> None:
    wanted = [part.split("=") for part in case["maps_to"].split(";") if part.count("=") == 1 and "/" not in part]
    for column, field in ((left.strip(), right.split("(")[0].strip()) for left, right in wanted):
        if column in source.plan.columns and column != NO_PLACE:
            target = {
                "tag": "tags",
                "first_name+last_name": "name",
                "name": "contact_name",
            }.get(field, field)
            assert source.plan.mapping[column] in {target, "direction", "opportunities", "phone"}, (column, field)


def test_the_same_people_come_out_of_every_format() -> None:
    with (DATA / "real/star/contacts.csv").open(newline="", encoding="utf-8") as file:
        people = {row["email"]: row for row in csv.DictReader(file) if row["email"]}
    truth = {row.phone: row for row in good(read(DATA / "real/star/contacts.csv", "contacts"))}
    for case in FORMATS:
        if case["file"] in MESSAGE_FORMATS:
            continue
        for row in good(read(DATA / "formats" / case["file"], "contacts")):
            known = truth[row.phone]
            assert (row.first_name, row.last_name) == (known.first_name, known.last_name), (case["file"], row.line)
            assert row.email in {"", known.email}
            assert row.email == "" or row.email in people
            assert row.zip_code in {"", known.zip_code}
            assert row.date_of_birth in {None, known.date_of_birth}
            assert row.notes == "" or row.notes.strip() == known.notes.strip() or "Additional Phone: " in row.notes


def test_the_same_messages_come_out_of_every_format() -> None:
    truth = {
        (row.phone, row.sent_at, row.direction, row.body)
        for row in good(read(DATA / "real/star/messages.csv", "messages"))
    }
    for name in MESSAGE_FORMATS:
        rows = good(read(DATA / "formats" / name, "messages"))
        # In an XML attribute a line end that is not written as a reference is a blank.
        texts = truth if name.endswith(".csv") else truth | {(*key[:3], key[3].replace("\n", " ")) for key in truth}
        assert {(row.phone, row.sent_at, row.direction, row.body) for row in rows} <= texts


@pytest.mark.parametrize("folder", ["star", "multidogo"])
def test_real_contacts_are_taken_and_refused_line_by_line_as_expected(folder: str) -> None:
    expected = EXPECTED[folder]["contacts"]
    rows = read(DATA / "real" / folder / "contacts.csv", "contacts")
    taken = good(rows)
    assert len(rows) == expected["rows"]
    assert [[row.line, row.value] for row in rows if isinstance(row, Reject)] == expected["bad_phone_lines"]
    assert len(taken) == expected["good_phone_rows"]
    assert len({row.phone for row in taken}) == expected["distinct_phones"]
    assert sum(not row.is_phone_valid for row in taken) == expected["possible_but_not_valid_rows"]
    if not expected["bad_phone_rows"]:
        assert sum(remarked(row, "email") for row in taken) == expected["email_bad_syntax"]
        assert (
            sum(row.date_of_birth is not None or remarked(row, "date_of_birth") for row in taken)
            == expected["dob_present"]
        )
        assert sum(row.created_at is None for row in taken) == expected["created_at_blank"]
        tags = [tag for row in taken for tag in row.tags]
        assert {tag: tags.count(tag) for tag in expected["contacts_with_tag"]} == expected["contacts_with_tag"]
        assert len(set(tags)) == expected["distinct_tags"]


@pytest.mark.parametrize("folder", ["star", "multidogo"])
def test_real_messages_are_taken_and_refused_as_expected(folder: str) -> None:
    expected = EXPECTED[folder]["messages"]
    rows = read(DATA / "real" / folder / "messages.csv", "messages")
    taken = good(rows)
    assert (len(rows), len(taken)) == (expected["rows"], expected["good_phone_rows"])
    assert len({row.phone for row in taken}) == expected["distinct_phones"]
    assert len({row.external_id for row in taken}) == len(taken)
    assert max(len(row.body) for row in taken) == expected["longest_body_chars"]
    if not expected["bad_phone_rows"]:
        assert sum(row.direction == "in" for row in taken) == expected["inbound"]
        assert sum("\n" in row.body for row in taken) == expected["bodies_with_newline"]
        assert sum(row.body != row.body.strip() for row in taken) == expected["bodies_with_outer_space"]
    else:
        assert sum(remarked(row, "body") for row in taken) == sum(not row.body.strip() for row in taken) > 0


def test_real_deals_add_up_to_the_cent() -> None:
    expected = EXPECTED["star"]["deals"]
    rows = good(read(DATA / "real/star/deals.csv", "deals"))
    assert len(rows) == expected["rows"]
    assert sum(row.amount_cents or 0 for row in rows) == round(expected["amount_sum"] * 100)
    assert sum(row.amount_cents is None for row in rows) == expected["amount_blank"]
    assert sum(row.amount_cents == 0 for row in rows) == expected["amount_zero"]
    assert sum(row.entered_at is None for row in rows) == expected["entered_at_blank"]
    stages = [row.stage for row in rows]
    assert {stage: stages.count(stage) for stage in expected["by_stage"]} == expected["by_stage"]
    outcomes = {(row.stage, row.outcome) for row in rows}
    assert outcomes == {("Won", "won"), ("Lost", "lost"), ("Engaging", ""), ("Prospecting", "")}


def test_real_templates_are_all_taken() -> None:
    rows = read(DATA / "real/star/templates.csv", "templates")
    assert len(good(rows)) == len(rows) == 187
