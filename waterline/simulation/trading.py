"""Fills: what waits and can be traded is traded, and somebody pays the costs. Compiled."""

from __future__ import annotations

import numpy as np

from waterline.compiling import compiled, inlined
from waterline.simulation.books import (
    AFTER,
    CASH,
    DUST,
    FEES,
    FREE,
    FREE_CASH,
    HELD,
    ORDERS,
    PLACED,
    TARGET,
    TRADED,
    UNITS,
    UNPAID,
    WAITS,
    WANTED,
    WHOLE,
    weigh,
)

MOST_STEPS = 60
"""Iterations for the costs of a trade that every asset pays; each adds the digits of the cost rate."""


@compiled
def afford(books: np.ndarray) -> None:
    """Write the weights after trading ``ORDERS`` into ``AFTER``, from ``HELD``.

    Where cash and sales together do not pay for the buys, they are scaled down pro rata.
    """
    excess, buys = -1.0, 0.0
    for a in range(books.shape[1]):
        books[AFTER, a] = books[HELD, a] if np.isnan(books[ORDERS, a]) else books[ORDERS, a]
        excess += books[AFTER, a]
        buys += max(books[AFTER, a] - books[HELD, a], 0.0)
    if excess > DUST:
        for a in range(books.shape[1]):
            books[AFTER, a] -= max(books[AFTER, a] - books[HELD, a], 0.0) * (excess / buys)


@inlined
def fill(
    books: np.ndarray,
    purse: np.ndarray,
    marks: np.ndarray,
    tradable: np.ndarray,
    t: int,
    costs: np.ndarray,
    everyone_pays: bool,
) -> bool:
    """Fill in session ``t`` what waits and can be traded, in both books; False where nothing could be.

    Unpaid orders wait until another order fills, for only that can bring cash. An order cut for want of cash keeps
    waiting only while a sale of the same decision does.

    Args:
        books: the state, changed in place; ``PLACED`` tells of this fill.
        purse: the same; ``TRADED`` and ``FEES`` tell of this fill.
        marks: (T, N) price of a unit at the moment of the fill.
        tradable: (T, N) whether the asset can be traded then.
        t: session.
        costs: (N,) cost as a share of the traded value.
        everyone_pays: who pays the costs where the orders use up all cash: every asset in proportion, else the largest
            buy.
    """
    if purse[WHOLE] > 0.0 and not everyone_pays and _fill_whole(books, purse, marks, tradable, t, costs):
        return True
    ready_now = False
    for a in range(books.shape[1]):
        ready_now |= tradable[t, a] and books[UNPAID, a] == 0.0 and not np.isnan(books[WANTED, a])
    if not ready_now:
        return False
    equity = weigh(books, purse, marks, t)
    for a in range(books.shape[1]):
        books[ORDERS, a] = books[WANTED, a] if tradable[t, a] else np.nan
    afford(books)
    _settle(books, purse)
    _trade_free(books, purse, marks, t, equity)
    if everyone_pays:
        _pay_together(books, purse, marks, t, costs)
    else:
        _pay_from_the_largest(books, purse, marks, t, costs)
    return True


@inlined
def _fill_whole(
    books: np.ndarray, purse: np.ndarray, marks: np.ndarray, tradable: np.ndarray, t: int, costs: np.ndarray
) -> bool:
    """The common case in one pass: a whole decision fills at once, at most its largest buy cut. False where it is not.

    The free book starts again from one unit: only its weights matter.
    """
    equity, blocked = _equity(books, purse, marks, t), False
    cash, need, traded, fees = purse[CASH], 0.0, 0.0, 0.0
    for a in range(books.shape[1]):
        value = books[TARGET, a] * equity - books[UNITS, a] * marks[t, a]
        blocked |= not tradable[t, a] and not np.isnan(books[WANTED, a])
        fee = abs(value) * costs[a]
        traded += abs(value)
        fees += fee
        cash -= min(value, 0.0) + (fee if value < 0.0 else 0.0)
        need += max(value, 0.0) + (fee if value > 0.0 else 0.0)
        books[HELD, a] = value
    if blocked:
        return False
    largest, cut = 0, 0.0
    if need > cash:
        for a in range(1, books.shape[1]):
            largest = a if books[HELD, a] >= books[HELD, largest] else largest
        cut = (need - cash) / (1.0 + costs[largest])
        if cut > books[HELD, largest]:
            return False
    free_cash = 1.0
    for a in range(books.shape[1]):
        books[PLACED, a] = books[WANTED, a]
        books[WANTED, a] = np.nan
        books[FREE, a] = books[TARGET, a] / marks[t, a] if books[TARGET, a] > 0.0 else 0.0
        books[UNITS, a] = books[FREE, a] * equity
        free_cash -= books[TARGET, a]
    if cut > 0.0:
        books[UNITS, largest] -= cut / marks[t, largest]
    purse[CASH], purse[FREE_CASH] = max(cash - need, 0.0), free_cash
    purse[WAITS], purse[WHOLE] = 0.0, 0.0
    purse[TRADED], purse[FEES] = (traded - cut) / equity, (fees - cut * costs[largest]) / equity
    return True


