"""How many trials a search really made.

A matrix of trials has one row per trial and one column per session: (N, T) daily excess returns, float32 or float64;
sums run in float64. Sessions at which any trial has no return are left out. Sharpe ratios are per session.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from waterline.metrics.returns import DUST
from waterline.sessions import Floats

Trials = npt.NDArray[np.floating[Any]]
Indices = npt.NDArray[np.intp]

LARGEST_SAMPLE = 2000
"""Trials whose correlations are looked at together: the matrix of more would not be worth its memory."""
ROWS = 256
INDEPENDENCE = 0.05
COARSE = 0.02


@dataclass(frozen=True, slots=True)
class TrialCount:
    """What the deflated Sharpe ratio needs of a search; both figures belong together.

    Attributes:
        number: of trials; not whole where it was projected from a sample.
        sharpe_variance: variance (divisor number - 1) over the counted trials, or clusters of trials, of the Sharpe
            ratio per session; NaN for fewer than two.
        examined: number of trials that were looked at.
    """

    number: float
    sharpe_variance: float
    examined: int


def complete_sessions(returns: Trials) -> Trials:
    """(N, T') the sessions at which every trial has a return; the matrix itself where nothing is missing."""
    kept = np.isfinite(returns).all(axis=0)
    return returns if kept.all() else returns[:, kept]


def trial_sharpes(returns: Trials) -> Floats:
    """(N,) Sharpe ratio *per session* of each trial, mean / standard deviation (divisor T - 1); NaN for a flat one."""
    complete = complete_sessions(returns)
    if complete.shape[1] < 2:
        return np.full(len(complete), np.nan)
    return np.concatenate([np.empty(0), *(_sharpes(rows) for rows in _portions(complete))])


def distinct_trials(returns: Trials) -> TrialCount:
    """The plain count of trials: those whose returns vary, equal ones counted once.

    Two parameter sets that traded alike are one trial; returns that differ by rounding are two.
    """
    complete = complete_sessions(returns)
    rows = _distinct_rows(complete)
    return TrialCount(len(rows), _variance(trial_sharpes(complete)[rows]), len(complete))


def effective_trials(returns: Trials, seed: int = 0, largest_sample: int = LARGEST_SAMPLE) -> TrialCount:
    """The number of clusters that the distinct trials form by the correlation of their returns.

    Average linkage on the distance sqrt((1 - correlation) / 2). The number of clusters is the one of best quality, the
    mean over the standard deviation of the silhouettes; beyond 100 it is searched in steps of 2 %, then one by one.
    Two departures from the source: linkage in place of k-means (repeatable, and quick enough to try hundreds of
    counts), and clusters that lie as far apart as independent trials may by chance (5 % over all pairs) are never
    joined. The silhouettes alone see structure in noise, and would call 300 independent trials 130.

    Of more than ``largest_sample`` distinct trials a sample is clustered. A cluster of two or more counts once; a trial
    unlike all others stands for as many as it was drawn from. That errs to the high side, which lowers the deflated
    Sharpe ratio.

    It can also err to the low side: a sweep of one parameter forms a chain without clusters, of which two or three are
    counted. Deflate by this count and by :func:`distinct_trials`, each with its own variance, and quote the lower. One
    common factor and nothing else cannot be told from two clusters: from three trials on the least that is found is 2.

    The Sharpe ratios behind ``sharpe_variance`` are those of the clusters, each held with weights of inverse variance.

    Args:
        returns: (N, T) daily excess returns.
        seed: of the sample.
        largest_sample: at most so many trials are clustered; their correlations take 8 * largest_sample ** 2 bytes.

    Source: Lopez de Prado and Lewis (2019), "Detection of false investment strategies using unsupervised learning
    methods".
    """
    complete = complete_sessions(returns)
    rows = _distinct_rows(complete)
    if len(rows) == 0:
        return TrialCount(0.0, math.nan, 0)
    sample = rows
    if len(rows) > largest_sample:
        sample = np.sort(np.random.default_rng(seed).choice(rows, largest_sample, replace=False))
    chosen = complete[sample].astype(np.float64, order="C")
    clusters = _clusters(chosen)
    alone = sum(len(cluster) == 1 for cluster in clusters)
    number = len(clusters) - alone + alone * len(rows) / len(sample)
    portfolios = np.array([_held_together(chosen[cluster]) for cluster in clusters])
    return TrialCount(number, _variance(trial_sharpes(portfolios)), len(sample))


def _portions(returns: Trials) -> Iterator[Floats]:
    """A few rows at a time in float64: a matrix of trials may fill half the memory."""
    for first in range(0, len(returns), ROWS):
        yield returns[first : first + ROWS].astype(np.float64, order="C")


def _sharpes(rows: Floats) -> Floats:
    varies = np.ptp(rows, axis=1) > DUST
    spread = np.where(varies, rows.std(axis=1, ddof=1), np.nan)
    return np.asarray(rows.mean(axis=1) / spread)


def _variance(sharpes: Floats) -> float:
    return float(np.var(sharpes, ddof=1)) if len(sharpes) > 1 else math.nan


def _distinct_rows(returns: Trials) -> Indices:
    """Index of the first of each set of equal rows, of those that vary."""
    if returns.shape[1] < 2:
        return np.empty(0, dtype=np.intp)
    first: dict[bytes, int] = {}
    row = 0
    for portion in _portions(returns):
        for values, span in zip(portion + 0.0, np.ptp(portion, axis=1), strict=True):
            if span > DUST:
                first.setdefault(hashlib.blake2b(values.tobytes(), digest_size=16).digest(), row)
            row += 1
    return np.fromiter(first.values(), dtype=np.intp, count=len(first))


def _held_together(members: Floats) -> Floats:
    """(T,) return of a cluster, each member weighted by the inverse of its variance."""
    weights = 1.0 / members.var(axis=1)
    return np.asarray(weights @ members / weights.sum())


def _clusters(returns: Floats) -> list[Indices]:
    """Rows of each cluster, by the silhouettes of the counts that chance allows."""
    count = len(returns)
    if count < 3:
        return [np.array([row]) for row in range(count)]
    distance = _correlation_distance(returns)
    tree = _Tree.grown(distance)
    fewest = max(tree.count_at(_distance_by_chance(*returns.shape)), 2)
    if fewest >= count:
        return tree.clusters(count)
    ordered = distance[np.ix_(tree.order, tree.order)]
    running = np.concatenate([np.zeros((count, 1)), np.cumsum(ordered, axis=1)], axis=1)

    def best(counts: list[int]) -> int:
        return max(counts, key=lambda clusters: _quality(running, tree.edges(clusters)))

    coarse = _counts(fewest, count - 1)
    at = coarse.index(best(coarse))
    between = range(coarse[max(at - 1, 0)], coarse[min(at + 1, len(coarse) - 1)] + 1)
    return tree.clusters(best(list(between)))


def _correlation_distance(returns: Floats) -> Floats:
    """(N, N) sqrt((1 - correlation) / 2): 0 for trials alike, 1 for opposite ones."""
    centred = returns - returns.mean(axis=1, keepdims=True)
    centred /= np.sqrt(np.einsum("nt,nt->n", centred, centred))[:, None]
    distance = np.sqrt(np.maximum(1.0 - centred @ centred.T, 0.0) / 2.0)
    np.fill_diagonal(distance, 0.0)
    return np.asarray((distance + distance.T) / 2.0)


def _distance_by_chance(count: int, sessions: int) -> float:
    """The closest that any two of ``count`` independent trials come with probability 5 % (Bonferroni)."""
    pairs = count * (count - 1) / 2.0
    correlation = -NormalDist().inv_cdf(INDEPENDENCE / pairs) / math.sqrt(sessions)
    return math.sqrt(max(1.0 - correlation, 0.0) / 2.0)


def _counts(fewest: int, most: int) -> list[int]:
    """Numbers of clusters to try first: each one up to 100, then in steps of 2 %."""
    counts = [fewest]
    while counts[-1] < most:
        counts.append(min(counts[-1] + max(1, int(counts[-1] * COARSE)), most))
    return counts


@dataclass(frozen=True, slots=True, eq=False)
class _Tree:
    """A dendrogram, its leaves in an order in which every cluster of every cut is contiguous.

    Attributes:
        order: (N,) row of each leaf.
        joined_at: (N - 1,) the merge, 0 being the first, that joins leaf i to leaf i + 1.
        heights: (N - 1,) distance of each merge, never decreasing.
    """

    order: Indices
    joined_at: Indices
    heights: Floats

    @classmethod
    def grown(cls, distance: Floats) -> _Tree:
        """By average linkage."""
        from scipy.cluster.hierarchy import leaves_list, linkage
        from scipy.spatial.distance import squareform

        merges = linkage(squareform(distance, checks=False), "average")
        order = np.asarray(leaves_list(merges), dtype=np.intp)
        first = np.concatenate([np.argsort(order), np.zeros(len(merges), dtype=np.intp)])
        joined_at = np.empty(len(merges), dtype=np.intp)
        for step, pair in enumerate(merges[:, :2].astype(np.intp)):
            left, right = np.sort(first[pair])
            joined_at[right - 1] = step
            first[len(order) + step] = left
        return cls(order, joined_at, merges[:, 2])

    def count_at(self, height: float) -> int:
        """Number of clusters that are left when all merges below ``height`` are made."""
        return len(self.order) - int(np.searchsorted(self.heights, height))

    def edges(self, clusters: int) -> Indices:
        """(clusters + 1,) where each cluster begins among the leaves, and the end of the last."""
        apart = np.flatnonzero(self.joined_at >= len(self.order) - clusters) + 1
        return np.concatenate([[0], apart, [len(self.order)]])

    def clusters(self, count: int) -> list[Indices]:
        """Rows of each of ``count`` clusters."""
        return np.split(self.order, self.edges(count)[1:-1])


def _quality(running: Floats, edges: Indices) -> float:
    """Mean over standard deviation of the silhouettes (Rousseeuw 1987) of contiguous clusters.

    Args:
        running: (N, N + 1) distances of each leaf to the leaves before each place, summed.
        edges: as of the tree.
    """
    sizes = np.diff(edges)
    own = np.repeat(np.arange(len(sizes)), sizes)
    rows = np.arange(len(own))
    sums = np.diff(running[:, edges], axis=1)
    within = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
    means = sums / sizes
    means[rows, own] = np.inf
    nearest = means.min(axis=1)
    wider = np.maximum(nearest, within)
    silhouettes = np.where((sizes[own] > 1) & (wider > 0.0), (nearest - within) / np.maximum(wider, DUST), 0.0)
    return float(silhouettes.mean() / (silhouettes.std() + DUST))
