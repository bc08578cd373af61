"""The last step of a score and the recursions along it, one compiled function each for runs and for sweeps.

Two more go along simulated sessions.

The parts are added one after another, each product fused into the sum so far, so that a score has the same bits
whichever way it is computed: alone here, or beside others in :mod:`waterline.simulation.sweep.lanes`.
"""

from __future__ import annotations

import numpy as np

from waterline.compiling import compiled, contracted, inlined

ROUNDING = 1e-12
"""By how much the sizes of weights may differ from one in sum without being divided by it."""


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


@inlined
def divisor(weights: np.ndarray) -> float:
    """Sum of the sizes of the weights (M,); exactly 1 where it is 1 but for rounding."""
    total = 0.0
    for k in range(len(weights)):
        total += abs(weights[k])
    return 1.0 if abs(total - 1.0) <= ROUNDING else total


@contracted
def add_parts(parts: np.ndarray, weights: np.ndarray, total: np.ndarray) -> None:
    """Add all parts but the first, times their weights, to ``total`` (T,), and divide by the sizes of the weights."""
    k = 1
    while k + 2 < len(weights):
        for t in range(len(total)):
            part = total[t] + weights[k] * parts[k, t]
            total[t] = part + weights[k + 1] * parts[k + 1, t] + weights[k + 2] * parts[k + 2, t]
        k += 3
    for rest in range(k, len(weights)):
        for t in range(len(total)):
            total[t] += weights[rest] * parts[rest, t]
    whole = divisor(weights)
    if whole != 1.0:
        for t in range(len(total)):
            total[t] /= whole


@contracted
def blend(parts: np.ndarray, weights: np.ndarray, total: np.ndarray) -> None:
    """Weighted mean (T,) of the parts (M, T), the weights (M,) divided by the sum of their sizes; NaN where one is."""
    for t in range(len(total)):
        total[t] = rounded_product(weights[0], parts[0, t])
    add_parts(parts, weights, total)


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


@compiled
def last_step(parts: np.ndarray, weights: np.ndarray, span: float, total: np.ndarray) -> None:
    """Weighted mean of the parts, smoothed: :func:`blend` and :func:`smooth` for callers that are not compiled."""
    blend(parts, weights, total)
    if span > 1.0:
        smooth(total, span)


@compiled
def relax(target: np.ndarray, pull: float, start: np.ndarray, out: np.ndarray) -> None:
    """y_t = y_{t-1} + pull (target_t - y_{t-1}) + noise_t, column by column.

    Args:
        target: (T, K) where each level is pulled to.
        pull: share of the distance closed a step.
        start: (K,) level before the first step.
        out: (T, K) the noise; y is written over it.
    """
    for k in range(out.shape[1]):
        level = start[k]
        for t in range(len(out)):
            level = level + pull * (target[t, k] - level) + out[t, k]
            out[t, k] = level


@compiled
def bounded_growth(rate: np.ndarray, rest: float, ceiling: float, out: np.ndarray) -> None:
    """h_{t+1} = min(rest + rate_t h_t, ceiling), column by column, from the first row of ``out``.

    Args:
        rate: (T, K) factor of each step.
        rest: what is added at each step.
        ceiling: largest value.
        out: (T + 1, K) whose first row is the start; the others are written.
    """
    for k in range(rate.shape[1]):
        for t in range(len(rate)):
            out[t + 1, k] = min(rest + rate[t, k] * out[t, k], ceiling)
