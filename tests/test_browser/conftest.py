"""A real browser that opens a page from the file it is, and hears everything the page says or asks for."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
HELPERS = Path(__file__).parents[1] / "test_waterline" / "test_report"


@pytest.fixture(scope="session")
def helper() -> Callable[[str], ModuleType]:
    """Function: a helper module of the report's tests by its name."""

    def load(name: str) -> ModuleType:
        spec = util.spec_from_file_location(f"test_browser_{name}", HELPERS / f"{name}.py")
        module = util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


CHARTS = ".chart .svg-container"
"""Images to whoever does not see them: their label stands on the chart, what they show in sentences and tables."""


@pytest.fixture(scope="session")
def barriers() -> Callable[[Page], list[str]]:
    """Function: what axe-core finds serious or critical on a page, all details open, in light, dark and half width."""

    def looked(page: Page, told: str, **options: object) -> list[str]:
        found = Axe().run(page, {"exclude": [[CHARTS]]}, {"resultTypes": ["violations"], **options}).response
        assert found["passes"] + found["violations"] + found["inapplicable"] != []
        broken = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
        return [f"{told}: {one['id']}: {node['html'][:160]}" for one in broken for node in one["nodes"]]

    def found(page: Page) -> list[str]:
        page.evaluate("document.querySelectorAll('details').forEach((detail) => { detail.open = true; })")
        page.emulate_media(color_scheme="light")
        light = looked(page, "light")
        page.emulate_media(color_scheme="dark")
        dark = looked(page, "dark", runOnly=["color-contrast", "link-in-text-block"])
        page.set_viewport_size({"width": 800, "height": 900})
        return light + dark + looked(page, "narrow", runOnly=["scrollable-region-focusable"])

    return found


@pytest.fixture
def opened(browser, address):
    """Function that opens the page at a width and theme; afterwards nothing may have been said, asked or popped up."""
    contexts, faults = [], []

    def open_page(width: int = 1440, theme: str = "light", **options: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: faults.append(f"request: {request.url}") if request.url != address else None)
        page.goto(address)
        if options.get("java_script_enabled", True) and page.locator("#run").count():
            expect(page.locator("html[data-charts=drawn]")).to_be_attached(timeout=30_000)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []
