"""How far below its own high water the equity stood, and for how long."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from waterline.sessions import Dates, Floats

NEVER = np.datetime64("NaT", "D")


@dataclass(frozen=True, slots=True)
class Drawdown:
    """One fall from a high.

    Attributes:
        depth: trough / high - 1, at most 0; NaN without returns.
        start: last session at the high, NaT where nothing was lost.
        trough: session of the lowest equity, NaT where nothing was lost.
        recovery: first session back at the high, NaT where it was not reached again.
    """

    depth: float
    start: np.datetime64 = NEVER
    trough: np.datetime64 = NEVER
    recovery: np.datetime64 = NEVER


def wealth(returns: Floats) -> Floats:
    """(T + 1,) equity at the close of each session for one unit at the first; a missing return leaves it as it was."""
    return np.concatenate([[1.0], np.cumprod(1.0 + np.where(np.isfinite(returns), returns, 0.0))])


def drawdown_series(returns: Floats) -> Floats:
    """(T,) equity / highest equity so far - 1, the start of the span counting as a high.

    In [-1, 0] as long as no return is below -1. NaN where the return is missing.
    """
    equity = wealth(returns)
    below = equity[1:] / np.maximum.accumulate(equity)[1:] - 1.0
    return np.where(np.isfinite(returns), below, np.nan)


def max_drawdown(returns: Floats, sessions: Dates) -> Drawdown:
    """The deepest drawdown; the earliest of equals.

    Args:
        returns: (T,) simple daily returns.
        sessions: (T + 1,) dates, beginning with the session before the first return.
    """
    if not np.isfinite(returns).any():
        return Drawdown(float("nan"))
    equity = wealth(returns)
    high = np.maximum.accumulate(equity)
    trough = int(np.argmin(equity / high))
    if equity[trough] >= high[trough]:
        return Drawdown(0.0)
    start = np.flatnonzero(equity[:trough] == high[trough])[-1]
    regained = np.flatnonzero(equity[trough:] >= high[trough])
    recovery = sessions[trough + regained[0]] if len(regained) else NEVER
    return Drawdown(float(equity[trough] / high[trough] - 1.0), sessions[start], sessions[trough], recovery)
