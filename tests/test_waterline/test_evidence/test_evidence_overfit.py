"""Matrix products against the loop of the paper, and searches whose answer is known."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from waterline.evidence import overfit
from waterline.evidence.overfit import backtest_overfitting
from waterline.sessions import Floats

GRID = st.sampled_from([-0.02, -0.01, 0.0, 0.01, 0.03])
"""Few values, so that trials tie and some never vary."""


def noise(seed: int, trials: int, sessions: int) -> Floats:
    return np.asarray(np.random.default_rng(seed).normal(0.0, 0.01, (trials, sessions)))


def sharpe(half: Floats) -> Floats:
    """Rounded, so that equal ratios tie whatever the order of summation."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = half.mean(axis=1) / half.std(axis=1, ddof=1)
    return np.round(np.where(np.ptp(half, axis=1) > 0.0, ratios, 0.0), 11)


def judged(inside: Floats, outside: Floats) -> tuple[float, float, float]:
    """Logit, ratio in sample and ratio out of sample of one combination's winner."""
    before, after = sharpe(inside), sharpe(outside)
    winner = int(np.argmax(before))
    share = stats.rankdata(after)[winner] / (len(after) + 1)
    return math.log(share / (1.0 - share)), before[winner], after[winner]


def looped(returns: Floats, splits: int) -> Floats:
    """(3, C) the textbook loop."""
    edges = np.linspace(0, returns.shape[1], splits + 1).astype(int)
    blocks = [returns[:, first:end] for first, end in pairwise(edges)]
    found = []
    for chosen in combinations(range(splits), splits // 2):
        inside = np.concatenate([blocks[i] for i in chosen], axis=1)
        outside = np.concatenate([blocks[i] for i in range(splits) if i not in chosen], axis=1)
        found.append(judged(inside, outside))
    return np.array(found).T


def agrees(returns: Floats, splits: int) -> None:
    logits, inside, outside = looped(returns.astype(np.float64), splits)
    found = backtest_overfitting(returns, splits)
    assert found.logits == pytest.approx(logits, abs=1e-13)
    assert found.in_sample == pytest.approx(inside, abs=1e-10)
    assert found.out_of_sample == pytest.approx(outside, abs=1e-10)
    assert found.probability == np.mean(logits <= 0.0)
    assert found.loss_share == pytest.approx(np.mean(outside < 0.0))


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(2, 12), st.sampled_from([2, 4, 6, 8]), st.integers(0, 40))
def test_products_give_what_the_loop_gives(seed: int, trials: int, splits: int, more: int) -> None:
    """Also where the blocks are not equal."""
    agrees(noise(seed, trials, 2 * splits + more), splits)


@settings(max_examples=60)
@given(hnp.arrays(np.float64, st.tuples(st.integers(2, 6), st.integers(8, 20)), elements=GRID))
def test_ties_and_flat_trials_as_in_the_loop(returns: Floats) -> None:
    agrees(returns, 4)


def test_single_precision_is_summed_in_double() -> None:
    agrees(noise(5, 40, 300).astype(np.float32), 6)


def test_combinations_are_those_of_an_independent_library() -> None:
    from skfolio.model_selection import CombinatorialPurgedCV

    returns = noise(6, 20, 96)
    halves = CombinatorialPurgedCV(n_folds=6, n_test_folds=3).split(returns.T)
    oracle = [judged(returns[:, np.concatenate(test)], returns[:, train]) for train, test in halves]
    found = backtest_overfitting(returns, 6)
    ours = np.column_stack([found.logits, found.in_sample, found.out_of_sample])
    assert np.sort(ours, axis=0) == pytest.approx(np.sort(np.array(oracle), axis=0), abs=1e-10)


@pytest.mark.parametrize("cells", [1, 70, 10_000])
def test_portions_do_not_show(cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = backtest_overfitting(noise(7, 30, 200), 8)
    monkeypatch.setattr(overfit, "CELLS", cells)
    parts = backtest_overfitting(noise(7, 30, 200), 8)
    assert np.array_equal(parts.logits, whole.logits)
    assert parts.out_of_sample == pytest.approx(whole.out_of_sample, abs=1e-13)


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), hnp.arrays(np.float64, 12, elements=st.floats(1e-3, 1e3)))
def test_leverage_does_not_matter(seed: int, leverage: Floats) -> None:
    returns = noise(seed, 12, 80)
    plain, scaled = backtest_overfitting(returns, 8), backtest_overfitting(returns * leverage[:, None], 8)
    assert np.array_equal(plain.logits, scaled.logits)
    assert scaled.degradation_slope == pytest.approx(plain.degradation_slope, rel=1e-6, abs=1e-9)


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.permutations(range(12)))
def test_the_order_of_the_trials_does_not_matter(seed: int, order: list[int]) -> None:
    returns = noise(seed, 12, 80)
    assert np.array_equal(backtest_overfitting(returns, 8).logits, backtest_overfitting(returns[order], 8).logits)


def test_a_trial_that_always_wins() -> None:
    """Rank N of N: w / (1 - w) = N."""
    returns = noise(8, 50, 480)
    returns[17] += 0.02
    found = backtest_overfitting(returns, 8)
    assert (found.probability, found.loss_share, found.trials, found.sessions) == (0.0, 0.0, 50, 480)
    assert found.logits == pytest.approx(np.full(70, math.log(50)), rel=1e-14)


