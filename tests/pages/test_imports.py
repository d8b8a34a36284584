"""The import page up to the start: upload, what was recognised, mapping, check, start."""

from pathlib import Path

import pytest
from sqlalchemy import select
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from core import custom, people
from core.access import Right
from core.database import Store
from core.database.tables import contact, custom_value
from tests.conftest import ALICE
from tests.pages.conftest import Visit
from tests.pages.importing import (
    BAD,
    GOOD,
    carry_out,
    drop_right,
    events,
    incoming,
    keys,
    metrics,
    phones,
    texts,
    uploaded,
)

EVIL = "![x](http://outside.example/x.png) <img src=x>"


def test_the_empty_page_says_what_a_file_must_hold(office: Store, arrive: Visit) -> None:
    app = arrive()
    assert "One row per person" in texts(app)
    assert "None yet." in texts(app)


def test_a_known_file_is_recognised_and_checked_before_anything_is_written(office: Store, arrive: Visit) -> None:
    hubspot = (
        "Record ID,First Name,Last Name,Phone Number,Contact owner\n1,Ann,Lee,(212) 555-0101,Zoe\n2,Bo,Ray,12,Zoe\n"
    )
    app = uploaded(arrive(), hubspot)
    assert app.success[0].value == "Recognised: HubSpot contacts export"
    assert metrics(app) == {"Inserted": "1", "Updated": "0", "Unchanged": "0", "Rejected": "1", "Rows": "2"}
    first, problems = (frame.value for frame in app.dataframe)
    assert first["First name"].tolist() == ["Ann"]
    assert problems[["Line", "Column", "Value", "Outcome"]].to_numpy().tolist() == [
        [3, "Phone Number", "12", "rejected"]
    ]
    assert phones(office) == []
    assert events(office).empty


def test_an_import_runs_and_its_result_is_told(office: Store, arrive: Visit, tmp_path: Path) -> None:
    app = uploaded(arrive(), BAD)
    assert app.button("imports.run").label == "Import 2 rows"  # of three: one is rejected
    app.button("imports.run").click().run()
    event_id = int(events(office)["event_id"].iloc[0])
    assert app.query_params["import"] == str(event_id)
    assert app.header[0].value == "Importing"
    assert incoming(tmp_path) == []
    carry_out(office, event_id)
    app.run()
    assert app.header[0].value == "Imported, except for rejected rows"
    assert "2 inserted, 0 updated, 0 unchanged, 1 rejected of 3 rows" in texts(app)
    assert app.dataframe[0].value["Line"].tolist() == [4]
    assert phones(office) == ["+12125550101", "+12125550102"]


def test_two_clicks_on_one_check_start_one_import(office: Store, arrive: Visit) -> None:
    app = uploaded(arrive(), GOOD)
    draft = app.session_state["imports.draft"]
    request = draft.trial.request_id
    app.button("imports.run").click().run()
    carry_out(office, int(app.query_params["import"]))
    late = uploaded(arrive(), GOOD)
    late.session_state["imports.draft"].trial.request_id = request
    late.button("imports.run").click().run()
    assert late.query_params["import"] == app.query_params["import"]
    assert len(events(office)) == 1


def test_another_mapping_is_checked_anew_and_is_what_is_imported(office: Store, arrive: Visit) -> None:
    app = uploaded(arrive(), "phone,first_name,Nick\n(212) 555-0101,Ann,Annie\n")
    serial = app.session_state["imports.draft"].serial
    app.selectbox(f"imports.map.{serial}.1").select("").run()
    app.selectbox(f"imports.map.{serial}.2").select("first_name").run()
    assert app.dataframe[0].value["First name"].tolist() == ["Annie"]
    app.button("imports.run").click().run()
    carry_out(office, int(app.query_params["import"]))
    with office.read() as reader:
        assert reader.execute(select(contact.c.first_name)).scalars().all() == ["Annie"]


def test_a_column_becomes_a_field_of_ones_own_by_its_name_or_by_choice(office: Store, arrive: Visit) -> None:
    roof = office.write(ALICE, custom.add, "Roof", "choice", ["slate", "tin"])
    app = uploaded(arrive(), "phone,roof,dach\n(212) 555-0101,Slate,tin\n(212) 555-0102,straw,tin\n")
    serial = app.session_state["imports.draft"].serial
    assert app.selectbox(f"imports.map.{serial}.1").value == custom.key(roof)
    assert app.selectbox(f"imports.map.{serial}.1").options[-1] == "Roof"
    assert app.dataframe[0].value["Roof"].tolist() == ["slate", ""]
    assert app.dataframe[1].value["Reason"].tolist() == ["Roof is one of slate, tin. Left blank."]
    app.selectbox(f"imports.map.{serial}.1").select("").run()
    app.selectbox(f"imports.map.{serial}.2").select(custom.key(roof)).run()
    app.button("imports.run").click().run()
    carry_out(office, int(app.query_params["import"]))
    with office.read() as reader:
        assert reader.execute(select(custom_value.c.value)).scalars().all() == ["tin", "tin"]


def test_columns_that_say_nothing_are_mapped_by_hand(office: Store, arrive: Visit) -> None:
    app = uploaded(arrive(), "who,number one\nAnn,(212) 555-0101\n")
    assert "No column can be the phone" in texts(app)
    assert "imports.run" not in keys(app)
    assert "Still needed: a column that is the phone." in app.warning[1].value
    serial = app.session_state["imports.draft"].serial
    app.selectbox(f"imports.map.{serial}.1").select("phone").run()
    assert not app.warning
    assert metrics(app)["Inserted"] == "1"


