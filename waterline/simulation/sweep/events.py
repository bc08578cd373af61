"""When a parameter set decides, and on what: the few sessions of its history that matter. Compiled."""

from __future__ import annotations

import numpy as np

from waterline.compiling import inlined, inner
from waterline.simulation.sweep.arrays import AMPLE_ROW, BEFORE, SCARCE_ROW

WEEKLY, MOVED, JOINED = 1, 2, 4
"""Why a session decides: the weekly date; the first score, or a switch that moves the exposure; members of a held
sleeve came or went."""

Calendar = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""(T + 1,) sessions that are weekly or see members come and go, the rest filled up with T; (T,) weekly decisions; (T,)
bits of the sleeves whose members differ from the session before; (T,) bits of the sleeves that have members."""


@inner
def sleeves_held(exposure: np.ndarray) -> int:
    """Bits of the sleeves with a share."""
    bits = 0
    for k in range(len(exposure)):
        if exposure[k] > 0.0:
            bits |= 1 << k
    return bits


@inner
def moves(table: np.ndarray) -> bool:
    """Whether the two states differ in exposure."""
    differ = False
    for k in range(table.shape[1]):
        differ |= table[AMPLE_ROW, k] != table[SCARCE_ROW, k]
    return differ


@inlined
def wish(table: np.ndarray, graded: bool, row: int, share: float, out: np.ndarray) -> None:
    """Exposure (K,): a row of the table, or between its last two."""
    for k in range(len(out)):
        out[k] = share * table[AMPLE_ROW, k] + (1.0 - share) * table[SCARCE_ROW, k] if graded else table[row, k]


@inlined
def _came_or_went(now: int, earlier: int, t: int, joins: np.ndarray, peopled: np.ndarray) -> bool:
    both, come, gone = now & earlier, now & ~earlier, earlier & ~now
    return bool(((both & joins[t]) | (come & peopled[t]) | (gone & peopled[t - 1])) != 0)


@inner
def list_events(
    switches: np.ndarray, begin: tuple[int, int, int], table: np.ndarray, calendar: Calendar, events: np.ndarray
) -> int:
    """Write the sessions on which a set that follows the states decides, and return how many there are.

    Args:
        switches: sessions of the switches, ended by one that is T or later.
        begin: row of the first score, sessions by which decisions come late, T.
        table: (3, K) exposures.
        calendar: see above.
        events: (3, T) session, reason, row of the table.
    """
    first, delay, sessions = begin
    regular, weekly, joins, peopled = calendar
    held = (sleeves_held(table[BEFORE]), sleeves_held(table[AMPLE_ROW]), sleeves_held(table[SCARCE_ROW]))
    is_moved, entry = moves(table), min(first + delay, sessions)
    passed = 1 if switches[0] == 0 else 0
    row = BEFORE if first > 0 else AMPLE_ROW + passed
    count, i, entered = 0, 0, entry >= sessions
    while True:
        t = min(regular[i], switches[passed] + delay, sessions if entered else entry)
        if t >= sessions:
            return count
        switched = t == switches[passed] + delay
        passed += switched
        now = BEFORE if max(t - delay, 0) < first else AMPLE_ROW + (passed & 1)
        reason = WEEKLY if weekly[t] else 0
        if t == entry or (switched and is_moved):
            reason |= MOVED
        if t > 0 and _came_or_went(held[now], held[row], t, joins, peopled):
            reason |= JOINED
        if reason:
            events[0, count], events[1, count], events[2, count] = t, reason, now
            count += 1
        i, entered, row = i + (regular[i] == t), entered or t == entry, now


@inner
def list_graded_events(
    states: np.ndarray,
    share: np.ndarray,
    begin: tuple[int, int, int],
    table: np.ndarray,
    calendar: Calendar,
    events: np.ndarray,
) -> int:
    """As :func:`list_events` for a set that follows its score.

    Its ``share`` (T,) of the ample row may change every day; a switch of its ``states`` (T,) decides too.
    """
    first, delay, sessions = begin
    _, weekly, joins, peopled = calendar
    count, entry, bits = 0, min(first + delay, sessions), 0
    ample, scarce = sleeves_held(table[AMPLE_ROW]), sleeves_held(table[SCARCE_ROW])
    is_moved = moves(table)
    for t in range(sessions):
        source, earlier = max(t - delay, 0), bits
        bits = (ample if share[source] > 0.0 else 0) | (scarce if share[source] < 1.0 else 0)
        reason = (WEEKLY if weekly[t] else 0) | (MOVED if t == entry else 0)
        if t > delay and states[source] != states[source - 1] and is_moved and share[source] != share[source - 1]:
            reason |= MOVED
        if t > 0 and _came_or_went(bits, earlier, t, joins, peopled):
            reason |= JOINED
        if reason:
            events[0, count], events[1, count], events[2, count] = t, reason, AMPLE_ROW
            count += 1
    return count
