"""The running moments of the metrics, block by block of sessions. Compiled, sums in whatever order is fastest."""

from __future__ import annotations

import numpy as np

from waterline.compiling import contracted, extremal, inlined, inner, reassociated
from waterline.simulation.books import CASH, UNITS
from waterline.simulation.sweep.arrays import (
    COLUMNS,
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
EIGHT = np.uint64(8)
"""Rows in one step of the valuation. Unsigned: a row that cannot be negative needs no test for it."""

Prices = tuple[np.ndarray, np.ndarray]


@inlined
def _units(books: np.ndarray, held: np.ndarray, k: int, count: int) -> tuple[int, float]:
    """Asset and units of the ``k``-th holding; none of the first asset behind the last."""
    return (held[k], books[UNITS, held[k]]) if k < count else (0, 0.0)


@contracted
def value_units(
    books: np.ndarray, purse: np.ndarray, prices: Prices, held: np.ndarray, first: int, last: int, out: np.ndarray
) -> None:
    """Equity in USD of rows ``first`` to ``last`` (exclusive) while nothing is traded.

    Takes four holdings and eight rows at a time, and may write up to seven rows behind the last: values go forward in
    time, so that a later call puts them right.

    Args:
        books: holdings.
        purse: cash.
        prices: (N, T) price at the close, in bills; (T,) USD value of a bill.
        held: (N,) room for the list of holdings.
        first: row.
        last: row.
        out: (T,).
    """
    by_asset, bills = prices
    count, end = 0, np.uint64(len(out))
    for a in range(books.shape[1]):
        held[count] = a
        count += books[UNITS, a] != 0.0
    for k in range(0, max(count, 1), 4):
        (a, u), (b, v) = _units(books, held, k, count), _units(books, held, k + 1, count)
        (c, w), (d, x) = _units(books, held, k + 2, count), _units(books, held, k + 3, count)
        one, two, three, four = by_asset[a], by_asset[b], by_asset[c], by_asset[d]
        cash, t, stop = purse[CASH] if k == 0 else 0.0, np.uint64(first), np.uint64(last)
        while t < stop and t + EIGHT <= end:
            for i in range(EIGHT):
                worth = (u * one[t + i] + v * two[t + i]) + (w * three[t + i] + x * four[t + i])
                out[t + i] = (out[t + i] if k > 0 else 0.0) + bills[t + i] * (cash + worth)
            t += EIGHT
        for i in range(t, stop):
            worth = (u * one[i] + v * two[i]) + (w * three[i] + x * four[i])
            out[i] = (out[i] if k > 0 else 0.0) + bills[i] * (cash + worth)


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


@inner
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


@inner
def add_exposure(
    exposure: np.ndarray, earned: np.ndarray, edges: np.ndarray, first: int, last: int, out: np.ndarray
) -> None:
    """Add to every block what an exposure (K,) held over the returns of rows ``first`` to ``last`` (exclusive) sums to.

    Columns behind ``COLUMNS``: K sums of the exposure, then K sums of exposure times what the sleeve earned over bills.
    """
    sleeves, columns = len(exposure), len(COLUMNS)
    for block in range(len(edges) - 1):
        start, stop = max(first, edges[block]), min(last, edges[block + 1])
        if start < stop:
            for k in range(sleeves):
                out[block, columns + k] += exposure[k] * (stop - start)
                out[block, columns + sleeves + k] += exposure[k] * (earned[k, stop] - earned[k, start])
