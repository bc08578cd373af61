"""Standard errors against statsmodels, and the timing identity."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from waterline import metrics
from waterline.sessions import Floats

steady = settings(deadline=None)


@st.composite
def positions(draw: st.DrawFn) -> tuple[Floats, Floats]:
    """Exposures and returns of up to four sleeves."""
    shape = draw(st.tuples(st.integers(2, 50), st.integers(1, 4)))
    exposure = draw(hnp.arrays(np.float64, shape, elements=st.floats(-1.0, 1.5, allow_subnormal=False)))
    returns = draw(hnp.arrays(np.float64, shape, elements=st.floats(-0.5, 0.5, allow_subnormal=False)))
    return exposure, returns


def autocorrelated(count: int, seed: int = 3) -> Floats:
    noise = np.random.default_rng(seed).normal(0.0, 0.01, count + 2)
    return np.convolve(noise, [1.0, 0.6, 0.3], mode="valid") + 0.0005


@pytest.mark.parametrize(("count", "lags"), [(2, 0), (3, 1), (60, 3), (500, 5), (500, 21), (500, 0)])
def test_newey_west_agrees_with_statsmodels(count: int, lags: int) -> None:
    values = autocorrelated(count)
    oracle = sm.OLS(values, np.ones(count)).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": False})
    ours = metrics.newey_west(values, lags)
    assert ours.value == pytest.approx(oracle.params[0], rel=1e-10)
    assert ours.standard_error == pytest.approx(oracle.bse[0], rel=1e-10)
    assert ours.t == pytest.approx(oracle.tvalues[0], rel=1e-10)


@pytest.mark.parametrize(("count", "lags"), [(0, 0), (1, 0), (2, 1), (100, 4), (250, 4), (1000, 6), (5040, 9)])
def test_default_lags(count: int, lags: int) -> None:
    """floor(4 (T / 100) ** (2 / 9)), worked out by hand."""
    assert metrics.default_lags(count) == lags


@steady
@given(positions())
def test_timing_identity(held: tuple[Floats, Floats]) -> None:
    """mean(w r) - mean(w) mean(r) = Cov(w, r), summed over the sleeves."""
    exposure, returns = held
    earned = (exposure * returns).mean(axis=0) - exposure.mean(axis=0) * returns.mean(axis=0)
    assert metrics.timing_gain(exposure, returns).value / 252 == pytest.approx(earned.sum(), abs=1e-12)


def test_timing_gain_by_hand() -> None:
    """0.0125 - 0.00625: the example with w = 1, 0, 1, 0."""
    exposure, returns = np.array([[1.0], [0.0], [1.0], [0.0]]), np.array([[0.02], [-0.01], [0.03], [0.01]])
    assert metrics.timing_gain(exposure, returns).value == pytest.approx(252 * 0.00625, rel=1e-12)


@steady
@given(positions(), st.floats(-0.01, 0.01))
def test_timing_gain_ignores_what_the_average_exposure_earns(held: tuple[Floats, Floats], drift: float) -> None:
    exposure, returns = held
    gain = metrics.timing_gain(exposure, returns).value
    assert metrics.timing_gain(exposure, returns + drift).value == pytest.approx(gain, abs=1e-10)
    assert metrics.timing_gain(exposure + 0.25, returns).value == pytest.approx(gain, abs=1e-10)


@steady
@given(positions())
def test_a_constant_exposure_times_nothing(held: tuple[Floats, Floats]) -> None:
    exposure, returns = held
    gain = metrics.timing_gain(np.broadcast_to(exposure[0], exposure.shape), returns)
    assert (gain.value, gain.standard_error) == (0.0, 0.0)
    assert np.isnan(gain.t)


def test_timing_t_value_is_that_of_the_regression_on_a_constant() -> None:
    returns = np.column_stack([autocorrelated(400, 1), autocorrelated(400, 2)])
    exposure = np.column_stack([np.arange(400) // 40 % 2, np.full(400, 0.3)]).astype(float)
    tilted = (exposure[:, 0] - exposure[:, 0].mean()) * returns[:, 0]
    oracle = sm.OLS(tilted, np.ones(400)).fit(cov_type="HAC", cov_kwds={"maxlags": metrics.default_lags(400)})
    gain = metrics.timing_gain(exposure, returns)
    assert gain.value == pytest.approx(252 * oracle.params[0], rel=1e-9)
    assert gain.standard_error == pytest.approx(252 * oracle.bse[0], rel=1e-9)
    assert gain.t == pytest.approx(oracle.tvalues[0], rel=1e-9)


def test_foresight_is_rewarded_and_its_reverse_punished() -> None:
    returns = autocorrelated(500)[:, None]
    knowing = (returns > 0).astype(float)
    assert metrics.timing_gain(knowing, returns).t > 5.0
    assert metrics.timing_gain(1.0 - knowing, returns).t < -5.0


def test_tracking_difference_of_a_fixed_fee_and_of_the_same_returns() -> None:
    returns = autocorrelated(300)
    fee = metrics.tracking_difference(returns - 1e-4, returns)
    assert fee.value == pytest.approx(-0.0252, rel=1e-9)
    assert fee.standard_error == 0.0
    same = metrics.tracking_difference(returns, returns)
    assert (same.value, same.standard_error) == (0.0, 0.0)
    assert np.isnan([fee.t, same.t]).all()


@pytest.mark.parametrize("count", [0, 1])
def test_one_session_measures_nothing(count: int) -> None:
    for estimate in (
        metrics.newey_west(np.zeros(count)),
        metrics.timing_gain(np.ones((count, 2)), np.zeros((count, 2))),
        metrics.tracking_difference(np.full(count, np.nan), np.zeros(count)),
    ):
        assert np.isnan([estimate.value, estimate.standard_error, estimate.t]).all()
