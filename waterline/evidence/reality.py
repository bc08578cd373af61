"""Does the best of many candidates beat the static mix, once all of them are counted? Hansen's SPA and StepM."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from waterline.errors import WaterlineError
from waterline.evidence.bootstrap import FEWEST_SESSIONS, Indices, optimal_block_lengths, usable_block
from waterline.metrics.returns import DUST
from waterline.sessions import Flags, Floats

if TYPE_CHECKING:
    from arch.bootstrap import SPA

MOST_CANDIDATES = 1_000
"""``arch`` copies the whole matrix of returns for each draw: 16 seconds for 1,000 candidates, minutes beyond."""


@dataclass(frozen=True, slots=True)
class Superiority:
    """Whether any candidate beats the benchmark in the mean, given that the best of all was looked at.

    Attributes:
        p_value: the *consistent* p, the one to quote: (1 + #) / (1 + draws).
        p_lower: p when no candidate worse than the benchmark is given a chance; too small in general.
        p_upper: p when every candidate is given one (White's reality check); too large in general.
        best: column of the candidate with the largest statistic.
        superior: columns that beat the benchmark, their family-wise error held at ``level``.
        level: family-wise error of ``superior``.
        candidates: number of columns tested.
        studentised: whether each difference was first divided by its long-run standard deviation.
        block_length: mean block length used, in sessions; 0 where the sample was too short to test.
        draws: number of bootstrap draws.
        sessions: number of sessions without a missing value.
    """

    p_value: float
    p_lower: float
    p_upper: float
    best: int
    superior: tuple[int, ...]
    level: float
    candidates: int
    studentised: bool
    block_length: int
    draws: int
    sessions: int


def superiority(
    returns: Floats,
    benchmark: Floats,
    floor: float,
    seed: int,
    draws: int = 1_000,
    *,
    studentised: bool = True,
    level: float = 0.05,
) -> Superiority:
    """Hansen's test of superior predictive ability, and the stepwise choice of the candidates that pass.

    The loss is the negative return, so that the statistic is max_k mean(r_k - b). ``arch`` 8.0.0 uses the variances
    for the recentring alone and takes the maximum of *raw* means, which the wildest candidate dominates. By default the
    differences are therefore divided by their long-run standard deviation beforehand, which is Hansen's own statistic;
    ``studentised=False`` quotes the raw one. Sessions with a missing value are left out.

    Args:
        returns: (T, C) simple daily returns of the candidates, all that were tried, at most 1,000.
        benchmark: (T,) simple daily returns of the same-exposure static mix.
        floor: smallest block length in sessions, the median dwell.
        seed: of the draws.
        draws: number of bootstrap draws.
        studentised: which statistic.
        level: family-wise error of the stepwise choice.

    Returns:
        NaN p-values and no superior candidate with fewer than 42 complete sessions or without candidates; p-values of
        1 without any draw where no candidate's mean is above the benchmark's, since there is nothing to explain.

    Raises:
        WaterlineError: more than 1,000 candidates.

    Source: Hansen (2005); White (2000); Romano and Wolf (2005); resampled and tested by ``arch.bootstrap.SPA``.
    """
    _refuse_too_many(returns.shape[1])
    difference = returns - benchmark[:, None]
    difference = difference[np.isfinite(difference).all(axis=1)]
    sessions, candidates = difference.shape
    told = partial(Superiority, level=level, candidates=candidates, studentised=studentised, sessions=sessions)
    columns = _differing(difference)
    if sessions < FEWEST_SESSIONS or candidates == 0:
        return told(math.nan, math.nan, math.nan, -1, (), block_length=0, draws=0)
    if len(columns) == 0:
        return told(1.0, 1.0, 1.0, -1, (), block_length=0, draws=0)
    difference = difference[:, columns]
    block = usable_block(float(np.median(optimal_block_lengths(difference))), floor, sessions)
    if studentised:
        difference = difference / np.maximum(np.sqrt(long_run_variance(difference, block)), DUST)
    means = difference.mean(axis=0)
    best = int(columns[means.argmax()])
    if means.max() <= 0.0:
        return told(1.0, 1.0, 1.0, best, (), block_length=block, draws=0)
    test = _spa(difference, block, draws, seed)
    lower, consistent, upper = ((1.0 + round(p * draws)) / (1.0 + draws) for p in test.pvalues.to_numpy())
    superior = tuple(int(column) for column in columns[_stepwise(test, level)])
    return told(consistent, lower, upper, best, superior, block_length=block, draws=draws)


def long_run_variance(series: Floats, block: float) -> Floats:
    """(C,) variance of sqrt(T) times the mean of each column of ``series`` (T, C) under the stationary bootstrap.

    c_0 + 2 sum_i (1 - i / T) (1 - p) ** i c_i with p = 1 / block and c_i the *circular* autocovariance. Since
    c_i = g_i + g_(T - i), this is the kernel (1 - i / T) (1 - p) ** i + (i / T) (1 - p) ** (T - i) over the plain
    autocovariances g_i.

    Source: Politis and Romano (1994).
    """
    count = len(series)
    power = np.abs(np.fft.rfft(series - series.mean(axis=0), axis=0)) ** 2
    circular = np.fft.irfft(power, count, axis=0) / count
    lags = np.arange(count)
    weights = 2.0 * (1.0 - lags / count) * (1.0 - 1.0 / block) ** lags
    weights[0] = 1.0
    return np.asarray(np.maximum(weights @ circular, 0.0))


def _refuse_too_many(candidates: int) -> None:
    if candidates > MOST_CANDIDATES:
        problem = f"{candidates} candidates: the test of superior predictive ability takes at most {MOST_CANDIDATES}."
        remedy = (
            "Its time grows with their number to minutes, and testing only the best would hide the search: test a "
            "choice made without looking at results (every n-th trial), or take the maximum under common shifts."
        )
        raise WaterlineError(problem, remedy)


def _spa(difference: Floats, block: int, draws: int, seed: int) -> SPA:
    from arch.bootstrap import SPA

    test = SPA(np.zeros(len(difference)), -difference, block, draws, seed=np.random.default_rng(seed))
    test.compute()
    return test


def _differing(difference: Floats) -> Indices:
    """Columns that are no copies of the benchmark: ``arch`` gives a copy p = 0 wherever all others are worse."""
    return np.flatnonzero((np.abs(difference) > DUST).any(axis=0))


def _stepwise(test: SPA, level: float) -> Flags:
    """The steps of ``arch.bootstrap.StepM`` on the draws at hand; unlike it, may end with every candidate superior."""
    superior: Flags = np.zeros(test.k, dtype=np.bool_)
    found = test.better_models(level)
    while len(found):
        superior[found] = True
        if superior.all():
            break
        test.subset(~superior)
        test.compute()
        found = test.better_models(level)
    return superior
