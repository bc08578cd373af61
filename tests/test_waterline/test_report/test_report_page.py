"""The page as text: whole, inert, and the same for the same outcome."""

from __future__ import annotations

import base64
import json
import re
import zlib

import pytest
from test_report_pages import Page

from waterline.catalog import ASSETS
from waterline.panel import Notice
from waterline.report.figures import library, source_digest
from waterline.report.page import render_page

HOSTILE = "<script>alert(1)</script>"
TAG = "</script><img src=x onerror=alert(1)>"
SECTIONS = [
    *("summary", "numbers", "growth", "months", "steady", "score", "holdings", "episodes"),
    *("luck", "thesis", "data", "terms"),
]


@pytest.fixture(scope="module")
def whole(outcome, judged):
    return judged(outcome())


@pytest.fixture(scope="module")
def plain(whole):
    return render_page(whole, tearsheet="tearsheet.html")


@pytest.fixture(scope="module")
def hostile(outcome, judged):
    sleeves = {TAG: ["ARKK"], "<b>bold</b>": ["XLE"]}
    mixes = {"ample": {TAG: 1.0}, "scarce": {TAG: 1.0}, "before": {TAG: 1.0}}
    run = outcome(
        name=HOSTILE,
        description=HOSTILE,
        sleeves=sleeves,
        pillars=(TAG, "a**b**"),
        notices=(Notice(TAG, HOSTILE),),
        strategy={"use": "strategies.regime_switch:RegimeSwitch", "params": mixes},
    )
    return render_page(judged(run), tearsheet=None)


def test_every_element_is_closed_and_ids_are_unique(plain):
    page = Page(plain)
    assert page.open == []
    ids = [attrs["id"] for _, attrs in page.having("id")]
    assert len(ids) == len(set(ids))


def test_the_same_outcome_gives_the_same_text(outcome, judged, plain):
    run = outcome()
    assert render_page(judged(run), tearsheet="tearsheet.html") == plain


def test_the_page_is_one_file_below_five_megabytes(plain):
    assert len(plain.encode()) < 5_000_000
    page = Page(plain)
    assert {tag for tag, _ in page.elements} & {"iframe", "object", "embed", "base", "form"} == set()
    for tag, attrs in page.elements:
        assert "src" not in attrs
        assert "srcset" not in attrs
        assert not any(name.startswith("on") for name in attrs)
        if "href" in attrs and tag != "a":
            assert attrs["href"].startswith(("data:", "#"))
    styles = plain[plain.index("<style>") : plain.index("</style>")]
    assert not re.search(r"url\(|@import|https?:", styles)


def test_links_stay_beside_the_page(plain):
    links = [attrs["href"] for tag, attrs in Page(plain).elements if tag == "a"]
    beside = {link for link in links if not link.startswith("#")}
    assert beside == {"tearsheet.html", "metrics.json", "run.json", "daily.parquet"}
    ids = {attrs["id"] for _, attrs in Page(plain).having("id")}
    assert {link[1:] for link in links if link.startswith("#")} <= ids


def test_the_policy_lets_only_these_scripts_run(plain):
    page = Page(plain)
    (policy,) = [attrs["content"] for tag, attrs in page.elements if attrs.get("http-equiv")]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe-eval" not in policy
    allowed = re.search(r"script-src ([^;]*);", policy).group(1).split()
    run = page.scripts[-1]
    assert allowed == [f"'{source_digest(run.encode())}'", f"'{library().digest}'"]


def test_the_library_unpacks_to_what_the_policy_allows(plain):
    packed = Page(plain).scripts[-2]
    source = zlib.decompress(base64.b64decode(packed))
    assert source_digest(source) == library().digest
    assert b"plotly.js" in source[:200]


def test_chart_data_is_json_without_a_tag(plain, hostile):
    for text in (plain, hostile):
        data = Page(text).scripts[0]
        assert "<" not in data
        run = json.loads(data)
        assert {figure["id"] for figure in run["figures"]} >= {"growth", "steady", "score", "holdings"}


def test_every_chart_on_the_page_has_its_figure(plain, hostile):
    for text in (plain, hostile):
        page = Page(text)
        run = json.loads(page.scripts[0])
        assert [attrs["data-figure"] for _, attrs in page.having("data-figure")] == [
            figure["id"] for figure in sorted(run["figures"], key=lambda figure: figure["id"] == "holdings")
        ]
        for _, attrs in page.having("data-figure"):
            assert attrs["aria-label"]


