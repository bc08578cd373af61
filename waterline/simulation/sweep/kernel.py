"""One parameter set from its score to its sums, and many of them. Compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from waterline.compiling import compiled, inlined
from waterline.recursions import smooth, switch
from waterline.simulation.books import FEES, PURSE, ROWS, TARGET, TRADED, WAITS, decide, open_books
from waterline.simulation.sweep.arrays import COLUMNS, COSTS, TURNOVER, Ground, Sets
from waterline.simulation.sweep.events import JOINED, MOVED, WEEKLY, list_events, list_graded_events, wish
from waterline.simulation.sweep.score import blend, first_present, graded_share, rotate
from waterline.simulation.sweep.sums import add_drawdown, add_exposure, add_returns, value_units
from waterline.simulation.trading import fill


class Room(NamedTuple):
    """Arrays that one thread reuses from set to set.

    Attributes:
        score: (T,) score.
        share: (T,) share of a graded set.
        states: (T,) 0 ample, 1 scarce.
        switches: (T + 1,) sessions on which the state switched, then T.
        events: (3, T) sessions that decide, see :func:`waterline.simulation.sweep.events.list_events`.
        equity: (T,) USD.
        exposure: (2, K) exposure wanted, and in force.
        books: (ROWS, N) see :mod:`waterline.simulation.books`.
        purse: (PURSE,) the same.
    """

    score: np.ndarray
    share: np.ndarray
    states: np.ndarray
    switches: np.ndarray
    events: np.ndarray
    equity: np.ndarray
    exposure: np.ndarray
    books: np.ndarray
    purse: np.ndarray


@compiled
def _room(ground: Ground) -> Room:
    sessions, assets = ground.close.shape
    return Room(
        np.empty(sessions),
        np.zeros(sessions),
        np.empty(sessions, dtype=np.int8),
        np.empty(sessions + 1, dtype=np.int64),
        np.empty((3, sessions), dtype=np.int64),
        np.empty(sessions),
        np.empty((2, ground.inside.shape[1])),
        np.empty((ROWS, assets)),
        np.empty(PURSE),
    )


@compiled
def _decided(ground: Ground, sets: Sets, p: int, room: Room) -> int:
    """Write score, states and share of set ``p``; the row of its first score is returned."""
    s = sets.score[p]
    blend(ground.parts[s], ground.gate[s], ground.gated[s], ground.minimum[s], sets.weights[p], sets.phi[p], room.score)
    if sets.span[p] > 1.0:
        smooth(room.score, sets.span[p])
    first = first_present(room.score)
    if sets.shift[p] > 0 and first < len(room.score):
        rotate(room.score, first, sets.shift[p], room.share)
    up, down, confirm, dwell = sets.up[p], sets.down[p], sets.confirm[p], sets.dwell[p]
    room.switches[switch(room.score, up, down, confirm, dwell, room.states, room.switches)] = len(room.score)
    if sets.graded[p]:
        graded_share(room.score, sets.curve[p], room.share)
    return first


@compiled
def _hold(
    room: Room, count: int, delay: int, table: np.ndarray, graded: bool, ground: Ground, e: int, out: np.ndarray
) -> None:
    """Add the sums of the exposure in force: of each decision from the second return after it to that of the next."""
    sessions, since, row = len(room.score), 0, -1
    earned = ground.earned[e]
    now, in_force = room.exposure[0], room.exposure[1]
    in_force[:] = 0.0
    for i in range(count):
        if room.events[1, i] & (WEEKLY | MOVED) == 0 or (not graded and room.events[2, i] == row):
            continue
        t, row = room.events[0, i], room.events[2, i]
        wish(table, graded, row, room.share[max(t - delay, 0)], now)
        until = min(t + 2, sessions)
        add_exposure(in_force, earned, ground.edges, since, until, len(COLUMNS), out)
        in_force[:], since = now, until
    add_exposure(in_force, earned, ground.edges, since, sessions, len(COLUMNS), out)
    for block in range(len(ground.edges) - 1):
        for k in range(len(now)):
            whole = earned[k, ground.edges[block + 1]] - earned[k, ground.edges[block]]
            out[block, len(COLUMNS) + 2 * len(now) + k] = whole


@inlined
def _aim(inside: np.ndarray, exposure: np.ndarray, t: int, books: np.ndarray) -> None:
    for a in range(books.shape[1]):
        books[TARGET, a] = 0.0
    for k in range(len(exposure)):
        if exposure[k] != 0.0:
            for a in range(books.shape[1]):
                books[TARGET, a] += exposure[k] * inside[k, t, a]


@compiled
def _trade(room: Room, count: int, ground: Ground, sets: Sets, p: int, out: np.ndarray) -> None:
    """Trade the events and write the equity, in bills."""
    books, purse, edges, equity, now = room.books, room.purse, ground.edges, room.equity, room.exposure[0]
    close, by_asset, costs = ground.close, ground.close_by_asset, sets.costs[p]
    mark, tradable, inside = ground.mark[sets.fill[p]], ground.tradable[sets.fill[p]], ground.inside[sets.inside[p]]
    together, graded, delay = sets.everyone_pays[p], sets.graded[p], sets.delay[p]
    absolute, relative, table = sets.band[p, 0], sets.band[p, 1], sets.table[p]
    sessions, since = len(equity), 0
    block = 0
    open_books(books, purse)
    for i in range(count):
        t, until = room.events[0, i], room.events[0, i + 1] if i + 1 < count else sessions - 1
        wish(table, graded, room.events[2, i], room.share[max(t - delay, 0)], now)
        _aim(inside, now, t, books)
        decide(books, purse, close, t, room.events[1, i] & (MOVED | JOINED) != 0, absolute, relative)
        session = t
        while purse[WAITS] > 0.0 and session < until:
            session += 1
            value_units(books, purse, by_asset, since, session, equity)
            since = session
            if fill(books, purse, mark, tradable, session, costs, together):
                while block < len(edges) - 1 and session >= edges[block + 1]:
                    block += 1
                if block < len(edges) - 1 and session >= edges[block]:
                    out[block, TURNOVER] += purse[TRADED]
                    out[block, COSTS] += purse[FEES]
    value_units(books, purse, by_asset, since, sessions, equity)


@compiled
def follow_set(ground: Ground, sets: Sets, p: int, room: Room, out: np.ndarray) -> int:
    """Trade set ``p``, write its equity in USD into ``room.equity`` and its sums; the first score's row is returned."""
    first = _decided(ground, sets, p, room)
    delay, table, graded, variant = sets.delay[p], sets.table[p], sets.graded[p], sets.inside[p]
    out[:] = 0.0
    weekly, joins, peopled = ground.weekly[sets.weekday[p]], ground.joins[variant], ground.peopled[variant]
    if graded:
        count = list_graded_events(room.states, room.share, first, delay, table, weekly, joins, peopled, room.events)
    else:
        calendar = ground.calendar[sets.weekday[p], variant]
        count = list_events(
            room.states, room.switches, first, delay, table, calendar, weekly, joins, peopled, room.events
        )
    _hold(room, count, delay, table, graded, ground, sets.earned[p], out)
    _trade(room, count, ground, sets, p, out)
    for t in range(len(room.equity)):
        room.equity[t] *= ground.bills[t]
    for block in range(len(ground.edges) - 1):
        add_returns(room.equity, ground.cash, ground.edges[block], ground.edges[block + 1], out[block])
        add_drawdown(room.equity, ground.edges[block], ground.edges[block + 1], out[block])
    return first


@compiled
def sweep_rows(ground: Ground, sets: Sets, sums: np.ndarray, first: np.ndarray) -> None:
    """Sums (P, B, C) and first scores (P,) of all sets."""
    room = _room(ground)
    for p in range(len(sets.score)):
        first[p] = follow_set(ground, sets, p, room, sums[p])


@compiled
def equity_rows(ground: Ground, sets: Sets, equity: np.ndarray) -> None:
    """Equity (P, T) of all sets in USD, 1 at the first session."""
    room = _room(ground)
    sums = np.empty((len(ground.edges) - 1, len(COLUMNS) + 3 * ground.inside.shape[1]))
    for p in range(len(sets.score)):
        follow_set(ground, sets, p, room, sums)
        equity[p] = room.equity
