"""`python -m bench.opening FOLDER`: in Chromium, from the click on a row to its conversation painted; from Enter in a
field of a contact to its “saved”; from Apply of a tag to its chip. It writes into the folder: a city, and tags for a
moment.

The clock is the browser's own: from the press to the frame after what was waited for is there.
"""

import argparse
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from bench.measure import timing
from tests import server
from tests.browser import chromium
from tests.browser.hands import grid

WATCH = """() => {
  const frame = document.querySelector('iframe[title="st_aggrid.AgGrid.agGrid"]').contentDocument;
  frame.addEventListener('pointerdown', (event) => {
    const row = event.target.closest('.ag-row');
    if (row) { window.began = { id: row.getAttribute('row-id'), at: performance.now() }; window.taken = null; }
  }, true);
  const thread = () => [...document.querySelectorAll('.st-key-reader-talk *')]
    .map((node) => (node.shadowRoot || node).querySelector('.thread')).find(Boolean);
  const look = () => {
    const shown = window.began && window.taken === null && thread();
    if (shown && shown.dataset.contact === window.began.id) {
      requestAnimationFrame(() => { window.taken = performance.now() - window.began.at; });
    }
    requestAnimationFrame(look);
  };
  look();
}"""

SAVED = """() => {
  const card = () => [...document.querySelectorAll('.st-key-reader-panel *')]
    .map((node) => node.shadowRoot || node).flatMap((root) => [...root.querySelectorAll('.card')]);
  const field = () => card().flatMap((each) => [...each.querySelectorAll('.field')])
    .find((each) => each.querySelector('label').textContent === 'City');
  const chips = () => card().flatMap((each) => [...each.querySelectorAll('.chip')]).length;
  window.chips = chips;
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') { return; }
    window.began = { is: () => field().querySelector('.news').textContent === 'saved', at: performance.now() };
  }, true);
  document.addEventListener('pointerdown', (event) => {
    if (!event.target.closest('.st-key-asking-yes')) { return; }
    const before = chips();
    window.began = { is: () => chips() === before + 1, at: performance.now() };
  }, true);
  const look = () => {
    const began = window.began;
    if (began && began.is && window.taken === null && began.is()) {
      requestAnimationFrame(() => { window.taken = performance.now() - began.at; });
    }
    requestAnimationFrame(look);
  };
  look();
}"""

EVERYTHING = "Select all"
"""What stands over the tags that are offered."""

PAINTED = """() => new Promise((done) => {
  const look = () => (window.taken === null ? setTimeout(look, 10) : done(window.taken));
  look();
})"""


def main() -> None:
    """Prints one line for each list that is opened, and one for the longest thread."""
    asked = argparse.ArgumentParser(prog="python -m bench.opening", description=__doc__)
    asked.add_argument("folder", type=Path, help="a data folder with a filled talkdeck.db")
    asked.add_argument("--times", type=int, default=40, help="conversations that are opened")
    asked.add_argument("--query", default="", help="the list's address, such as ?q=quote")
    wanted = asked.parse_args()
    with server.running(wanted.folder) as app, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.arguments())
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        expect.set_options(timeout=120_000)
        page.goto(f"{app.url}/{wanted.query}")
        tell("click to painted", opened(page, wanted.times))
        page.evaluate(SAVED)
        tell("Enter in a field to “saved”", [field_saved(page, n) for n in range(wanted.times)])
        tell("Apply of a tag to its chip", [tag_shown(page) for _ in range(wanted.times)])
        browser.close()


def tell(what: str, taken: list[float]) -> None:
    found = timing(taken)
    line = f"median {found.median:.0f} ms, p95 {found.p95:.0f} ms, longest {found.longest:.0f} ms, n = {found.n}"
    print(f"{what}: {line}")  # noqa: T201 - it is what the script is for


def field_saved(page: Page, n: int) -> float:
    """Milliseconds from Enter in a field of the open contact to its “saved”."""
    field = page.locator(".card").get_by_label("City", exact=True)
    page.evaluate("() => { window.began = null; window.taken = null; }")
    field.fill(f"Salem {n}")
    field.press("Enter")
    taken = float(page.evaluate(PAINTED))
    page.wait_for_timeout(300)
    return taken


def tag_shown(page: Page) -> float:
    """Milliseconds from Apply of a tag to its chip on the open contact; the tag is taken off again."""
    page.evaluate("() => { window.began = null; window.taken = null; }")
    page.get_by_role("button", name="Add a tag, workflow or redrip").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Tags", exact=True).click()
    carried = page.locator(".card .chip .name").all_inner_texts()
    offered = [name for name in page.get_by_role("option").all_inner_texts() if name not in [*carried, EVERYTHING]]
    page.get_by_role("option", name=offered[0], exact=True).click()
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name="Apply").click()
    taken = float(page.evaluate(PAINTED))
    page.locator(".card").get_by_role("button", name=f"Remove the tag {offered[0]}", exact=True).click()
    expect(page.locator(".card .chip")).to_have_count(len(carried))
    page.wait_for_timeout(500)
    return taken


def opened(page: Page, times: int) -> list[float]:
    """Milliseconds of each opening, going down the rows that are shown, the first three left out."""
    frame = grid(page)
    page.evaluate(WATCH)
    rows = frame.locator('.ag-row [col-id="name"]')
    expect(rows.nth(5)).to_be_visible()
    taken = []
    for n in range(times + 3):
        page.evaluate("() => { window.began = null; window.taken = null; }")
        frame.locator(f'.ag-row[row-index="{n % 8}"] .ag-cell').last.click()
        taken.append(float(page.evaluate(PAINTED)))
        page.wait_for_timeout(300)
    return taken[3:]


if __name__ == "__main__":
    main()
