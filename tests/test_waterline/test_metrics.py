"""Metrics against published vectors, an independent library, and what must hold for any returns."""

from __future__ import annotations

import empyrical  # type: ignore[import-untyped]  # publishes no types
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from waterline import metrics
from waterline.sessions import Dates, Floats

EMPYRICAL = np.array([1.0, 10.0, -4.0, 2.0, 3.0, 2.0, 1.0, -10.0]) / 100.0
"""The vector of empyrical's own tests without its leading missing row."""

steady = settings(deadline=None)
daily = hnp.arrays(np.float64, st.integers(2, 60), elements=st.integers(-5000, 5000).map(lambda points: points / 1e4))
with_losses = hnp.arrays(np.float64, st.integers(1, 40), elements=st.floats(-1.0, 2.0))
with_gaps = hnp.arrays(
    np.float64, st.integers(0, 12), elements=st.one_of(st.just(np.nan), st.floats(-0.9, 1.0), st.just(0.0))
)


def sessions_of(returns: Floats, first: str = "2020-01-02") -> Dates:
    """One session a calendar day: T + 1 dates for T returns."""
    return np.datetime64(first) + np.arange(len(returns) + 1)


def fat_tailed(count: int = 1000, seed: int = 5) -> Floats:
    return np.random.default_rng(seed).standard_t(4, count) * 0.01 + 0.0004


def test_published_vector() -> None:
    assert metrics.volatility(EMPYRICAL) == pytest.approx(0.9136465399704637, rel=1e-12)
    assert metrics.sharpe_ratio(EMPYRICAL) == pytest.approx(1.7238613961706866, rel=1e-12)
    assert metrics.downside_deviation(EMPYRICAL) == pytest.approx(0.6044832503882965, rel=1e-12)
    assert metrics.sortino_ratio(EMPYRICAL) == pytest.approx(2.605531251673693, rel=1e-12)
    assert metrics.max_drawdown(EMPYRICAL, sessions_of(EMPYRICAL)).depth == pytest.approx(-0.1, rel=1e-12)