def test_hostile_names_are_words_and_nothing_else(plain, hostile):
    page = Page(hostile)
    assert "img" not in {tag for tag, _ in page.elements}
    assert len(page.scripts) == len(Page(plain).scripts)
    assert HOSTILE in page.text()
    assert page.scripts[-1] == Page(plain).scripts[-1]


def test_sections_are_labelled_landmarks_in_page_order(plain):
    page = Page(plain)
    assert [attrs["id"] for tag, attrs in page.elements if tag == "section"] == SECTIONS
    ids = {attrs["id"] for _, attrs in page.having("id")}
    for tag, attrs in page.elements:
        if tag == "section":
            assert attrs["aria-labelledby"] in ids
    tags = [tag for tag, _ in page.elements]
    assert [tags.count(tag) for tag in ("h1", "main", "nav", "footer")] == [1, 1, 1, 1]
    first_link = next(attrs for tag, attrs in page.elements if tag == "a")
    assert first_link["class"] == "skip"


def test_controls_are_buttons_with_their_state(plain):
    page = Page(plain)
    buttons = [attrs for tag, attrs in page.elements if tag == "button"]
    assert all(attrs["type"] == "button" for attrs in buttons)
    assert len([1 for attrs in buttons if "aria-pressed" in attrs]) == 1 + 2 + 4
    assert page.having("aria-live", "polite")


def test_every_head_of_the_months_has_its_scope(plain):
    elements = Page(plain).elements
    start = next(k for k, (tag, attrs) in enumerate(elements) if tag == "table" and attrs.get("class") == "months")
    inside = elements[start : start + next(k for k, (tag, _) in enumerate(elements[start:]) if tag == "ul")]
    assert [attrs["scope"] for tag, attrs in inside if tag == "th"] == ["col"] * 14 + ["row"] * 3
    assert sum(tag == "td" for tag, _ in inside) == 3 * 13


def test_no_figure_is_written_as_nan(plain, hostile):
    for text in (plain, hostile):
        words = Page(text).text()
        assert not re.search(r"\b(nan|inf|NaT|None(?! of))\b", words)


def test_numbers_have_true_minus_signs(plain):
    assert not re.search(r"(?<![\w-])-\d", Page(plain).text())


@pytest.mark.parametrize("without", [10**6, 755])
def test_a_run_without_a_return_still_has_its_page(outcome, judged, without):
    run = outcome(warm_up=without)
    page = Page(render_page(judged(run), tearsheet=None))
    assert [attrs["id"] for tag, attrs in page.elements if tag == "section"] == ["summary", "data", "terms"]
    assert page.having("data-figure") == []
    assert len(page.scripts) == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"warm_up": 754},
        {"total": 0.1},
        {"total": 2.0},
        {"missing": slice(300, None)},
        {"slack": False},
        {"scale": 0.0},
        {"pillars": ("one",)},
        {"idea_date": "2019-01-15"},
        {"notices": ()},
    ],
    ids=[
        "two sessions",
        "always ample",
        "always scarce",
        "score ends",
        "no tub",
        "no risk",
        "one pillar",
        "all after",
        "quiet",
    ],
)
def test_odd_runs_have_sane_pages(outcome, judged, odd):
    run = outcome(**odd)
    page = Page(render_page(judged(run), tearsheet=None))
    assert page.open == []
    assert [attrs["id"] for tag, attrs in page.elements if tag == "section"] == SECTIONS
    assert not re.search(r"\b(nan|inf|NaT|None(?! of))\b", page.text())


def test_half_a_century_of_every_asset_stays_one_page(outcome, judged):
    names = [name for name in ASSETS if name != "SPY"]
    run = outcome(start="1971-01-04", sleeves={"speculative": names[::2], "generators": names[1::2]})
    text = render_page(judged(run), tearsheet=None)
    page = Page(text)
    assert len(run.sessions) > 50 * 250
    assert len(text.encode()) < 5_000_000
    assert page.open == []
    assert [attrs["id"] for tag, attrs in page.elements if tag == "section"] == SECTIONS
    assert all(name in page.text() for name in names)


def test_the_tear_sheet_is_linked_only_where_there_is_one(whole):
    assert "tearsheet" not in render_page(whole, tearsheet=None)
