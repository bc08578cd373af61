"""Power against statsmodels, against measured rejection rates and against the published years."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.power import normal_power

from waterline.evidence.power import expected_timing_sharpe, power_of, required_ratio, years_needed
from waterline.metrics import Estimate, newey_west


def estimate(error: float) -> Estimate:
    return Estimate(0.031, error, 0.031 / error)


def test_required_ratio_is_the_sum_of_two_quantiles() -> None:
    assert required_ratio() == pytest.approx(2.486, abs=5e-4)
    assert required_ratio(0.025, 0.9) == pytest.approx(1.959964 + 1.281552, abs=1e-6)


@pytest.mark.parametrize(("ratio", "years"), [(0.5, 24.7), (0.7, 12.6), (1.0, 6.2)])
def test_years_until_a_sharpe_ratio_shows(ratio: float, years: float) -> None:
    assert years_needed(ratio) == pytest.approx(years, abs=0.05)


@given(st.floats(0.001, 0.5), st.floats(-0.2, 0.5), st.floats(1.0, 40.0), st.floats(0.01, 0.2))
def test_power_agrees_with_statsmodels(error: float, gain: float, years: float, level: float) -> None:
    oracle = normal_power(gain / error, 1, level, alternative="larger")
    assert power_of(estimate(error), years, gain, level).power == pytest.approx(oracle, abs=1e-9)


@given(st.floats(0.001, 0.5), st.floats(0.001, 0.5), st.floats(1.0, 40.0))
def test_the_figures_of_one_test_agree_with_each_other(error: float, gain: float, years: float) -> None:
    told = power_of(estimate(error), years, gain)
    assert power_of(estimate(error), years, told.minimum_detectable_gain).power == pytest.approx(0.8)
    longer = estimate(error * math.sqrt(years / told.years_needed))
    assert power_of(longer, told.years_needed, gain).power == pytest.approx(0.8)
    ratio = gain / (error * math.sqrt(years))
    assert told.years_needed == pytest.approx(years_needed(ratio))


def test_no_gain_is_found_as_often_as_a_false_alarm_and_never_surely() -> None:
    told = power_of(estimate(0.04), 10.0, 0.0)
    assert told.power == pytest.approx(0.05)
    assert told.years_needed == math.inf
    assert years_needed(-0.3) == math.inf


@pytest.mark.parametrize("error", [0.0, math.nan])
def test_without_a_standard_error_there_is_no_power(error: float) -> None:
    told = power_of(Estimate(0.0, error, math.nan), 10.0, 0.03)
    assert np.isnan([told.power, told.minimum_detectable_gain, told.years_needed]).all()


@pytest.mark.parametrize("gain", [0.0, 0.0006, 0.0012])
def test_power_is_the_rate_at_which_the_hac_test_rejects(gain: float) -> None:
    """600 samples of 800 sessions of a moving average; its long-run standard deviation is 1.5 * .01."""
    random = np.random.default_rng(21)
    noise = random.normal(0.0, 0.01, (600, 801))
    samples = gain + noise[:, 1:] + 0.5 * noise[:, :-1]
    rejected = np.mean([newey_west(sample).t > 1.6449 for sample in samples])
    told = power_of(estimate(0.015 / math.sqrt(800)), 800 / 252, gain).power
    assert rejected == pytest.approx(told, abs=0.02 + 3 * math.sqrt(told * (1 - told) / 600))


def test_expected_timing_sharpe_is_what_a_long_history_earns() -> None:
    """Two states drawn day by day, called with given hit and false-alarm rates; 4 million days."""
    random, days = np.random.default_rng(5), 4_000_000
    share, hit, false_alarm, volatility, gap = 0.3, 0.8, 0.1, 0.2, 0.6
    scarce = random.random(days) < share
    called = random.random(days) < np.where(scarce, hit, false_alarm)
    returns = np.where(scarce, -gap / 252, 0.0) + random.normal(0.0, volatility / math.sqrt(252), days)
    predicted = share * hit + (1 - share) * false_alarm
    earned = (predicted - called) * (returns - returns.mean())
    ratio = earned.mean() / earned.std() * math.sqrt(252)
    told = expected_timing_sharpe(share, gap, volatility, hit - false_alarm, predicted)
    assert ratio == pytest.approx(told, abs=3 * math.sqrt(252 / days) + 0.01)


@given(st.floats(0.05, 0.95), st.floats(0.0, 1.0), st.floats(0.05, 1.0))
def test_perfect_foresight_is_the_best_call(share: float, gap: float, volatility: float) -> None:
    best = expected_timing_sharpe(share, gap, volatility, 1.0, share)
    assert best == pytest.approx(math.sqrt(share * (1 - share)) * gap / volatility)
    assert expected_timing_sharpe(share, gap, volatility, 0.0, share) == 0.0
    assert expected_timing_sharpe(share, gap, volatility, 0.5, share) == pytest.approx(best / 2)


@pytest.mark.parametrize("call", [(0.3, 1.0, 0.2, 1.0, 0.5), (0.3, 1.0, 0.0, 0.5, 0.3), (0.3, 1.0, 0.2, 0.0, 0.0)])
def test_an_impossible_call_has_no_ratio(call: tuple[float, float, float, float, float]) -> None:
    assert math.isnan(expected_timing_sharpe(*call))


@pytest.mark.parametrize(("years", "measured"), [(5, 0.19), (8, 0.25), (15, 0.34)])
def test_power_agrees_with_the_simulated_study(years: int, measured: float) -> None:
    """+40 / -40 % a year at 60 / 75 % volatility, scarce for 200 of 720 sessions, gain .10 a year: within .06."""
    share = 200 / 720
    youden = 0.10 / (share * (1 - share) * 0.8)
    ratio = expected_timing_sharpe(share, 0.8, math.sqrt((1 - share) * 0.6**2 + share * 0.75**2), youden, share)
    told = power_of(Estimate(0.0, 1 / math.sqrt(years), 0.0), years, ratio)
    assert told.power == pytest.approx(measured, abs=0.06)
