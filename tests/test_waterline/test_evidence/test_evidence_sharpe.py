"""Sharpe-ratio statistics against printed values, closed forms of scipy, quadrature and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import integrate, stats

from waterline import metrics
from waterline.evidence.sharpe import (
    TrackRecord,
    deflated_sharpe,
    expected_maximum,
    expected_maximum_sharpe,
    false_discovery_rate,
    minimum_backtest_years,
    minimum_track_record,
    observed_false_discovery_rate,
    probabilistic_sharpe,
    sharpe_power,
    track_record,
)
from waterline.sessions import Floats

HEDGE_FUND = TrackRecord(24, 0.036 / 0.079, -2.448, 10.164)
"""Monthly example of Lopez de Prado, Lipton and Zoonekynd (2025)."""
DEFLATED = TrackRecord(1250, 2.5 / math.sqrt(250), -3.0, 10.0)
"""Daily example of Bailey and Lopez de Prado (2014)."""


@st.composite
def records(draw: st.DrawFn) -> TrackRecord:
    """Moments that a distribution can have: kurtosis >= 1 + skewness ** 2."""
    skew = draw(st.floats(-3.0, 3.0))
    excess = draw(st.floats(0.1, 20.0))
    return TrackRecord(draw(st.integers(2, 10_000)), draw(st.floats(-1.0, 1.0)), skew, 1.0 + skew**2 + excess)


def exact_expected_maximum(trials: int) -> float:
    def weighted(x: float) -> float:
        return float(x * trials * stats.norm.pdf(x) * stats.norm.cdf(x) ** (trials - 1))

    return float(integrate.quad(weighted, -12.0, 12.0, epsabs=1e-12, limit=400)[0])


def test_deflated_sharpe_of_the_paper() -> None:
    """SR 2.5 a year, 5 years, 100 trials: about 0.90."""
    deflated = deflated_sharpe(DEFLATED, 100, 0.5 / 250)
    assert deflated.benchmark_per_session == pytest.approx(0.1131720, abs=5e-8)
    assert deflated.form_2012 == pytest.approx(0.9003968, abs=5e-8)
    assert deflated.lower == deflated.form_2012


def test_both_printed_forms_differ_on_the_same_data() -> None:
    against_zero = probabilistic_sharpe(HEDGE_FUND)
    assert against_zero.form_2012 == pytest.approx(0.9127, abs=5e-5)
    assert against_zero.form_2025 == pytest.approx(0.987, abs=5e-4)
    assert against_zero.lower == against_zero.form_2012
    assert probabilistic_sharpe(HEDGE_FUND, 0.1).form_2025 == pytest.approx(0.939, abs=5e-4)


def test_standard_error_of_the_2025_example() -> None:
    ratio = HEDGE_FUND.sharpe_per_session
    normal = TrackRecord(24, ratio, 0.0, 3.0)
    assert math.sqrt(HEDGE_FUND.variance_at(ratio) / 24) == pytest.approx(0.329, abs=5e-4)
    assert math.sqrt(normal.variance_at(ratio) / 24) == pytest.approx(0.214, abs=5e-4)


def test_minimum_track_record_of_the_2025_example() -> None:
    length = minimum_track_record(HEDGE_FUND)
    assert length.form_2012 == pytest.approx(34.76, abs=5e-3)
    assert length.form_2025 == pytest.approx(13.029, abs=5e-4)
    assert length.longer == length.form_2012


def test_minimum_track_record_of_the_2012_appendix() -> None:
    """Monthly, annualised 2 against 1: 59.895 months."""
    record = TrackRecord(0, 2 / math.sqrt(12), -0.72, 5.78)
    assert minimum_track_record(record, 1 / math.sqrt(12)).form_2012 == pytest.approx(59.895, abs=5e-4)


@pytest.mark.parametrize(("sessions", "years"), [(250, 2.7312), (252, 2.7310)])
def test_minimum_track_record_of_normal_days(sessions: int, years: float) -> None:
    """Annualised 2 against 1; 2.73 years in print."""
    record = TrackRecord(0, 2 / math.sqrt(sessions), 0.0, 3.0)
    length = minimum_track_record(record, 1 / math.sqrt(sessions))
    assert length.form_2012 / sessions == pytest.approx(years, abs=5e-5)


def test_power_and_false_discoveries_of_the_2025_example() -> None:
    assert 1.0 - sharpe_power(HEDGE_FUND, 0.5) == pytest.approx(0.315, abs=5e-4)
    assert false_discovery_rate(0.05, 0.05, 1.0 - 0.315) == pytest.approx(0.581, abs=5e-4)
    assert observed_false_discovery_rate(HEDGE_FUND, 0.05, 0.5) == pytest.approx(0.306, abs=5e-4)


@pytest.mark.parametrize(
    ("trials", "approximate", "exact"),
    [(10, 1.5746, 1.5388), (45, 2.2356, 2.2077), (100, 2.5306, 2.5076), (1000, 3.2551, 3.2414)],
)
def test_expected_maximum(trials: int, approximate: float, exact: float) -> None:
    assert expected_maximum(trials) == pytest.approx(approximate, abs=5e-5)
    assert exact_expected_maximum(trials) == pytest.approx(exact, abs=5e-5)


@pytest.mark.parametrize(("trials", "error"), [(2, -0.079), (10, 0.023), (100, 0.009), (1000, 0.004)])
def test_the_stated_error_of_the_approximation(trials: int, error: float) -> None:
    assert expected_maximum(trials) / exact_expected_maximum(trials) - 1.0 == pytest.approx(error, abs=5e-4)


@pytest.mark.parametrize("trials", [3, 20, 200])
def test_expected_maximum_by_simulation(trials: int) -> None:
    best = np.random.default_rng(7).standard_normal((4000, trials)).max(axis=1)
    error = best.std() / math.sqrt(len(best))
    assert abs(best.mean() - exact_expected_maximum(trials)) < 4.0 * error
    assert abs(best.mean() - expected_maximum(trials)) < 4.0 * error + 0.025 * expected_maximum(trials)


def test_five_years_are_too_short_for_45_trials() -> None:
    """45 trials without skill show an annual ratio of 1 within five years."""
    assert expected_maximum(45) / math.sqrt(5) == pytest.approx(0.99981, abs=5e-6)
    assert minimum_backtest_years(45, 1.0) == pytest.approx(4.998, abs=5e-4)


@pytest.mark.parametrize(("trials", "years"), [(10, 2.479), (100, 6.404), (1000, 10.596)])
def test_minimum_backtest_length(trials: int, years: float) -> None:
    assert minimum_backtest_years(trials, 1.0) == pytest.approx(years, abs=5e-4)
    assert minimum_backtest_years(trials, 2.0) == pytest.approx(years / 4.0, rel=1e-3)


@given(st.floats(2.0, 1e9), st.floats(0.1, 5.0))
def test_minimum_backtest_length_stays_below_its_bound(trials: float, target: float) -> None:
    assert 0.0 < minimum_backtest_years(trials, target) < 2.0 * math.log(trials) / target**2


@given(st.floats(1.0, 1e9), st.floats(1.0, 10.0))
def test_more_trials_never_expect_less(trials: float, factor: float) -> None:
    assert 0.0 <= expected_maximum(trials) <= expected_maximum(trials * factor)


def test_a_single_trial_selects_nothing() -> None:
    assert expected_maximum(1) == 0.0
    assert expected_maximum_sharpe(1, math.nan) == 0.0
    assert deflated_sharpe(DEFLATED, 1, math.nan) == probabilistic_sharpe(DEFLATED)


@given(records(), st.floats(-1.0, 1.0))
def test_probabilistic_sharpe_against_scipy(record: TrackRecord, benchmark: float) -> None:
    ratio, skew, kurt = record.sharpe_per_session, record.skewness, record.kurtosis
    found = probabilistic_sharpe(record, benchmark)
    estimate = stats.norm.cdf(
        (ratio - benchmark) * np.sqrt(record.sessions - 1) / np.sqrt(1 - skew * ratio + (kurt - 1) / 4 * ratio**2)
    )
    null = stats.norm.cdf(
        (ratio - benchmark) / np.sqrt((1 - skew * benchmark + (kurt - 1) / 4 * benchmark**2) / record.sessions)
    )
    assert found.form_2012 == pytest.approx(estimate, abs=1e-12)
    assert found.form_2025 == pytest.approx(null, abs=1e-12)
    assert 0.0 <= found.lower <= min(found.form_2012, found.form_2025) <= 1.0


@given(records())
def test_against_itself_the_odds_are_even(record: TrackRecord) -> None:
    found = probabilistic_sharpe(record, record.sharpe_per_session)
    assert (found.form_2012, found.form_2025) == (0.5, 0.5)


@given(st.floats(-1.0, 1.0))
def test_variance_under_normal_returns(ratio: float) -> None:
    assert TrackRecord(10, 0.1, 0.0, 3.0).variance_at(ratio) == pytest.approx(1.0 + ratio**2 / 2.0, rel=1e-14)


@given(records(), st.floats(2.0, 1e6), st.floats(1.01, 100.0), st.floats(1e-6, 0.01))
def test_deflated_sharpe_falls_with_the_number_of_trials(
    record: TrackRecord, trials: float, factor: float, variance: float
) -> None:
    few, many = deflated_sharpe(record, trials, variance), deflated_sharpe(record, trials * factor, variance)
    assert many.benchmark_per_session > few.benchmark_per_session > 0.0
    assert many.form_2012 <= few.form_2012 <= probabilistic_sharpe(record).form_2012
    assume(1e-9 < few.form_2012 < 1.0 - 1e-9)
    assert many.form_2012 < few.form_2012


@given(records(), st.floats(0.01, 0.4), st.sampled_from([0.01, 0.05, 0.1]))
def test_at_its_minimum_length_a_record_just_passes(record: TrackRecord, gap: float, significance: float) -> None:
    benchmark = record.sharpe_per_session - gap
    length = minimum_track_record(record, benchmark, significance)
    for form, needed in (("form_2012", length.form_2012), ("form_2025", length.form_2025)):
        for sessions, passes in ((math.floor(needed), False), (math.ceil(needed), True)):
            longer = TrackRecord(sessions, record.sharpe_per_session, record.skewness, record.kurtosis)
            confidence = getattr(probabilistic_sharpe(longer, benchmark), form)
            slack = 1e-9 if passes else -1e-9
            assert (confidence + slack >= 1.0 - significance) is passes or needed == sessions


def test_no_length_suffices_below_the_benchmark() -> None:
    assert minimum_track_record(HEDGE_FUND, 0.6).longer == math.inf


def test_power_is_the_share_of_simulated_tests_that_pass() -> None:
    """500 sessions, normal: a true annualised ratio of 2 against 0."""
    noise = np.random.default_rng(11)
    returns = noise.standard_normal((1500, 500)) + 2.0 / math.sqrt(252)
    passed = np.mean([probabilistic_sharpe(track_record(row)).form_2025 > 0.95 for row in returns])
    power = sharpe_power(TrackRecord(500, 0.0, 0.0, 3.0), 2.0 / math.sqrt(252))
    assert abs(passed - power) < 4.0 * math.sqrt(power * (1.0 - power) / len(returns))


@pytest.mark.parametrize("form", ["form_2012", "form_2025"])
def test_size_of_the_test_on_skewed_noise(form: str) -> None:
    """One in twenty series without skill passes at 5 %."""
    noise = 1.0 - np.random.default_rng(12).gamma(4.0, 0.25, (2000, 500))
    passed = np.mean([getattr(probabilistic_sharpe(track_record(row)), form) > 0.95 for row in noise])
    assert abs(passed - 0.05) < 4.0 * math.sqrt(0.05 * 0.95 / len(noise))


def test_the_best_of_many_without_skill_seldom_passes_when_deflated() -> None:
    noise = np.random.default_rng(13).standard_normal((300, 20, 250))
    naive, deflated = 0, 0
    for trials in noise:
        ratios = trials.mean(axis=1) / trials.std(axis=1, ddof=1)
        record = track_record(trials[np.argmax(ratios)])
        naive += probabilistic_sharpe(record).lower > 0.95
        deflated += deflated_sharpe(record, 20, float(np.var(ratios, ddof=1))).lower > 0.95
    assert naive / len(noise) > 0.5
    assert deflated / len(noise) < 0.05


def test_a_record_is_made_by_the_metrics() -> None:
    excess = np.random.default_rng(14).standard_t(5, 700) * 0.01 + 0.0005
    gapped: Floats = np.concatenate([[np.nan], excess, [np.nan]])
    record = track_record(gapped)
    assert record.sessions == 700
    assert record.sharpe_per_session * math.sqrt(252) == pytest.approx(metrics.sharpe_ratio(excess), rel=1e-14)
    assert record.sharpe_per_session == pytest.approx(excess.mean() / excess.std(ddof=1), rel=1e-12)
    assert record.skewness == pytest.approx(stats.skew(excess), rel=1e-10)
    assert record.kurtosis == pytest.approx(stats.kurtosis(excess, fisher=False), rel=1e-10)


@pytest.mark.parametrize("excess", [[], [0.01], [0.001, 0.001, 0.001], [math.nan, math.nan]], ids=str)
def test_what_the_data_do_not_define_is_missing(excess: list[float]) -> None:
    record = track_record(np.array(excess))
    found, length = probabilistic_sharpe(record), minimum_track_record(record)
    deflated = deflated_sharpe(record, 10, 0.001)
    power = sharpe_power(record, 0.1)
    assert np.isnan([found.form_2012, found.form_2025, found.lower, deflated.lower, length.longer, power]).all()
