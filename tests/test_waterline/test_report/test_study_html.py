"""The page of a study as text: whole, inert, the same for the same study, and sane for every odd one."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from test_report_pages import Page

from waterline.report.figures import library, source_digest
from waterline.report.study.page import render_study
from waterline.tuning.outcome import Timing

HOSTILE = "<script>alert(1)</script>"
TAG = "</script><img src=x onerror=alert(1)>"
SECTIONS = [
    "summary", "numbers", "growth", "luck", "foresight", "folds", "plateau", "search", "checks", "terms",
]  # fmt: skip
ONE = {"regime.up": {"float": (0.25, 1.5)}}
MANY = {f"signal.params.member_{k}": {"float": (0, 1)} for k in range(30)} | {
    "strategy.kind": {"choice": (1, "1", 2.5, False)},
    "signal.tiny": {"float": (1e-7, 10.0), "log": True},
}


@pytest.fixture(scope="module")
def plain(study, weighed):
    return render_study(weighed(study(null=100, notices=("GDP is not point in time.",))))


@pytest.fixture(scope="module")
def hostile(study, weighed):
    space = {TAG: {"float": (0, 1)}, f"a.{TAG}": {"choice": (TAG, "**b**")}, "b.c": {"int": (1, 9)}}
    names = {"name": f"{HOSTILE}\nx: y", "description": HOSTILE}
    return render_study(weighed(study(space=space, null=20, notices=(TAG,), drawn={"problems": (TAG,)}, **names)))


def _figures(text):
    return {figure["id"]: figure for figure in json.loads(Page(text).scripts[0])["figures"]}


def test_every_element_is_closed_and_ids_are_unique(plain):
    page = Page(plain)
    assert page.open == []
    ids = [attrs["id"] for _, attrs in page.having("id")]
    assert len(ids) == len(set(ids))


def test_the_same_study_gives_the_same_text_whatever_time_it_took(study, weighed):
    first, again = study(), study()
    assert render_study(weighed(first)) == render_study(weighed(again))
    slower = replace(first, timing=Timing(1.0, 2.0, 3.0, 4.0, 5, 6))
    lines = zip(render_study(weighed(first)).splitlines(), render_study(weighed(slower)).splitlines(), strict=True)
    changed = {line.partition("</dt>")[0] for line, other in lines if line != other}
    assert changed == {f"<div><dt>{name}" for name in ("Compiling", "Evaluating", "Optuna", "All of the study")}


def test_the_page_is_one_inert_file_below_five_megabytes(plain):
    assert len(plain.encode()) < 5_000_000
    page = Page(plain)
    assert {tag for tag, _ in page.elements} & {"iframe", "object", "embed", "base", "form", "img"} == set()
    for tag, attrs in page.elements:
        assert not any(name.startswith("on") or name in ("src", "srcset") for name in attrs)
        if "href" in attrs and tag != "a":
            assert attrs["href"].startswith(("data:", "#"))
    styles = plain[plain.index("<style>") : plain.index("</style>")]
    assert not re.search(r"url\(|@import|https?:", styles)


def test_the_policy_lets_only_these_scripts_run(plain):
    page = Page(plain)
    (policy,) = [attrs["content"] for _, attrs in page.elements if attrs.get("http-equiv")]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe-eval" not in policy
    allowed = re.search(r"script-src ([^;]*);", policy).group(1).split()
    assert allowed == [f"'{source_digest(page.scripts[-1].encode())}'", f"'{library().digest}'"]


def test_links_stay_within_the_folder_and_the_page(plain):
    links = [attrs["href"] for tag, attrs in Page(plain).elements if tag == "a"]
    beside = {link for link in links if not link.startswith("#")}
    assert beside == {"best.yaml", "trials.parquet", "daily.parquet", "returns.npy", "config.yaml", "run.json"}
    ids = {attrs["id"] for _, attrs in Page(plain).having("id")}
    assert {link[1:] for link in links if link.startswith("#")} <= ids


def test_sections_are_labelled_landmarks_in_page_order(plain):
    page = Page(plain)
    assert [attrs["id"] for tag, attrs in page.elements if tag == "section"] == SECTIONS
    ids = {attrs["id"] for _, attrs in page.having("id")}
    assert {attrs["aria-labelledby"] for tag, attrs in page.elements if tag == "section"} <= ids
    tags = [tag for tag, _ in page.elements]
    assert [tags.count(tag) for tag in ("h1", "main", "nav", "footer")] == [1, 1, 1, 1]


def test_every_chart_has_its_figure_and_every_figure_its_chart(plain, hostile):
    for text in (plain, hostile):
        charts = [attrs for _, attrs in Page(text).having("data-figure")]
        assert [attrs["data-figure"] for attrs in charts] == list(_figures(text))
        assert all(attrs["aria-label"] for attrs in charts)


def test_hostile_names_are_words_and_nothing_else(plain, hostile):
    page = Page(hostile)
    assert {"img", "b"} & {tag for tag, _ in page.elements} == {"b"}
    assert page.scripts[-1] == Page(plain).scripts[-1]
    assert "<" not in page.scripts[0]
    assert HOSTILE in page.text()
    assert "a.</script><img src=x onerror=alert(1)>" in page.text().replace(" ", "").replace("<imgsrc=x", "<img src=x ")


def test_numbers_are_written_for_people(plain, hostile):
    for text in (plain, hostile):
        words = Page(text).text()
        assert not re.search(r"\b(nan|inf|NaT|None(?! of))\b", words)
        assert not re.search(r"(?<![\w-])-\d", words)


def test_no_sharpe_ratio_stands_without_its_error_trials_and_window(study, weighed):
    page = Page(render_study(weighed(study(objective=("sharpe_ratio",), null=20))))
    words = page.text()
    assert re.search(
        r"Standard error 0\.\d\d\. Against the mix [−+]?0?\.?\d.*? Test folds; in each the best of 672", words
    )
    assert "Lo 2002" in words
    assert len(re.findall(r"\d\.\d\d ±\d\.\d\d", words)) >= 3 + 2 * 5
    assert re.search(r"last choice reaches \d\.\d\d \(standard error 0\.\d\d, best of 672 parameter sets\)", words)


def test_shared_storage_and_a_missing_compiled_form_are_said(study, plain, weighed):
    odd = Page(render_study(weighed(study(shared_storage=True, compiled=False)))).text()
    assert "The order of arrival decides" in odd
    assert "reference engine itself" in odd.replace("  ", " ")
    assert "The order of arrival decides" not in Page(plain).text()
    assert "with any number of workers" in Page(plain).text()


@pytest.mark.parametrize(
    "odd",
    [
        {"space": ONE, "folds": 1, "drawn": {"sweep": 0, "trials": 1, "failed": 0.0}, "mapped": None, "splits": 0},
        {"space": ONE, "folds": 3, "drawn": {"sweep": 64, "trials": 0, "failed": 1.0}, "mapped": 1, "null": 1},
        {"drawn": {"sweep": 0, "trials": 32}, "null": 20},
        {"space": MANY, "objective": ("max_drawdown", "volatility", "cagr"), "folds": 12, "null": 20},
        {"space": {"execution.rebalance_weekday": {"choice": ("MON", "WED")}}, "mapped": None},
        {"folds": 30, "drawn": {"failed": 0.5, "problems": [f"reason {'x' * k} at {k}" for k in range(40)]}},
        {"objective": ("turnover_per_year",), "null": 5, "idea_date": np.datetime64("2005-01-03").item()},
    ],
    ids=["one trial", "one survivor", "no sweep", "many of all", "no range", "many reasons", "less is better"],
)
def test_odd_studies_have_sane_pages(study, odd, weighed):
    text = render_study(weighed(study(**odd)))
    page = Page(text)
    assert page.open == []
    assert [attrs["id"] for tag, attrs in page.elements if tag == "section"] == SECTIONS
    assert [attrs["data-figure"] for _, attrs in page.having("data-figure")] == list(_figures(text))
    assert not re.search(r"\b(nan|inf|NaT|None(?! of))\b", page.text())
    json.loads(page.scripts[0], parse_constant=pytest.fail)


def test_a_value_that_is_undefined_everywhere_leaves_its_cells_empty(study, weighed):
    tuned = study(mapped=2)
    nothing = replace(tuned.plateau, value=np.full_like(tuned.plateau.value, np.nan), share=float("nan"))
    figure = _figures(render_study(weighed(replace(tuned, plateau=nothing))))["plateau"]
    assert {value for row in figure["data"][0]["z"] for value in row} == {None}
