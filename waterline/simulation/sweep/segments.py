"""What becomes of baskets of constant weights, tabulated once for all sets that hold them. Compiled.

Where every decision orders exact targets and every asset pays the costs, a fill leaves exactly the weights of its
basket, whatever was held before. So all that a history can consist of is known beforehand: how a basket grows from any
fill until the next regular one (a segment), what leaving it does on any session on the way (a turn), and what becomes
of it over any number of regular segments in a row (a chain). The rest is looked up.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from waterline.compiling import compiled, inlined, inner
from waterline.simulation.books import FEES, HELD, PURSE, ROWS, TARGET, TRADED
from waterline.simulation.sweep.arrays import (
    COLUMNS,
    COSTS,
    DRAWDOWN,
    EXCESS,
    GROWTH,
    PEAK,
    SHORTFALLS,
    SQUARES,
    TROUGH,
    TURNOVER,
)
from waterline.simulation.trading import factor_for_costs

CASH = 0
"""Basket of bills alone."""
PATH_COLUMNS = TURNOVER
"""Columns that follow from the equity alone come first."""

Holding = tuple[np.ndarray, float]
"""(N,) units bought with one bill, and what of it stays idle."""
Books = tuple[np.ndarray, np.ndarray]


class Scene(NamedTuple):
    """What a group of sets trades on.

    Attributes:
        weights: (W, N) of the baskets; the first is cash.
        mark: (T, N) price at the fill, in bills.
        close: (T, N) price at the close, in bills.
        bills: (T,) USD value of a bill.
        cash: (T,) simple return of bills.
        costs: (N,) cost as a share of the traded value.
    """

    weights: np.ndarray
    mark: np.ndarray
    close: np.ndarray
    bills: np.ndarray
    cash: np.ndarray
    costs: np.ndarray


class Tables(NamedTuple):
    """All segments, turns and chains of a scene. Cash has none.

    Attributes:
        fills: (n + 1,) sessions of the regular fills, and T.
        following: (T,) for each session which of them is the first behind it.
        offset: (T,) where the steps of the segment begin that a fill of the session opens: a step a session.
        held: (W, steps, 7) columns of ``COLUMNS`` up to the drawdown, over the sessions behind the fill.
        turns: (2, steps, 3) leaving one basket of ``pair`` for the other in the session behind the step: growth in USD
            from the close before, value traded and fees as shares of equity.
        pair: (2,) the baskets of the two states.
        regular: (W, T, 3) the same for the regular fill that ends the segment.
        chains: (W, levels, n, 9) ``COLUMNS`` over regular segments in a row: at level l the segments from the i-th to
            the middle of the 2 ** (l + 1) that it is one of, or from the middle to the i-th.
    """

    fills: np.ndarray
    following: np.ndarray
    offset: np.ndarray
    held: np.ndarray
    turns: np.ndarray
    pair: np.ndarray
    regular: np.ndarray
    chains: np.ndarray


@compiled
def tabulate(scene: Scene, fills: np.ndarray, begin: int, pair: np.ndarray) -> Tables:
    """The tables of a scene.

    Args:
        scene: what is traded.
        fills: (n,) sessions of the regular fills from ``begin`` on, in order.
        begin: first session in which a fill may open a segment.
        pair: (2,) baskets of the two states.
    """
    sessions, assets = scene.close.shape
    tables = _open_tables(scene, fills, begin, pair)
    books, units = (np.zeros((ROWS, assets)), np.zeros(PURSE)), np.zeros(assets)
    for basket in range(CASH + 1, len(scene.weights)):
        for f in range(begin, sessions):
            holding = (units, buy(scene, basket, f, units))
            _hold(scene, tables, basket, f, holding)
            stop = tables.fills[tables.following[f]]
            if stop < sessions:
                turn(scene, holding, stop, basket, books, tables.regular[basket, f])
            for side in range(2):
                if basket == pair[side] and pair[0] != pair[1]:
                    for x in range(f + 1, min(stop + 1, sessions)):
                        row = tables.turns[side, tables.offset[f] + x - f - 1]
                        turn(scene, holding, x, pair[1 - side], books, row)
        _link(scene, tables, basket)
    return tables


@compiled
def _open_tables(scene: Scene, fills: np.ndarray, begin: int, pair: np.ndarray) -> Tables:
    sessions, baskets, count = len(scene.bills), len(scene.weights), len(fills)
    ended = np.full(count + 1, sessions)
    ended[:count] = fills
    following, offset = np.zeros(sessions, dtype=np.int64), np.zeros(sessions, dtype=np.int64)
    steps, k, levels = 0, 0, 1
    for f in range(begin, sessions):
        while k < count and ended[k] <= f:
            k += 1
        following[f], offset[f] = k, steps
        steps += ended[k] - f
    while 1 << levels < count:
        levels += 1
    return Tables(
        ended,
        following,
        offset,
        np.empty((baskets, steps, PATH_COLUMNS)),
        np.empty((2, steps, 3)),
        pair,
        np.empty((baskets, sessions, 3)),
        np.empty((baskets, levels, max(count - 1, 1), len(COLUMNS))),
    )


@inner
def buy(scene: Scene, basket: int, f: int, units: np.ndarray) -> float:
    """Write the units that one bill buys of a basket at the fill of session ``f``; what stays idle is returned."""
    idle = 1.0
    for a in range(len(units)):
        weight = scene.weights[basket, a]
        units[a] = weight / scene.mark[f, a] if weight > 0.0 else 0.0
        idle -= weight
    return max(idle, 0.0)


@inlined
def _worth(holding: Holding, prices: np.ndarray, t: int) -> float:
    units, worth = holding
    for a in range(len(units)):
        worth += units[a] * prices[t, a]
    return worth


@inner
def _hold(scene: Scene, tables: Tables, basket: int, f: int, holding: Holding) -> None:
    """Write the steps of the segment that opens at ``f``."""
    base = _worth(holding, scene.close, f) * scene.bills[f]
    before, stop = base, tables.fills[tables.following[f]]
    begin_piece(tables.held[basket, tables.offset[f]])
    for t in range(f + 1, stop):
        last, out = tables.held[basket, tables.offset[f] + t - f - 1], tables.held[basket, tables.offset[f] + t - f]
        for column in range(PATH_COLUMNS):
            out[column] = last[column]
        value = _worth(holding, scene.close, t) * scene.bills[t]
        append_session(out, value / before, scene.cash[t])
        out[GROWTH], before = value / base, value


@inner
def turn(scene: Scene, holding: Holding, x: int, basket: int, books: Books, out: np.ndarray) -> None:
    """Write what turning a holding into a basket at the fill of session ``x`` does.

    Args:
        scene: what is traded.
        holding: what was held at the close before.
        x: session.
        basket: what is ordered.
        books: room.
        out: (3,) growth in USD from the close before, value traded and fees as shares of equity.
    """
    units, equity = holding
    rows, purse = books
    before, ordered = _worth(holding, scene.close, x - 1), 0.0
    for a in range(len(units)):
        rows[HELD, a], rows[TARGET, a] = units[a] * scene.mark[x, a], scene.weights[basket, a]
        equity += rows[HELD, a]
        ordered += rows[TARGET, a]
    factor = factor_for_costs(rows, purse, TARGET, scene.costs, equity, equity, max(ordered, 1.0))
    after = max(1.0 - ordered, 0.0)
    for a in range(len(units)):
        if rows[TARGET, a] > 0.0:
            after += rows[TARGET, a] / scene.mark[x, a] * scene.close[x, a]
    out[0] = equity * factor * after / before * (scene.bills[x] / scene.bills[x - 1])
    out[1], out[2] = purse[TRADED], purse[FEES]


@inner
def _link(scene: Scene, tables: Tables, basket: int) -> None:
    """Write the chains of a basket; those of level 0 are single segments."""
    chains, fills = tables.chains[basket], tables.fills
    count = len(fills) - 2
    for i in range(count):
        out = chains[0, i]
        begin_piece(out)
        append_piece(out, tables.held[basket, tables.offset[fills[i]] + fills[i + 1] - fills[i] - 1])
        append_fill(out, tables.regular[basket, fills[i]], scene.cash[fills[i + 1]])
    for level in range(1, len(chains)):
        half = 1 << level
        for middle in range(half, count, 2 * half):
            for i in range(middle - 1, middle - half - 1, -1):
                begin_piece(chains[level, i])
                append_chain(chains[level, i], chains[0, i])
                if i < middle - 1:
                    append_chain(chains[level, i], chains[level, i + 1])
            for i in range(middle, min(middle + half, count)):
                begin_piece(chains[level, i])
                if i > middle:
                    append_chain(chains[level, i], chains[level, i - 1])
                append_chain(chains[level, i], chains[0, i])


@inlined
def begin_piece(out: np.ndarray) -> None:
    """Write the columns (7,) or (9,) of no session at all."""
    for column in range(len(out)):
        out[column] = 0.0
    out[GROWTH], out[PEAK], out[TROUGH] = 1.0, 1.0, 1.0


@inlined
def append_session(out: np.ndarray, growth: float, cash: float) -> None:
    """Add one session that multiplies the equity by ``growth``."""
    excess = growth - 1.0 - cash
    short, level = min(excess, 0.0), out[GROWTH] * growth
    out[EXCESS] += excess
    out[SQUARES] += excess * excess
    out[SHORTFALLS] += short * short
    out[DRAWDOWN] = min(out[DRAWDOWN], level / out[PEAK] - 1.0)
    out[GROWTH], out[PEAK], out[TROUGH] = level, max(out[PEAK], level), min(out[TROUGH], level)


@inlined
def append_piece(out: np.ndarray, piece: np.ndarray) -> None:
    """Add the sessions of a piece (7,) or (9,), as far as the equity goes."""
    growth = out[GROWTH]
    out[EXCESS] += piece[EXCESS]
    out[SQUARES] += piece[SQUARES]
    out[SHORTFALLS] += piece[SHORTFALLS]
    out[DRAWDOWN] = min(out[DRAWDOWN], piece[DRAWDOWN], growth * piece[TROUGH] / out[PEAK] - 1.0)
    out[PEAK], out[TROUGH] = max(out[PEAK], growth * piece[PEAK]), min(out[TROUGH], growth * piece[TROUGH])
    out[GROWTH] = growth * piece[GROWTH]


@inlined
def append_fill(out: np.ndarray, row: np.ndarray, cash: float) -> None:
    """Add a session with a fill (3,), see ``Tables.turns``."""
    append_session(out, row[0], cash)
    out[TURNOVER] += row[1]
    out[COSTS] += row[2]


@inlined
def append_chain(out: np.ndarray, piece: np.ndarray) -> None:
    """Add the sessions of a chain (9,)."""
    append_piece(out, piece)
    out[TURNOVER] += piece[TURNOVER]
    out[COSTS] += piece[COSTS]
