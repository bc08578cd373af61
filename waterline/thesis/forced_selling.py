"""Claim 7: forced selling spreads, from the most speculative to the rest."""

from __future__ import annotations

import numpy as np

from waterline.thesis.claims import ORDER_OF_DAMAGE, WEEK
from waterline.thesis.estimation import (
    LARGEST_LAG_SHARE,
    Measure,
    correlation_terms,
    least_squares,
    measured,
    runs,
)
from waterline.thesis.ground import Ground, Undecided, ahead, behind, complete

LEADERS = ORDER_OF_DAMAGE[:2]
OVERLAP = 2 * (WEEK + 1)
"""Sessions that two neighbouring terms may share: a week, the session left out, and the next week."""


def measure(ground: Ground, rows: slice) -> tuple[Measure, ...] | Undecided:
    """Correlation of the leader's week with the rest's next one, less the reverse, in scarce states."""
    present = ground.groups(ORDER_OF_DAMAGE)
    if not present or present[0] not in LEADERS or len(present) == 1:
        reason = "It takes a most speculative group and another to follow it."
        return Undecided(reason, ground.lacking(*(name for name in ORDER_OF_DAMAGE if name not in present)))
    leader = ground[present[0]][rows]
    rest = np.column_stack([ground[name][rows] for name in present[1:]]).mean(axis=1)
    state = ground["scarce"][rows]
    weeks = (behind(leader, WEEK), ahead(rest, WEEK), behind(rest, WEEK), ahead(leader, WEEK))
    usable = complete(state, *weeks)
    if not usable.any():
        return Undecided("The state and the returns of the groups are never known together.")
    scarce = state[usable] == 1.0
    terms = np.zeros(len(scarce))
    led, followed, before, after = (week[usable][scarce] for week in weeks)
    terms[scarce] = correlation_terms(led, followed) - correlation_terms(before, after)
    sides = np.column_stack([scarce, ~scarce] if not scarce.all() else [scarce]).astype(np.float64)
    estimate = least_squares(terms, sides, min(OVERLAP, len(scarce) // LARGEST_LAG_SHARE)).combination(1.0)
    episodes = sum(bool(scarce[spell.start]) for spell in runs(scarce))
    return (measured(estimate, episodes, len(scarce), len(scarce)),)