def test_a_trial_that_wins_once_by_hand() -> None:
    """Each of two trials is good in one half and bad in the other: rank 1 of 2, w = 1 / 3."""
    good, bad = [0.01, 0.03], [-0.03, -0.01]
    found = backtest_overfitting(np.array([good + bad, bad + good]), 2)
    ratio = 0.02 / (0.01 * math.sqrt(2))
    assert found.logits == pytest.approx([math.log(0.5)] * 2, rel=1e-14)
    assert (found.probability, found.loss_share) == (1.0, 1.0)
    assert found.in_sample == pytest.approx([ratio] * 2, rel=1e-12)
    assert found.out_of_sample == pytest.approx([-ratio] * 2, rel=1e-12)
    assert math.isnan(found.degradation_slope)


def test_trials_that_are_all_the_same_share_the_middle_rank() -> None:
    found = backtest_overfitting(np.repeat(noise(9, 1, 160), 9, axis=0), 8)
    assert np.array_equal(found.logits, np.zeros(70))
    assert found.probability == 1.0


def test_copies_of_the_winner_tie_with_it() -> None:
    """Rank 49.5 of 50 where the best comes twice."""
    returns = noise(10, 50, 480)
    returns[[3, 30]] = noise(11, 1, 480) + 0.02
    share = 49.5 / 51
    assert backtest_overfitting(returns, 8).logits == pytest.approx(
        np.full(70, math.log(share / (1 - share))), rel=1e-12
    )


def test_of_equal_winners_the_first_is_judged() -> None:
    """The same returns in another order add up to the same but for rounding."""
    generator = np.random.default_rng(14)
    inside = generator.permuted(np.repeat(generator.normal(0.1, 0.3, (1, 40)), 60, axis=0), axis=1)
    returns = np.concatenate([inside, noise(15, 60, 40)], axis=1)
    found = backtest_overfitting(returns, 2)
    assert found.out_of_sample[0] == pytest.approx(sharpe(returns[:, 40:])[0], abs=1e-10)


def test_rounding_is_no_loss() -> None:
    """Minus 0.1, minus 0.2 and 0.3 add up to a little below zero."""
    even = [-0.1, -0.2, 0.3]
    assert sum(even) < 0.0
    found = backtest_overfitting(np.array([[0.1, 0.2, 0.2, *even], [-0.1, -0.2, -0.1, -0.1, -0.2, -0.1]]), 2)
    assert (found.loss_share, found.probability) == (0.0, 0.0)


def test_degradation_slope_is_that_of_the_regression() -> None:
    found = backtest_overfitting(noise(12, 30, 320), 8)
    oracle = stats.linregress(found.in_sample, found.out_of_sample)
    assert found.degradation_slope == pytest.approx(oracle.slope, rel=1e-10)


def test_without_skill_a_single_figure_says_little() -> None:
    """Mean .47 and standard deviation .17 over 60 draws of 50 trials in an independent implementation."""
    draws = [backtest_overfitting(noise(seed, 50, 480), 8) for seed in range(60)]
    figures = np.array([draw.probability for draw in draws])
    assert abs(figures.mean() - 0.47) < 3.0 * 0.17 * math.sqrt(2 / 60)
    assert 0.12 < figures.std() < 0.24
    assert figures.max() > 0.6
    assert np.mean([draw.degradation_slope for draw in draws]) < 0.0


def test_one_genuine_strategy_among_noise_lowers_it() -> None:
    """An annualised ratio of 2.4: .18 in one independent measurement, and near 0 at 5."""
    found = []
    for annual in (0.0, 2.4, 5.0):
        genuine = np.zeros((50, 1))
        genuine[0] = 0.01 * annual / math.sqrt(252)
        found.append(np.mean([backtest_overfitting(noise(s, 50, 480) + genuine, 8).probability for s in range(40)]))
    assert found[0] > 0.35
    assert 0.1 < found[1] < 0.3
    assert found[2] < 0.02


def test_sessions_with_a_gap_are_left_out() -> None:
    returns = noise(13, 10, 160)
    gapped = np.insert(returns, [0, 80], np.nan, axis=1)
    found = backtest_overfitting(gapped, 8)
    assert found.sessions == 160
    assert np.array_equal(found.logits, backtest_overfitting(returns, 8).logits)


@pytest.mark.parametrize("shape", [(0, 0), (0, 100), (1, 100), (5, 0), (5, 15)])
def test_too_little_to_judge(shape: tuple[int, int]) -> None:
    found = backtest_overfitting(np.zeros(shape), 8)
    assert np.isnan([found.probability, found.loss_share, found.degradation_slope]).all()
    assert len(found.logits) == len(found.in_sample) == len(found.out_of_sample) == 0
    assert (found.trials, found.sessions) == shape


@pytest.mark.parametrize("splits", [-2, 0, 1, 7])
def test_an_odd_number_of_blocks_has_no_halves(splits: int) -> None:
    with pytest.raises(ValueError, match=f"{splits} splits"):
        backtest_overfitting(noise(1, 3, 100), splits)
