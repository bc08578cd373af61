"""Take the README's picture: ``python tools/picture.py reports/classic/index.html docs/images/classic.png``.

Needs Chromium and the development environment; draws the growth section of a real run.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

SECTION = "section#growth"
WIDTH = 1200
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def main(page_file: str, picture: str) -> None:
    """Draw the section of ``page_file`` into ``picture``."""
    browser_path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser_path is None:
        sys.exit("Chromium is not installed.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        page = browser.new_page(viewport={"width": WIDTH, "height": 900}, color_scheme="light")
        page.goto(Path(page_file).resolve().as_uri())
        page.wait_for_selector(f"{SECTION} .js-plotly-plot svg")
        page.wait_for_timeout(500)
        page.locator(SECTION).screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:3])
