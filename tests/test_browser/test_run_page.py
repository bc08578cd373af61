"""The run page in a real browser, opened from the file it is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from waterline.report.page import render_page

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"
BACKGROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture(scope="module")
def address(tmp_path_factory, helper) -> str:
    """A run whose names try to be more than names, with days without a score."""
    outcomes = helper("outcomes")
    run = outcomes.outcome(
        seed=3,
        name="A page to read",
        missing=slice(300, 360),
        pillars=(HOSTILE, "price", "stress"),
        sleeves={"speculative": ["ARKK", "IGV", "IWO", "WCLD", "XBI", "SMH"], "generators": ["XLE", "VTV", "COWZ"]},
    )
    path = tmp_path_factory.mktemp("page") / "index.html"
    path.write_text(render_page(outcomes.judged(run), tearsheet="tearsheet.html"), encoding="utf-8")
    return path.as_uri()


def _read(page: Page, figure: str = "growth") -> str:
    return page.locator(f"[data-read={figure}]").inner_text().replace("\n", " ")


def _plot(page: Page, figure: str) -> dict[str, float]:
    """Place of the first plot of a figure, once it is in view."""
    plot = page.locator(f"[data-figure={figure}] .nsewdrag").first
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    plot.scroll_into_view_if_needed()
    return plot.bounding_box()


def test_every_chart_is_drawn_without_a_word_or_a_request(opened):
    page = opened()
    charts = page.locator(".chart")
    assert charts.count() == page.locator(".chart.js-plotly-plot").count() > 6
    for chart in charts.all():
        assert chart.locator("svg .trace path").count() > 0
    assert page.locator("img").count() == 0
    assert "A page to read" in page.title()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_stands_beside_the_page_at_any_width(opened, theme):
    page = opened(1920, theme)
    for width in (1920, 1440, 1000, 768, 390, 360):
        page.set_viewport_size({"width": width, "height": 900})
        growth = page.locator("[data-figure=growth] .main-svg").first
        expect(growth).to_have_attribute(
            "width", str(page.locator("[data-figure=growth]").evaluate("e => e.clientWidth"))
        )
        widths = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert widths == [width, width]
        for chart in page.locator(".chart .main-svg:first-child").all():
            assert chart.bounding_box()["x"] + chart.bounding_box()["width"] <= width


@pytest.mark.parametrize("width", [360, 1440])
def test_no_text_is_smaller_than_eleven_pixels(opened, width):
    sizes = opened(width).evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
            .filter((e) => e.getClientRects().length)
            .map((e) => parseFloat(getComputedStyle(e).fontSize))"""
    )
    assert min(sizes) >= 11


@pytest.mark.parametrize("width", [360, 1440])
def test_end_labels_do_not_overlap_and_are_not_cut(opened, width):
    page = opened(width)
    for figure in ("growth", "steady", "score", "holdings"):
        boxes = [box.bounding_box() for box in page.locator(f"[data-figure={figure}] .annotation-text-g text").all()]
        right = [box for box in boxes if box["x"] > width * 0.7]
        for one in right:
            assert one["x"] + one["width"] <= width
        boxes.sort(key=lambda box: box["y"])
        for k, one in enumerate(boxes):
            for other in boxes[k + 1 :]:
                apart = (
                    other["y"] - one["y"] >= 11
                    or other["x"] >= one["x"] + one["width"]
                    or one["x"] >= other["x"] + other["width"]
                )
                assert apart, (figure, one, other)


def test_the_theme_button_repaints_page_and_charts(opened):
    page = opened()
    line = page.locator("[data-figure=growth] path.js-line").last
    before = page.evaluate(BACKGROUND), line.evaluate("e => e.style.stroke")
    button = page.locator("#theme")
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    after = page.evaluate(BACKGROUND), line.evaluate("e => e.style.stroke")
    assert before[0] != after[0]
    assert before[1] != after[1]
    button.click()
    assert (page.evaluate(BACKGROUND), line.evaluate("e => e.style.stroke")) == before


