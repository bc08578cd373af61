"""Objectives from the sums of blocks against the metrics of the same returns."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waterline.metrics import summary, timing_gain
from waterline.simulation.sweep import COLUMNS
from waterline.tuning.objectives import Span, figures, joined

DAYS = np.busday_offset("2010-01-04", np.arange(400), roll="forward").astype("datetime64[D]")
FROM_SUMMARY = ("sharpe_ratio", "sortino_ratio", "cagr", "calmar_ratio", "turnover_per_year", "cost_per_year")


def block_sums(returns, cash, turnover, costs, held, earned, edges):
    """What a sweep hands over, in plain numpy."""
    sums = np.zeros((len(edges) - 1, len(COLUMNS) + 3 * held.shape[1]))
    for block, (first, last) in enumerate(pairwise(edges)):
        rows = slice(first - 1, last - 1)
        excess = returns[rows] - cash[rows]
        path = np.cumprod(np.concatenate([[1.0], 1.0 + returns[rows]]))
        fall = (path / np.maximum.accumulate(path)).min() - 1.0
        shortfalls = (np.minimum(excess, 0.0) ** 2).sum()
        sums[block, :7] = path[-1], excess.sum(), (excess**2).sum(), shortfalls, path.max(), path.min(), fall
        sums[block, 7], sums[block, 8] = turnover[rows].sum(), costs[rows].sum()
        sums[block, 9:] = np.concatenate([held[rows].sum(0), (held[rows] * earned[rows]).sum(0), earned[rows].sum(0)])
    return sums


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(30, 399), cuts=st.sets(st.integers(2, 29), max_size=5))
def test_objectives_of_joined_blocks_are_the_metrics_of_the_returns(seed, count, cuts):
    rng = np.random.default_rng(seed)
    returns, cash = rng.normal(0.0004, 0.01, count), rng.uniform(0, 2e-4, count)
    turnover, costs = rng.random(count), rng.random(count) * 1e-3
    held = rng.dirichlet(np.ones(2), count)
    sleeves = rng.normal(0.0003, 0.01, (count, 2))
    edges = np.array([1, *sorted(cuts), count + 1])
    blocks = block_sums(returns, cash, turnover, costs, held, sleeves - cash[:, None], edges)[None]
    metrics = (*FROM_SUMMARY, "timing_gain", "max_drawdown", "volatility")
    total = joined(blocks, [np.arange(len(edges) - 1)], metrics)[:, 0]
    span = Span.of(DAYS, [(1, count + 1)])
    got = {metric: figures(total, span, metric)[0] for metric in metrics}
    wanted = summary(returns, cash, DAYS[: count + 1], turnover, costs)
    for metric in FROM_SUMMARY:
        assert got[metric] == pytest.approx(getattr(wanted, metric), rel=1e-9, nan_ok=True), metric
    assert got["max_drawdown"] == pytest.approx(wanted.max_drawdown.depth, rel=1e-9)
    assert got["timing_gain"] == pytest.approx(timing_gain(held, sleeves - cash[:, None]).value, rel=1e-7, abs=1e-12)
    assert got["volatility"] == pytest.approx(np.std(returns - cash, ddof=1) * np.sqrt(252), rel=1e-9)


def test_what_is_undefined_is_missing_and_not_infinite():
    count = 50
    nothing = np.zeros(count)
    blocks = block_sums(
        nothing, nothing, nothing, nothing, np.ones((count, 1)), np.zeros((count, 1)), np.array([1, count + 1])
    )
    metrics = ("sharpe_ratio", "sortino_ratio", "calmar_ratio", "timing_gain", "max_drawdown")
    total = joined(blocks[None], [np.array([0])], metrics)[:, 0]
    got = [figures(total, Span(count, 0.2), metric)[0] for metric in metrics]
    assert np.isnan(got[:3]).all()
    assert got[3:] == [0.0, 0.0]
