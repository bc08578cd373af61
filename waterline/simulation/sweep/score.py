"""What a sweep does to a score before and behind its weighted mean, and the exposures that follow. Compiled."""

from __future__ import annotations

import numpy as np

from waterline.compiling import inner


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
