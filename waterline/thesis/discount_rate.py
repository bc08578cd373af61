"""Claim 4: speculative assets load more negatively on real yields and the term premium than cash generators."""

from __future__ import annotations

import numpy as np

from waterline.metrics import default_lags
from waterline.sessions import Floats
from waterline.thesis.claims import GENERATORS, QUARTER, SPECULATIVE, WEEK
from waterline.thesis.estimation import Measure, least_squares, measured, swings
from waterline.thesis.ground import Ground, Undecided, behind, blocks, complete

REAL_YIELD, TERM_PREMIUM = "DFII10", "THREEFYTP10"


def measure(ground: Ground, rows: slice) -> tuple[Measure, ...] | Undecided:
    """Slope of the difference of the sleeves' weekly returns on the change of each yield in the same week."""
    spread = blocks((ground[SPECULATIVE] - ground[GENERATORS])[rows], WEEK)
    episodes = swings(behind(ground[REAL_YIELD], QUARTER)[rows])
    return tuple(_slope(spread, blocks(ground[name][rows], WEEK), episodes) for name in (REAL_YIELD, TERM_PREMIUM))


def _slope(spread: Floats, moved: Floats, episodes: int) -> Measure:
    usable = complete(spread, moved)
    count = int(usable.sum())
    design = np.column_stack([moved[usable], np.ones(count)])
    fit = least_squares(spread[usable], design, default_lags(count))
    return measured(fit.combination(1.0), episodes if count else 0, count, count * WEEK)
