"""Sets that hold baskets of constant weights: their history is put together from the tables of segments. Compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from waterline.compiling import compiled, inlined, inner
from waterline.simulation.books import PURSE, ROWS
from waterline.simulation.sweep.arrays import AMPLE_ROW, BEFORE, COLUMNS, GROWTH, Ground, Sets
from waterline.simulation.sweep.events import moves
from waterline.simulation.sweep.kernel import open_room, read_run
from waterline.simulation.sweep.lanes import Signals
from waterline.simulation.sweep.segments import (
    CASH,
    Scene,
    Tables,
    append_chain,
    append_fill,
    append_piece,
    append_session,
    begin_piece,
    buy,
    turn,
)

NOTHING = -1
"""Row of the exposures before the first fill."""


class Desk(NamedTuple):
    """Room of one thread.

    Attributes:
        turns: (2, T + 1) see :func:`list_turns`.
        units: (N,) of a holding.
        books: (ROWS, N) see :mod:`waterline.simulation.books`.
        purse: (PURSE,) the same.
        fill: (3,) one session with a fill.
    """

    turns: np.ndarray
    units: np.ndarray
    books: np.ndarray
    purse: np.ndarray
    fill: np.ndarray


class Group(NamedTuple):
    """Sets that share baskets, costs and calendar.

    Attributes:
        scene: what they trade on.
        tables: its segments.
        basket: (3,) which basket each row of their exposures is.
        first_weekly: (1,) session of the first weekly decision; T where there is none.
    """

    scene: Scene
    tables: Tables
    basket: np.ndarray
    first_weekly: np.ndarray


@inner
def list_turns(
    switches: np.ndarray, begin: tuple[int, int, int], first_weekly: int, table: np.ndarray, turns: np.ndarray
) -> int:
    """Write the fills that are not regular, and return how many there are.

    Args:
        switches: sessions of the switches, ended by one that is T or later.
        begin: row of the first score, sessions by which decisions come late, T.
        first_weekly: session of the first weekly decision.
        table: (3, K) exposures.
        turns: (2, T + 1) session of the fill, and row of the table that is held from it on: the first fill of all, that
            of the first score, and those of the switches.
    """
    first, delay, sessions = begin
    entry, count, passed = first + delay, 0, 0
    initial = min(first_weekly, entry)
    if first == 0 and initial < entry:
        count = _add_turn(turns, count, initial, AMPLE_ROW + (switches[0] == 0))
    elif initial < entry:
        count = _add_turn(turns, count, initial, BEFORE)
    while switches[passed] <= first and switches[passed] < sessions:
        passed += 1
    if entry + 1 < sessions:
        count = _add_turn(turns, count, entry, AMPLE_ROW + (passed & 1))
    while moves(table) and switches[passed] + delay + 1 < sessions:
        count = _add_turn(turns, count, switches[passed] + delay, AMPLE_ROW + ((passed + 1) & 1))
        passed += 1
    return count


@inlined
def _add_turn(turns: np.ndarray, count: int, decided: int, row: int) -> int:
    if decided + 1 >= turns.shape[1] - 1:
        return count
    turns[0, count], turns[1, count] = decided + 1, row
    return count + 1


@inlined
def _step(scene: Scene, tables: Tables, segment: tuple[int, int], steps: tuple[int, int], out: np.ndarray) -> None:
    """Add the sessions behind ``steps[0]`` up to ``steps[1]`` of a segment: basket, and session of its fill."""
    basket, f = segment
    start, stop = steps
    at = tables.offset[f]
    if start == 0 and stop > 0:
        append_piece(out, tables.held[basket, at + stop])
        return
    for k in range(start + 1, stop + 1):
        growth = tables.held[basket, at + k, GROWTH] / tables.held[basket, at + k - 1, GROWTH]
        append_session(out, growth, scene.cash[f + k])


@inner
def _roll(scene: Scene, tables: Tables, segment: tuple[int, int], r: int, until: int, out: np.ndarray) -> int:
    """Add sessions ``r + 1`` to ``until``, in which only regular fills happen; the last fill by then is returned."""
    basket, f = segment
    if basket == CASH:
        for t in range(r + 1, until + 1):
            append_session(out, scene.bills[t] / scene.bills[t - 1], scene.cash[t])
        return f
    k, last = tables.following[f], tables.following[until] - 1
    if until < tables.fills[k]:
        _step(scene, tables, segment, (r - f, until - f), out)
        return f
    _step(scene, tables, segment, (r - f, tables.fills[k] - f - 1), out)
    append_fill(out, tables.regular[basket, f], scene.cash[tables.fills[k]])
    if last > k:
        level = 0
        while (k ^ (last - 1)) >> (level + 1):
            level += 1
        append_chain(out, tables.chains[basket, level, k])
        if last - 1 > k:
            append_chain(out, tables.chains[basket, level, last - 1])
    f = int(tables.fills[last])
    _step(scene, tables, (basket, f), (0, until - f), out)
    return f


@inner
def _turn_into(
    scene: Scene, tables: Tables, segment: tuple[int, int], x: int, basket: int, desk: Desk, out: np.ndarray
) -> None:
    """Add session ``x``, in which a segment is left for a basket."""
    before, f = segment
    side = 0 if before == tables.pair[0] else 1
    known = before == tables.pair[side] and basket == tables.pair[1 - side] and before not in (CASH, basket)
    row = tables.turns[side, tables.offset[f] + x - f - 1] if known else desk.fill
    if not known:
        holding = (desk.units, buy(scene, before, f, desk.units))
        turn(scene, holding, x, basket, (desk.books, desk.purse), row)
    append_fill(out, row, scene.cash[x])


@inlined
def _expose(exposure: np.ndarray, earned: np.ndarray, r: int, until: int, out: np.ndarray) -> None:
    """Add what an exposure (K,) over sessions ``r + 1`` to ``until`` sums to; columns as in ``add_exposure``."""
    columns, sleeves = len(COLUMNS), len(exposure)
    for k in range(sleeves):
        out[columns + k] += exposure[k] * (until - r)
        out[columns + sleeves + k] += exposure[k] * (earned[k, until + 1] - earned[k, r + 1])


@inner
def _put_together(ground: Ground, group: Group, sets: Sets, p: int, count: int, desk: Desk, out: np.ndarray) -> None:
    """Write the sums of set ``p`` from its turns."""
    scene, tables, turns, edges = group.scene, group.tables, desk.turns, ground.edges
    earned, table = ground.earned[sets.earned[p]], sets.table[p]
    r, i, row, f, sessions = edges[0] - 1, 0, NOTHING, 0, len(scene.bills)
    while i < count and turns[0, i] <= r:
        f, row, i = turns[0, i], turns[1, i], i + 1
    if row != NOTHING and tables.following[r] > 0:
        f = max(f, tables.fills[tables.following[r] - 1])
    for block in range(len(edges) - 1):
        piece, stop = out[block], edges[block + 1] - 1
        begin_piece(piece)
        while r < stop:
            x = turns[0, i] if i < count else sessions
            basket, until = CASH if row == NOTHING else group.basket[row], min(stop, x - 1)
            if until > r:
                f = _roll(scene, tables, (basket, f), r, until, piece)
            if x <= stop:
                _turn_into(scene, tables, (basket, f), x, group.basket[turns[1, i]], desk, piece)
                f, until = x, x
            if row != NOTHING:
                _expose(table[row], earned, r, until, piece)
            if x <= stop:
                row, i = turns[1, i], i + 1
            r = until
        for k in range(table.shape[1]):
            piece[len(COLUMNS) + 2 * table.shape[1] + k] = earned[k, stop + 1] - earned[k, edges[block]]


@compiled
def static_rows(
    ground: Ground, group: Group, signals: Signals, sets: Sets, order: np.ndarray, sums: np.ndarray, first: np.ndarray
) -> None:
    """As :func:`waterline.simulation.sweep.kernel.sweep_rows` for the sets of a group."""
    room, start, sessions = open_room(ground), 0, len(ground.close)
    desk = Desk(
        np.empty((2, sessions + 1), dtype=np.int64),
        np.empty(ground.close.shape[1]),
        np.empty((ROWS, ground.close.shape[1])),
        np.empty(PURSE),
        np.empty(3),
    )
    while start < len(order):
        stop = read_run(ground, signals, sets, order, start, room, first)
        for i in range(start, stop):
            p, switches = order[i], room.lanes.switches[i - start]
            begin = (first[p], sets.delay[p], sessions)
            count = list_turns(switches, begin, group.first_weekly[0], sets.table[p], desk.turns)
            _put_together(ground, group, sets, p, count, desk, sums[p])
        start = stop
