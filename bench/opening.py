"""`python -m bench.opening FOLDER`: from the click on a row to its conversation painted, in Chromium.

The clock is the browser's own: from the press in the grid to the frame after the thread of that contact is there.
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
        taken = opened(page, wanted.times)
        browser.close()
    found = timing(taken)
    line = f"median {found.median:.0f} ms, p95 {found.p95:.0f} ms, longest {found.longest:.0f} ms, n = {found.n}"
    print(f"click to painted: {line}")  # noqa: T201 - it is what the script is for


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
