"""Compiled rolling order statistics over windows whose start never moves back.

Each kernel keeps the window sorted, so a step costs a binary search and a short move; sums run over the sorted
window, so that the result depends on its members alone and not on the path by which they came.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np
import numpy.typing as npt

from waterline.compiling import compiled
from waterline.sessions import Flags, Floats

Rows = npt.NDArray[np.int64]

MAD_TO_SIGMA = 1.4826
ROBUST_Z, MID_RANK, MEDIAN = range(3)

Walked = tuple[Floats, Rows, Flags, Floats]
"""Arguments of a walk and what came of it."""
_REMEMBERED: ContextVar[dict[tuple[int, int], list[Walked]] | None] = ContextVar("remembered walks", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Within the block a walk over rows that were walked before, and at most one more, costs one window.

    For those who ask the same question again and again with another newest value. The answers are the same to the last
    bit, since a window's statistic depends on its members alone.
    """
    token = _REMEMBERED.set({})
    try:
        yield
    finally:
        _REMEMBERED.reset(token)


@compiled
def _insert(window: np.ndarray, size: int, value: float) -> int:
    at = np.searchsorted(window[:size], value)
    for k in range(size, at, -1):
        window[k] = window[k - 1]
    window[at] = value
    return size + 1


@compiled
def _remove(window: np.ndarray, size: int, value: float) -> int:
    at = np.searchsorted(window[:size], value)
    for k in range(at, size - 1):
        window[k] = window[k + 1]
    return size - 1


@compiled
def _median(window: np.ndarray, size: int) -> float:
    half = size // 2
    return float(window[half]) if size % 2 else float(0.5 * (window[half - 1] + window[half]))


@compiled
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


@compiled
def _distinct(window: np.ndarray, size: int, enough: int) -> bool:
    found = 1
    for k in range(1, size):
        if window[k] != window[k - 1]:
            found += 1
            if found >= enough:
                return True
    return found >= enough


@compiled
def _deviation(window: np.ndarray, size: int) -> float:
    mean = 0.0
    for k in range(size):
        mean += window[k]
    mean /= size
    squares = 0.0
    for k in range(size):
        squares += (window[k] - mean) ** 2
    return float(np.sqrt(squares / (size - 1)))


@compiled
def _robust_z(window: np.ndarray, size: int, value: float) -> float:
    centre = _median(window, size)
    scale = MAD_TO_SIGMA * _median_distance(window, size, centre)
    if scale == 0.0:
        scale = _deviation(window, size)
    return (value - centre) / scale if scale > 0.0 else np.nan


@compiled
def _mid_rank(window: np.ndarray, size: int, value: float) -> float:
    below = np.searchsorted(window[:size], value, side="left")
    upto = np.searchsorted(window[:size], value, side="right")
    return 0.5 * (below + upto) / size


@compiled
def _walk(kind: int, value: np.ndarray, start: np.ndarray, enough: np.ndarray, min_distinct: int) -> np.ndarray:
    """The statistic ``kind`` of rows ``start[i]..i`` for each row."""
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
        if kind == ROBUST_Z:
            out[i] = _robust_z(window, size, value[i])
        elif kind == MID_RANK:
            out[i] = _mid_rank(window, size, value[i])
        else:
            out[i] = _median(window, size)
    return out


def _statistic(kind: int, value: Floats, start: Rows, enough: Flags, min_distinct: int) -> Floats:
    """What ``_walk`` says, from memory as far as it goes."""
    walks = _REMEMBERED.get()
    if walks is None:
        return np.asarray(_walk(kind, value, start, enough, min_distinct))
    known = walks.setdefault((kind, min_distinct), [])
    for walked in known:
        if _continues(walked, value, start, enough):
            return _continued(kind, walked[3], value, start, enough, min_distinct)
    out = np.asarray(_walk(kind, value, start, enough, min_distinct))
    known.append((value.copy(), start.copy(), enough.copy(), out))
    return out.copy()


def _continues(walked: Walked, value: Floats, start: Rows, enough: Flags) -> bool:
    """Whether the arguments are those of an earlier walk, with at most one row more."""
    rows = len(walked[0])
    if not 0 < rows <= len(value) <= rows + 1:
        return False
    same_windows = np.array_equal(walked[1], start[:rows]) and np.array_equal(walked[2], enough[:rows])
    return same_windows and np.array_equal(walked[0], value[:rows], equal_nan=True)


def _continued(kind: int, out: Floats, value: Floats, start: Rows, enough: Flags, min_distinct: int) -> Floats:
    if len(out) == len(value):
        return out.copy()
    window = value[int(start[-1]) :]
    asked = np.zeros(len(window), dtype=np.bool_)
    asked[-1] = enough[-1]
    newest = _walk(kind, window, np.zeros(len(window), dtype=np.int64), asked, min_distinct)[-1:]
    return np.concatenate([out, newest])


def robust_z(value: Floats, start: Rows, enough: Flags, min_distinct: int) -> Floats:
    """(value - median) / (1.4826 MAD) over rows ``start[i]..i``; the standard deviation stands in for a MAD of zero.

    Args:
        value: (n,) NaN rows are skipped and stay NaN.
        start: (n,) first row of each window, never decreasing.
        enough: (n,) False where the window is too short to judge.
        min_distinct: fewest distinct values in a window that can be judged; at least 2.
    """
    return _statistic(ROBUST_Z, value, start, enough, max(min_distinct, 2))


def mid_rank(value: Floats, start: Rows, enough: Flags, min_distinct: int) -> Floats:
    """Share of rows ``start[i]..i`` below ``value[i]``, ties counted half: strictly between 0 and 1.

    Arguments as in :func:`robust_z`.
    """
    return _statistic(MID_RANK, value, start, enough, min_distinct)


def median(value: Floats, start: Rows, enough: Flags, min_distinct: int) -> Floats:
    """Median of rows ``start[i]..i``. Arguments as in :func:`robust_z`."""
    return _statistic(MEDIAN, value, start, enough, min_distinct)
