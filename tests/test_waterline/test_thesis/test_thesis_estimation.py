"""Standard errors against statsmodels, p-values against scipy, spells counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from waterline.metrics import Estimate
from waterline.sessions import Floats
from waterline.thesis.estimation import (
    contrast,
    correlation_terms,
    least_squares,
    measured,
    runs,
    spell_lags,
    state_episodes,
    swings,
)


def flags(text: str) -> np.ndarray:
    return np.array([letter == "s" for letter in text])


@pytest.mark.parametrize(("count", "lags"), [(12, 0), (60, 4), (300, 21), (300, 400)])
def test_least_squares_agrees_with_statsmodels(count: int, lags: int) -> None:
    rng = np.random.default_rng(count)
    design = np.column_stack([np.cumsum(rng.standard_normal((count, 2)), axis=0), np.ones(count)])
    response = design @ [0.3, -0.2, 1.0] + np.convolve(rng.standard_normal(count + 2), [1.0, 0.5, 0.2], "valid")
    oracle = sm.OLS(response, design).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})
    fit = least_squares(response, design, lags)
    assert fit.coefficients == pytest.approx(oracle.params, rel=1e-8)
    summed, told = fit.combination(1.0, 1.0), oracle.t_test([1.0, 1.0, 0.0])
    assert summed.standard_error == pytest.approx(float(told.sd.item()), rel=1e-6)
    assert summed.t == pytest.approx(float(told.tvalue.item()), rel=1e-6)


@pytest.mark.parametrize(
    "design", [np.ones((2, 2)), np.ones((9, 2)), np.column_stack([np.arange(9.0), 2 * np.arange(9.0)])]
)
def test_what_the_columns_do_not_tell_apart_is_not_estimated(design: Floats) -> None:
    fit = least_squares(np.arange(len(design)) * 1.0, design, 1)
    assert np.isnan([fit.combination(1.0).value, fit.combination(1.0).t]).all()


def test_an_exact_fit_has_a_value_and_no_ratio() -> None:
    told = least_squares(np.ones(9), np.ones((9, 1)), 2).combination(1.0)
    assert told.value == pytest.approx(1.0)
    assert np.isnan([told.standard_error, told.t]).all() or told.t > 1e12


def test_contrast_is_the_difference_of_two_means() -> None:
    values, scarce = np.random.default_rng(1).standard_normal(50), flags("s" * 20 + "a" * 30)
    told = contrast(values, scarce, 0)
    assert told.value == pytest.approx(values[:20].mean() - values[20:].mean())
    assert np.isnan(contrast(values, np.ones(50, dtype=np.bool_), 0).t)


def test_correlation_terms_average_to_the_correlation_and_know_its_error() -> None:
    rng = np.random.default_rng(2)
    first = rng.standard_normal(4000)
    second = 0.6 * first + 0.8 * rng.standard_normal(4000)
    terms = correlation_terms(first, second)
    rho = np.corrcoef(first, second)[0, 1]
    assert terms.mean() == pytest.approx(rho, abs=1e-12)
    assert terms.std() == pytest.approx(1.0 - rho**2, rel=0.05)  # the asymptotic deviation of a normal sample
    assert np.isnan(correlation_terms(first, np.ones(4000))).all()


@given(st.integers(2, 60), st.floats(-6.0, 6.0))
def test_measured_takes_student_with_one_degree_less_than_episodes(episodes: int, ratio: float) -> None:
    told = measured(Estimate(ratio, 1.0, ratio), episodes, 400, 2520)
    assert told.p_above == pytest.approx(stats.t.sf(ratio, episodes - 1), rel=1e-9)
    assert told.p_above + told.p_below == pytest.approx(1.0)
    low, high = stats.t.interval(0.9, episodes - 1, loc=ratio)
    assert (told.low, told.high) == (pytest.approx(low, abs=1e-8), pytest.approx(high, abs=1e-8))
    assert told.years == 10.0


@pytest.mark.parametrize("episodes", [0, 1])
def test_one_episode_has_no_p_value(episodes: int) -> None:
    assert np.isnan(measured(Estimate(1.0, 0.1, 10.0), episodes, 10, 10).p_above)


@pytest.mark.parametrize(
    ("text", "spells", "episodes"),
    [("", 0, 0), ("aaa", 1, 0), ("sss", 1, 0), ("aass", 2, 1), ("saas", 3, 1), ("asasa", 5, 2), ("assasas", 6, 3)],
)
def test_spells_by_hand(text: str, spells: int, episodes: int) -> None:
    assert len(runs(flags(text))) == spells
    assert state_episodes(flags(text)) == episodes


def test_the_lag_is_a_spell_but_never_more_than_a_quarter_of_the_rows() -> None:
    assert spell_lags(flags(("a" * 40 + "s" * 40) * 10)) == 40
    assert spell_lags(flags("a" * 40 + "s" * 40)) == 20
    assert spell_lags(flags("as" * 200), least=12) == 12


def test_swings_pass_over_what_lies_between() -> None:
    wave = np.sin(np.arange(800) * 2.0 * np.pi / 200.0)
    assert swings(wave) == 8
    assert swings(np.append(wave, np.nan)) == 8
    assert swings(wave + 0.05 * np.random.default_rng(0).standard_normal(800)) == 8
    assert swings(wave[::4]) == 3  # never more than one a quarter
    assert swings(np.ones(50)) == swings(np.empty(0)) == 0
