"""What this sample could have found at all: the power of a one-sided test, and the years a given gain would need."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from waterline.metrics import Estimate
from waterline.metrics.returns import DUST

LEVEL = 0.05
WANTED_POWER = 0.8
NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Power:
    """How well a one-sided test of a mean can tell a true gain from nothing.

    Attributes:
        true_gain: the gain a year that is to be found, as a fraction; stated beforehand, never the estimate itself.
        level: probability of a false alarm.
        years: length of the sample.
        power: probability that the test finds ``true_gain`` in such a sample; NaN without a standard error.
        wanted: the power behind the two figures below.
        minimum_detectable_gain: the gain a year that is found with probability ``wanted``.
        years_needed: years after which ``true_gain`` is found with probability ``wanted``; infinite for no gain.
    """

    true_gain: float
    level: float
    years: float
    power: float
    wanted: float
    minimum_detectable_gain: float
    years_needed: float


def power_of(
    estimate: Estimate, years: float, true_gain: float, level: float = LEVEL, wanted: float = WANTED_POWER
) -> Power:
    """The power behind an estimated mean, from its standard error alone.

    power = Phi(gain / se - z_level); minimum detectable gain = (z_level + z_wanted) se; years needed = years
    (minimum detectable gain / gain) ** 2, since se falls with the root of the years. Putting the estimate in the place
    of ``true_gain`` gives the p-value in another dress and no news.

    Args:
        estimate: mean a year with its standard error, e.g. the timing gain of :func:`waterline.metrics.timing_gain`.
        years: length of the sample behind it.
        true_gain: the gain a year to be found, as a fraction.
        level: probability of a false alarm, one-sided.
        wanted: power of the minimum detectable gain and of the years needed.

    Source: Hoenig and Heisey (2001) on power after the fact.
    """
    error = estimate.standard_error
    if not error > 0.0:
        return Power(true_gain, level, years, math.nan, wanted, math.nan, math.nan)
    detectable = required_ratio(level, wanted) * error
    found = NORMAL.cdf(true_gain / error - _upper(level))
    needed = years * _square(detectable / true_gain) if true_gain > 0.0 else math.inf
    return Power(true_gain, level, years, found, wanted, detectable, needed)


def required_ratio(level: float = LEVEL, wanted: float = WANTED_POWER) -> float:
    """Gain over standard error that is found with probability ``wanted``: z_level + z_wanted, 2.486 by default."""
    return _upper(level) + NORMAL.inv_cdf(wanted)


def years_needed(sharpe_ratio: float, level: float = LEVEL, wanted: float = WANTED_POWER) -> float:
    """Years until a strategy of this true annual Sharpe ratio is found: (2.486 / SR) ** 2 by default.

    Infinite where the ratio is not positive.
    """
    return _square(required_ratio(level, wanted) / sharpe_ratio) if sharpe_ratio > 0.0 else math.inf


def expected_timing_sharpe(
    scarce_share: float, drift_gap: float, volatility: float, youden: float, predicted_share: float
) -> float:
    """Annual Sharpe ratio of pure timing between two states: pi (1 - pi) J D / (s sqrt(q (1 - q))).

    Args:
        scarce_share: pi, true share of the sessions in the scarce state.
        drift_gap: D, drift a year when ample less drift a year when scarce, as a fraction.
        volatility: s, annual volatility of what is timed.
        youden: J, share of the scarce sessions called scarce less share of the ample ones called scarce.
        predicted_share: q, share of the sessions called scarce.

    Returns:
        NaN without volatility, where q is 0 or 1, and where no call has that J at that q.
    """
    hit, false_alarm = predicted_share + (1.0 - scarce_share) * youden, predicted_share - scarce_share * youden
    possible = min(hit, false_alarm) >= -DUST and max(hit, false_alarm) <= 1.0 + DUST
    if not (possible and volatility > 0.0 and 0.0 < predicted_share < 1.0):
        return math.nan
    moved = scarce_share * (1.0 - scarce_share) * youden * drift_gap
    return moved / (volatility * math.sqrt(predicted_share * (1.0 - predicted_share)))


def _upper(level: float) -> float:
    return NORMAL.inv_cdf(1.0 - level)


def _square(ratio: float) -> float:
    """Infinite where the power operator would raise an overflow."""
    return ratio * ratio
