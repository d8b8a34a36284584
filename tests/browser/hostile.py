"""Hostile strings, and the look whether any of them did something to a page."""

import json
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Page

from core.words import fold, line
from pages.ui.plain import JOINER
from tests.browser.hands import EVIL

PAYLOADS = (
    *("<script>top.hit=1</script>", "<img src=x onerror=top.hit=1>", "<svg/onload=top.hit=1>", "javascript:top.hit=1"),
    *('"><script>top.hit=1</script>', "' onfocus=top.hit=1 autofocus='", "</textarea><script>top.hit=1</script>"),
    *("</option><img src=x onerror=top.hit=1>", "<iframe srcdoc='<script>top.hit=1</script>'>", "{{top.hit=1}}"),
    *('http://x.example/"onmouseover="top.hit=1', "https://x.example/'><script>top.hit=1</script>", "${top.hit=1}"),
    *("{{constructor.constructor('top.hit=1')()}}", "data:text/html,<script>top.hit=1</script>", EVIL),
    *("::JSCODE::top.hit=1::JSCODE::", "![x](http://outside.example/x.png)", "[x](javascript:top.hit=1)"),
    *("$$\\href{x}{y}$$", "$x^2$", ":red[x]", ":material/delete:", ":smile:", "**bold** ~~gone~~ `code`", "# large"),
    *("\u202eright to left", "A\u0300" * 60, "\ufdfd" * 40, "W" * 200, "W" * 1_500, "https://x.example/" + "y" * 900),
)
"""What Chromium, Streamlit and the grid might take for more than text, beside the Big List of Naughty Strings."""

ELEMENTS = ("a href=x", "body", "details open", "input autofocus", "marquee", "video src=x", "audio src=x", "math")
EVENTS = ("onclick", "onerror", "onfocus", "onload", "onmouseover", "onstart", "ontoggle")

TRACES = 'img[src="x"], img[src*="outside"], iframe[srcdoc], a[href^="javascript:" i], a[href^="data:" i], .katex'
"""What only a string that was taken for markup can have made."""


def strings(given_data: Path) -> list[str]:
    """Those given, and the payloads: more than 300."""
    listed = json.loads((given_data / "nasty" / "blns.json").read_text(encoding="utf-8"))
    handled = [f"<{name} {event}=top.hit=1>" for name in ELEMENTS for event in EVENTS]
    found = list(dict.fromkeys([*PAYLOADS, *handled, *(entry["string"] for entry in listed)]))
    assert len(found) >= 300
    return found


def names(texts: Iterable[str], longest: int, most: int = 100_000) -> list[str]:
    """All of them as names of at most so many letters, each its own; what is shorter shares a name with others."""
    found: dict[str, str] = {}
    held = ""
    for text in [*filter(None, map(line, texts)), " " * longest]:
        if len(held) + 1 + len(text) > longest:
            if held.strip():
                found.setdefault(fold(line(held[:longest])), line(held[:longest]))
            held = ""
        held = f"{held} {text}" if held else text
    return list(found.values())[:most]


def look(page: Page) -> None:
    """Nothing ran in any of its documents, nothing was made of a string but text, nothing stands outside the window."""
    assert page.evaluate("window.hit") is None
    for frame in page.frames:
        assert frame.locator(TRACES).count() == 0, frame.locator(TRACES).first.evaluate("each => each.outerHTML")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not page.evaluate(_IS_COVERED), "What was done last hides a way to another page."
    for part in page.locator(".st-key-reader-panel, .thread").all():
        assert part.evaluate("each => each.scrollWidth <= each.clientWidth + 1")


def assert_shown(page: Page, wanted: Iterable[str], within: str = "body") -> None:
    """Before long each text stands on the page, letter for letter but for runs of blanks; fields hold text, too."""
    missing = list(wanted)
    for _ in range(WAITS):
        shown = " ".join(page.locator(within).evaluate_all(_ALL_TEXT).replace(JOINER, "").split())  # of labels
        missing = [text for text in missing if " ".join(text.replace(JOINER, "").split()) not in shown]
        if not missing:
            return
        page.wait_for_timeout(100)
    raise AssertionError(missing[:3])


WAITS = 100
_IS_COVERED = """() => {
  const strip = document.querySelector('.st-key-frame');
  const over = strip && strip.getBoundingClientRect();
  return Boolean(over) && [...document.querySelectorAll('header a')].some((way) => {
    const at = way.getBoundingClientRect();
    return at.right > over.left && at.left < over.right && at.bottom > over.top && at.top < over.bottom;
  });
}"""
_ALL_TEXT = """(roots) => {
  const said = [];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) { said.push(node.data); }
    if (node.value !== undefined) { said.push(String(node.value)); }
    if (node.shadowRoot) { walk(node.shadowRoot); }
    node.childNodes.forEach(walk);
  };
  roots.forEach(walk);
  return said.join(' ');
}"""
