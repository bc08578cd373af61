"""Counting trials on matrices whose number of families is known."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.metrics import silhouette_samples

from waterline import metrics
from waterline.evidence import trials as module
from waterline.evidence.trials import complete_sessions, distinct_trials, effective_trials, trial_sharpes
from waterline.sessions import Floats

SESSIONS = 500


def families(sizes: list[int], within: float, between: float = 0.0, seed: int = 1) -> Floats:
    """Trials of several families, correlated ``within`` inside one and ``between`` across them."""
    noise = np.random.default_rng(seed)
    market = noise.standard_normal(SESSIONS)
    family = np.repeat(noise.standard_normal((len(sizes), SESSIONS)), sizes, axis=0)
    own = noise.standard_normal((sum(sizes), SESSIONS))
    mixed = math.sqrt(between) * market + math.sqrt(within - between) * family + math.sqrt(1.0 - within) * own
    return np.asarray(0.01 * mixed)


def test_copies_are_one_trial() -> None:
    noise = families([1] * 7, 0.0)
    counted = distinct_trials(np.concatenate([noise, noise[:4], noise[:2]]))
    assert (counted.number, counted.examined) == (7, 13)
    assert counted.sharpe_variance == pytest.approx(np.var(trial_sharpes(noise), ddof=1), rel=1e-12)


def test_a_trial_that_never_traded_does_not_count() -> None:
    noise = families([1] * 5, 0.0)
    with_cash = np.concatenate([noise, np.zeros((2, SESSIONS)), np.full((1, SESSIONS), 1e-4)])
    for count in (distinct_trials, effective_trials):
        assert count(with_cash).number == 5
        assert count(with_cash).sharpe_variance == pytest.approx(count(noise).sharpe_variance, rel=1e-12)


@pytest.mark.parametrize("negative", [False, True])
def test_zero_has_no_sign(negative: bool) -> None:
    returns = np.array([[0.0, 0.01, 0.02], [-0.0 if negative else 0.0, 0.01, 0.02]])
    assert distinct_trials(returns).number == 1


@pytest.mark.parametrize(
    ("returns", "number"),
    [
        (families([1] * 150, 0.0), 150),
        (families([20] * 8, 0.8), 8),
        (families([20] * 8, 0.9, 0.6), 8),
        (families([20] * 8, 0.5, 0.2), 8),
        (families([3] * 50, 0.9), 50),
        (families([40, 25, 10, 5], 0.8, 0.3), 4),
        (np.concatenate([families([30] * 5, 0.8), families([1] * 40, 0.0, seed=2)]), 45),
        (families([1], 0.0), 1),
        (families([1, 1], 0.0), 2),
        (families([2], 0.9), 2),
    ],
    ids=[
        "noise",
        "families",
        "families with a market",
        "loose families",
        "small families",
        "families of all sizes",
        "families among noise",
        "one",
        "two",
        "two that are alike",
    ],
)
def test_effective_number(returns: Floats, number: int) -> None:
    assert effective_trials(returns).number == number


def test_one_common_factor_counts_as_few() -> None:
    assert 2 <= effective_trials(families([100], 0.9)).number <= 100
    assert effective_trials(families([100], 0.9)).number < effective_trials(families([1] * 100, 0.0)).number


@pytest.mark.parametrize("number", [150, 151, 152, 153])
def test_more_families_than_are_tried_one_by_one(number: int) -> None:
    """On a step of the coarse search, and on either side of one."""
    assert (number in module._counts(2, 3 * number - 1)) is (number in {150, 153})
    assert effective_trials(families([3] * number, 0.9, 0.5)).number == number


def test_a_sweep_is_a_chain_and_counted_low() -> None:
    """Neighbours correlated .98: why the plain count is to be reported beside this one."""
    chain = np.random.default_rng(4).standard_normal((100, SESSIONS))
    for trial in range(1, len(chain)):
        chain[trial] = 0.98 * chain[trial - 1] + math.sqrt(1.0 - 0.98**2) * chain[trial]
    assert distinct_trials(chain).number == 100
    assert effective_trials(chain).number < 10


def test_leverage_makes_no_new_trial() -> None:
    noise = families([1] * 30, 0.0)
    levered = np.concatenate([noise, 0.5 * noise, 2.0 * noise + 1e-5])
    assert distinct_trials(levered).number == 90
    assert effective_trials(levered).number == 30


def test_the_variance_is_that_of_the_clusters() -> None:
    """Two families: each held with weights of inverse variance."""
    returns = families([3, 4, 5], 0.9)
    returns[0] *= 3.0
    ratios = []
    for rows in (slice(0, 3), slice(3, 7), slice(7, 12)):
        weights = 1.0 / returns[rows].var(axis=1)
        held = weights @ returns[rows] / weights.sum()
        ratios.append(held.mean() / held.std(ddof=1))
    counted = effective_trials(returns)
    assert counted.number == 3
    assert counted.sharpe_variance == pytest.approx(np.var(ratios, ddof=1), rel=1e-10)


@pytest.mark.parametrize(
    ("returns", "low", "high"),
    [
        (families([1] * 1200, 0.0), 1200, 1200),
        (families([120] * 10, 0.8), 10, 10),
        (np.concatenate([families([200] * 5, 0.8), families([1] * 200, 0.0, seed=2)]), 119, 291),
    ],
    ids=["noise", "families", "families among noise"],
)
def test_a_sample_speaks_for_all(returns: Floats, low: float, high: float) -> None:
    """Of 205, three standard errors: each trial drawn from the noise stands for six."""
    counted = effective_trials(returns, seed=3, largest_sample=200)
    assert counted.examined == 200
    assert low <= counted.number <= high


def test_the_same_seed_gives_the_same_bytes() -> None:
    returns = np.concatenate([families([100] * 5, 0.8), families([1] * 100, 0.0, seed=2)])
    once, again = (effective_trials(returns, seed=5, largest_sample=150) for _ in range(2))
    assert once == again
    assert once != effective_trials(returns, seed=6, largest_sample=150)


def test_memory_follows_the_sample() -> None:
    returns = np.random.default_rng(8).standard_normal((6000, 60), dtype=np.float32)
    tracemalloc.start()
    try:
        counted = effective_trials(returns, largest_sample=300)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert counted.examined == 300
    assert peak < 8 * 6000**2 / 10


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(4, 30), st.data())
def test_cuts_and_silhouettes_agree_with_scipy_and_scikit_learn(seed: int, count: int, data: st.DataObject) -> None:
    returns = np.random.default_rng(seed).standard_normal((count, 20))
    clusters = data.draw(st.integers(2, count - 1))
    distance = module._correlation_distance(returns)
    expected = np.sqrt((1.0 - np.corrcoef(returns)) / 2.0)
    assert distance == pytest.approx(expected, abs=1e-7)
    tree = module._Tree.grown(distance)
    labels = np.empty(count, dtype=int)
    for label, rows in enumerate(tree.clusters(clusters)):
        labels[rows] = label
    oracle = fcluster(linkage(squareform(distance, checks=False), "average"), clusters, "maxclust")
    assert len(set(zip(labels.tolist(), oracle.tolist(), strict=True))) == clusters == len(set(oracle.tolist()))
    silhouettes = silhouette_samples(distance, labels, metric="precomputed")
    ordered = distance[np.ix_(tree.order, tree.order)]
    running = np.concatenate([np.zeros((count, 1)), np.cumsum(ordered, axis=1)], axis=1)
    quality = module._quality(running, tree.edges(clusters))
    assert quality == pytest.approx(silhouettes.mean() / silhouettes.std(), rel=1e-6)


@pytest.mark.parametrize(("fewest", "most"), [(2, 2), (2, 150), (2, 1999), (1500, 1999)])
def test_counts_to_try_run_from_fewest_to_most(fewest: int, most: int) -> None:
    counts = module._counts(fewest, most)
    assert (counts[0], counts[-1]) == (fewest, most)
    steps = np.diff(counts)
    assert (steps > 0).all()
    assert (steps <= np.maximum(1, 0.02 * np.array(counts[:-1]))).all()


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_trial_sharpes_are_those_of_the_metrics(kind: type) -> None:
    returns = (families([4] * 150, 0.5) + 0.0003).astype(kind)
    expected = [metrics.sharpe_ratio(row.astype(np.float64)) / math.sqrt(252) for row in returns]
    assert trial_sharpes(returns) == pytest.approx(expected, rel=1e-10)


def test_the_layout_of_the_matrix_does_not_show() -> None:
    returns = families([3] * 4, 0.9)
    columns = np.asfortranarray(returns)
    assert np.array_equal(trial_sharpes(columns), trial_sharpes(returns))
    assert distinct_trials(columns) == distinct_trials(returns)
    assert effective_trials(columns) == effective_trials(returns)


def test_sessions_with_a_gap_are_left_out() -> None:
    returns = families([3] * 4, 0.9)
    gapped = np.insert(returns, [0, 100], np.nan, axis=1)
    gapped[1:, 0] = 0.5
    assert complete_sessions(returns) is returns
    assert np.array_equal(complete_sessions(gapped), returns)
    assert np.array_equal(trial_sharpes(gapped), trial_sharpes(returns))
    assert distinct_trials(gapped) == distinct_trials(returns)
    assert effective_trials(gapped) == effective_trials(returns)


@pytest.mark.parametrize("shape", [(0, 0), (0, 10), (3, 0), (3, 1)])
def test_nothing_to_count(shape: tuple[int, int]) -> None:
    returns = np.zeros(shape)
    for count in (distinct_trials, effective_trials):
        assert count(returns).number == 0
        assert math.isnan(count(returns).sharpe_variance)
    assert len(trial_sharpes(returns)) == shape[0]
    assert np.isnan(trial_sharpes(returns)).all()
