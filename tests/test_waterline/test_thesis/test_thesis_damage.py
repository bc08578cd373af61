"""The order of damage: turning points that know no drift, and Page's test against scipy."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from waterline.sessions import Floats
from waterline.thesis.damage import rank_measure, turning_point


@given(st.integers(0, 10_000), st.floats(-0.05, 0.05), st.floats(0.1, 10.0))
def test_neither_drift_nor_volatility_moves_a_turning_point(seed: int, drift: float, scale: float) -> None:
    returns = np.random.default_rng(seed).standard_normal(60)
    assert turning_point(scale * returns + drift) == turning_point(returns)


def test_a_turning_point_is_where_the_fall_begins() -> None:
    returns = np.concatenate([np.full(30, 0.01), np.full(20, -0.02)])
    assert turning_point(returns) == 30.0
    assert turning_point(-returns) == 0.0


@settings(max_examples=30)
@given(st.integers(3, 6), st.integers(3, 4), st.integers(0, 10_000))
def test_the_exact_p_value_is_that_of_page(episodes: int, groups: int, seed: int) -> None:
    """The p shown is the larger of Page's and Student's, so never below Page's and equal to one of the two."""
    ranks = stats.rankdata(np.random.default_rng(seed).random((episodes, groups)), axis=1)
    page = stats.page_trend_test(ranks, ranked=True, method="exact").pvalue
    told = rank_measure(list(ranks), 2520)
    agreed = [stats.spearmanr(row, np.arange(groups)).statistic for row in ranks]
    assert told.estimate.value == pytest.approx(np.mean(agreed))
    student = stats.ttest_1samp(agreed, 0.0, alternative="greater").pvalue if np.ptp(agreed) > 1e-9 else 0.0
    assert told.p_above == pytest.approx(max(page, student), rel=1e-6)


def test_a_perfect_order_is_as_rare_as_it_is() -> None:
    told = rank_measure([np.arange(4.0)] * 3, 2520)
    assert told.p_above == pytest.approx(1 / 24**3)
    assert told.p_below == pytest.approx(1.0)
    assert (told.estimate.value, told.episodes) == (1.0, 3)


@pytest.mark.parametrize("turns", [[], [np.arange(4.0)], [np.ones(3)] * 4])
def test_nothing_is_made_of_nothing(turns: list[Floats]) -> None:
    told = rank_measure(turns, 100)
    assert told.episodes == len(turns)
    assert not told.p_above <= 0.05


def test_ties_lower_the_agreement() -> None:
    values = [
        rank_measure([np.array(turn)] * 3, 2520).estimate.value for turn in ([0.0, 1, 2], [0.0, 0, 1], [1.0, 1, 1])
    ]
    assert all(more > less for more, less in pairwise(values))