def test_tables_sort_by_keyboard_and_say_so(opened):
    page = opened()
    button = page.get_by_role("button", name=re.compile("^Gain over mix"))
    button.focus()
    page.keyboard.press("Enter")
    head = button.locator("xpath=ancestor::th")
    assert head.get_attribute("aria-sort") == "descending"
    cells = page.locator("table.episodes tbody tr td:nth-child(8)")
    keys = [float(cell.get_attribute("data-order")) for cell in cells.all()]
    assert keys == sorted(keys, reverse=True)
    assert len(set(keys)) > 2
    assert "descending" in page.locator("#say").inner_text()
    page.keyboard.press("Enter")
    keys = [float(cell.get_attribute("data-order")) for cell in cells.all()]
    assert head.get_attribute("aria-sort") == "ascending"
    assert keys == sorted(keys)


def test_missing_figures_stay_last_however_a_table_is_sorted(opened):
    page = opened()
    button = page.locator("table.sources thead button", has_text="Age")
    for _ in range(2):
        button.click()
        assert page.locator("table.sources tbody tr").last.inner_text().startswith("Financial conditions")


def test_any_date_can_be_read_by_keyboard(opened):
    page = opened()
    slider = page.get_by_role("slider", name="Date cursor for all charts")
    slider.focus()
    page.keyboard.press("Home")
    first = slider.get_attribute("aria-valuetext")
    assert first.startswith("4 Mar 2019, ")
    assert "Strategy ×1.00" in first
    page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext").startswith("11 Mar 2019, ")
    assert _read(page).startswith("11 Mar 2019")
    assert _read(page, "score").startswith("11 Mar 2019")
    page.keyboard.press("Shift+ArrowRight")
    assert slider.get_attribute("aria-valuetext").startswith("8 Apr 2019, ")
    page.keyboard.press("End")
    assert slider.get_attribute("aria-valuetext").startswith("31 Dec 2021, ")


def test_an_episode_is_shown_rebased_and_escape_goes_back(opened):
    page = opened()
    whole = _read(page)
    page.locator("[data-spell]").nth(2).click()
    shown = _read(page)
    assert shown != whole
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    assert "Strategy ×1.00" in slider.get_attribute("aria-valuetext")
    assert page.locator("[data-years=all]").get_attribute("aria-pressed") == "false"
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert _read(page) == whole


def test_dragging_zooms_every_chart_and_a_double_click_resets(opened):
    page = opened()
    whole = _read(page, "score")
    box = _plot(page, "growth")
    y = box["y"] + 120
    page.mouse.move(box["x"] + 100, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 400, y, steps=8)
    page.mouse.up()
    page.mouse.move(5, 5)
    expect(page.locator("[data-read=score]")).not_to_have_text(whole.replace(" ", ""))
    assert _read(page, "score") != whole
    page.mouse.dblclick(box["x"] + 300, y)
    page.mouse.move(5, 5)
    page.wait_for_timeout(400)
    assert _read(page, "score") == whole


def test_the_scale_changes_between_log_and_linear(opened):
    page = opened()
    ticks = page.locator("[data-figure=growth] .ytick text")
    log = ticks.all_inner_texts()
    page.get_by_role("button", name="Linear").click()
    assert ticks.count() > 2
    heights = [tick.bounding_box()["y"] for tick in page.locator("[data-figure=growth] g.ytick text").all()]
    assert len(heights) == len(set(heights))
    assert page.get_by_role("button", name="Linear").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Log", exact=True).click()
    assert ticks.all_inner_texts() == log


