"""Means of daily series with standard errors that allow for serial dependence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from waterline.metrics.returns import DUST, SESSIONS_PER_YEAR, is_constant, present
from waterline.sessions import Floats


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean, how uncertain it is, and their ratio.

    Attributes:
        value: the estimate.
        standard_error: of ``value``, in its unit; 0 where the series does not vary.
        t: value / standard_error; NaN where the standard error is 0.
    """

    value: float
    standard_error: float
    t: float

    def scaled(self, factor: float) -> Estimate:
        """The estimate of ``factor`` times the quantity; the t value stays."""
        return Estimate(self.value * factor, self.standard_error * abs(factor), self.t)


UNKNOWN = Estimate(float("nan"), float("nan"), float("nan"))


def default_lags(count: int) -> int:
    """Lags of the long-run variance for ``count`` sessions: floor(4 (T / 100) ** (2 / 9)), at most T - 1.

    Source: Newey and West (1994), the rule of thumb for the Bartlett kernel.
    """
    return max(0, min(int(4.0 * (count / 100.0) ** (2.0 / 9.0)), count - 1))


def newey_west(values: Floats, lags: int | None = None) -> Estimate:
    """Mean of a series with its heteroskedasticity and autocorrelation consistent standard error.

    se ** 2 = (g_0 + 2 * sum_l (1 - l / (L + 1)) g_l) / T, with g_l = sum_t d_t d_{t-l} / T and d = x - mean(x); no
    small-sample correction.

    Args:
        values: (T,) series in time order.
        lags: L; by default :func:`default_lags`.

    Source: Newey and West (1987).
    """
    kept = present(values)
    count = len(kept)
    if count < 2:
        return UNKNOWN
    mean = float(kept.mean())
    if is_constant(kept):
        return Estimate(mean, 0.0, float("nan"))
    lags = default_lags(count) if lags is None else min(lags, count - 1)
    deviations = kept - mean
    covariances = np.array([deviations[lag:] @ deviations[: count - lag] / count for lag in range(lags + 1)])
    weights = 1.0 - np.arange(lags + 1) / (lags + 1.0)
    variance = 2.0 * float(weights @ covariances) - covariances[0]
    error = float(np.sqrt(variance / count))
    return Estimate(mean, error, mean / error)


def timing_gain(exposure: Floats, excess: Floats) -> Estimate:
    """What moving between the sleeves earned a year over holding their average: 252 * sum_k Cov(w_k, e_k).

    The population covariance (divisor T), so that mean(w e) - mean(w) mean(e) = Cov(w, e) holds exactly. The standard
    error is that of the mean of sum_k (w_k - mean(w_k)) e_k: the exposure is centred on its average over the window,
    the return is not, which leaves the mean unchanged. Where no exposure varies the gain is exactly 0 with standard
    error 0.

    Args:
        exposure: (T, K) share of equity in each sleeve at the close *before* each return.
        excess: (T, K) returns of the sleeves over bills.
    """
    kept = np.isfinite(exposure).all(axis=1) & np.isfinite(excess).all(axis=1)
    held, earned = exposure[kept], excess[kept]
    if len(held) < 2:
        return UNKNOWN
    varies = np.ptp(held, axis=0) > DUST
    tilt = np.where(varies, held - held.mean(axis=0), 0.0)
    return newey_west((tilt * earned).sum(axis=1)).scaled(SESSIONS_PER_YEAR)


def tracking_difference(returns: Floats, reference: Floats) -> Estimate:
    """Annualised arithmetic mean of the return difference to a reference: 252 * mean(r - b).

    Args:
        returns: (T,) simple daily returns.
        reference: (T,) simple daily returns of the reference on the same sessions.
    """
    return newey_west(returns - reference).scaled(SESSIONS_PER_YEAR)