def test_a_needed_column_cannot_be_left_out(office: Store, arrive: Visit) -> None:
    app = uploaded(arrive(), GOOD)
    serial = app.session_state["imports.draft"].serial
    app.selectbox(f"imports.map.{serial}.0").select("").run()
    assert "phone" in app.warning[0].value
    assert "imports.run" not in keys(app)


def test_a_file_that_is_no_text_is_refused_with_what_to_do(office: Store, arrive: Visit) -> None:
    app = uploaded(arrive(), b"PK\x03\x04" + bytes(100))
    assert "an Excel workbook, not a text file. Export or unpack it to CSV" in texts(app)
    assert "imports.run" not in keys(app)
    assert "imports.encoding" not in [box.key for box in app.selectbox]


def test_an_empty_file_is_called_empty_and_nothing_is_asked_about_it(office: Store, arrive: Visit) -> None:
    app = uploaded(arrive(), b"")
    assert "This file is empty." in texts(app)
    assert not app.warning
    assert "imports.run" not in keys(app)


def test_a_file_in_an_old_encoding_asks_for_its_name(office: Store, arrive: Visit) -> None:
    app = uploaded(arrive(), "phone,first_name\n(212) 555-0101,Zoë\n".encode("windows-1252"))
    assert "The file is not UTF-8" in texts(app)
    app.selectbox("imports.encoding").select("windows-1252").run()
    assert "The file is not UTF-8" not in texts(app)
    assert app.dataframe[0].value["First name"].tolist() == ["Zoë"]


def test_the_order_of_days_and_the_zone_are_asked_where_they_matter(office: Store, arrive: Visit) -> None:
    app = uploaded(arrive(), "phone,date of birth\n(212) 555-0101,02/10/1927\n")
    serial = app.session_state["imports.draft"].serial
    order = app.selectbox(f"imports.order.{serial}")
    assert app.dataframe[0].value["Date of birth"].tolist() == ["1927-02-10"]
    order.select("dmy").run()
    assert app.dataframe[0].value["Date of birth"].tolist() == ["1927-10-02"]
    assert f"imports.zone.{serial}" not in [box.key for box in app.selectbox]
    plain = uploaded(arrive(), GOOD.replace("tags", "created_at").replace("vip", "2026-01-02T10:00:00Z"))
    assert not [box.key for box in plain.selectbox if "order" in str(box.key) or "zone" in str(box.key)]


def test_a_large_file_is_checked_only_on_request(office: Store, arrive: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.ui.dry_run.BY_ITSELF", 10)
    app = uploaded(arrive(), GOOD)
    assert "imports.run" not in keys(app)
    app.button("imports.check").click().run()
    assert metrics(app)["Rows"] == "2"


def test_the_kind_can_be_changed_after_the_upload(office: Store, arrive: Visit) -> None:
    app = uploaded(arrive(), "title,body\nHello,Hi there\n")
    assert "No column can be the phone" in texts(app)
    app.get("button_group")[0].set_value("templates").run()
    assert metrics(app)["Inserted"] == "1"


def test_a_known_file_of_another_kind_offers_to_switch(office: Store, arrive: Visit) -> None:
    app = uploaded(
        arrive(), "Record ID,First Name,Phone Number,Contact owner\n1,Ann,(212) 555-0101,Zoe\n", kind="deals"
    )
    assert "The file looks like: HubSpot contacts export." in texts(app)
    app.button("imports.switch").click().run()
    assert app.get("button_group")[0].value == "contacts"
    assert metrics(app)["Inserted"] == "1"


def test_an_upload_leaves_the_memory(office: Store, arrive: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    let_go: list[str] = []
    monkeypatch.setattr(MemoryUploadedFileManager, "remove_file", lambda _self, _session, id_: let_go.append(id_))
    uploaded(arrive(), GOOD)
    assert len(let_go) == 1


def test_another_file_replaces_the_first_and_leaves_nothing_behind(
    office: Store, arrive: Visit, tmp_path: Path
) -> None:
    app = uploaded(arrive(), GOOD)
    assert len(incoming(tmp_path)) == 1
    app.button("imports.other").click().run()
    assert incoming(tmp_path) == []
    assert len(app.file_uploader) == 1


def test_the_name_of_a_file_is_text_and_never_a_path(office: Store, arrive: Visit, tmp_path: Path) -> None:
    app = uploaded(arrive(), BAD.replace("Ann", f'"{EVIL}"'), "../../![x](y)\u202e.csv")
    assert [path.name.isalnum() for path in incoming(tmp_path)] == [True]
    app.button("imports.run").click().run()
    assert events(office)["file_name"].tolist() == ["![x](y).csv"]
    carry_out(office, int(app.query_params["import"]))
    app.run()
    drawn = [
        element.value for kind in ("markdown", "caption", "success", "info", "warning") for element in app.get(kind)
    ]
    assert not [text for text in drawn if "![" in text or "<img" in text]


def test_without_the_right_there_is_a_sentence_and_nothing_else(office: Store, arrive: Visit) -> None:
    office.write(people.SYSTEM, drop_right, Right.IMPORT_RUN)
    app = arrive()
    assert app.info[0].value == "You may not import files. Ask an administrator for the right to."
    assert not app.file_uploader
    assert not app.button
