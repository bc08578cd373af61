"""The page of simulated worlds as text: whole, inert, honest about its bounds, sane for every odd study."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest
from test_report_pages import Page

from waterline.metrics import Estimate
from waterline.report.figures import source_digest
from waterline.report.worlds.page import render_worlds
from waterline.report.worlds.pictures import BINS, histograms, picture
from waterline.report.worlds.results import as_tree, write_worlds
from waterline.report.worlds.tables import world_tables
from waterline.world import History, Study, Trial, worlds
from waterline.world.detection import Detection

TAG = "</script><img src=x onerror=alert(1)>"
TESTS = ("hac", "shift", "larger", "demand adds: hac")


def trials(p, tests=TESTS):
    """Runs with given p-values, the same for every test."""
    seen = Detection((12, 30), 1, 2, 0.8, 0.5)
    gain = Estimate(0.1, 0.05, 2.0)
    return tuple(
        Trial(n, 504, gain, 0.08, dict.fromkeys(tests, value), {"hac": n % 10 > 0}, seen) for n, value in enumerate(p)
    )


def even(count):
    return ((np.arange(count) + 0.5) / count).tolist()


def study(world="N1", p=None, tests=TESTS):
    return Study(world, 5, 8.0, trials(even(200) if p is None else p, tests))


def shown(world="N1", sessions=600, **changes):
    rng = np.random.default_rng(2)
    days = np.datetime64("2018-01-01") + np.arange(sessions)
    growth = {name: np.exp(np.cumsum(0.01 * rng.standard_normal(sessions))) for name in ("strategy", "mix")}
    states = np.repeat([0, 1, 2, 0], sessions // 4).astype(np.int8)
    called = np.roll(states == 2, 20)
    whole = History(world, 0, days, states, called, rng.standard_normal(sessions), growth)
    return replace(whole, **changes)


@pytest.fixture(scope="module")
def alone():
    return render_worlds([study()], [shown()])


@pytest.fixture(scope="module")
def every():
    names = list(worlds())
    return render_worlds([study(name) for name in names], [shown(name) for name in names])


def test_every_element_is_closed_and_ids_are_unique(alone, every):
    for text in (alone, every):
        page = Page(text)
        assert page.open == []
        ids = [attrs["id"] for _, attrs in page.having("id")]
        assert len(ids) == len(set(ids))
        assert {attrs["href"][1:] for tag, attrs in page.elements if tag == "a" and attrs["href"][0] == "#"} <= set(ids)


def test_sections_come_in_page_order_and_the_same_studies_give_the_same_text(alone, every):
    sections = [[attrs["id"] for tag, attrs in Page(text).elements if tag == "section"] for text in (alone, every)]
    assert sections == [["summary", "N1", "terms"], ["summary", "compared", *worlds(), "terms"]]
    assert render_worlds([study()], [shown()]) == alone


def test_one_script_may_run_and_nothing_is_fetched(every):
    page = Page(every)
    (policy,) = [attrs["content"] for _, attrs in page.elements if attrs.get("http-equiv")]
    assert policy.startswith("default-src 'none'; ")
    allowed = re.search(r"script-src ([^;]*);", policy).group(1).split()
    assert allowed == [f"'{source_digest(page.scripts[-1].encode())}'"]
    assert len(page.scripts) == 1
    for tag, attrs in page.elements:
        assert not any(name.startswith("on") or name in ("src", "srcset") for name in attrs)
        assert tag == "a" or attrs.get("href", "data:").startswith("data:")
    assert len(every.encode()) < 1_000_000


def test_the_head_says_what_is_true_how_many_and_with_which_seed(alone):
    words = Page(alone).text()
    for told in (
        "World N1",
        "No drift difference, volatility by state",
        "200 histories",
        "8 evaluated years",
        "seed 5",
    ):
        assert told in words


def test_hostile_names_are_words_and_nothing_else(alone):
    page = Page(render_worlds([study(tests=("larger", TAG, f"search: {TAG}"))], [shown()]))
    assert "img" not in {tag for tag, _ in page.elements}
    assert page.scripts == Page(alone).scripts
    assert TAG in page.text()


def test_a_broken_bound_is_flagged_and_a_kept_one_holds(alone):
    assert "All 5 bounds hold" in Page(alone).text()
    assert "too often" not in Page(alone).text()
    broken = Page(render_worlds([study(p=[0.01] * 30 + even(170))], [shown()]))
    assert "4 of 5 bounds are broken" in broken.text()
    assert broken.text().count("too often") == 4
    assert "With fewer than 100 histories" in Page(render_worlds([study(p=even(20))], [shown()])).text()


def test_power_stands_beside_the_critical_values_of_the_nulls():
    null = study(p=[0.001] * 20 + even(180))
    table = world_tables(study("A2"), {"hac": null.critical_p("hac")})[0]
    assert [row[-1].detail for row in table.rows] == ["finds 0.0%" if null.critical_p("hac") == 0 else "", "", "", ""]
    assert all(row[4].text == "" for row in table.rows)
    again = world_tables(study("A2"), {"hac": 0.021})[0].rows[0][-1]
    assert (again.text, again.detail) == ("0.021", "finds 2.0%")


@pytest.mark.parametrize("p", [even(200), [0.05] * 7, [math.nan, 0.0, 1.0], [0.3]])
def test_the_first_bin_holds_what_rejects_and_all_bins_hold_all(p):
    one = study(p=p)
    drawn = histograms(one)[0]
    heights = np.array([bar.h for bar in drawn.bars])
    rejected = one.rejections("hac").value
    assert len(heights) == BINS
    assert heights[0] / heights.sum() == pytest.approx(rejected, abs=0.01)
    assert (heights >= 0).all()
    assert drawn.bars[0].rejects


def test_true_states_fill_the_picture_in_order():
    drawn = picture(shown(), study())
    assert [span.state for span in drawn.true] == ["slack", "stimulus", "scarce", "slack"]
    for spans in (drawn.true, drawn.called):
        ends = [span.x + span.w for span in spans]
        assert ends[-1] == pytest.approx(100.0, abs=0.05)
        assert [span.x for span in spans[1:]] == pytest.approx(ends[:-1], abs=0.05)
    assert "called after 12, 30 sessions, 1 missed; 2 false alarms" in drawn.summary
    score = np.where(np.arange(600) < 300, np.nan, 1.0)
    broken = picture(shown(score=score), study()).panels[0].lines[0].path
    assert broken.count("M") == 1
    assert "nan" not in broken


@pytest.mark.parametrize(
    ("p", "changes"),
    [
        ([0.2], {}),
        ([math.nan], {}),
        (even(3), {"score": np.full(600, np.nan)}),
        (even(3), {"called": np.ones(600, dtype=bool), "growth": {"strategy": np.ones(600), "mix": np.ones(600)}}),
    ],
    ids=["one run", "no p-value", "no score", "nothing moves"],
)
def test_odd_studies_have_sane_pages(p, changes):
    page = Page(render_worlds([study("A2", p)], [shown("A2", **changes)]))
    assert page.open == []
    words = page.text()
    assert not re.search(r"\b(nan|inf|None)\b", words)
    assert not re.search(r"(?<![\w-])-\d", words)


def test_the_folder_holds_the_page_and_every_run(tmp_path):
    one = study("N4", [math.nan, 0.2, 0.01], ("larger", "search: max shift"))
    write_worlds([one], [shown("N4")], tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"index.html", "study.json"}
    tree = json.loads((tmp_path / "out" / "study.json").read_text(), parse_constant=pytest.fail)
    assert tree == json.loads(json.dumps(as_tree([one])))
    world = tree["worlds"]["N4"]
    assert [trial["p"]["larger"] for trial in world["trials"]] == [None, 0.2, 0.01]
    assert "holds" not in world["figures"]["rejects: larger"]
    assert world["figures"]["rejects: search: max shift"]["holds"] is False
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]
