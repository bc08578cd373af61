"""The page of a study in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from waterline.report.study.page import render_study

HOSTILE = "</script><img src=x onerror=alert(1)>"
SPACE = {
    "regime.up": {"float": (0.25, 1.5)},
    f"signal.params.{HOSTILE}": {"int": (5, 63)},
    "execution.band_absolute": {"float": (0.001, 0.1), "log": True},
    "signal.kind": {"choice": ("MON", HOSTILE)},
}
CHARTS = ["growth", "null", "dispersion", "foresight", "plateau", "neighbours", "history.sweep", "history.search"]
PLAIN = CHARTS[1:]
WORDS = """() => Object.fromEntries([...document.querySelectorAll(".chart")].map((chart) => [
    chart.dataset.figure,
    [...chart.querySelectorAll(".annotation-text-g text, .xtick text, .ytick text")]
        .map((text) => [text, text.getBoundingClientRect()])
        .filter(([text]) => text.textContent.trim())
        .map(([text, box]) => [text.textContent, box.left, box.top, box.right, box.bottom]),
]))"""


@pytest.fixture(scope="module")
def address(tmp_path_factory, helper) -> str:
    """A study whose names try to be more than names."""
    run = helper("outcomes").outcome(seed=3, name="A study to read")
    study = helper("studies").study(run, space=SPACE, null=60, drawn={"problems": (HOSTILE,)}, notices=(HOSTILE,))
    path = tmp_path_factory.mktemp("study") / "index.html"
    path.write_text(render_study(helper("studies").weighed(study)), encoding="utf-8")
    return path.as_uri()


def _chart(page: Page, name: str):
    return page.locator(f'[data-figure="{name}"]')


def _read(page: Page, name: str) -> str:
    return page.locator(f'[data-read="{name}"]').inner_text().replace("\n", " ")


def test_every_chart_is_drawn_without_a_word_or_a_request(opened):
    page = opened()
    assert [chart.get_attribute("data-figure") for chart in page.locator(".chart.js-plotly-plot").all()] == CHARTS
    for name in CHARTS:
        assert _chart(page, name).locator("svg .trace path, svg .point path, svg .hm image").count() > 0, name
    assert page.locator("img").count() == 0
    assert "A study to read" in page.title()


@pytest.mark.parametrize(("theme", "widths"), [("light", (1920, 1000, 701, 390)), ("dark", (1440, 900, 360))])
def test_nothing_stands_beside_the_page_at_any_width(opened, theme, widths):
    page = opened(1920, theme)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        for name in ("growth", "plateau"):
            drawn = _chart(page, name).locator(".main-svg").first
            expect(drawn).to_have_attribute("width", str(_chart(page, name).evaluate("e => e.clientWidth")))
        assert page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth, ...[...document."
            "querySelectorAll('.chart .main-svg')].map((e) => e.getBoundingClientRect().right > innerWidth)]"
        ) == [width, width, *[False] * (3 * len(CHARTS))]


@pytest.mark.parametrize("width", [360, 1440])
def test_words_in_charts_are_large_enough_and_do_not_overlap(opened, width):
    page = opened(width)
    sizes = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
            .filter((e) => e.getClientRects().length)
            .map((e) => parseFloat(getComputedStyle(e).fontSize))"""
    )
    assert min(sizes) >= 11
    for name, boxes in page.evaluate(WORDS).items():
        for k, (one, left, top, right, bottom) in enumerate(boxes):
            assert left >= 0, (name, one)
            assert right <= width, (name, one)
            for other, left_too, top_too, right_too, bottom_too in boxes[k + 1 :]:
                beside = right <= left_too + 1 or right_too <= left + 1
                assert beside or bottom <= top_too + 4 or bottom_too <= top + 4, (name, one, other)


def test_every_point_of_a_chart_can_be_read_by_keyboard(opened):
    page = opened()
    for name in PLAIN:
        chart = page.get_by_role("slider").and_(_chart(page, name))
        chart.focus()
        last = int(chart.get_attribute("aria-valuemax"))
        home = chart.get_attribute("aria-valuetext")
        page.keyboard.press("Home")
        first = chart.get_attribute("aria-valuetext")
        seen = {chart.get_attribute("aria-valuenow")}
        for _ in range(min(last, 4)):
            page.keyboard.press("ArrowRight")
            seen.add(chart.get_attribute("aria-valuenow"))
        assert len(seen) == min(last, 4) + 1, name
        page.keyboard.press("End")
        assert chart.get_attribute("aria-valuetext") != first or last == 0, name
        assert chart.locator(".pointed").is_visible()
        page.keyboard.press("Escape")
        assert chart.get_attribute("aria-valuetext") == home
        assert chart.locator(".pointed").is_hidden()


