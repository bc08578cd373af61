"""Fills: what waits and can be traded is traded, and somebody pays the costs. Compiled."""

from __future__ import annotations

import numpy as np

from waterline.compiling import compiled, inlined, inner
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
    SCALE,
    TARGET,
    TRADED,
    UNITS,
    UNPAID,
    WAITS,
    WANTED,
    WHOLE,
    wait_for_all,
    weigh,
)

MOST_STEPS = 60
"""Iterations for the costs of a trade that every asset pays; two or three are enough."""
NO_STEP = 1e-15
"""Change of the factor that ends the iteration."""


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


Market = tuple[np.ndarray, np.ndarray]
"""(T, N) price of a unit at the moment of the fill, 0 before the first; (T, N) whether the asset can be traded then."""


@inlined
def fill(books: np.ndarray, purse: np.ndarray, market: Market, t: int, costs: np.ndarray, everyone_pays: bool) -> bool:
    """Fill in session ``t`` what waits and can be traded, in both books; False where nothing could be.

    Unpaid orders wait until another order fills, for only that can bring cash. An order cut for want of cash keeps
    waiting only while a sale of the same decision does.

    Args:
        books: the state, changed in place.
        purse: the same; ``TRADED`` and ``FEES`` tell of this fill. ``SCALE`` tells what was ordered: that many times
            ``TARGET`` where it is not negative, else ``PLACED``.
        market: marks and what can be traded.
        t: session.
        costs: (N,) cost as a share of the traded value.
        everyone_pays: who pays the costs where the orders use up all cash: every asset in proportion, else the largest
            buy.
    """
    marks, tradable = market
    if purse[WHOLE] > 0.0:
        filled = _fill_whole(books, purse, market, t, costs, everyone_pays)
        if filled >= 0:
            purse[WAITS], purse[WHOLE] = 0.0, 0.0
            return filled > 0
        wait_for_all(books, purse)
    ready_now = False
    for a in range(books.shape[1]):
        ready_now |= tradable[t, a] and books[UNPAID, a] == 0.0 and not np.isnan(books[WANTED, a])
    if not ready_now:
        return False
    purse[SCALE] = -1.0
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
    books: np.ndarray, purse: np.ndarray, market: Market, t: int, costs: np.ndarray, everyone_pays: bool
) -> int:
    """The common case: all of ``TARGET`` fills at once, and at most one buy is cut. Arguments as in :func:`fill`.

    The free book starts again from one unit: only its weights matter.

    Returns:
        1 where it filled; 0 where nothing is wanted and nothing held; -1 where it is another case, and nothing was
        traded.
    """
    marks, tradable = market
    equity, ordered, blocked, some = purse[CASH], 0.0, False, False
    for a in range(books.shape[1]):
        held, wanted = books[UNITS, a] * marks[t, a], (books[TARGET, a] != 0.0) | (books[FREE, a] != 0.0)
        books[HELD, a] = held
        equity += held
        ordered += books[TARGET, a]
        blocked |= wanted & (not tradable[t, a])
        some |= wanted
    if blocked or not some:
        return -1 if blocked else 0
    scale, largest, cut = 1.0, 0, 0.0
    if everyone_pays:
        scale = factor_for_costs(books, purse, TARGET, costs, equity, equity, max(ordered, 1.0))
        purse[CASH] = equity * scale * max(1.0 - ordered, 0.0)
    else:
        largest, cut = _cut(books, purse, costs, equity)
        if cut < 0.0:
            return -1
    for a in range(books.shape[1]):
        free = books[TARGET, a] / marks[t, a] if books[TARGET, a] > 0.0 else 0.0
        books[FREE, a] = free
        books[UNITS, a] = free * (equity * scale)
    if cut > 0.0:
        books[UNITS, largest] -= cut / marks[t, largest]
    purse[FREE_CASH], purse[SCALE] = 1.0 - ordered, scale
    return 1


@inlined
def _cut(books: np.ndarray, purse: np.ndarray, costs: np.ndarray, equity: float) -> tuple[int, float]:
    """The largest buy, the last of equals, and by how much it is cut for want of cash.

    A cut of -1 says that it is too small for that; else the purse is changed. ``HELD`` holds the values of what is
    held and takes those of the orders.
    """
    moved, traded, fees, most = 0.0, 0.0, 0.0, 0.0
    for a in range(books.shape[1]):
        value = books[TARGET, a] * equity - books[HELD, a]
        books[HELD, a] = value
        moved += value
        traded += abs(value)
        fees += abs(value) * costs[a]
        most = max(most, value)
    lacking, largest = moved + fees - purse[CASH], 0
    cut = 0.0
    if lacking > 0.0:
        for a in range(books.shape[1]):
            largest = a if books[HELD, a] == most else largest
        cut = lacking / (1.0 + costs[largest])
        if cut > most:
            return 0, -1.0
    purse[CASH] = max(-lacking, 0.0)
    purse[TRADED], purse[FEES] = (traded - cut) / equity, (fees - cut * costs[largest]) / equity
    return largest, cut


@inlined
def factor_for_costs(
    books: np.ndarray, purse: np.ndarray, row: int, costs: np.ndarray, equity: float, room: float, whole: float
) -> float:
    """The factor m that makes room for the costs, by Newton's method: the function bends where a buy becomes a sale.

    m solves  m whole v + sum_a c_a |m w_a v - h_a| = room.

    Args:
        books: row ``HELD`` holds h.
        purse: ``TRADED`` and ``FEES`` are written.
        row: of the weights w.
        costs: (N,) c.
        equity: v.
        room: value that orders, idle cash and costs may come to.
        whole: share of equity that orders and idle cash would come to without costs.
    """
    factor, fees, traded = 1.0, 0.0, 0.0
    for _ in range(MOST_STEPS):
        fees, traded, slope = 0.0, 0.0, whole * equity
        for a in range(books.shape[1]):
            wanted = books[row, a] * equity
            moved = wanted * factor - books[HELD, a]
            traded += abs(moved)
            fees += costs[a] * abs(moved)
            slope += costs[a] * (wanted if moved > 0.0 else -wanted)
        step = (room - fees - factor * whole * equity) / slope if slope > 0.0 else 0.0
        factor = max(factor + step, 0.0)
        if abs(step) <= NO_STEP:
            break
    purse[TRADED], purse[FEES] = traded / equity, fees / equity
    return factor


@inner
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


@inner
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


@inner
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


@inner
def _pay_together(books: np.ndarray, purse: np.ndarray, marks: np.ndarray, t: int, costs: np.ndarray) -> None:
    """All that is ordered, and the cash that is left, are scaled by one factor that makes room for the costs."""
    equity, room, ordered = _equity(books, purse, marks, t), 0.0, 0.0
    room = equity
    for a in range(books.shape[1]):
        value, left_alone = books[UNITS, a] * marks[t, a], np.isnan(books[PLACED, a])
        room -= value if left_alone else 0.0
        books[HELD, a] = 0.0 if left_alone else value
        books[AFTER, a] = 0.0 if left_alone else books[PLACED, a]
        ordered += books[AFTER, a]
    factor = factor_for_costs(books, purse, AFTER, costs, equity, room, max(room / equity, ordered))
    cash = equity * (1.0 - purse[FEES])
    for a in range(books.shape[1]):
        if not np.isnan(books[PLACED, a]):
            books[PLACED, a] *= factor
            books[UNITS, a] = books[PLACED, a] * equity / marks[t, a]
        cash -= books[UNITS, a] * marks[t, a]
    purse[CASH] = cash
