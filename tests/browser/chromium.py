"""Where the Chromium for browser tests is, and how it is started."""

import os
import shutil
import subprocess
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication",
)


def find() -> str | None:
    """The system's own Chromium, else the one that Playwright downloaded; one that does not start is none."""
    for path in map(shutil.which, NAMES):
        if path and _starts(path):
            return path
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if _starts(path) else None


def _starts(path: str) -> bool:
    if not Path(path).exists():
        return False
    return subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0


def arguments() -> list[str]:
    """Start options: nothing in the background, and no sandbox where Chromium refuses one (root)."""
    return [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
