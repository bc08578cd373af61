"""The running moments of the metrics, block by block of sessions. Compiled, sums in whatever order is fastest."""

from __future__ import annotations

import numpy as np

from waterline.compiling import compiled, extremal, inlined, reassociated
from waterline.simulation.books import CASH, HELD, ORDERS, UNITS
from waterline.simulation.sweep.arrays import (
    DRAWDOWN,
    EXCESS,
    GROWTH,
    PEAK,
    SHORTFALLS,
    SQUARES,
    TROUGH,
)

STRETCH = 32
"""Sessions that are looked at together for a new peak."""


@inlined
def value_units(
    books: np.ndarray, purse: np.ndarray, close_by_asset: np.ndarray, first: int, last: int, out: np.ndarray
) -> None:
    """Equity of rows ``first`` to ``last`` (exclusive) while nothing is traded; four holdings at a time.

    Rows ``HELD`` and ``ORDERS`` of ``books`` list what is held.
    """
    count = 0
    for a in range(books.shape[1]):
        if books[UNITS, a] != 0.0:
            books[ORDERS, count], books[HELD, count] = a, books[UNITS, a]
            count += 1
    for t in range(first, last):
        out[t] = purse[CASH]
    k = 0
    while k + 3 < count:
        a, b = int(books[ORDERS, k]), int(books[ORDERS, k + 1])
        c, d = int(books[ORDERS, k + 2]), int(books[ORDERS, k + 3])
        u, v, w, x = books[HELD, k], books[HELD, k + 1], books[HELD, k + 2], books[HELD, k + 3]
        for t in range(first, last):
            left = u * close_by_asset[a, t] + v * close_by_asset[b, t]
            out[t] += left + (w * close_by_asset[c, t] + x * close_by_asset[d, t])
        k += 4
    for rest in range(k, count):
        a, u = int(books[ORDERS, rest]), books[HELD, rest]
        for t in range(first, last):
            out[t] += u * close_by_asset[a, t]


@reassociated
def add_returns(equity: np.ndarray, cash: np.ndarray, first: int, last: int, out: np.ndarray) -> None:
    """Sums over the returns of rows ``first`` to ``last`` (exclusive), relative to the equity of the row before."""
    total, squares, shortfalls = 0.0, 0.0, 0.0
    for t in range(first, last):
        excess = equity[t] / equity[t - 1] - 1.0 - cash[t]
        short = min(excess, 0.0)
        total += excess
        squares += excess * excess
        shortfalls += short * short
    out[GROWTH] = equity[last - 1] / equity[first - 1]
    out[EXCESS], out[SQUARES], out[SHORTFALLS] = total, squares, shortfalls


@extremal
def _extremes(values: np.ndarray, first: int, last: int) -> tuple[float, float]:
    low, high = values[first], values[first]
    for t in range(first + 1, last):
        low = min(low, values[t])
        high = max(high, values[t])
    return low, high


@compiled
def add_drawdown(equity: np.ndarray, first: int, last: int, out: np.ndarray) -> None:
    """Peak and trough relative to the row before ``first``, and the deepest fall from a peak inside.

    Most stretches of a few weeks hold no new peak: there only their lowest value matters.
    """
    base = equity[first - 1]
    peak, since, trough, deepest = base, base, base, 0.0
    for start in range(first, last, STRETCH):
        stop = min(start + STRETCH, last)
        low, high = _extremes(equity, start, stop)
        trough = min(trough, low)
        if high <= peak:
            since = min(since, low)
            continue
        for t in range(start, stop):
            if equity[t] > peak:
                deepest = min(deepest, since / peak - 1.0)
                peak, since = equity[t], equity[t]
            else:
                since = min(since, equity[t])
    out[PEAK], out[TROUGH] = peak / base, trough / base
    out[DRAWDOWN] = min(deepest, since / peak - 1.0)


@compiled
def add_exposure(
    exposure: np.ndarray, earned: np.ndarray, edges: np.ndarray, first: int, last: int, columns: int, out: np.ndarray
) -> None:
    """Add to every block what an exposure (K,) held over the returns of rows ``first`` to ``last`` (exclusive) sums to.

    Columns from ``columns`` on: K sums of the exposure, then K sums of exposure times what the sleeve earned over bills.
    """
    sleeves = len(exposure)
    for block in range(len(edges) - 1):
        start, stop = max(first, edges[block]), min(last, edges[block + 1])
        if start < stop:
            for k in range(sleeves):
                out[block, columns + k] += exposure[k] * (stop - start)
                out[block, columns + sleeves + k] += exposure[k] * (earned[k, stop] - earned[k, start])
