"""The walk from target weights to orders. Compiled."""

from __future__ import annotations

import numpy as np

from waterline.compiling import compiled
from waterline.simulation.books import DECIDED_AT, PLACED, PURSE, ROWS, TARGET, WAITS, decide, open_books
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
    books, purse = np.empty((ROWS, targets.shape[1])), np.empty(PURSE)
    open_books(books, purse)
    for t in range(len(targets)):
        if purse[WAITS] > 0.0 and fill(books, purse, (marks, tradable), t, costs, everyone_pays):
            written[0][t] = books[PLACED]
            written[1][t] = purse[DECIDED_AT]
        if decides[t]:
            books[TARGET] = targets[t]
            decide(books, purse, closes, t, everything[t], band[0], band[1])
