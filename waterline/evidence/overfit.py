"""Does the winner of a search win again? The probability of backtest overfitting.

Source: Bailey, Borwein, Lopez de Prado and Zhu (2017), "The probability of backtest overfitting"; combinatorially
symmetric cross-validation (CSCV).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from waterline.evidence.trials import Trials, complete_sessions
from waterline.sessions import Floats

CELLS = 320_000
"""Sharpe ratios worked on at a time (combinations x trials): few enough for the processor's cache."""
STEADY = 1e-12
"""A variance below this share of the mean square is rounding: the trial did not vary."""
TIE = 1e-12
"""Sharpe ratios per session that differ by less differ by rounding only."""


@dataclass(frozen=True, slots=True, eq=False)
class Overfitting:
    """What became, out of sample, of the trial that was best in sample, over C combinations of the blocks.

    Attributes:
        probability: PBO, the share of combinations in which the winner was no better than the median (logit <= 0).
        loss_share: share of combinations in which the winner lost against bills out of sample.
        degradation_slope: slope of the least-squares line of the winner's Sharpe ratio out of sample on that in sample.
        logits: (C,) ln(w / (1 - w)), with w = rank / (N + 1) of the winner out of sample and rank 1 the worst trial.
        in_sample: (C,) Sharpe ratio *per session* of the winner in sample.
        out_of_sample: (C,) Sharpe ratio *per session* of the same trial out of sample.
        sessions: T, sessions used.
        trials: N.
    """

    probability: float
    loss_share: float
    degradation_slope: float
    logits: Floats
    in_sample: Floats
    out_of_sample: Floats
    sessions: int
    trials: int


