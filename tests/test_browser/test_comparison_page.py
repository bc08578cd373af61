"""The comparison in a real browser."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from waterline.report.comparison.writing import compare

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"
COUNT = 8


@pytest.fixture(scope="module")
def address(tmp_path_factory, helper) -> str:
    """As many runs as there is room for, some called what no folder should be called."""
    folder, outcomes, shelves = tmp_path_factory.mktemp("comparison"), helper("outcomes"), helper("shelves")
    names = [HOSTILE.replace("/", "%"), "n" * 200, "👩‍🚀", *(f"run{place}" for place in range(3, COUNT))]
    runs = [outcomes.outcome(seed=seed) for seed in range(2)]
    evidence = outcomes.judged(runs[0]).evidence
    for place, name in enumerate(names):
        shelves.put_run(folder / name, runs[place % 2], evidence, place, name=HOSTILE, seed=place)
    return compare([str(folder / name) for name in names]).absolute().as_uri()


def _read(page: Page, figure: str) -> str:
    return page.locator(f"[data-read={figure}]").inner_text().replace("\n", " ")


def test_both_charts_are_drawn_without_a_word_or_a_request(opened):
    page = opened()
    growth, states = (page.locator(f"[data-figure={name}]") for name in ("growth", "states"))
    assert growth.locator("path.js-line").count() == 2 * COUNT
    assert states.locator("path.js-fill").count() == 2 * COUNT
    assert page.locator(".chart.js-plotly-plot").count() == 2
    assert page.locator("img").count() == 0
    assert states.locator("g[class^=y][class$=tick] text").all_text_contents() == list("ABCDEFGH")


@pytest.mark.parametrize(("theme", "widths"), [("light", (1920, 1000, 360)), ("dark", (1280, 701))])
def test_nothing_stands_beside_the_page_at_any_width(opened, theme, widths):
    page = opened(widths[0], theme)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        box = page.locator("[data-figure=growth]")
        expect(box.locator(".main-svg").first).to_have_attribute("width", str(box.evaluate("e => e.clientWidth")))
        assert page.evaluate("[document.documentElement.scrollWidth, innerWidth]") == [width, width]


def test_ribbons_stand_under_the_same_dates_as_the_curves(opened):
    page = opened()
    edges = [
        page.locator(f"[data-figure={name}] .nsewdrag").first.evaluate(
            "e => [e.getBoundingClientRect().left, e.getBoundingClientRect().width]"
        )
        for name in ("growth", "states")
    ]
    assert edges[0] == pytest.approx(edges[1], abs=0.5)


def test_any_date_can_be_read_by_keyboard_in_both_charts(opened):
    page = opened()
    slider = page.get_by_role("slider", name="Date cursor for all charts")
    slider.focus()
    end = _read(page, "growth"), _read(page, "states")
    page.keyboard.press("Home")
    assert "A ×1.00" in _read(page, "growth")
    assert "H ×1.00" in slider.get_attribute("aria-valuetext")
    assert _read(page, "states").split(" A ")[1].split()[0] in {"ample", "scarce"}
    page.keyboard.press("End")
    assert (_read(page, "growth"), _read(page, "states")) == end
    page.get_by_role("button", name="1 year").click()
    assert _read(page, "growth") != end[0]


def test_names_of_lines_do_not_overlap_and_are_not_cut(opened):
    for width in (360, 1280):
        page = opened(width)
        texts = page.locator("[data-figure=growth] .annotation-text-g text").all()
        boxes = sorted((text.bounding_box() for text in texts), key=lambda box: box["y"])
        assert len(boxes) == 2 * COUNT + 1
        assert all(box["x"] + box["width"] <= width for box in boxes)
        right = [box for box in boxes if box["x"] > width * 0.7]
        assert all(below["y"] - above["y"] >= 11 for above, below in pairwise(right))


def test_without_script_the_tables_remain(opened):
    page = opened(java_script_enabled=False)
    assert page.locator("table.figures:visible").count() == 2
    assert page.locator("table.keyed tbody tr").count() == 1
    assert page.locator(".chart:visible").count() == 0


def test_axe_finds_no_barrier_in_either_theme(opened, barriers):
    assert barriers(opened(1280)) == []
