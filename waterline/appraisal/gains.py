"""A gain a year with its p-value, and never without what the sample could have found."""

from __future__ import annotations

import math
from dataclasses import dataclass

from waterline.evidence.power import NORMAL, Power, power_of
from waterline.metrics import SESSIONS_PER_YEAR, Estimate, newey_west
from waterline.metrics.inference import UNKNOWN
from waterline.sessions import Floats

SOUGHT_SHARPE = 1.0 / 3.0
"""Sharpe ratio of pure timing that the power is stated for, fixed before looking: about what a strong regime, worth +40
and -40 % a year at 65 % volatility, gives a rule that is right on five days of six. See
:func:`waterline.evidence.power.expected_timing_sharpe`."""


@dataclass(frozen=True, slots=True)
class GainTest:
    """A mean gain a year, one-sided: large means that it paid.

    Attributes:
        estimate: fraction a year with its HAC standard error.
        p_value: 1 - Phi(t); NaN without a t value.
        power: of this test in a sample of this length, for a true timing Sharpe ratio of a third, and the gain that
            would be found four times in five.
    """

    estimate: Estimate
    p_value: float
    power: Power


def gain_test(estimate: Estimate, years: float) -> GainTest:
    """The test of a gain a year that was estimated from ``years`` of daily figures."""
    known = math.isfinite(estimate.t)
    sought = SOUGHT_SHARPE * estimate.standard_error * math.sqrt(years) if known and years > 0.0 else math.nan
    power = power_of(estimate if known else UNKNOWN, years, sought)
    return GainTest(estimate, NORMAL.cdf(-estimate.t) if known else math.nan, power)


def daily_gain_test(daily: Floats, years: float) -> GainTest:
    """The test of the mean of (n,) daily figures, made yearly."""
    return gain_test(newey_west(daily).scaled(SESSIONS_PER_YEAR), years)


UNTESTED = gain_test(UNKNOWN, math.nan)
