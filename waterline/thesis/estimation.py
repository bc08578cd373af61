"""Estimates with long-run standard errors, judged by as many degrees of freedom as there are episodes, not days."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from waterline.metrics import SESSIONS_PER_YEAR, Estimate, default_lags
from waterline.metrics.returns import DUST
from waterline.sessions import Flags, Floats
from waterline.thesis.claims import QUARTER

COVERAGE = 0.90
UNKNOWN = Estimate(float("nan"), float("nan"), float("nan"))
LARGEST_LAG_SHARE = 4
"""A lag is at most this part of the sample: beyond it the long-run variance of a centred series goes to zero."""
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a claim and what is known of it.

    Attributes:
        estimate: value, standard error and their ratio.
        low: lower end of the 90 % interval.
        high: its upper end.
        p_above: one-sided p of the number being above zero.
        p_below: one-sided p of its being below zero.
        critical: ratio to its standard error that a one-sided test at 5 % asks of the estimate.
        episodes: independent episodes behind it.
        observations: weeks, months or sessions that entered.
        years: what those took.
    """

    estimate: Estimate
    low: float
    high: float
    p_above: float
    p_below: float
    critical: float
    episodes: int
    observations: int
    years: float


@dataclass(frozen=True, slots=True)
class Fit:
    """A least-squares fit.

    Attributes:
        coefficients: (k,).
        covariance: (k, k) heteroskedasticity and autocorrelation consistent.
    """

    coefficients: Floats
    covariance: Floats

    def combination(self, *weights: float) -> Estimate:
        """The linear combination of the leading coefficients; the others have weight 0."""
        padded = np.zeros(len(self.coefficients))
        padded[: len(weights)] = weights
        value = float(padded @ self.coefficients)
        variance = float(padded @ self.covariance @ padded)
        if not variance > 0.0:
            return Estimate(value, float("nan"), float("nan"))
        return Estimate(value, variance**0.5, value / variance**0.5)


def least_squares(response: Floats, design: Floats, lags: int) -> Fit:
    """Ordinary least squares with a Bartlett long-run covariance, scaled by n / (n - k).

    (X'X)^-1 (G_0 + sum_l (1 - l / (L + 1)) (G_l + G_l')) (X'X)^-1 with G_l = sum_t x_t e_t e_{t-l} x_{t-l}'.

    Args:
        response: (n,) without missing values.
        design: (n, k) without missing values.
        lags: L.

    Returns:
        NaN throughout where the columns do not tell the coefficients apart or there are no more rows than columns.

    Source: Newey and West (1987).
    """
    count, width = design.shape
    if count <= width or np.linalg.matrix_rank(design) < width:
        return Fit(np.full(width, np.nan), np.full((width, width), np.nan))
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ design.T @ response
    scores = design * (response - design @ coefficients)[:, None]
    middle = scores.T @ scores
    for lag in range(1, min(lags, count - 1) + 1):
        crossed = scores[lag:].T @ scores[: count - lag]
        middle += (1.0 - lag / (lags + 1.0)) * (crossed + crossed.T)
    return Fit(coefficients, inverse @ middle @ inverse * count / (count - width))


def measured(estimate: Estimate, episodes: int, observations: int, sessions: int) -> Measure:
    """An estimate judged by Student's t with one degree of freedom less than there are episodes.

    With the lag of a spell the long-run variance of a contrast rests on about as many independent numbers as there are
    spells; normal critical values would reject a true null of persistent data up to three times too often.

    Args:
        estimate: what was estimated.
        episodes: independent episodes behind it; p-values and interval are NaN below 2.
        observations: rows that entered.
        sessions: sessions that they span.
    """
    from scipy.special import stdtr, stdtrit

    years = sessions / SESSIONS_PER_YEAR
    if episodes < 2 or not np.isfinite(estimate.t):
        nan = float("nan")
        return Measure(estimate, nan, nan, nan, nan, nan, episodes, observations, years)
    freedom = episodes - 1
    critical = float(stdtrit(freedom, 0.5 + COVERAGE / 2))
    reach = critical * estimate.standard_error
    above, below = float(stdtr(freedom, -estimate.t)), float(stdtr(freedom, estimate.t))
    ends = (estimate.value - reach, estimate.value + reach)
    return Measure(estimate, *ends, above, below, critical, episodes, observations, years)


def contrast(values: Floats, scarce: Flags, lags: int) -> Estimate:
    """Mean of ``values`` (n,) where ``scarce`` (n,) less the mean elsewhere; NaN where one side is empty."""
    return least_squares(values, np.column_stack([scarce, np.ones(len(values))]).astype(np.float64), lags).combination(
        1.0
    )


def correlation_terms(first: Floats, second: Floats) -> Floats:
    """(n,) terms whose mean is the correlation of two series and whose spread is that of its estimation error.

    a b - rho (a ** 2 + b ** 2) / 2 + rho with a and b the standardised series; NaN where one does not vary.
    """
    if len(first) < 2 or min(np.ptp(first), np.ptp(second)) <= DUST:
        return np.full(len(first), np.nan)
    a, b = ((series - series.mean()) / series.std() for series in (first, second))
    rho = float((a * b).mean())
    return np.asarray(a * b - rho * (a * a + b * b) / 2.0 + rho)


def runs(values: Floats | Flags) -> list[slice]:
    """The uninterrupted stretches of equal values."""
    edges = [0, *(np.flatnonzero(values[1:] != values[:-1]) + 1), len(values)]
    return [slice(int(start), int(end)) for start, end in pairwise(edges) if end > start]


def state_episodes(scarce: Flags) -> int:
    """Scarce spells that have an ample one to be held against: the smaller of the two counts of spells."""
    sides = [bool(scarce[spell.start]) for spell in runs(scarce)]
    return min(sides.count(True), sides.count(False))


def spell_lags(scarce: Flags, least: int = 0) -> int:
    """Lag of the long-run variance for a contrast of states: the median spell, at most a quarter of the rows."""
    lengths = [spell.stop - spell.start for spell in runs(scarce)]
    typical = int(np.median(lengths)) if lengths else 0
    return min(max(default_lags(len(scarce)), least, typical), len(scarce) // LARGEST_LAG_SHARE)


def swings(values: Floats) -> int:
    """Spells of a number (n,) that is high or low by at least half its deviation; what lies between changes nothing.

    At most one a quarter: what is known quarter by quarter, or measured over one, does not turn independently sooner,
    and the ripples of a short window are not episodes.
    """
    known = values[np.isfinite(values)]
    if len(known) < 2 or np.ptp(known) <= DUST:
        return 0
    standard = (known - known.mean()) / known.std()
    sides = np.sign(standard[np.abs(standard) >= HALF])
    return min(len(runs(sides)), len(known) // QUARTER)
