"""Decisions, session by session: the books they look at and the orders they leave. Compiled.

Two books run side by side, both counted in bills. The free one knows no costs: the no-trade band compares its weights
with the targets, so that orders do not depend on what trading costs. The paying one is the portfolio.

Both live in one array ``books`` (ROWS, N), a column an asset, and one array ``purse`` of single figures: a compiled
call with two arrays costs nanoseconds, one with a dozen costs more than the step it makes.
"""

from __future__ import annotations

import numpy as np

from waterline.compiling import compiled, inlined, inner

DUST = 1e-12
"""Share of equity that float arithmetic cannot tell from nothing."""

FREE, UNITS = 0, 1
"""Rows of ``books``: units held without costs, units held."""
WANTED, EXACT, UNPAID = 2, 3, 4
"""Weight to trade to, NaN where nothing waits; 1 where the order comes from a switch and must not end at a band edge;
1 where the order was placed but found too little cash and waits for a sale to fill."""
TARGET, PLACED = 5, 6
"""Weights wanted by the decision, written by the caller; orders of the latest fill of a part, NaN where none."""
HELD, ORDERS, AFTER = 7, 8, 9
"""Room for weights in between."""
ROWS = 10

FREE_CASH, CASH, DECIDED_AT, WAITS, WHOLE, SCALE, TRADED, FEES = range(8)
"""Entries of ``purse``: cash of each book, session of the latest decision (-1 before), 1 while an order waits, 1 while
all of ``TARGET`` waits and no order is written yet; of the latest fill: what all of ``TARGET`` was scaled by to pay the
costs, -1 where only a part filled; value traded and fees as shares of the paying book's equity before it."""
PURSE = 8


@inner
def open_books(books: np.ndarray, purse: np.ndarray) -> None:
    """One unit of cash and nothing else."""
    books[:] = 0.0
    books[WANTED] = np.nan
    books[PLACED] = np.nan
    purse[:] = 0.0
    purse[FREE_CASH], purse[CASH], purse[DECIDED_AT] = 1.0, 1.0, -1.0


@inlined
def wait_for_all(books: np.ndarray, purse: np.ndarray) -> None:
    """Write the orders of a whole decision that cannot fill at once: everything to ``TARGET``."""
    purse[WHOLE] = 0.0
    for a in range(books.shape[1]):
        nothing = books[TARGET, a] == 0.0 and books[FREE, a] == 0.0
        books[WANTED, a] = np.nan if nothing else books[TARGET, a]
        books[EXACT, a], books[UNPAID, a] = 1.0, 0.0


@inlined
def weigh(books: np.ndarray, purse: np.ndarray, marks: np.ndarray, t: int) -> float:
    """Write the weights of the free book at ``marks[t]`` into ``HELD``; its equity is returned."""
    equity = purse[FREE_CASH]
    for a in range(books.shape[1]):
        books[HELD, a] = books[FREE, a] * marks[t, a]
        equity += books[HELD, a]
    scale = 1.0 / equity
    for a in range(books.shape[1]):
        books[HELD, a] *= scale
    return float(equity)


@inlined
def rests(books: np.ndarray, absolute: float, relative: float) -> bool:
    """Whether every weight, and cash, is inside its band, so that a weekly decision has nothing to order."""
    gap, outside = 0.0, False
    for a in range(books.shape[1]):
        distance, target = books[HELD, a] - books[TARGET, a], books[TARGET, a]
        gap += distance
        outside |= abs(distance) > (max(relative * target, absolute)) + DUST
    return not outside and abs(gap) <= absolute


@compiled
def band_orders(books: np.ndarray, absolute: float, relative: float) -> None:
    """Write the near edge of the no-trade band into ``ORDERS`` for each weight outside it; NaN inside.

    The half width is ``max(absolute, relative * target)``. A weight whose target is zero has no edge to stop at: it is
    left alone inside the band and sold out beyond it.
    """
    for a in range(books.shape[1]):
        held, target = books[HELD, a], books[TARGET, a]
        band = max(absolute, relative * target)
        order = np.nan
        if abs(held - target) > band + DUST:
            order = min(max(held, target - band), target + band) if target > 0.0 else 0.0
        books[ORDERS, a] = order


@compiled
def finance(books: np.ndarray, absolute: float) -> None:
    """Complete ``ORDERS`` of a weekly decision so that as much is invested as the targets want.

    Edges alone would let the sales of winners pile up as cash while every loser sits inside its band. What the orders
    leave over is spent on the weights below target, what they lack is raised from those above, in proportion to the
    distance. Without any order this happens only where cash itself has strayed by more than ``absolute``.
    """
    gap, ordered = 0.0, False
    for a in range(books.shape[1]):
        none = np.isnan(books[ORDERS, a])
        ordered |= not none
        books[AFTER, a] = books[HELD, a] if none else books[ORDERS, a]
        gap += books[TARGET, a] - books[AFTER, a]
    if abs(gap) <= (0.0 if ordered else absolute) + DUST:
        return
    side = 1.0 if gap > 0.0 else -1.0
    total = 0.0
    for a in range(books.shape[1]):
        total += max(side * (books[TARGET, a] - books[AFTER, a]), 0.0)
    for a in range(books.shape[1]):
        distance = max(side * (books[TARGET, a] - books[AFTER, a]), 0.0)
        if distance > DUST:
            books[ORDERS, a] = books[AFTER, a] + gap * distance / total


@inlined
def decide(
    books: np.ndarray, purse: np.ndarray, closes: np.ndarray, t: int, everything: bool, absolute: float, relative: float
) -> None:
    """Replace what waits by the orders of a decision at session ``t`` for the weights in ``TARGET``.

    A switch, like the very first decision and like all without a band, orders ``everything`` to its exact target. A
    weekly decision orders what has left its band, and repeats at the new target what still waits since a switch.
    """
    everything = everything or purse[DECIDED_AT] < 0.0 or (absolute == 0.0 and relative == 0.0)
    purse[DECIDED_AT] = t
    if everything:
        if purse[WAITS] > 0.0:
            books[WANTED, :] = np.nan
        purse[WAITS], purse[WHOLE] = 1.0, 1.0
        return
    weigh(books, purse, closes, t)
    if purse[WAITS] == 0.0 and rests(books, absolute, relative):
        return
    band_orders(books, absolute, relative)
    for a in range(books.shape[1]):
        if books[EXACT, a] > 0.0 and not np.isnan(books[WANTED, a]):
            books[ORDERS, a] = books[TARGET, a]
        else:
            books[EXACT, a] = 0.0
    finance(books, absolute)
    waits = False
    for a in range(books.shape[1]):
        nothing = books[TARGET, a] == 0.0 and books[FREE, a] == 0.0
        books[WANTED, a] = np.nan if nothing else books[ORDERS, a]
        books[UNPAID, a] = 0.0
        waits |= not np.isnan(books[WANTED, a])
    purse[WAITS] = 1.0 if waits else 0.0
