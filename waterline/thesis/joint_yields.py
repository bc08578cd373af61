"""Claim 5: when capital is scarce, Treasury and corporate yields rise together."""

from __future__ import annotations

import numpy as np

from waterline.metrics import SESSIONS_PER_YEAR
from waterline.sessions import Flags, Floats
from waterline.thesis.claims import WEEK
from waterline.thesis.estimation import Measure, contrast, correlation_terms, measured, spell_lags, state_episodes
from waterline.thesis.ground import Ground, Undecided, blocks, complete


def measure(ground: Ground, rows: slice) -> tuple[Measure, ...] | Undecided:
    """Rise of the Treasury yield, rise of the Baa yield, and their correlation, each scarce less ample."""
    treasury, corporate = (blocks(ground[name][rows], WEEK) for name in ("DGS10", "DBAA"))
    state = ground["scarce"][rows][: len(treasury) * WEEK : WEEK]
    usable = complete(treasury, corporate, state)
    if not usable.any():
        return Undecided("The state and the two yields are never known together.")
    treasury, corporate, scarce = treasury[usable], corporate[usable], state[usable] == 1.0
    lags, episodes, count = spell_lags(scarce), state_episodes(scarce), len(scarce)
    yearly = SESSIONS_PER_YEAR / WEEK
    rises = (contrast(moved, scarce, lags).scaled(yearly) for moved in (treasury, corporate))
    together = contrast(_correlation_by_state(treasury, corporate, scarce), scarce, lags)
    return tuple(measured(each, episodes, count, count * WEEK) for each in (*rises, together))


def _correlation_by_state(first: Floats, second: Floats, scarce: Flags) -> Floats:
    terms = np.empty(len(scarce))
    for side in (scarce, ~scarce):
        terms[side] = correlation_terms(first[side], second[side])
    return terms
