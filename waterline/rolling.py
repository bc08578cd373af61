"""Compiled rolling order statistics over windows whose start never moves back. The only door to ``numba`` for signals.

Each kernel keeps the window sorted, so a step costs a binary search and a short move; sums run over the sorted
window, so that the result depends on its members alone and not on the path by which they came.
"""

from __future__ import annotations

import numpy as np
from numba import njit

MAD_TO_SIGMA = 1.4826


@njit(cache=True)
def _insert(window: np.ndarray, size: int, value: float) -> int:
    at = np.searchsorted(window[:size], value)
    for k in range(size, at, -1):
        window[k] = window[k - 1]
    window[at] = value
    return size + 1


@njit(cache=True)
def _remove(window: np.ndarray, size: int, value: float) -> int:
    at = np.searchsorted(window[:size], value)
    for k in range(at, size - 1):
        window[k] = window[k + 1]
    return size - 1


@njit(cache=True)
def _median(window: np.ndarray, size: int) -> float:
    half = size // 2
    return float(window[half]) if size % 2 else float(0.5 * (window[half - 1] + window[half]))


@njit(cache=True)
def _median_distance(window: np.ndarray, size: int, centre: float) -> float:
    """Median of |x - centre| by walking outwards from the centre of the sorted window."""
    right = np.searchsorted(window[:size], centre)
    left = right - 1
    want = size // 2
    previous = current = 0.0
    for _ in range(want + 1):
        previous = current
        if left < 0 or (right < size and window[right] - centre <= centre - window[left]):
            current = window[right] - centre
            right += 1
        else:
            current = centre - window[left]
            left -= 1
    return current if size % 2 else 0.5 * (previous + current)


@njit(cache=True)
def _distinct(window: np.ndarray, size: int, enough: int) -> bool:
    found = 1
    for k in range(1, size):
        if window[k] != window[k - 1]:
            found += 1
            if found >= enough:
                return True
    return found >= enough


@njit(cache=True)
def _deviation(window: np.ndarray, size: int) -> float:
    mean = 0.0
    for k in range(size):
        mean += window[k]
    mean /= size
    squares = 0.0
    for k in range(size):
        squares += (window[k] - mean) ** 2
    return float(np.sqrt(squares / (size - 1)))


@njit(cache=True)
def robust_z(value: np.ndarray, start: np.ndarray, enough: np.ndarray, min_distinct: int) -> np.ndarray:
    """(value - median) / (1.4826 MAD) over rows ``start[i]..i``; the standard deviation stands in for a MAD of zero.

    Args:
        value: (n,) NaN rows are skipped and stay NaN.
        start: (n,) first row of each window, never decreasing.
        enough: (n,) False where the window is too short to judge.
        min_distinct: fewest distinct values in a window that can be judged.
    """
    window = np.empty(len(value))
    out = np.full(len(value), np.nan)
    size = first = 0
    for i in range(len(value)):
        while first < start[i]:
            if not np.isnan(value[first]):
                size = _remove(window, size, value[first])
            first += 1
        if np.isnan(value[i]):
            continue
        size = _insert(window, size, value[i])
        if not enough[i] or size < 2 or not _distinct(window, size, min_distinct):
            continue
        centre = _median(window, size)
        scale = MAD_TO_SIGMA * _median_distance(window, size, centre)
        if scale == 0.0:
            scale = _deviation(window, size)
        if scale > 0.0:
            out[i] = (value[i] - centre) / scale
    return out


@njit(cache=True)
def mid_rank(value: np.ndarray, start: np.ndarray, enough: np.ndarray, min_distinct: int) -> np.ndarray:
    """Share of rows ``start[i]..i`` below ``value[i]``, ties counted half: strictly between 0 and 1.

    Arguments as in :func:`robust_z`.
    """
    window = np.empty(len(value))
    out = np.full(len(value), np.nan)
    size = first = 0
    for i in range(len(value)):
        while first < start[i]:
            if not np.isnan(value[first]):
                size = _remove(window, size, value[first])
            first += 1
        if np.isnan(value[i]):
            continue
        size = _insert(window, size, value[i])
        if not enough[i] or not _distinct(window, size, min_distinct):
            continue
        below = np.searchsorted(window[:size], value[i], side="left")
        upto = np.searchsorted(window[:size], value[i], side="right")
        out[i] = 0.5 * (below + upto) / size
    return out


@njit(cache=True)
def median(value: np.ndarray, start: np.ndarray, enough: np.ndarray, min_distinct: int) -> np.ndarray:
    """Median of rows ``start[i]..i``. Arguments as in :func:`robust_z`."""
    window = np.empty(len(value))
    out = np.full(len(value), np.nan)
    size = first = 0
    for i in range(len(value)):
        while first < start[i]:
            if not np.isnan(value[first]):
                size = _remove(window, size, value[first])
            first += 1
        if np.isnan(value[i]):
            continue
        size = _insert(window, size, value[i])
        if enough[i] and _distinct(window, size, min_distinct):
            out[i] = _median(window, size)
    return out
