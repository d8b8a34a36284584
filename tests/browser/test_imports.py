"""From an empty installation to imported conversations and back, on the page alone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE, Open, Picture, Serve
from tests.browser.hands import cell, grid

PEOPLE = [("(212) 555-0101", "Ann", "Lee"), ("(212) 555-0102", "Bo", "Ray"), ("12", "Cy", "Young")]
EVIL = "<img src=x onerror=top.hit=1> ![x](http://outside.example/x.png)"
PHONE = {"width": 400, "height": 860}
IMPORT = re.compile(r"Import \d+ rows?$")


def people(extra: str = "") -> bytes:
    rows = [f'"{phone}",{first},{last},vip' for phone, first, last in PEOPLE]
    return "\n".join(["Phone,First Name,Last Name,Tags", *rows, extra]).encode()


def choose(page: Page, content: bytes, name: str = "people.csv") -> None:
    expect(page.get_by_text("One row per person")).to_be_visible()
    page.locator('input[type="file"]').set_input_files([{"name": name, "mimeType": "text/csv", "buffer": content}])
    expect(page.get_by_text("What the import would do")).to_be_visible()
    expect(page.locator("canvas").first).to_be_visible()


def narrow(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.fixture(scope="module")
def empty(serve: Serve) -> str:
    """The address of an installation that is empty before and after."""
    return serve().url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_file_comes_in_is_listed_and_goes_again(empty: str, open_page: Open, picture: Picture, scheme: str) -> None:
    page = open_page(empty, color_scheme=scheme)
    page.get_by_role("link", name="Import your contacts and messages").click()
    expect(page).to_have_title("Import · Talkdeck")
    choose(page, people())
    expect(page.get_by_test_id("stMetric").first).to_have_text(re.compile(r"Inserted\s*2"))
    picture(page, f"import_check_{scheme}")
    page.get_by_role("button", name="Import 2 rows").click()
    expect(page).to_have_url(re.compile(r"import=\d+"))
    expect(page.get_by_text("2 inserted, 0 updated, 0 unchanged, 1 rejected of 3 rows")).to_be_visible()
    expect(page.locator("canvas").first).to_be_visible()
    picture(page, f"import_result_{scheme}")
    result = page.url
    page.get_by_role("link", name="Conversations").first.click()
    frame = grid(page)
    assert {cell(frame, 0), cell(frame, 1)} == {"Ann Lee", "Bo Ray"}
    assert [cell(frame, row, "activity") for row in (0, 1)] == ["", ""]  # nobody knows when, so no time is shown
    page.goto(result)
    page.get_by_role("button", name="Undo this import").click()
    page.get_by_role("button", name="Undo now").click()
    expect(page.get_by_text("Everything is as it was before this import.")).to_be_visible()
    picture(page, f"import_undone_{scheme}")
    page.get_by_role("link", name="Conversations").first.click()
    expect(page.get_by_text("No conversations yet")).to_be_visible()


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    return serve().url


def test_a_double_click_starts_one_import(address: str, open_page: Open) -> None:
    page = open_page(f"{address}/import")
    choose(page, people())
    page.get_by_role("button", name=IMPORT).dblclick()
    expect(page.get_by_text("1 rejected of 3 rows")).to_be_visible()
    page.get_by_role("button", name="All imports").click()
    expect(page.get_by_role("button", name="Open")).to_have_count(1)
    expect(page.get_by_text("One row per person")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 1025, 1000, 700])
def test_what_was_done_last_covers_no_way_to_a_page(
    address: str, open_page: Open, picture: Picture, width: int
) -> None:
    page = open_page(f"{address}/import", viewport={"width": width, "height": 860})
    choose(page, people(f"(212) 556-{width:04},Di,Oh,"), "everybody_from_the_old_product_until_september.csv")
    page.get_by_role("button", name=IMPORT).click()
    strip = page.locator(".st-key-frame")
    expect(strip.get_by_text("imported contacts")).to_be_visible()
    picture(page, f"frame_{width}")
    said = strip.bounding_box()
    assert said
    ways = page.get_by_test_id(re.compile("^stTopNav(Link|Section)$")).all()
    assert ways or width <= PHONE["width"] * 2
    for way in ways:
        box = way.bounding_box()
        assert box is None or box["y"] + box["height"] <= said["y"] or box["x"] + box["width"] <= said["x"]


def test_rejected_rows_are_mended_and_come_in(address: str, open_page: Open, tmp_path: Path) -> None:
    page = open_page(f"{address}/import")
    choose(page, people('"(212) 555-0106",Di,Oh,\n13,Ed,Ott,'))
    page.get_by_role("button", name=IMPORT).click()
    button = page.get_by_role("button", name="Rejected rows, to mend and import again")
    expect(button).to_be_visible()
    with page.expect_download() as download:
        button.click()
    file = tmp_path / "rejects.csv"
    download.value.save_as(file)
    mended = file.read_bytes().replace(b'"13"', b'"(212) 555-0107"')
    assert mended != file.read_bytes()
    again = open_page(f"{address}/import")
    choose(again, mended, "mended.csv")
    expect(again.get_by_test_id("stMetric").first).to_have_text(re.compile(r"Inserted\s*1"))


def test_hostile_text_in_a_file_stays_text(address: str, open_page: Open) -> None:
    page = open_page(f"{address}/import")
    choose(page, people(f'(212) 555-0105,"{EVIL}",,"{EVIL}"\nx,"{EVIL}",,'), "![x](http:outside).csv")
    page.get_by_text("Columns", exact=True).click()
    page.get_by_role("button", name=IMPORT).click()
    expect(page.get_by_text("2 rejected of 5 rows")).to_be_visible()
    assert page.evaluate("window.hit") is None
    assert page.locator('img[src="x"], img[src*="outside"]').count() == 0


def test_the_page_fits_a_phone(address: str, open_page: Open, picture: Picture) -> None:
    page = open_page(f"{address}/import", viewport=PHONE)
    expect(page.get_by_text("One row per person")).to_be_visible()
    expect(page.get_by_test_id("stFileUploader")).to_be_visible()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    picture(page, "import_400_empty")
    assert narrow(page)
    choose(page, people("(212) 555-0103,Di,Oh,"))
    assert narrow(page)
    picture(page, "import_400_check")
    page.get_by_role("button", name=IMPORT).click()
    expect(page).to_have_url(re.compile(r"import=\d+"))
    expect(page.get_by_text("rejected of 4 rows")).to_have_count(1)  # the list of all is gone
    expect(page.get_by_text("rejected of 4 rows")).to_be_visible()
    assert narrow(page)
    picture(page, "import_400_result")
    page.get_by_role("button", name="All imports").click()
    expect(page.get_by_role("button", name="Open").first).to_be_visible()
    assert narrow(page)


def test_a_closed_page_does_not_stop_an_import(address: str, open_page: Open, picture: Picture) -> None:
    rows = "".join(f"({200 + n // 10_000:03}) 555-{n % 10_000:04},Name {n},\n" for n in range(1, 60_000))
    page = open_page(f"{address}/import")
    choose(page, f"phone,first_name,last_name\n{rows}".encode(), "many.csv")
    page.get_by_role("button", name=re.compile("^Import [0-9,]+ rows")).click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    expect(page.get_by_text(re.compile("^[1-9][0-9,]* rows so far"))).to_be_visible()
    picture(page, "import_running")
    where = page.url
    page.close()
    other = open_page(where)
    expect(other.get_by_text(re.compile("of 59,999 rows"))).to_be_visible(timeout=3 * PATIENCE)
