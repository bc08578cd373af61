"""The page of what an experiment says today in a real browser: no charts, so no library and nothing to wait for."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import expect

from waterline.config import load
from waterline.report.today.page import render_today
from waterline.today import Moment, answer
from waterline.today.holdings import CASH, Holding

NOW = dt.datetime(2012, 3, 1, 18, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def address(tmp_path_factory, root) -> str:
    config = load(root / "configs" / "classic.yaml")
    held = [Holding("AAPL", 100.0, True), Holding(CASH, 1000.0, False)]
    told = answer(config, Moment.of(NOW, config.cutoff, dt.date(2008, 11, 3)), held)
    path = tmp_path_factory.mktemp("today") / "now.html"
    path.write_text(render_today(told), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def page(browser, address):
    """The page open at 1280; afterwards nothing may have been said or asked for."""
    faults = []
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: faults.append(request.url) if request.url != address else None)
    page.goto(address)
    expect(page.locator("html.live")).to_be_attached()
    yield page
    page.close()
    assert faults == []


def test_nothing_stands_beside_the_page_at_any_width_and_the_theme_switches(page):
    for width in (1920, 1280, 1000, 701, 360):
        page.set_viewport_size({"width": width, "height": 900})
        for detail in page.locator("details").all():
            detail.evaluate("element => element.open = true")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("#theme").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_tables_sort_by_what_they_mean(page):
    table = page.locator("#holdings table")
    table.get_by_role("button", name="Trade, USD").click()
    cells = table.locator("tbody tr td:nth-child(4)")
    traded = [float(cell.get_attribute("data-order")) for cell in cells.all()]
    assert traded in (sorted(traded), sorted(traded, reverse=True))
    assert len(traded) > 3


def test_each_answer_leads_to_its_section(page):
    for link in page.locator(".answers a").all():
        assert page.locator(f"section{link.get_attribute('href')}").count() == 1


def test_axe_finds_no_barrier_in_either_theme(page, barriers):
    assert barriers(page) == []
