"""Figures over a window that moves along."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from waterline.metrics.returns import DUST, SESSIONS_PER_YEAR
from waterline.sessions import Floats


@dataclass(frozen=True, slots=True, eq=False)
class RollingSharpe:
    """The Sharpe ratio of each window.

    Attributes:
        ratio: (T,) annualised, of the window that ends with the row; NaN where it is not full or nothing varies in it.
        standard_error: (T,) of ``ratio``, NaN where that is.
    """

    ratio: Floats
    standard_error: Floats


def rolling_sharpe(excess: Floats, window: int = SESSIONS_PER_YEAR) -> RollingSharpe:
    """:func:`sharpe_ratio` and :func:`sharpe_standard_error` of every ``window`` rows in a row.

    Args:
        excess: (T,) daily returns over bills. A window with a missing one is not full.
        window: rows of a window, at least 2.
    """
    ratio, error = np.full(len(excess), np.nan), np.full(len(excess), np.nan)
    if len(excess) < window:
        return RollingSharpe(ratio, error)
    windows = sliding_window_view(excess, window)
    varies = np.ptp(windows, axis=1) > DUST
    rows = np.flatnonzero(varies) + window - 1
    ratio[rows], error[rows] = _annualised(windows[varies])
    return RollingSharpe(ratio, error)


def _annualised(windows: Floats) -> tuple[Floats, Floats]:
    """Ratio and standard error of each row, in which something varies."""
    count, means = windows.shape[1], windows.mean(axis=1)
    apart = windows - means[:, None]
    second = np.einsum("ij,ij->i", apart, apart) / count
    skewness = np.einsum("ij,ij,ij->i", apart, apart, apart) / count / second**1.5
    kurtosis = np.einsum("ij,ij,ij,ij->i", apart, apart, apart, apart) / count / second**2
    ratio = means / np.sqrt(second * count / (count - 1))
    variance = np.maximum(1.0 - skewness * ratio + (kurtosis - 1.0) / 4.0 * ratio**2, 0.0)
    return ratio * SESSIONS_PER_YEAR**0.5, np.sqrt(variance * SESSIONS_PER_YEAR / (count - 1))
