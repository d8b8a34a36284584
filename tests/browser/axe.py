"""axe-core over a page and the documents in it: what it finds that is ours to mend."""

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Frame, Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"], "iframes": False}
RUN = "(options) => axe.run(document, options).then((found) => found.violations)"

NOT_OURS = (
    ("presentation-role-conflict", "stFileUploaderDropzone", "Streamlit names the zone into which files are dropped"),
    ("list", "stSidebarNavItems", "Streamlit's list of pages on a phone, with headings between its items"),
    ("svg-img-alt", "metric_chart_", "the point under the pointer on Streamlit's small course of a figure"),
    ("target-size", 'role="spinbutton"', "Streamlit's field of two days, which is typed part by part"),
    ("listitem", '<li class="st-emotion-cache', "an item of that list; what is ours has no such class"),
)
"""Rule, what the element's own HTML holds, and whose it is."""

OF_PAGES = {"landmark-one-main", "page-has-heading-one", "region"}
"""Rules about a page as a whole; the grid's document is a part of one, and its frame stands inside the page's main."""


def violations(page: Page) -> list[str]:
    """Each as rule, element, and what is wrong; of every document that is shown."""
    shown = [frame for frame in page.frames if frame == page.main_frame or frame.frame_element().is_visible()]
    return [line for frame in shown for line in _in(frame)]


def _in(frame: Frame) -> Iterator[str]:
    frame.evaluate(AXE_SCRIPT)
    for found in frame.evaluate(RUN, OPTIONS):
        if frame.parent_frame and found["id"] in OF_PAGES:
            continue
        for node in found["nodes"]:
            if not _is_excused(found["id"], node["html"]):
                yield f"{found['id']}: {node['html'][:300]} {_why(node)}"


def _why(node: dict[str, Any]) -> str:
    return " · ".join(said["message"] for said in (*node["any"], *node["all"], *node["none"]))


def _is_excused(rule: str, html: str) -> bool:
    return any(rule == excused and part in html for excused, part, _ in NOT_OURS)
