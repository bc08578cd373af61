"""Definitions beside the words of a run page: by keyboard, pointer and touch."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from waterline.report.page import render_page
from waterline.report.verified import Verified


@pytest.fixture(scope="module")
def address(tmp_path_factory, helper) -> str:
    outcomes = helper("outcomes")
    path = tmp_path_factory.mktemp("defined") / "index.html"
    checked = [Verified("Sortino ratio", "Strategy", "number", 1.1, 1.1, 1.1, "")]
    judged = outcomes.judged(outcomes.outcome(seed=3))
    path.write_text(render_page(judged, tearsheet=None, checked=checked), encoding="utf-8")
    return path.as_uri()


def _word(page: Page, text: str) -> Locator:
    return page.locator("#numbers .key a.term", has_text=text)


def test_axe_finds_no_barrier_with_a_definition_open(opened, barriers):
    page = opened(1280)
    _word(page, "Timing gain").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#tip")).to_be_visible()
    assert barriers(page) == []


def test_the_focus_shows_what_the_section_of_terms_says_and_escape_closes(opened):
    page = opened(1280)
    tip, word = page.locator("#tip"), _word(page, "Sharpe ratio")
    assert tip.is_hidden()
    _word(page, "Volatility").focus()
    page.keyboard.press("Tab")
    expect(word).to_be_focused()
    assert tip.inner_text() == page.locator("#term-sharpe-ratio").inner_text()
    assert tip.get_attribute("role") == "tooltip"
    page.keyboard.press("Escape")
    assert tip.is_hidden()
    expect(word).to_be_focused()
    page.keyboard.press("Enter")
    assert page.url.endswith("#term-sharpe-ratio")
    assert tip.is_hidden()


def test_the_pointer_can_go_onto_the_definition_and_off_again(opened):
    page = opened(1280)
    tip, word = page.locator("#tip"), _word(page, "Worst drawdown")
    word.hover()
    expect(tip).to_be_visible()
    tip.hover()
    page.wait_for_timeout(300)
    assert tip.is_visible()
    page.mouse.move(2, 2)
    expect(tip).to_be_hidden()


def test_a_touch_shows_it_the_next_elsewhere_closes_it_and_a_second_leads_to_the_terms(opened):
    page = opened(360, has_touch=True)
    tip, word = page.locator("#tip"), _word(page, "Timing gain")
    word.tap()
    expect(tip).to_be_visible()
    assert "#" not in page.url
    box = tip.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.locator("#h-numbers").tap()
    expect(tip).to_be_hidden()
    word.tap()
    word.tap()
    assert page.url.endswith("#term-timing-gain")


def test_heads_that_sort_are_explained_too(opened):
    page = opened(1280)
    button = page.locator("#data").get_by_role("button", name="Next print")
    button.hover()
    assert page.locator("#tip").inner_text() == page.locator("#term-next-print").inner_text()
    button.click()
    assert page.locator("#data th[aria-sort]").inner_text().startswith("Next print")


def test_every_definition_that_is_pointed_to_is_there(opened):
    page = opened(1280, java_script_enabled=False)
    targets = {word.get_attribute("aria-describedby") for word in page.locator("[aria-describedby^=term-]").all()}
    assert {"term-timing-gain", "term-p-value", "term-power-detectable", "term-trials-deflated"} <= targets
    assert {"term-sharpe-ratio", "term-sortino-ratio", "term-age-limit"} <= targets
    assert all(page.locator(f"dd#{name}").is_visible() for name in targets)
