"""The walk from target weights to orders. Compiled."""

from __future__ import annotations

import numpy as np

from waterline.compiling import compiled, inner
from waterline.simulation.books import (
    DECIDED_AT,
    FREE,
    PLACED,
    PURSE,
    ROWS,
    SCALE,
    TARGET,
    WAITS,
    decide,
    open_books,
)
from waterline.simulation.trading import fill

Wish = tuple[np.ndarray, np.ndarray, np.ndarray]
Prices = tuple[np.ndarray, np.ndarray, np.ndarray]
Written = tuple[np.ndarray, np.ndarray]


@compiled
def follow(
    wish: Wish, prices: Prices, band: tuple[float, float], costs: np.ndarray, everyone_pays: bool, written: Written
) -> None:
    """Write the orders that follow the targets from session to session.

    Args:
        wish: (T, N) targets, (T,) sessions that decide, (T,) those of them that order everything to its exact target.
        prices: (T, N) marks at the fill, (T, N) at the close, both in bills and 0 before the first; (T, N) tradable.
        band: absolute and relative half width.
        costs: (N,) cost as a share of the traded value.
        everyone_pays: see :func:`waterline.simulation.trading.fill`.
        written: (T, N) orders and (T,) session of their decision, both filled here where something is placed.
    """
    targets, decides, everything = wish
    marks, closes, tradable = prices
    books, purse, before = np.empty((ROWS, targets.shape[1])), np.empty(PURSE), np.empty(targets.shape[1])
    open_books(books, purse)
    for t in range(len(targets)):
        before[:] = books[FREE]
        if purse[WAITS] > 0.0 and fill(books, purse, (marks, tradable), t, costs, everyone_pays):
            _write_orders(books, purse[SCALE], before, written[0][t])
            written[1][t] = purse[DECIDED_AT]
        if decides[t]:
            books[TARGET] = targets[t]
            decide(books, purse, closes, t, everything[t], band[0], band[1])


@inner
def _write_orders(books: np.ndarray, scale: float, before: np.ndarray, orders: np.ndarray) -> None:
    """What a fill ordered; NaN where nothing is wanted of what was not held ``before``."""
    for a in range(len(orders)):
        if scale < 0.0:
            orders[a] = books[PLACED, a]
        elif books[TARGET, a] != 0.0 or before[a] != 0.0:
            orders[a] = books[TARGET, a] * scale
