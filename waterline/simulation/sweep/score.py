"""The last step of a score, and the exposures that follow from it. Compiled.

The parts are added one after another, each product fused into the sum so far, so that a score has the same bits
whichever way it is computed: alone here, or beside others in :mod:`waterline.simulation.sweep.lanes`.
"""

from __future__ import annotations

import numpy as np

from waterline.compiling import contracted, inlined, inner
from waterline.recursions import rounded_product

ROUNDING = 1e-12
"""By how much the sizes of weights may differ from one in sum without being divided by it."""


@inlined
def divisor(weights: np.ndarray) -> float:
    """Sum of the sizes of the weights (M,); exactly 1 where it is 1 but for rounding."""
    total = 0.0
    for k in range(len(weights)):
        total += abs(weights[k])
    return 1.0 if abs(total - 1.0) <= ROUNDING else total


@inner
def open_gate(first: np.ndarray, gate: np.ndarray, minimum: int, phi: float, weight: float, total: np.ndarray) -> None:
    """The gated part, ``first * (1 - (1 + phi) gate)`` divided by its expanding root mean square, times its weight.

    Args:
        first: (T,) first part.
        gate: (T,).
        minimum: fewest values in the root mean square.
        phi: how much a full gate turns the part round.
        weight: of the part.
        total: (T,) where the product is written.
    """
    squares, count = 0.0, 0
    for t in range(len(total)):
        raw = first[t] * (1.0 - (1.0 + phi) * gate[t])
        scale = np.nan
        if np.isfinite(raw):
            squares, count = squares + raw * raw, count + 1
            if count >= minimum and squares > 0.0:
                scale = np.sqrt(squares / count)
        total[t] = weight * (raw / scale)


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


@inner
def rotate(total: np.ndarray, first: int, shift: int, spare: np.ndarray) -> None:
    """Move the score from ``first`` on by ``shift`` sessions, the end coming round to the front."""
    length = len(total) - first
    for t in range(length):
        spare[(t + shift) % length] = total[first + t]
    for t in range(length):
        total[first + t] = spare[t]


@inner
def first_present(total: np.ndarray) -> int:
    """Row of the first value; the length where there is none."""
    for t in range(len(total)):
        if not np.isnan(total[t]):
            return t
    return len(total)


@inner
def graded_share(total: np.ndarray, curve: np.ndarray, share: np.ndarray) -> None:
    """Least + (most - least) logistic(-slope * score), with the last known score, 0 before the first."""
    level = 0.0
    for t in range(len(total)):
        if np.isfinite(total[t]):
            level = total[t]
        share[t] = curve[0] + (curve[1] - curve[0]) / (1.0 + np.exp(curve[2] * level))