def test_arrows_go_up_and_down_the_columns_of_the_map(opened):
    page = opened()
    chart = _chart(page, "plateau")
    chart.focus()
    page.keyboard.press("Home")
    steps = [_read(page, "plateau")]
    for _ in range(3):
        page.keyboard.press("ArrowUp")
        steps.append(_read(page, "plateau"))
    page.keyboard.press("ArrowDown")
    assert len(set(steps)) == 4
    assert {step.split()[1] for step in steps} == {"0.25"}
    assert _read(page, "plateau") == steps[2]


def test_the_pointer_reads_the_nearest_point(opened):
    page = opened()
    chart = _chart(page, "foresight")
    chart.scroll_into_view_if_needed()
    before = _read(page, "foresight")
    assert before.startswith("Fold 4, chosen")
    dot = chart.locator(".point").first.bounding_box()
    page.mouse.move(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    ring = chart.locator(".pointed").bounding_box()
    assert abs(ring["x"] + ring["width"] / 2 - dot["x"] - dot["width"] / 2) < 2
    assert abs(ring["y"] + ring["height"] / 2 - dot["y"] - dot["height"] / 2) < 2
    assert ", trial " in _read(page, "foresight")
    page.mouse.move(2, 2)
    assert _read(page, "foresight") == before


def test_the_date_cursor_and_the_zoom_work_as_on_the_run_page(opened):
    page = opened()
    whole = _read(page, "growth")
    slider = page.get_by_role("slider", name="Date cursor for all charts")
    slider.focus()
    page.keyboard.press("Home")
    assert "Strategy ×1.00" in slider.get_attribute("aria-valuetext")
    names = page.locator("[data-figure=growth] .annotation-text-g text")
    assert {"0", "1", "2", "3", "4"} <= set(names.all_text_contents())
    page.get_by_role("button", name="1 year").click()
    assert "0" not in names.all_text_contents()
    assert "4" in names.all_text_contents()
    slider.focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert _read(page, "growth") == whole


def test_the_theme_repaints_every_chart(opened):
    page = opened()
    marks = {
        "growth": "path.js-line",
        "foresight": ".scatterlayer .trace:last-child .point",
        "null": ".bars .point path",
        "history.sweep": ".scatterlayer .trace:last-child path.js-line",
    }

    def colours():
        shown = {name: _chart(page, name).locator(mark).last for name, mark in marks.items()}
        return {name: mark.evaluate("e => e.style.stroke + e.style.fill") for name, mark in shown.items()}

    light = colours()
    image = _chart(page, "plateau").locator("image").get_attribute("href")
    page.locator("#theme").click()
    dark = colours()
    assert all(light[name] != dark[name] for name in marks)
    assert _chart(page, "plateau").locator("image").get_attribute("href") != image
    page.locator("#theme").click()
    assert colours() == light


def test_the_folds_sort_and_without_script_all_words_remain(opened):
    page = opened()
    page.get_by_role("button", name="Lead over mix").click()
    keys = [float(cell.get_attribute("data-order")) for cell in page.locator("table.folds tbody td:last-child").all()]
    assert keys == sorted(keys, reverse=True)
    still = opened(java_script_enabled=False)
    assert still.locator(".verdict").is_visible()
    assert still.locator("table.folds tbody tr").count() == 5
    assert still.locator("table.drift svg").count() == 4
    assert still.locator(".chart:visible").count() == 0
    assert (
        still.get_by_text("need JavaScript").or_(still.get_by_text("needs JavaScript")).locator("visible=true").count()
        == 4
    )


def test_print_is_light_and_fits_the_sheet(opened):
    page = opened(1440, "dark")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert _chart(page, "growth").locator(".main-svg").first.bounding_box()["width"] == 700
    assert 300 < _chart(page, "null").locator(".main-svg").first.bounding_box()["width"] < 350
    page.evaluate("dispatchEvent(new Event('afterprint'))")


def test_axe_finds_no_barrier_in_either_theme(opened, barriers):
    assert barriers(opened(1280)) == []
