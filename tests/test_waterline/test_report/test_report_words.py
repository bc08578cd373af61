"""The sentences follow from the numbers by rule, whether the run gained or lost."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest

from waterline.metrics import Estimate
from waterline.report import words
from waterline.report.answers import answers
from waterline.report.calendar_years import calendar_years
from waterline.report.evaluated import INDEX, MIX, STRATEGY, Evaluated

NEVER_SAID = ("proves", "beats the market", "robust", "significant", "alpha", "!", " edge")


@pytest.mark.parametrize(
    ("estimate", "said"),
    [
        (Estimate(0.027, 0.024, 1.1), "not distinguishable from luck"),
        (Estimate(-0.027, 0.024, -1.1), "not distinguishable from luck"),
        (Estimate(0.06, 0.02, 3.0), "3.0 standard errors above zero"),
        (Estimate(-0.06, 0.02, -3.0), "The timing did harm here"),
        (Estimate(0.0, 0.0, math.nan), "there is no timing to judge"),
        (Estimate(math.nan, math.nan, math.nan), "too few sessions to judge"),
    ],
)
def test_size_is_weighed_against_noise(estimate, said):
    assert said in words.size(estimate)


def test_only_a_gain_beyond_two_standard_errors_is_more_than_luck():
    for t in np.linspace(-4, 4, 161):
        told = words.size(Estimate(0.01 * t, 0.01, float(t)))
        assert ("not distinguishable from luck" in told) == (abs(t) < 2.0)


@pytest.mark.parametrize("drift", [0.001, -0.0012])
@pytest.mark.parametrize("seed", range(4))
def test_the_opening_names_the_run_the_mix_and_the_index(outcome, seed, drift):
    run = Evaluated(outcome(seed=seed, drift=drift))
    told = words.opening(run)
    for name in (STRATEGY, MIX, INDEX):
        assert words.multiple(float(run.equity[name][-1]))[1:] in told
    assert not [word for word in NEVER_SAID if word in told.casefold()]


def test_without_a_switch_nothing_is_claimed_about_timing(outcome, judged):
    run = Evaluated(outcome(total=0.1))
    assert words.episodes_answer(run).startswith("**It never switched**")
    assert [answer.text for answer in answers(run, judged(run.outcome).evidence)][2:4] == ["No timing", "No timing"]


def test_without_a_score_nothing_was_evaluated(outcome, judged):
    run = Evaluated(outcome(warm_up=10**6))
    assert words.opening(run) == words.NEVER_SCORED
    assert answers(run, judged(run.outcome).evidence) == ()


def test_a_missing_last_score_is_said(outcome, judged):
    run = Evaluated(outcome(missing=slice(700, None)))
    assert "no score on the last session" in words.score_answer(run)
    assert "the state is carried over" in answers(run, judged(run.outcome).evidence)[-1].note


def test_pillars_are_credited_only_with_a_score_that_is_their_sum(outcome):
    plain, other = Evaluated(outcome()), Evaluated(outcome(total=0.4))
    assert plain.adds_up
    assert "push" in words.score_answer(plain) or "pull" in words.score_answer(plain)
    assert not other.adds_up
    assert words.score_answer(other).startswith("The score is **0.40**")


def test_luck_is_yes_until_the_bar_is_passed(outcome, judged):
    run = Evaluated(outcome())
    evidence = judged(run.outcome).evidence
    assert evidence.windows["all"].timing.p_value > 0.05
    assert answers(run, evidence)[3].text == "Yes"


def test_growth_counts_the_calendar_years_led(outcome):
    run = Evaluated(outcome(seed=2))
    years = calendar_years(run)
    led = sum(year.lead > 0 for year in years)
    assert f"{words.spelled(led)} of three calendar years" in words.growth_answer(run, years)
    short = Evaluated(outcome(last=dt.date(2019, 12, 31)))
    assert words.growth_answer(short, calendar_years(short)).startswith("It covers one calendar year")
