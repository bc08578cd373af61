"""Claim 6: measures of supply alone explain less than supply with demand."""

from __future__ import annotations

import numpy as np

from waterline.metrics import Estimate, default_lags, newey_west
from waterline.sessions import Floats
from waterline.thesis.claims import MONTH, SPECULATIVE
from waterline.thesis.estimation import UNKNOWN, Measure, measured, swings
from waterline.thesis.ground import Ground, Undecided, ahead, complete

FITTING_MONTHS = 36


def measure(ground: Ground, rows: slice) -> tuple[Measure, ...] | Undecided:
    """Share of the variance that forecasts gain when demand joins supply, adjusted for the larger model's noise."""
    supply, drain, returns = ground["supply"], ground["drain"], ground[SPECULATIVE]
    known = complete(supply, drain, ahead(returns, MONTH))
    if not known.any():
        return Undecided("Supply, the drain and the returns after them are never known together.")
    grid = np.arange(int(np.argmax(known)), len(known), MONTH)
    grid = grid[known[grid]]
    forecasts = _forecasts(supply[grid], drain[grid], ahead(returns, MONTH)[grid], grid)
    judged = np.isfinite(forecasts).all(axis=1) & (grid >= rows.start) & (grid + MONTH < rows.stop)
    if not judged.any():
        return Undecided(f"No forecast lies in it: {FITTING_MONTHS} months of fitting come first.")
    estimate = _clark_west(ahead(returns, MONTH)[grid][judged], *forecasts[judged].T)
    count = int(judged.sum())
    episodes = swings(drain[grid[judged][0] : grid[judged][-1] + 1])
    return (measured(estimate, episodes, count, count * MONTH),)


def _forecasts(supply: Floats, drain: Floats, target: Floats, grid: np.ndarray) -> Floats:
    """(n, 3) forecasts of each month from the mean, from supply, and from supply with the drain.

    Each is fitted on the months whose return had ended by the decision; NaN for the first 36.
    """
    out = np.full((len(grid), 3), np.nan)
    design = np.column_stack([np.ones(len(grid)), supply, drain])
    for row, decided in enumerate(grid):
        past = int(np.searchsorted(grid + MONTH + 1, decided, side="right"))
        if past >= FITTING_MONTHS:
            for width in (1, 2, 3):
                fitted = np.linalg.lstsq(design[:past, :width], target[:past], rcond=None)[0]
                out[row, width - 1] = design[row, :width] @ fitted
    return out


def _clark_west(target: Floats, mean: Floats, smaller: Floats, larger: Floats) -> Estimate:
    """Mean of (y - f1)^2 - (y - f2)^2 + (f1 - f2)^2 over the mean squared error of the historical mean.

    Source: Clark and West (2007).
    """
    variance = float(np.square(target - mean).mean())
    if not variance > 0.0:
        return UNKNOWN
    gained = np.square(target - smaller) - np.square(target - larger) + np.square(smaller - larger)
    return newey_west(gained, default_lags(len(gained))).scaled(1.0 / variance)