def test_published_growth_counts_rows_where_ours_counts_days() -> None:
    """The published 1.9135925 spreads the growth over nine rows, the missing one included, 2.3302928 over eight."""
    growth = 1.0 + metrics.cumulative_return(EMPYRICAL)
    assert growth ** (252 / 9) - 1.0 == pytest.approx(1.9135925, abs=1e-7)
    assert growth ** (252 / 8) - 1.0 == pytest.approx(2.3302928, abs=1e-7)
    assert metrics.cagr(EMPYRICAL, sessions_of(EMPYRICAL)) == pytest.approx(growth ** (365.25 / 8) - 1.0, rel=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_empyrical(seed: int) -> None:
    returns, cash = fat_tailed(seed=seed), np.linspace(0.0, 2e-4, 1000)
    excess = metrics.excess_returns(returns, cash)
    assert metrics.cumulative_return(returns) == pytest.approx(empyrical.cum_returns_final(returns), rel=1e-10)
    assert metrics.volatility(returns) == pytest.approx(empyrical.annual_volatility(returns), rel=1e-12)
    assert metrics.sharpe_ratio(excess) == pytest.approx(empyrical.sharpe_ratio(returns, cash), rel=1e-12)
    assert metrics.sortino_ratio(excess) == pytest.approx(empyrical.sortino_ratio(returns, cash), rel=1e-12)
    assert metrics.downside_deviation(excess) == pytest.approx(empyrical.downside_risk(returns, cash), rel=1e-12)
    drawdown = metrics.max_drawdown(returns, sessions_of(returns))
    assert drawdown.depth == pytest.approx(empyrical.max_drawdown(returns), rel=1e-10)
    assert metrics.value_at_risk(returns) == pytest.approx(empyrical.value_at_risk(returns), rel=1e-12)
    assert metrics.expected_shortfall(returns) == pytest.approx(empyrical.conditional_value_at_risk(returns), rel=1e-12)
    assert metrics.skewness(returns) == pytest.approx(stats.skew(returns), rel=1e-10)
    assert metrics.kurtosis(returns) == pytest.approx(stats.kurtosis(returns) + 3.0, rel=1e-10)


def test_growth_uses_the_calendar() -> None:
    """Doubling over exactly four years, one of them a leap year, whatever the number of sessions."""
    sessions = np.array(["2020-01-01", "2021-06-01", "2024-01-01"], dtype="datetime64[D]")
    assert metrics.cagr(np.array([1.0, 0.0]), sessions) == pytest.approx(2.0**0.25 - 1.0, rel=1e-12)


def test_drawdown_dates_bracket_the_deepest_fall() -> None:
    returns = np.array([1.0, -0.5, 1.0, -0.5, -0.5, 1.0, 1.0, 1.0])
    sessions = sessions_of(returns)
    drawdown = metrics.max_drawdown(returns, sessions)
    assert drawdown.depth == -0.75
    assert (drawdown.start, drawdown.trough, drawdown.recovery) == (sessions[3], sessions[5], sessions[7])


def test_a_fall_from_the_first_session_counts_and_may_never_recover() -> None:
    drawdown = metrics.max_drawdown(np.array([-0.1, -0.1, 0.05]), sessions_of(np.zeros(3)))
    assert (drawdown.start, drawdown.trough) == (np.datetime64("2020-01-02"), np.datetime64("2020-01-04"))
    assert drawdown.depth == pytest.approx(-0.19)
    assert np.isnat(drawdown.recovery)


def test_hand_counted_shares_and_rates() -> None:
    returns = np.array([0.02, 0.0, -0.01, 0.03])
    assert metrics.hit_rate(returns) == 0.5
    assert (metrics.best_day(returns), metrics.worst_day(returns)) == (0.03, -0.01)
    assert metrics.turnover_per_year(np.array([0.0, 0.5])) == 63.0
    assert metrics.cost_per_year(np.array([0.001, 0.0])) == pytest.approx(0.126)
    assert metrics.time_share(np.array([True, False, False, False])) == 0.25
    assert metrics.average_exposure(np.array([[0.2, 0.0], [0.6, 1.0]])).tolist() == pytest.approx([0.4, 0.5])


def test_sharpe_standard_error_of_a_symmetric_coin() -> None:
    """Skewness 0 and kurtosis 1 leave sqrt(1 / (T - 1)) a session, however large the ratio."""
    coin = np.tile([0.011, -0.009], 50)
    assert metrics.sharpe_standard_error(coin) == pytest.approx(np.sqrt(252 / 99), rel=1e-9)


@pytest.mark.parametrize(("skewed", "mean"), [(False, 0.05), (True, 0.3)])
def test_sharpe_standard_error_matches_the_spread_of_many_samples(skewed: bool, mean: float) -> None:
    """Fat tails at a small ratio; rare large losses at a large one, where the skewness alone adds 60% of variance."""
    rng = np.random.default_rng(11)
    samples = mean + (1.0 - rng.exponential(1.0, (4000, 250)) if skewed else rng.standard_t(5, (4000, 250)))
    ratios = [metrics.sharpe_ratio(sample) for sample in samples]
    stated = np.mean([metrics.sharpe_standard_error(sample) for sample in samples])
    assert stated == pytest.approx(np.std(ratios), rel=0.04)


@pytest.mark.parametrize("level", [0.0, 1e-4, 0.05 / 252])
@pytest.mark.parametrize("count", [2, 3, 1000])
def test_bills_alone_have_no_ratio(level: float, count: int) -> None:
    """A constant return less itself, or a mean off by its last bit, once gave a Sharpe ratio of 3.9e16."""
    cash = np.full(count, level)
    compounded = 100.0 * np.cumprod(1.0 + cash)
    rounded = np.concatenate([cash[:1], compounded[1:] / compounded[:-1] - 1.0])
    for excess in (cash, metrics.excess_returns(rounded, cash)):
        assert np.isnan(metrics.sharpe_ratio(excess))
        assert np.isnan(metrics.sortino_ratio(excess))
        assert np.isnan(metrics.sharpe_standard_error(excess))
        assert np.isnan([metrics.skewness(excess), metrics.kurtosis(excess)]).all()
    assert metrics.volatility(rounded) == 0.0


@steady
@given(with_losses)
def test_drawdown_lies_between_nothing_and_everything(returns: Floats) -> None:
    series = metrics.drawdown_series(returns)
    assert series.shape == returns.shape
    assert np.all((series >= -1.0) & (series <= 0.0))
    assert metrics.max_drawdown(returns, sessions_of(returns)).depth == pytest.approx(min(series.min(), 0.0))


@steady
@given(with_losses)
def test_drawdown_dates_are_in_order_and_empty_together(returns: Floats) -> None:
    drawdown = metrics.max_drawdown(returns, sessions_of(returns))
    if drawdown.depth == 0.0:
        assert np.isnat([drawdown.start, drawdown.trough, drawdown.recovery]).all()
    else:
        assert drawdown.start < drawdown.trough
        assert np.isnat(drawdown.recovery) or drawdown.trough < drawdown.recovery


@steady
@given(st.floats(-0.5, 3.0), st.integers(30, 400))
def test_constant_growth_is_found_again(rate: float, days: int) -> None:
    returns = np.full(days, (1.0 + rate) ** (1.0 / 365.25) - 1.0)
    assert metrics.cagr(returns, sessions_of(returns)) == pytest.approx(rate, abs=1e-9)


@steady
@given(daily, st.floats(0.1, 10.0))
def test_ratios_do_not_depend_on_leverage(returns: Floats, leverage: float) -> None:
    assume(np.ptp(returns) > 0.0)
    scaled = leverage * returns
    assert metrics.sharpe_ratio(scaled) == pytest.approx(metrics.sharpe_ratio(returns), rel=1e-6, abs=1e-9)
    assert metrics.sharpe_standard_error(scaled) == pytest.approx(metrics.sharpe_standard_error(returns), rel=1e-6)
    assert metrics.sortino_ratio(scaled) == pytest.approx(
        metrics.sortino_ratio(returns), rel=1e-6, abs=1e-9, nan_ok=True
    )
    assert metrics.volatility(scaled) == pytest.approx(leverage * metrics.volatility(returns))
    assert metrics.expected_shortfall(scaled) == pytest.approx(leverage * metrics.expected_shortfall(returns))


def test_a_shortfall_by_rounding_is_no_downside() -> None:
    assert np.isnan(metrics.sortino_ratio(np.array([0.01, -1e-17, 0.02])))


@steady
@given(daily)
def test_order_statistics_are_ordered(returns: Floats) -> None:
    worst, best = metrics.worst_day(returns), metrics.best_day(returns)
    shortfall, risk = metrics.expected_shortfall(returns), metrics.value_at_risk(returns)
    assert worst - 1e-15 <= shortfall <= risk + 1e-15
    assert risk <= best


@steady
@given(daily, st.integers(0, 60))
def test_a_missing_row_is_as_if_it_were_not_there(returns: Floats, where: int) -> None:
    gapped = np.insert(returns, min(where, len(returns)), np.nan)
    for figure in (
        metrics.cumulative_return,
        metrics.volatility,
        metrics.sharpe_ratio,
        metrics.sortino_ratio,
        metrics.skewness,
        metrics.kurtosis,
        metrics.value_at_risk,
        metrics.expected_shortfall,
        metrics.hit_rate,
    ):
        assert figure(gapped) == pytest.approx(figure(returns), nan_ok=True), figure.__name__


@steady
@given(with_gaps)
def test_no_input_is_too_short_or_too_empty(returns: Floats) -> None:
    """Warnings are errors here: nothing may divide by zero on the way to NaN."""
    cash = np.zeros(len(returns))
    result = metrics.summary(returns, cash, sessions_of(returns), turnover=cash, costs=cash)
    assert result.sessions == len(returns)
    if not np.isfinite(returns).any():
        assert np.isnan([result.cumulative_return, result.sharpe_ratio, result.max_drawdown.depth]).all()
    if np.isfinite(returns).sum() < 2:
        assert np.isnan([result.volatility, result.sharpe_ratio, result.sharpe_standard_error]).all()
