"""Claim 2: when capital is scarce, assets part ways."""

from __future__ import annotations

import numpy as np

from waterline.metrics.returns import DUST
from waterline.thesis.estimation import Measure, contrast, measured, spell_lags, state_episodes
from waterline.thesis.ground import Ground, Undecided, complete

FEWEST_ASSETS = 3


def measure(ground: Ground, rows: slice) -> tuple[Measure, ...] | Undecided:
    """Mean log of the cross-sectional standard deviation of daily returns, scarce less ample."""
    state = ground["scarce"][rows]
    known = np.isfinite(state)
    if not known.any():
        return Undecided("The state is never known.")
    returns = np.column_stack([of[rows] for of in ground.members.values()])[known]
    returns = returns[:, np.isfinite(returns).all(axis=0)]
    if returns.shape[1] < FEWEST_ASSETS:
        return Undecided(f"Fewer than {FEWEST_ASSETS} members of the sleeves have prices throughout.")
    spread = returns.std(axis=1, ddof=1)
    apart = np.log(np.where(spread > DUST, spread, np.nan))
    usable = complete(apart)
    scarce = state[known][usable] == 1.0
    estimate = contrast(apart[usable], scarce, spell_lags(scarce))
    return (measured(estimate, state_episodes(scarce), len(scarce), len(scarce)),)
