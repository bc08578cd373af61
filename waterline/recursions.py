"""Recursions along a score, one compiled function each for runs and for sweeps."""

from __future__ import annotations

import numpy as np

from waterline.compiling import compiled, contracted, inlined


@compiled
def switch(
    score: np.ndarray, up: float, down: float, confirm: int, dwell: int, states: np.ndarray, switches: np.ndarray
) -> int:
    """The states of a score (T,), see ``SchmittRule``.

    Args:
        score: (T,) NaN holds the state.
        up: score above which the state turns 1.
        down: score below which it turns 0.
        confirm: consecutive sessions beyond the threshold.
        dwell: sessions between two switches.
        states: (T,) where 0 (ample) and 1 (scarce) are written.
        switches: (T,) where the sessions of the switches are written, in order.

    Returns:
        How many switches there are.
    """
    state, count, last_switch, found = 0, 0, -dwell, 0
    for t in range(len(score)):
        beyond = score[t] > up if state == 0 else score[t] < down
        count = count + 1 if beyond else 0
        if count >= confirm and t - last_switch >= dwell:
            state, count, last_switch = 1 - state, 0, t
            switches[found] = t
            found += 1
        states[t] = state
    return found


@inlined
def rounded_product(a: float, b: float) -> float:
    """The product, rounded by itself: of two products whose sum is contracted it says which one is not fused."""
    return a * b


@contracted
def smooth(score: np.ndarray, span: float) -> None:
    """Exponential smoothing in place, 2 / (span + 1) on the newest.

    Begins at the first value and passes over missing ones.
    """
    alpha, level, first = 2.0 / (span + 1.0), 0.0, 0
    while first < len(score) and np.isnan(score[first]):
        first += 1
    if first < len(score):
        level = score[first]
    rest = 1.0 - alpha
    for t in range(first + 1, len(score)):
        if not np.isnan(score[t]):
            level = level * rest + rounded_product(alpha, score[t])
            score[t] = level
