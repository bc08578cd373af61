"""Which words are explained by which definition."""

from __future__ import annotations

import pytest
from test_report_pages import Page

from waterline.report.definitions import INPUTS, LUCK, MEASURES, RATIOS, defining, head_ids, run_terms
from waterline.report.luck.tests import TEST_HEADS
from waterline.report.page import render_page
from waterline.report.tables import RUN_FIGURES
from waterline.report.tax import HEADS as TAX_HEADS
from waterline.report.verified import SHARED

TERMS = run_terms(adds_up=True, cutoff="16:00", idea_day="9 Feb 2026", shown=True)
IDS = head_ids(TERMS)


@pytest.mark.parametrize(
    ("head", "term"),
    [
        ("Timing gain", "term-timing-gain"),
        ("Timing gain, before costs", "term-timing-gain"),
        ("Gain over mix, after costs", "term-gain-over-the-mix"),
        ("Gain over mix, points", ""),
        ("p", "term-p-value"),
        ("p (Holm)", "term-p-holm"),
        ("Power to see a true 0.5", "term-power-detectable"),
        ("Points", "term-points"),
        ("Powerful", ""),
        ("Deflated, of the timing alone", "term-trials-deflated"),
        ("Worst drawdown", "term-drawdown"),
        ("Worst day", "term-best-and-worst-day"),
        ("</script>", ""),
    ],
)
def test_the_longest_beginning_that_ends_with_a_word_counts(head, term):
    assert defining(head, IDS) == term


def test_every_figure_of_strip_and_tables_has_a_definition():
    for head in (*RUN_FIGURES, *TEST_HEADS, *TAX_HEADS, *(figure.title for figure in SHARED)):
        assert defining(head, IDS), head


def test_ids_and_heads_are_told_apart():
    names = [term.id for term in TERMS]
    assert len(set(names)) == len(names)
    heads = [head.lower() for term in TERMS for head in term.heads or (term.name,)]
    assert len(set(heads)) == len(heads)
    assert set(MEASURES) | set(LUCK) | set(RATIOS) | set(INPUTS) <= set(TERMS)


def test_words_point_to_definitions_that_are_on_the_page_once(outcome, judged):
    for run in (outcome(), outcome(warm_up=10**6)):
        page = Page(render_page(judged(run), tearsheet=None))
        pointed = {attrs["aria-describedby"] for _, attrs in page.having("aria-describedby")}
        there = [attrs["id"] for tag, attrs in page.elements if tag == "dd" and "id" in attrs]
        assert pointed
        assert pointed <= set(there)
        assert len(there) == len(set(there))