def backtest_overfitting(returns: Trials, splits: int = 16) -> Overfitting:
    """Probability of backtest overfitting by CSCV.

    The sessions are cut into ``splits`` blocks, equal but for one session. Each choice of half the blocks is once in
    sample, the rest out of sample; C = splits! / (splits / 2)! ** 2. The trial with the highest Sharpe ratio in sample
    (the first of equals) is ranked by its Sharpe ratio out of sample. Tied trials share the average of their ranks. A
    trial that does not vary over a half has the Sharpe ratio 0 there.

    How to read it. Without any skill PBO is *not* always one half: over 300 draws of 50 independent trials (480
    sessions, 8 blocks) it had mean .49 and standard deviation .19, and it is above one half as often as below. All
    combinations share one sample, so that thousands of them are no thousand witnesses; and the halves of a combination
    add up to the same whole, so that what a trial has above its average in sample it lacks out of sample, which can
    push PBO up and makes the slope negative. A single PBO between .3 and .7 says little; near 0 it says that choosing
    in sample carried over. It compares trials with each other: where all are equally good PBO is as for noise, and
    where all are the same it is 1.

    Sums and sums of squares of each block are taken once; a combination is then a row of zeros and ones, and two matrix
    products give the moments of all trials. The complement of a combination is another combination: each is worked out
    once and read both ways. Memory beside ``returns``: N * T bytes while gaps are sought, then 16 * N * splits bytes
    and the working set of a few combinations.

    Args:
        returns: (N, T) daily excess returns, one row per trial, float32 or float64; sums run in float64. Sessions at
            which any trial has no return are left out.
        splits: number of blocks, even.

    Returns:
        NaN and no combinations for fewer than two trials or two sessions a block.
    """
    if splits < 2 or splits % 2:
        raise ValueError(f"{splits} splits: the number of blocks is even, and at least 2")
    complete = complete_sessions(returns)
    trials, sessions = complete.shape
    if trials < 2 or sessions < 2 * splits:
        nothing = np.empty(0)
        return Overfitting(math.nan, math.nan, math.nan, nothing, nothing, nothing, sessions, trials)
    ranks, inside, outside = _winners(_Blocks.of(complete, splits))
    shares = ranks / (trials + 1)
    logits = np.log(shares / (1.0 - shares))
    return Overfitting(
        probability=float(np.mean(logits <= 0.0)),
        loss_share=float(np.mean(outside < -TIE)),
        degradation_slope=_slope(inside, outside),
        logits=logits,
        in_sample=inside,
        out_of_sample=outside,
        sessions=sessions,
        trials=trials,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Blocks:
    """The moments of S blocks of sessions.

    Attributes:
        sums: (S, N) sum of the returns of each trial.
        squares: (S, N) sum of their squares.
        sizes: (S,) number of sessions.
    """

    sums: Floats
    squares: Floats
    sizes: Floats

    @classmethod
    def of(cls, returns: Trials, splits: int) -> _Blocks:
        edges = np.linspace(0, returns.shape[1], splits + 1).astype(int)
        sums, squares = np.empty((2, splits, len(returns)))
        for block, (first, end) in enumerate(pairwise(edges)):
            values = returns[:, first:end].astype(np.float64, order="C")
            sums[block] = values.sum(axis=1)
            squares[block] = np.einsum("nt,nt->n", values, values)
        return cls(sums, squares, np.diff(edges).astype(np.float64))

    def sharpes(self, chosen: Floats) -> Floats:
        """(c, N) Sharpe ratio per session of each trial over the blocks that each row of ``chosen`` (c, S) marks."""
        sessions = (chosen @ self.sizes)[:, None]
        mean = chosen @ self.sums
        mean /= sessions
        square = chosen @ self.squares
        square /= sessions
        variance = mean * mean
        np.subtract(square, variance, out=variance)
        square *= STEADY
        varies = variance > square
        variance *= sessions / (sessions - 1.0)
        np.sqrt(variance, out=variance, where=varies)
        np.divide(mean, variance, out=mean, where=varies)
        mean[~varies] = 0.0
        return mean


def _winners(blocks: _Blocks) -> tuple[Floats, Floats, Floats]:
    """Rank out of sample, Sharpe ratio in sample and out of sample of each combination's winner.

    In lexicographic order the complement of combination i stands at C - 1 - i; the first half holds the first block.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it publishes no types

    splits, trials = blocks.sums.shape
    total = math.comb(splits, splits // 2)
    ranks, inside, outside = np.empty((3, total))
    done = 0
    with threadpool_limits(1, user_api="blas"):  # products this small wait longer for a second thread than they take
        for chosen in _halves(splits, max(CELLS // trials, 1)):
            this, other = blocks.sharpes(chosen), blocks.sharpes(1.0 - chosen)
            forward = np.arange(done, done + len(chosen))
            mirrored = total - 1 - forward
            ranks[forward], inside[forward], outside[forward] = _judged(this, other)
            ranks[mirrored], inside[mirrored], outside[mirrored] = _judged(other, this)
            done += len(chosen)
    return ranks, inside, outside


def _halves(splits: int, portion: int) -> Iterator[Floats]:
    """Combinations that hold the first block, (portion, splits) at a time, 1 where a block is in sample."""
    rest = np.array(list(combinations(range(1, splits), splits // 2 - 1)), dtype=np.intp)
    for first in range(0, len(rest), portion):
        blocks = rest[first : first + portion]
        chosen = np.zeros((len(blocks), splits))
        chosen[:, 0] = 1.0
        np.put_along_axis(chosen, blocks, 1.0, axis=1)
        yield chosen


def _judged(inside: Floats, outside: Floats) -> tuple[Floats, Floats, Floats]:
    """Rank out of sample of each row's best trial in sample, and its two Sharpe ratios."""
    rows = np.arange(len(inside))
    best = inside.max(axis=1, keepdims=True)
    winner = (inside >= best - TIE).argmax(axis=1)
    reached = outside[rows, winner][:, None]
    below = np.count_nonzero(outside < reached - TIE, axis=1)
    not_above = np.count_nonzero(outside <= reached + TIE, axis=1)
    return (below + not_above + 1) / 2.0, inside[rows, winner], reached[:, 0]


def _slope(inside: Floats, outside: Floats) -> float:
    """Least squares with a constant; NaN where ``inside`` does not vary."""
    centred = inside - inside.mean()
    spread = float(centred @ centred)
    return float(centred @ (outside - outside.mean())) / spread if spread > TIE**2 * len(inside) else math.nan
