"""The look-ahead tax on the page: the figures of the readings, their differences, and what cannot be told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_report_pages import Page

from waterline.audit import Line, Tax
from waterline.metrics import Estimate
from waterline.report.page import render_page
from waterline.report.tax import HEADS, tax_answer, tax_section, tax_table


def _line(reading: str, cagr: float, sharpe: float, depth: float = -0.5, gain: float = 0.02) -> Line:
    error = 0.25
    return Line(reading, f"what {reading} know", cagr, Estimate(sharpe, error, sharpe / error), depth,
                Estimate(gain, 0.02, gain / 0.02))  # fmt: skip


def _tax(*lines: Line, vintaged: tuple[str, ...] = (), latest_only: tuple[str, ...] = ("GDP",)) -> Tax:
    return Tax(lines, np.datetime64("2016-08-01"), np.datetime64("2025-12-31"), vintaged, latest_only)


@pytest.fixture
def tax() -> Tax:
    return _tax(_line("observation dates", 0.123, 1.0, -0.4, 0.031), _line("lagged revised", 0.1, 0.7))


def test_every_difference_is_that_to_the_run_and_the_run_has_none(tax):
    naive, own = tax_table(tax).rows
    assert [cell.text for cell in naive] == [
        "Observation dates", "12.3%", "+2.3", "+0.30", "−40.0%", "+10.0", "+3.1", "+1.1",
    ]  # fmt: skip
    assert [cell.text for cell in own] == ["Lagged revised, this run", "10.0%", "", "", "−50.0%", "", "+2.0", ""]
    assert len(naive) == len(HEADS) + 1 == len(tax_table(tax).columns)


@pytest.mark.parametrize(("sharpe", "size"), [(0.94, "less"), (0.46, "less"), (0.96, "more"), (0.44, "more")])
def test_the_answer_measures_the_tax_by_the_standard_error(sharpe, size):
    answer = tax_answer(_tax(_line("observation dates", 0.1, sharpe), _line("lagged revised", 0.1, 0.7)))
    assert f"{size} than its standard error of 0.25" in answer
    assert "cannot be told" in answer


def test_the_answer_says_what_revisions_are_worth_as_far_as_the_data_tell(tax):
    assert "for some series only" in tax_answer(replace(tax, vintaged=("GDP",)))
    assert "What revisions" not in tax_answer(replace(tax, vintaged=("GDP",), latest_only=()))


def test_a_sharpe_ratio_that_is_not_finite_is_left_out(tax):
    broken = replace(tax.lines[0], sharpe=Estimate(float("nan"), float("nan"), float("nan")))
    answer = tax_answer(replace(tax, lines=(broken, tax.lines[1])))
    assert "Sharpe" not in answer
    assert "**+2.3 points a year**" in answer


def test_a_run_without_another_reading_says_so(tax):
    alone = replace(tax, lines=tax.lines[1:], refused=(("observation dates", "No <score>."),))
    assert tax_section(alone)["answer"].startswith("**Not to be told**")
    assert "No <score>." in tax_section(alone)["remark"]


def test_the_page_shows_the_section_where_there_is_a_tax(outcome, judged, tax):
    plain = judged(outcome(seed=2))
    hostile = replace(tax, refused=(("first release", "<img src=x>"),))
    page = render_page(replace(plain, tax=hostile), tearsheet=None)
    assert '<section id="tax"' in page
    assert 'href="#tax"' in page
    assert "<img src=x>" not in page
    assert "Observation dates" in Page(page).text()
    assert 'id="tax"' not in render_page(plain, tearsheet=None)
