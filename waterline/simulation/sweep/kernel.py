"""One parameter set from its score to its sums, and many of them. Compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from waterline.compiling import compiled, inlined, inner
from waterline.recursions import add_parts, blend, smooth, switch
from waterline.simulation.books import FEES, PURSE, ROWS, TARGET, TRADED, WAITS, decide, open_books
from waterline.simulation.sweep.arrays import COLUMNS, COSTS, TURNOVER, Ground, Sets
from waterline.simulation.sweep.events import JOINED, MOVED, WEEKLY, list_events, list_graded_events, wish
from waterline.simulation.sweep.lanes import FEWEST, Lanes, Signals, find_switches, open_lanes, stop_of_run
from waterline.simulation.sweep.score import first_present, graded_share, open_gate, rotate
from waterline.simulation.sweep.sums import add_drawdown, add_exposure, add_returns, value_units
from waterline.simulation.trading import fill


class Room(NamedTuple):
    """Arrays that one thread reuses from set to set.

    Attributes:
        score: (T,) score.
        share: (T,) share of a graded set.
        states: (T,) 0 ample, 1 scarce.
        events: (3, T) sessions that decide, see :func:`waterline.simulation.sweep.events.list_events`.
        equity: (T,) USD.
        exposure: (2, K) exposure wanted, and in force.
        books: (ROWS, N) see :mod:`waterline.simulation.books`.
        purse: (PURSE,) the same.
        held: (N,) assets held.
        lanes: the switches.
    """

    score: np.ndarray
    share: np.ndarray
    states: np.ndarray
    events: np.ndarray
    equity: np.ndarray
    exposure: np.ndarray
    books: np.ndarray
    purse: np.ndarray
    held: np.ndarray
    lanes: Lanes


@compiled
def open_room(ground: Ground) -> Room:
    """Room for the sets of a ground."""
    sessions, assets = ground.close.shape
    return Room(
        np.empty(sessions),
        np.zeros(sessions),
        np.empty(sessions, dtype=np.int8),
        np.empty((3, sessions), dtype=np.int64),
        np.empty(sessions),
        np.empty((2, ground.inside.shape[1])),
        np.empty((ROWS, assets)),
        np.empty(PURSE),
        np.zeros(assets, dtype=np.int64),
        open_lanes(ground.parts.shape[1], sessions),
    )


@inner
def judge(ground: Ground, sets: Sets, p: int, room: Room, switches: np.ndarray) -> int:
    """Write score, states, switches and share of set ``p``; the row of its first score is returned."""
    s, score = sets.score[p], room.score
    if ground.gated[s]:
        open_gate(ground.parts[s, 0], ground.gate[s], ground.minimum[s], sets.phi[p], sets.weights[p, 0], score)
        add_parts(ground.parts[s], sets.weights[p], score)
    else:
        blend(ground.parts[s], sets.weights[p], score)
    if sets.span[p] > 1.0:
        smooth(score, sets.span[p])
    first = first_present(score)
    if sets.shift[p] > 0 and first < len(score):
        rotate(score, first, sets.shift[p], room.share)
    up, down, confirm, dwell = sets.up[p], sets.down[p], sets.confirm[p], sets.dwell[p]
    switches[switch(score, up, down, confirm, dwell, room.states, switches)] = len(score)
    if sets.graded[p]:
        graded_share(score, sets.curve[p], room.share)
    return first


@inner
def _hold(room: Room, count: int, ground: Ground, sets: Sets, p: int, out: np.ndarray) -> None:
    """Add the sums of the exposure in force: of each decision from the second return after it to that of the next."""
    sessions, since, row, graded = len(room.score), 0, -1, sets.graded[p]
    earned, table, delay = ground.earned[sets.earned[p]], sets.table[p], sets.delay[p]
    now, in_force = room.exposure[0], room.exposure[1]
    for k in range(len(now)):
        in_force[k] = 0.0
    for i in range(count):
        if room.events[1, i] & (WEEKLY | MOVED) == 0 or (not graded and room.events[2, i] == row):
            continue
        t, row = room.events[0, i], room.events[2, i]
        wish(table, graded, row, room.share[max(t - delay, 0)], now)
        until = min(t + 2, sessions)
        add_exposure(in_force, earned, ground.edges, since, until, out)
        since = until
        for k in range(len(now)):
            in_force[k] = now[k]
    add_exposure(in_force, earned, ground.edges, since, sessions, out)
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


@inlined
def _note(purse: np.ndarray, session: int, block: int, edges: np.ndarray, out: np.ndarray) -> int:
    """Add turnover and costs of a fill to its block, which is ``block`` or one behind it and is returned."""
    while block < len(edges) - 1 and session >= edges[block + 1]:
        block += 1
    if block < len(edges) - 1 and session >= edges[block]:
        out[block, TURNOVER] += purse[TRADED]
        out[block, COSTS] += purse[FEES]
    return block


@inner
def _trade(room: Room, count: int, ground: Ground, sets: Sets, p: int, out: np.ndarray) -> None:
    """Trade the events and write the equity in USD."""
    books, purse, edges, equity, now = room.books, room.purse, ground.edges, room.equity, room.exposure[0]
    prices, costs, together = (ground.close_by_asset, ground.bills), sets.costs[p], sets.everyone_pays[p]
    market, inside = (ground.mark[sets.fill[p]], ground.tradable[sets.fill[p]]), ground.inside[sets.inside[p]]
    absolute, relative, graded, delay = sets.band[p, 0], sets.band[p, 1], sets.graded[p], sets.delay[p]
    table, events, share, held = sets.table[p], room.events, room.share, room.held
    sessions, since, block = len(equity), 0, 0
    open_books(books, purse)
    for i in range(count):
        t, until = events[0, i], events[0, i + 1] if i + 1 < count else sessions - 1
        wish(table, graded, events[2, i], share[max(t - delay, 0)], now)
        _aim(inside, now, t, books)
        decide(books, purse, ground.close, t, events[1, i] & (MOVED | JOINED) != 0, absolute, relative)
        session = t
        while purse[WAITS] > 0.0 and session < until:
            session += 1
            value_units(books, purse, prices, held, since, session, equity)
            since = session
            if fill(books, purse, market, session, costs, together):
                block = _note(purse, session, block, edges, out)
    value_units(books, purse, prices, held, since, sessions, equity)


@inner
def follow_set(
    ground: Ground, sets: Sets, p: int, room: Room, switches: np.ndarray, first: int, out: np.ndarray
) -> None:
    """Trade set ``p`` by its switches, write its equity in USD into ``room.equity`` and its sums."""
    table, variant, weekday = sets.table[p], sets.inside[p], sets.weekday[p]
    begin = (first, sets.delay[p], len(room.equity))
    calendar = (
        ground.calendar[weekday, variant], ground.weekly[weekday], ground.joins[variant], ground.peopled[variant],
    )  # fmt: skip
    out[:] = 0.0
    if sets.graded[p]:
        count = list_graded_events(room.states, room.share, begin, table, calendar, room.events)
    else:
        count = list_events(switches, begin, table, calendar, room.events)
    _hold(room, count, ground, sets, p, out)
    _trade(room, count, ground, sets, p, out)
    for block in range(len(ground.edges) - 1):
        add_returns(room.equity, ground.cash, ground.edges[block], ground.edges[block + 1], out[block])
        add_drawdown(room.equity, ground.edges[block], ground.edges[block + 1], out[block])


@inner
def read_run(
    ground: Ground, signals: Signals, sets: Sets, order: np.ndarray, start: int, room: Room, first: np.ndarray
) -> int:
    """Write switches and first scores of the sets from ``order[start]`` on that go together; their end is returned.

    Sets that follow their score go alone, so that its share stays written.
    """
    stop = stop_of_run(signals, sets, order, start)
    if stop - start >= FEWEST:
        find_switches(ground, signals, sets, order[start:stop], room.lanes)
        for i in range(start, stop):
            first[order[i]] = signals.first[sets.score[order[i]]]
    else:
        for i in range(start, stop):
            first[order[i]] = judge(ground, sets, order[i], room, room.lanes.switches[i - start])
    return stop


@compiled
def sweep_rows(
    ground: Ground, signals: Signals, sets: Sets, order: np.ndarray, sums: np.ndarray, first: np.ndarray
) -> None:
    """Sums (P, B, C) and first scores (P,) of the sets ``order``; those of one score and shift stand together."""
    room, start = open_room(ground), 0
    while start < len(order):
        stop = read_run(ground, signals, sets, order, start, room, first)
        for i in range(start, stop):
            p = order[i]
            follow_set(ground, sets, p, room, room.lanes.switches[i - start], first[p], sums[p])
        start = stop


@compiled
def equity_rows(ground: Ground, sets: Sets, rows: np.ndarray, equity: np.ndarray) -> None:
    """Equity (P, T) of the sets ``rows`` in USD, 1 at the first session."""
    room = open_room(ground)
    switches = room.lanes.switches[0]
    sums = np.empty((len(ground.edges) - 1, len(COLUMNS) + 3 * ground.inside.shape[1]))
    for p in rows:
        first = judge(ground, sets, p, room, switches)
        follow_set(ground, sets, p, room, switches, first, sums)
        equity[p] = room.equity
