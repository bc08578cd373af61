"""Claim 1: capital expenditure is a stimulus while there is slack and a drain without (form C)."""

from __future__ import annotations

import numpy as np

from waterline.metrics import SESSIONS_PER_YEAR, default_lags
from waterline.sessions import Floats
from waterline.thesis.claims import GENERATORS, MONTH, SCARCE_SLACK, SPECULATIVE
from waterline.thesis.estimation import Measure, least_squares, measured, swings
from waterline.thesis.ground import Ground, Undecided, ahead, behind, complete

LEVELS = ("VIXCLS", "DGS2")


def measure(ground: Ground, rows: slice) -> tuple[Measure, ...] | Undecided:
    """b1 + b2 of the speculative sleeve, b2 of it less that of the generators, and b1 of it."""
    demand, slack = ground["demand"][rows], ground["slack"][rows]
    speculative, generators = (ahead(ground[name][rows], MONTH) for name in (SPECULATIVE, GENERATORS))
    controls = [control[rows] for control in _controls(ground)]
    usable = complete(demand, slack, speculative, generators, *controls)
    if not usable.any():
        return Undecided("Demand, slack and the returns after them are never known together.")
    grid = np.arange(int(np.argmax(usable)), len(usable), MONTH)
    grid = grid[usable[grid]]
    gone = slack < SCARCE_SLACK
    table = np.column_stack([demand, demand * gone, *controls, np.ones(len(demand))])[grid]
    lags = default_lags(len(grid))
    alone, spread = (least_squares(of[grid], table, lags) for of in (speculative, speculative - generators))
    episodes = swings(demand[usable & gone])
    yearly = SESSIONS_PER_YEAR / MONTH
    estimates = (alone.combination(1.0, 1.0), spread.combination(0.0, 1.0), alone.combination(1.0))
    return tuple(measured(each.scaled(yearly), episodes, len(grid), len(grid) * MONTH) for each in estimates)


def _controls(ground: Ground) -> list[Floats]:
    """(T,) each: the changes of VIX and the 2-year yield and the index's return over the month before the decision."""
    moved = [_change(ground[name]) for name in LEVELS if name in ground]
    return [*moved, *([behind(ground["market"], MONTH)] if "market" in ground else [])]


def _change(level: Floats) -> Floats:
    before = np.full(len(level), np.nan)
    before[MONTH:] = level[:-MONTH]
    return np.asarray(level - before)