@compiled
def _settle(books: np.ndarray, purse: np.ndarray) -> None:
    """Write ``PLACED``, and what still waits."""
    sale_waits = False
    for a in range(books.shape[1]):
        sale_waits |= np.isnan(books[ORDERS, a]) and books[WANTED, a] < books[HELD, a]
    waits = False
    for a in range(books.shape[1]):
        ready = not np.isnan(books[ORDERS, a])
        unpaid = ready and books[AFTER, a] < books[WANTED, a] - DUST
        books[PLACED, a] = books[AFTER, a] if ready else np.nan
        books[UNPAID, a] = 1.0 if unpaid else 0.0
        if ready and not (unpaid and sale_waits):
            books[WANTED, a] = np.nan
        waits |= not np.isnan(books[WANTED, a])
    purse[WAITS], purse[WHOLE] = 1.0 if waits else 0.0, 0.0


@compiled
def _trade_free(books: np.ndarray, purse: np.ndarray, marks: np.ndarray, t: int, equity: float) -> None:
    cash = equity
    for a in range(books.shape[1]):
        if not np.isnan(books[PLACED, a]):
            books[FREE, a] = books[PLACED, a] * equity / marks[t, a]
        cash -= books[FREE, a] * marks[t, a]
    purse[FREE_CASH] = cash


@inlined
def _equity(books: np.ndarray, purse: np.ndarray, marks: np.ndarray, t: int) -> float:
    equity = purse[CASH]
    for a in range(books.shape[1]):
        equity += books[UNITS, a] * marks[t, a]
    return float(equity)


@compiled
def _pay_from_the_largest(books: np.ndarray, purse: np.ndarray, marks: np.ndarray, t: int, costs: np.ndarray) -> None:
    """Sales first, then buys in ascending order of value; a buy beyond the cash that is left is cut.

    ``HELD`` takes the value of each order, ``ORDERS`` the buys in their order.
    """
    equity, cash, traded, fees, buys = _equity(books, purse, marks, t), purse[CASH], 0.0, 0.0, 0
    for a in range(books.shape[1]):
        if np.isnan(books[PLACED, a]):
            continue
        units = books[PLACED, a] * equity / marks[t, a] - books[UNITS, a]
        value = units * marks[t, a]
        books[HELD, a] = value
        if units < 0.0:
            fee = -value * costs[a]
            cash -= value + fee
            books[UNITS, a] = 0.0 if books[PLACED, a] == 0.0 else books[UNITS, a] + units
            traded, fees = traded - value, fees + fee
        elif units > 0.0:
            k = buys
            while k > 0 and books[HELD, int(books[ORDERS, k - 1])] > value:
                books[ORDERS, k] = books[ORDERS, k - 1]
                k -= 1
            books[ORDERS, k] = a
            buys += 1
    for k in range(buys):
        a = int(books[ORDERS, k])
        amount = min(books[HELD, a], max(cash, 0.0) / (1.0 + costs[a]))
        fee = amount * costs[a]
        cash -= amount + fee
        books[UNITS, a] += amount / marks[t, a]
        traded, fees = traded + amount, fees + fee
    purse[CASH], purse[TRADED], purse[FEES] = cash, traded / equity, fees / equity


@compiled
def _pay_together(books: np.ndarray, purse: np.ndarray, marks: np.ndarray, t: int, costs: np.ndarray) -> None:
    """All that is ordered, and the cash that is left, are scaled by one factor m that makes room for the costs.

    m solves  m max(v - h, sum_a o_a v) + sum_a c_a |o_a m v - h_a| = v - h,  where h is what is held and not ordered.
    """
    equity, left_alone, ordered = _equity(books, purse, marks, t), 0.0, 0.0
    for a in range(books.shape[1]):
        if np.isnan(books[PLACED, a]):
            left_alone += books[UNITS, a] * marks[t, a]
        else:
            ordered += books[PLACED, a] * equity
    room, factor, fees, traded = equity - left_alone, 1.0, 0.0, 0.0
    whole = max(room, ordered)
    for _ in range(MOST_STEPS):
        fees, traded, before = 0.0, 0.0, factor
        for a in range(books.shape[1]):
            if not np.isnan(books[PLACED, a]):
                moved = abs(books[PLACED, a] * factor * equity - books[UNITS, a] * marks[t, a])
                traded, fees = traded + moved, fees + costs[a] * moved
        factor = max(room - fees, 0.0) / whole if whole > 0.0 else 1.0
        if factor == before:
            break
    cash = equity - fees
    for a in range(books.shape[1]):
        if not np.isnan(books[PLACED, a]):
            books[PLACED, a] *= factor
            books[UNITS, a] = books[PLACED, a] * equity / marks[t, a]
        cash -= books[UNITS, a] * marks[t, a]
    purse[CASH], purse[TRADED], purse[FEES] = cash, traded / equity, fees / equity
