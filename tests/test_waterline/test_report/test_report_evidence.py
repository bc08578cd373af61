"""Luck and thesis on the page: what the appraisal and the scorecard say, and no figure without what belongs to it."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import replace
from typing import get_args

import pytest
from test_report_pages import Page

from waterline.appraisal import Refused, Verdict
from waterline.appraisal.gains import gain_test
from waterline.appraisal.ladders import COSTS, LAGS, Ladders, Rung
from waterline.appraisal.verdict import CONCLUSIONS, Kind
from waterline.metrics import Estimate
from waterline.report.answers import answers
from waterline.report.evaluated import Evaluated
from waterline.report.key_numbers import key_numbers
from waterline.report.luck.figures import drawn_numbers, sharpe_refusals, sharpe_table
from waterline.report.luck.tests import TEST_HEADS, registered_groups, test_groups
from waterline.report.luck.variants import ablation_table, cost_table, ladder_words, lag_table, left_out_table
from waterline.report.luck.words import luck_answer, numbers_sentence, p_text, shown_windows, verdict_text
from waterline.report.page import render_page
from waterline.report.thesis import HEADS, thesis_section

test_groups.__test__ = False  # the table of tests is no test
GAIN_AT, P_AT, POWER_AT, DETECTABLE_AT = (
    TEST_HEADS.index(head) for head in ("Gain, points a year", "p", "Power", "Detectable from")
)


@pytest.fixture(scope="module")
def parted(outcome, judged):
    """A run of which the idea has not seen the last year."""
    run = outcome(seed=3, idea_date="2021-01-04")
    return judged(run)


@pytest.fixture(scope="module")
def shown(parted):
    return Page(render_page(parted, tearsheet=None))


def _estimate(value, error=0.02):
    return Estimate(value, error, value / error)


def _rungs(steps, nets):
    return tuple(
        Rung(float(step), gain_test(_estimate(0.03 - 0.002 * k), 10.0), _estimate(net))
        for k, (step, net) in enumerate(zip(steps, nets, strict=True))
    )


def test_the_page_opens_with_the_verdict_of_the_appraisal(parted, shown):
    evidence = parted.evidence
    words = re.sub(r"\s+([.:,])", r"\1", shown.text())
    assert evidence.verdict.text in words
    assert evidence.kill_rule in words
    assert "turned 1 into" not in words


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_verdict_has_its_words(parted, kind):
    run, evidence = parted.outcome, parted.evidence
    said = CONCLUSIONS.get(kind, "nothing to judge")
    other = replace(evidence, verdict=Verdict(kind, f"A gain: {said}. More."))
    answer = answers(Evaluated(run), other)[3]
    assert (answer.text == "Yes") == (kind == "luck")
    assert bool(answer.drawing) == (kind in CONCLUSIONS)
    assert (f"**{said}**" in verdict_text(other)) == (kind in CONCLUSIONS)
    assert said in luck_answer(other).lower()
    assert (said in numbers_sentence(other)) == (kind in CONCLUSIONS)


def test_the_p_value_to_quote_is_that_of_the_evidence(parted):
    evidence = parted.evidence
    for window, group in zip(shown_windows(evidence), test_groups(evidence), strict=True):
        quoted = group.rows[-1][2]
        assert quoted[P_AT] == p_text(window.timing.p_value)
        found = [row[2][P_AT] for row in group.rows[:-1] if row[2][P_AT] != "–"]
        assert quoted[P_AT] in found


def test_no_p_value_stands_without_its_power(parted):
    evidence = parted.evidence
    rows = [row for group in (*test_groups(evidence), *registered_groups(evidence)) for row in group.rows]
    told = [figures for _, _, figures in rows if re.match(r"<?\d", figures[P_AT])]
    assert len(told) > 8
    for figures in told:
        assert re.match(r"\d\.\d\d", figures[POWER_AT])
        assert figures[DETECTABLE_AT].endswith("%")


def test_windows_of_the_same_sessions_are_shown_once(outcome, judged, parted):
    assert [window.name for window in shown_windows(parted.evidence)] == ["pre_idea", "post_idea", "all"]
    evidence = judged(outcome(last=dt.date(2019, 9, 30))).evidence
    assert [window.name for window in shown_windows(evidence)] == ["pre_idea"]


def test_a_sharpe_ratio_stands_with_all_that_belongs_to_it(parted):
    run, evidence = parted.outcome, parted.evidence
    table = sharpe_table(evidence)
    heads = " ".join(row[0].text for row in table.rows)
    for needed in ("interval", "mix", "Sessions", "Trials (N)", "Power", "2012", "2025", "Deflated"):
        assert needed in heads
    assert all(cell.text not in ("", "–") for row in table.rows[:6] for cell in row)
    assert [column.head for column in table.columns[1:]] == [
        window.label[:1].upper() + window.label[1:] for window in shown_windows(evidence)
    ]
    key = key_numbers(Evaluated(run), evidence)[2]
    for needed in ("90% interval", "12 trials", "deflated", "power", "all sessions"):
        assert needed in key.remark


def test_a_refused_sharpe_ratio_is_nowhere(outcome, judged):
    run = outcome(last=dt.date(2019, 4, 10))
    known = judged(run)
    evidence = known.evidence
    assert isinstance(evidence.windows["all"].sharpe, Refused)
    assert sharpe_table(evidence) is None
    assert "too few" in sharpe_refusals(evidence)[0]
    assert key_numbers(Evaluated(run), evidence)[2].value == "–"
    words = Page(render_page(known, tearsheet=None)).text()
    assert not re.search(r"Sharpe ratio [−\d]", words)


def test_an_unknown_number_of_trials_leaves_no_sharpe_ratio(outcome, judged):
    evidence = judged(outcome(), math.nan).evidence
    assert sharpe_table(evidence) is None
    assert "number of trials" in sharpe_refusals(evidence)[0]


def test_intervals_are_drawn_around_zero_for_every_window(parted):
    evidence = parted.evidence
    for key in drawn_numbers(evidence):
        assert len(key.marks) == 3
        assert key.zero is not None
        for mark in key.marks:
            assert 0 <= mark.low <= mark.high <= 100
    gain = evidence.windows["all"].intervals.figures["timing_gain"]
    mark = drawn_numbers(evidence)[0].marks[0]
    assert (mark.low < drawn_numbers(evidence)[0].zero) == (gain.low < 0)


@pytest.mark.parametrize(
    ("level", "said"),
    [(math.nan, "Even without costs nothing"), (math.inf, "even at 5 times"), (2.5, "from 2.5 times")],
)
def test_ladders_are_told_and_drawn(parted, level, said):
    lag, cost = _rungs((0, *LAGS), [0.01] * 7), _rungs(COSTS, [0.02, 0.01, 0.0, -0.01, -0.03])
    evidence = replace(parted.evidence, ladders=Ladders((replace(lag[0], note="Impossible."), *lag[1:]), cost, level))
    assert said in ladder_words(evidence)
    delays, costs = lag_table(evidence), cost_table(evidence)
    assert [row[0].text for row in delays.rows] == ["0", "1", "2", "5", "10", "20", "60"]
    assert [row[0].detail for row in delays.rows] == ["impossible"] + [""] * 6
    assert [row[1].text for row in costs.rows] == ["+2.0", "+1.0", "0.0", "−1.0", "−3.0"]
    places = [row[2].mark.at for row in costs.rows]
    assert places == sorted(places, reverse=True)
    assert costs.rows[2][2].mark.at == costs.rows[2][2].zero


def test_without_prices_nothing_is_traded_again(parted, shown):
    evidence = parted.evidence
    assert "no prices" in ladder_words(evidence)
    assert len(ablation_table(evidence).rows) == 1
    words = shown.text()
    for rival in evidence.ablations:
        assert f"{rival.label}: {rival.why}" in words


def test_the_best_episode_is_left_out(parted):
    evidence = parted.evidence
    rows = left_out_table(evidence).rows
    assert "Without the" in rows[1][0].text
    assert rows[1][3].text == p_text(evidence.spells.without_best.p_value)


def test_every_claim_is_shown_with_its_verdict(parted, shown):
    card = parted.card
    section = thesis_section(card)
    assert [len(claims) for _, claims in section["windows"]] == [7, 7, 7]
    words = shown.text()
    for claims, found in zip((claims for _, claims in section["windows"]), card.findings.values(), strict=True):
        for claim, one in zip(claims, found, strict=True):
            assert one.claim.text in claim.label
            assert claim.span == one.verdict
            assert claim.note in words
            assert len(claim.rows) == (1 + len(one.parts) if one.parts else 0)
            assert all(len(row[2]) == len(HEADS) for row in claim.rows)
    assert any(one.parts for one in card.findings["all"])


def test_the_thesis_counts_its_verdicts(parted):
    card = parted.card
    undecided = sum(one.verdict.startswith("not") for one in card.findings["all"])
    names = ("none", "one", "two", "three", "four", "five", "six", "seven")
    assert f"{names[undecided]} not decidable" in thesis_section(card)["answer"]


def test_what_the_data_lack_is_text(shown):
    assert "<DGS10>" in shown.text()
    assert "Counted <here>." in shown.text()
    assert "here" not in {tag for tag, _ in shown.elements}


def test_small_p_values_are_a_bound():
    assert [p_text(value) for value in (0.0001, 0.0006, 0.05, 1.0, math.nan)] == [
        "<0.001",
        "0.001",
        "0.050",
        "1.000",
        "–",
    ]
