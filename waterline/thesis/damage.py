"""Claim 3: the order of damage, by the session at which the fall of each group began."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from math import factorial

import numpy as np

from waterline.metrics import Estimate
from waterline.metrics.returns import DUST
from waterline.sessions import Floats
from waterline.thesis.claims import MONTH, ORDER_OF_DAMAGE, QUARTER
from waterline.thesis.estimation import UNKNOWN, Measure, measured, runs
from waterline.thesis.ground import Ground, Undecided

FEWEST_GROUPS = 3
FEWEST_TO_VARY = 2
DIGITS = 3
"""Decimals to which rank correlations are rounded before they are summed: orders with ties have unending ones."""


def measure(ground: Ground, rows: slice) -> tuple[Measure, ...] | Undecided:
    """Mean rank correlation of the observed order of damage with the claimed one."""
    present = ground.groups(ORDER_OF_DAMAGE)
    if len(present) < FEWEST_GROUPS:
        return Undecided(
            f"At least {FEWEST_GROUPS} of the groups are needed to speak of an order.", ground.lacking(*ORDER_OF_DAMAGE)
        )
    spans = [slice(rows.start + span.start, rows.start + span.stop) for span in _spans(ground["scarce"][rows])]
    turns = [(_turns(ground, present, span), span.stop - span.start) for span in spans]
    ordered = [(found, sessions) for found, sessions in turns if len(found) >= FEWEST_GROUPS]
    return (rank_measure([found for found, _ in ordered], sum(sessions for _, sessions in ordered)),)


def rank_measure(turns: list[Floats], sessions: int) -> Measure:
    """Spearman correlation of each episode's turning points (k,) with their claimed order, mean over the episodes.

    Each p-value is the larger of two. The exact one counts the orders within episodes, ties at their mid-ranks, whose
    mean is as large; it takes every order for equally likely, which groups that move together spoil. Student's t over
    the episodes does without that, but trusts few of them too much. The standard error is likewise the larger of that
    where every order is equally likely, from a variance of 1 / (k - 1) an episode, and that of the episodes.

    Source: Page (1963); Spearman (1904); Ibragimov and Mueller (2010) on t over few groups.
    """
    from scipy.special import stdtr

    count, ranks = len(turns), [_ranks(found) for found in turns]
    agreed = np.array([_agreement(found) for found in ranks])
    if count < FEWEST_TO_VARY:
        return measured(UNKNOWN, count, sessions, sessions)
    mean, own = float(agreed.mean()), float(agreed.std(ddof=1) / np.sqrt(count))
    error = max(own, float(np.sqrt(sum(1.0 / (len(found) - 1) for found in ranks)) / count))
    cautious = measured(Estimate(mean, error, mean / error), count, sessions, sessions)
    student = (float(stdtr(count - 1, side * mean / own)) if own > DUST else 0.0 for side in (-1.0, 1.0))
    above, below = (max(pair) for pair in zip(student, _exact(ranks, mean * count), strict=True))
    low, high = max(cautious.low, -1.0), min(cautious.high, 1.0)
    return replace(cautious, low=low, high=high, p_above=above, p_below=below)


def _exact(ranks: list[Floats], total: float) -> tuple[float, float]:
    """Probability of a sum of correlations at least as large, and of one at most as large."""
    chance, rounding = _chance(ranks).items(), len(ranks) * 0.5 * 10.0**-DIGITS + DUST
    above = sum(share for value, share in chance if value >= total - rounding)
    return above, sum(share for value, share in chance if value <= total + rounding)


def _spans(scarce: Floats) -> Iterator[slice]:
    """Each scarce spell with the quarter before it, but nothing of the scarce spell before."""
    free = 0
    for spell in runs(scarce):
        if scarce[spell.start] == 1.0:
            span = slice(max(spell.start - QUARTER, free), spell.stop)
            if span.stop - span.start >= MONTH:
                yield span
            free = spell.stop


def _turns(ground: Ground, groups: tuple[str, ...], span: slice) -> Floats:
    """(k,) turning point of each group that has prices throughout."""
    found = (ground[name][span] for name in groups)
    return np.array([turning_point(returns) for returns in found if np.isfinite(returns).all()])


def turning_point(returns: Floats) -> float:
    """Number of the moves (n,) up to which a path rises most above its own straight line: when its fall began.

    The estimate of a change in the mean by cumulative sums. Unlike the start of the deepest fall it depends on neither
    drift nor volatility, so that a group does not come first for being the wilder one.

    Source: Page (1954); Hinkley (1971).
    """
    path = np.cumsum(returns - returns.mean())
    path[1:], path[0] = path[:-1].copy(), 0.0
    return float(np.argmax(path))


def _ranks(turns: Floats) -> Floats:
    from scipy.stats import rankdata

    return np.asarray(rankdata(turns), dtype=np.float64)


def _agreement(ranks: Floats) -> float:
    """Spearman correlation with 1 to k; 0 where all are tied."""
    claimed = np.arange(len(ranks)) - (len(ranks) - 1) / 2.0
    apart = ranks - ranks.mean()
    size = float(np.sqrt((claimed @ claimed) * (apart @ apart)))
    return float(claimed @ apart) / size if size > 0.0 else 0.0


def _chance(ranks: list[Floats]) -> dict[float, float]:
    """Probability of each sum of correlations where every order within an episode is equally likely."""
    sums = {0.0: 1.0}
    for found in ranks:
        orders = Counter(round(_agreement(np.array(order)), DIGITS) for order in permutations(found))
        grown: defaultdict[float, float] = defaultdict(float)
        for value, share in sums.items():
            for step, times in orders.items():
                grown[round(value + step, DIGITS)] += share * times / factorial(len(found))
        sums = dict(grown)
    return sums
