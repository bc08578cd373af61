"""The last step of a score, and the exposures that follow from it. Compiled."""

from __future__ import annotations

import numpy as np

from waterline.compiling import compiled


@compiled
def blend(
    parts: np.ndarray, gate: np.ndarray, gated: bool, minimum: int, weights: np.ndarray, phi: float, total: np.ndarray
) -> None:
    """Weighted mean of the parts; NaN where one is missing.

    A gated first part is multiplied by ``1 - (1 + phi) gate`` and divided by its expanding root mean square.

    Args:
        parts: (M, T).
        gate: (T,).
        gated: whether the gate counts.
        minimum: fewest values in the root mean square.
        weights: (M,); the mean divides by the sum of their sizes.
        phi: how much a full gate turns the first part round.
        total: (T,) where the score is written.
    """
    divisor = 0.0
    for k in range(len(weights)):
        divisor += abs(weights[k])
    first = parts[0]
    if gated:
        squares, count = 0.0, 0
        for t in range(len(total)):
            raw = first[t] * (1.0 - (1.0 + phi) * gate[t])
            scale = np.nan
            if np.isfinite(raw):
                squares, count = squares + raw * raw, count + 1
                if count >= minimum and squares > 0.0:
                    scale = np.sqrt(squares / count)
            total[t] = weights[0] * (raw / scale)
    else:
        for t in range(len(total)):
            total[t] = weights[0] * first[t]
    k = 1
    while k + 2 < len(weights):
        for t in range(len(total)):
            part = total[t] + weights[k] * parts[k, t]
            total[t] = part + weights[k + 1] * parts[k + 1, t] + weights[k + 2] * parts[k + 2, t]
        k += 3
    for rest in range(k, len(weights)):
        for t in range(len(total)):
            total[t] += weights[rest] * parts[rest, t]
    for t in range(len(total)):
        total[t] /= divisor


@compiled
def rotate(total: np.ndarray, first: int, shift: int, spare: np.ndarray) -> None:
    """Move the score from ``first`` on by ``shift`` sessions, the end coming round to the front."""
    length = len(total) - first
    for t in range(length):
        spare[(t + shift) % length] = total[first + t]
    total[first:] = spare[:length]


@compiled
def first_present(total: np.ndarray) -> int:
    """Row of the first value; the length where there is none."""
    for t in range(len(total)):
        if not np.isnan(total[t]):
            return t
    return len(total)


@compiled
def graded_share(total: np.ndarray, curve: np.ndarray, share: np.ndarray) -> None:
    """Least + (most - least) logistic(-slope * score), with the last known score, 0 before the first."""
    level = 0.0
    for t in range(len(total)):
        if np.isfinite(total[t]):
            level = total[t]
        share[t] = curve[0] + (curve[1] - curve[0]) / (1.0 + np.exp(curve[2] * level))
