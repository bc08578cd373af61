"""The gallery in a real browser: sorted, filtered, read aloud, on a phone and on a wide screen."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from waterline.report.gallery.keeping import keep

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"
NAMES = ("Plain", HOSTILE, "../../x 👩‍🚀", "n" * 300, "long words " * 28)
WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


@pytest.fixture(scope="module")
def address(tmp_path_factory, helper) -> str:
    """A gallery of runs whose names try to be more than names, of a study, and of folders that hold nothing."""
    folder, outcomes, shelves = tmp_path_factory.mktemp("gallery"), helper("outcomes"), helper("shelves")
    runs = [outcomes.outcome(seed=seed) for seed in range(3)]
    evidence = outcomes.judged(runs[0]).evidence
    for place, name in enumerate(NAMES):
        run = runs[place % 3]
        where = HOSTILE.replace("/", "%") if place == 1 else f"{place} {name[:80].replace('/', '-')}"
        shelves.put_run(folder / where, run, evidence, place, name=name, description=name, seed=place)
    tuned = helper("studies").study(run, null=20)
    shelves.put_study(folder / "tuned", helper("studies").weighed(tuned), 50)
    (folder / HOSTILE.replace("/", "-")).mkdir()
    return keep(folder).page.as_uri()


def _rows(page: Page):
    return page.locator("table.gallery tbody tr")


def _keys(page: Page, column: int) -> list[str]:
    return [row.locator("th, td").nth(column).get_attribute("data-order") for row in _rows(page).all()]


def test_every_line_is_there_with_its_curve_and_its_words(opened):
    page = opened()
    assert page.title() == "Gallery · Waterline"
    assert _rows(page).count() == page.locator("td.drawn svg").count() == len(NAMES) + 1
    assert page.locator("img").count() == 0
    names = [link.inner_text() for link in page.locator("table.gallery th a").all()]
    assert names[0] == "A run"
    assert names[1:] == [*names[1:3], NAMES[2], NAMES[1], NAMES[0]]
    assert all(len(name) <= 90 for name in names)


def test_heads_are_buttons_that_sort_by_keyboard_and_say_so(opened):
    page = opened()
    assert page.locator("th[aria-sort]").inner_text().startswith("Written")
    button = page.get_by_role("button", name=re.compile("^Growth of 1"))
    button.focus()
    page.keyboard.press("Enter")
    head = button.locator("xpath=ancestor::th")
    assert head.get_attribute("aria-sort") == "descending"
    keys = [float(key) for key in _keys(page, 1)]
    assert keys == sorted(keys, reverse=True)
    assert len(set(keys)) > 2
    assert "descending" in page.locator("#say").inner_text()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert [float(key) for key in _keys(page, 1)] == sorted(keys)
    assert page.locator("th[aria-sort]").count() == 1


def test_words_and_choices_leave_the_lines_that_have_all_of_them(opened):
    page = opened()
    shown = page.locator("#shown")
    page.get_by_label("Find").fill("PLAIN alert")
    expect(shown).to_have_text("1 of 6 lines")
    assert _rows(page).locator("visible=true").locator("th a").inner_text() == HOSTILE
    page.get_by_role("button", name="Show all").first.click()
    expect(shown).to_have_text("6 lines")
    assert page.evaluate("document.activeElement.id") == "find"
    page.get_by_label("Kind").select_option("study")
    expect(shown).to_have_text("1 of 6 lines")
    page.get_by_label("Find").fill("no such word")
    expect(page.locator("#none")).to_be_visible()
    assert _rows(page).locator("visible=true").count() == 0
    page.locator("#clear-too").click()
    expect(_rows(page).locator("visible=true")).to_have_count(6)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_stands_beside_the_page_at_any_width(opened, theme):
    page = opened(1920, theme)
    for width in (1920, 1280, 1000, 701, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(WIDTHS) == [width, width]
    page.get_by_label("Find").fill("plain")
    expect(_rows(page).locator("visible=true")).not_to_have_count(6)
    sizes = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
            .filter((e) => e.getClientRects().length)
            .map((e) => parseFloat(getComputedStyle(e).fontSize))"""
    )
    assert min(sizes) >= 11


def test_cells_keep_to_their_columns(opened):
    page = opened(1280)
    over = page.evaluate(
        """() => [...document.querySelectorAll("table.gallery tbody th, table.gallery tbody td")]
            .filter((cell) => cell.scrollWidth > cell.clientWidth + 1).map((cell) => cell.textContent.trim())"""
    )
    assert over == []


def test_the_theme_button_repaints_the_curves(opened):
    page = opened()
    line = page.locator("td.drawn .line-strategy").first
    before = line.evaluate("e => getComputedStyle(e).stroke")
    page.locator("#theme").click()
    assert line.evaluate("e => getComputedStyle(e).stroke") != before


def test_the_verdict_unfolds_by_keyboard(opened):
    page = opened()
    summary = page.locator("td.judged summary").last
    summary.focus()
    page.keyboard.press("Enter")
    assert summary.locator("xpath=..").locator("p").is_visible()


def test_without_script_all_lines_remain_and_no_control_is_shown(opened):
    page = opened(java_script_enabled=False)
    assert _rows(page).locator("visible=true").count() == len(NAMES) + 1
    assert page.locator(".filters:visible").count() == 0


def test_a_line_leads_to_its_page(opened, browser, address):
    page = opened()
    links = [link.evaluate("e => e.href") for link in page.locator("table.gallery th a").all()]
    other = browser.new_page()
    for link in links[:-1]:
        other.goto(link)
        assert other.title() == "its page", json.dumps(link)
    other.close()


def test_print_is_light_and_shows_the_table(opened):
    page = opened(1280, "dark")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator(".filters:visible").count() == 0
    assert _rows(page).first.is_visible()


def test_axe_finds_no_barrier_in_either_theme(opened, barriers):
    assert barriers(opened(1280)) == []
