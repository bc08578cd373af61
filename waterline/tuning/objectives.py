"""Metrics from the sums of a sweep: the same figures as in :mod:`waterline.metrics`, for many sets at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from waterline.config.tuning import Metric
from waterline.metrics import SESSIONS_PER_YEAR
from waterline.sessions import Dates, Floats
from waterline.simulation.sweep.arrays import (
    COLUMNS,
    COSTS,
    DRAWDOWN,
    EXCESS,
    GROWTH,
    PEAK,
    SHORTFALLS,
    SQUARES,
    TROUGH,
    TURNOVER,
)

Rows = npt.NDArray[np.int64]
DAYS_PER_YEAR = 365.25
DUST = 1e-12


@dataclass(frozen=True, slots=True)
class Span:
    """The sessions that a figure is about.

    Attributes:
        sessions: number of returns.
        years: calendar years from the session before the first return to the last.
    """

    sessions: int
    years: float

    @classmethod
    def of(cls, dates: Dates, runs: Sequence[tuple[int, int]]) -> Span:
        """The span of runs of rows (first return, after the last) of a clock's dates."""
        days = sum(float((dates[last - 1] - dates[first - 1]) / np.timedelta64(1, "D")) for first, last in runs)
        return cls(sum(last - first for first, last in runs), days / DAYS_PER_YEAR)


def joined(blocks: Floats, spans: Sequence[Rows], metrics: Sequence[Metric]) -> Floats:
    """(P, S, C) sums of blocks (P, B, C) over each span, a span being the numbers of its blocks in order.

    The deepest fall, which is no sum, is filled in where a metric needs it and NaN elsewhere; peak and trough are NaN.
    """
    chosen = np.zeros((blocks.shape[1], len(spans)))
    for column, span in enumerate(spans):
        chosen[span, column] = 1.0
    summed = blocks.copy()
    summed[:, :, GROWTH] = np.log(blocks[:, :, GROWTH])
    total = np.tensordot(summed, chosen, axes=(1, 0)).transpose(0, 2, 1)
    total[:, :, GROWTH] = np.exp(total[:, :, GROWTH])
    total[:, :, [PEAK, TROUGH, DRAWDOWN]] = np.nan
    if not NEED_THE_FALL.isdisjoint(metrics):
        for column, span in enumerate(spans):
            total[:, column, DRAWDOWN] = deepest_fall(blocks[:, span])
    return np.asarray(total)


def deepest_fall(blocks: Floats) -> Floats:
    """(P,) deepest fall from a peak along consecutive blocks (P, B, C)."""
    growth = np.cumprod(blocks[:, :, GROWTH], axis=1)
    before = np.concatenate([np.ones((len(blocks), 1)), growth[:, :-1]], axis=1)
    peaks = np.maximum.accumulate(before * blocks[:, :, PEAK], axis=1)
    earlier = np.concatenate([np.ones((len(blocks), 1)), peaks[:, :-1]], axis=1)
    from_earlier = before * blocks[:, :, TROUGH] / earlier - 1.0
    return np.asarray(np.minimum(blocks[:, :, DRAWDOWN], from_earlier).min(axis=1))


def figures(total: Floats, span: Span, metric: Metric) -> Floats:
    """(P,) one metric from joined sums (P, C); NaN where it is undefined.

    Volatility is that of the returns over bills, which are what the sums hold.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        values = _FIGURES[metric](total, span)
    return np.where(np.isfinite(values), values, np.nan)


def _deviation(total: Floats, span: Span) -> Floats:
    mean = total[:, EXCESS] / span.sessions
    return np.asarray(np.sqrt(np.maximum(total[:, SQUARES] - span.sessions * mean**2, 0.0) / (span.sessions - 1)))


def _per_risk(total: Floats, span: Span, risk: Floats) -> Floats:
    mean = total[:, EXCESS] / span.sessions
    return np.asarray(mean / np.where(risk > DUST, risk, np.nan) * np.sqrt(SESSIONS_PER_YEAR))


def _cagr(total: Floats, span: Span) -> Floats:
    return np.asarray(np.expm1(np.log(total[:, GROWTH]) / span.years))


def _timing_gain(total: Floats, span: Span) -> Floats:
    """252 * sum_k Cov(w_k, e_k), as :func:`waterline.metrics.timing_gain`."""
    count = span.sessions
    held, product, earned = np.split(total[:, len(COLUMNS) :], 3, axis=1)
    covariance = (product / count - held / count * (earned / count)).sum(axis=1)
    return np.asarray(SESSIONS_PER_YEAR * covariance)


_FIGURES: dict[Metric, Callable[[Floats, Span], Floats]] = {
    "timing_gain": _timing_gain,
    "sharpe_ratio": lambda total, span: _per_risk(total, span, _deviation(total, span)),
    "sortino_ratio": lambda total, span: _per_risk(total, span, np.sqrt(total[:, SHORTFALLS] / span.sessions)),
    "cagr": _cagr,
    "calmar_ratio": lambda total, span: (
        _cagr(total, span) / np.where(total[:, DRAWDOWN] < 0, -total[:, DRAWDOWN], np.nan)
    ),
    "max_drawdown": lambda total, _: total[:, DRAWDOWN],
    "volatility": lambda total, span: _deviation(total, span) * np.sqrt(SESSIONS_PER_YEAR),
    "turnover_per_year": lambda total, span: total[:, TURNOVER] / span.sessions * SESSIONS_PER_YEAR,
    "cost_per_year": lambda total, span: total[:, COSTS] / span.sessions * SESSIONS_PER_YEAR,
}
NEED_THE_FALL: frozenset[Metric] = frozenset({"calmar_ratio", "max_drawdown"})