def test_the_scale_is_chosen_by_keyboard_kept_in_print_and_forgotten_on_reload(opened):
    page = opened()
    linear = page.get_by_role("group", name="Scale").get_by_role("button", name="Linear")
    ticks = page.locator("[data-figure=growth] .ytick text")
    log = ticks.all_inner_texts()
    assert page.get_by_text("logarithmic scale equal steps").is_visible()
    page.get_by_role("button", name="Log", exact=True).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert linear.get_attribute("aria-pressed") == "true"
    assert page.get_by_text("linear scale equal steps").is_visible()
    assert not page.get_by_text("logarithmic scale equal steps").is_visible()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert "log" not in page.evaluate("document.querySelector('[data-figure=growth]').layout.yaxis.type")
    assert page.get_by_text("linear scale equal steps").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    page.reload()
    expect(page.locator("html[data-charts=drawn]")).to_be_attached(timeout=30_000)
    assert ticks.all_inner_texts() == log


def test_the_rolling_ratio_is_read_with_its_error_on_the_dates_of_all_charts(opened):
    page = opened()
    assert re.search(r"Strategy −?\d\.\d\d ± \d\.\d\d", _read(page, "steady"))
    box = _plot(page, "steady")
    page.mouse.move(box["x"] + 20, box["y"] + 60)
    assert "Strategy –" in _read(page, "steady")
    assert _read(page, "steady")[:11] == _read(page)[:11]
    page.mouse.move(5, 5)
    page.get_by_role("button", name="1 year").click()
    axes = "ids => ids.map((id) => String(document.querySelector(`[data-figure=${id}]`).layout.xaxis.range))"
    growth, steady = page.evaluate(axes, ["growth", "steady"])
    assert growth == steady
    assert growth.startswith("2020-12-31")


def test_every_month_is_on_the_screen_at_once(opened):
    page = opened(1280)
    for width in (1280, 800, 360):
        page.set_viewport_size({"width": width, "height": 900})
        cells = page.evaluate(
            """() => [...document.querySelectorAll("table.months td")].map((cell) => {
                const box = cell.getBoundingClientRect();
                return [box.left, box.right, cell.scrollWidth - cell.clientWidth];
            })"""
        )
        assert len(cells) == 3 * 13
        assert all(left >= 0 and right <= width and beyond <= 0 for left, right, beyond in cells)


def test_pointing_moves_the_cursor_of_every_chart(opened):
    page = opened()
    box = _plot(page, "score")
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 50)
    lines = page.locator(".chart .cursor").all()
    assert len(lines) == page.locator(".chart").count()
    assert all(line.is_visible() for line in lines)
    assert _read(page)[:11] == _read(page, "holdings")[:11] != "31 Dec 2021"


def test_without_script_all_words_and_tables_remain(opened):
    page = opened(java_script_enabled=False)
    assert page.locator(".verdict").is_visible()
    assert page.locator("table.episodes tbody tr").count() > 3
    assert page.get_by_text("needs JavaScript").locator("visible=true").count() == 4
    page.get_by_text("Calendar years as a table").click()
    assert page.get_by_role("cell", name="2019").or_(page.get_by_role("rowheader", name="2019")).first.is_visible()
    assert page.locator(".chart:visible").count() == 0
    assert page.locator("button:visible").count() == page.locator("th button:visible").count()


def test_print_is_light_and_seven_hundred_pixels_wide(opened, tmp_path):
    page = opened(1440, "dark")
    dark = page.evaluate(BACKGROUND)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(BACKGROUND) == "rgb(255, 255, 255)"
    assert page.locator("[data-figure=growth] .main-svg").first.bounding_box()["width"] == 700
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.evaluate(BACKGROUND) == dark
    assert page.locator("[data-figure=growth] .main-svg").first.bounding_box()["width"] > 1200


def test_the_run_in_its_folder_reads_the_same_on_a_phone(opened, tmp_path):
    page = opened(390, has_touch=True, is_mobile=True)
    page.screenshot(path=tmp_path / "phone.png", full_page=True)
    labels = page.locator("table.episodes tbody tr").first.locator("td:visible")
    assert {cell.evaluate("e => getComputedStyle(e, '::before').content") for cell in labels.all()} >= {
        '"Sessions"',
        '"Mix"',
    }
