"""When a parameter set decides, and on what: the few sessions of its history that matter. Compiled."""

from __future__ import annotations

import numpy as np

from waterline.compiling import compiled, inlined
from waterline.simulation.sweep.arrays import AMPLE_ROW, BEFORE, SCARCE_ROW

WEEKLY, MOVED, JOINED = 1, 2, 4
"""Why a session decides: the weekly date; the first score, or a switch that moves the exposure; members of a held sleeve
came or went."""


@compiled
def sleeves_held(exposure: np.ndarray) -> int:
    """Bits of the sleeves with a share."""
    bits = 0
    for k in range(len(exposure)):
        if exposure[k] > 0.0:
            bits |= 1 << k
    return bits


@inlined
def wish(table: np.ndarray, graded: bool, row: int, share: float, out: np.ndarray) -> None:
    """Exposure (K,): a row of the table, or between its last two."""
    for k in range(len(out)):
        out[k] = share * table[AMPLE_ROW, k] + (1.0 - share) * table[SCARCE_ROW, k] if graded else table[row, k]


@compiled
def _came_or_went(now: int, earlier: int, joins: int, peopled: int, peopled_earlier: int) -> bool:
    both, come, gone = now & earlier, now & ~earlier, earlier & ~now
    return ((both & joins) | (come & peopled) | (gone & peopled_earlier)) != 0


@compiled
def list_events(
    states: np.ndarray,
    switches: np.ndarray,
    first: int,
    delay: int,
    table: np.ndarray,
    calendar: np.ndarray,
    weekly: np.ndarray,
    joins: np.ndarray,
    peopled: np.ndarray,
    events: np.ndarray,
) -> int:
    """Write the sessions on which a set that follows the states decides, and return how many there are.

    Args:
        states: (T,) 0 ample, 1 scarce.
        switches: sessions of the switches, ended by one that is T or later.
        first: row of the first score.
        delay: sessions by which decisions come late.
        table: (3, K) exposures.
        calendar: (T + 1,) sessions that are weekly or see members come and go, the rest filled up with T.
        weekly: (T,) weekly decisions.
        joins: (T,) bits of the sleeves whose members differ from the session before.
        peopled: (T,) bits of the sleeves that have members.
        events: (3, T) session, reason, row of the table.
    """
    sessions, count, i, j = len(states), 0, 0, 0
    held = (sleeves_held(table[BEFORE]), sleeves_held(table[AMPLE_ROW]), sleeves_held(table[SCARCE_ROW]))
    moves, entry = (table[AMPLE_ROW] != table[SCARCE_ROW]).any(), min(first + delay, sessions)
    row, entered = BEFORE if first > 0 else AMPLE_ROW + states[0], entry >= sessions
    while True:
        t = min(calendar[i], switches[j] + delay, sessions if entered else entry)
        if t >= sessions:
            return count
        source = max(t - delay, 0)
        now = BEFORE if source < first else AMPLE_ROW + states[source]
        reason = WEEKLY if weekly[t] else 0
        if t == entry or (t == switches[j] + delay and t > 0 and moves):
            reason |= MOVED
        if t > 0 and _came_or_went(held[now], held[row], joins[t], peopled[t], peopled[t - 1]):
            reason |= JOINED
        if reason:
            events[0, count], events[1, count], events[2, count] = t, reason, now
            count += 1
        i, j, entered, row = i + (calendar[i] == t), j + (switches[j] + delay == t), entered or t == entry, now


@compiled
def list_graded_events(
    states: np.ndarray,
    share: np.ndarray,
    first: int,
    delay: int,
    table: np.ndarray,
    weekly: np.ndarray,
    joins: np.ndarray,
    peopled: np.ndarray,
    events: np.ndarray,
) -> int:
    """As :func:`list_events` for a set that follows its score, whose share (T,) of the ample row may change every day."""
    count, entry = 0, min(first + delay, len(states))
    ample, scarce = sleeves_held(table[AMPLE_ROW]), sleeves_held(table[SCARCE_ROW])
    moves, bits = (table[AMPLE_ROW] != table[SCARCE_ROW]).any(), 0
    for t in range(len(states)):
        source, earlier = max(t - delay, 0), bits
        bits = (ample if share[source] > 0.0 else 0) | (scarce if share[source] < 1.0 else 0)
        reason = (WEEKLY if weekly[t] else 0) | (MOVED if t == entry else 0)
        if t > delay and states[source] != states[source - 1] and moves and share[source] != share[source - 1]:
            reason |= MOVED
        if t > 0 and _came_or_went(bits, earlier, joins[t], peopled[t], peopled[t - 1]):
            reason |= JOINED
        if reason:
            events[0, count], events[1, count], events[2, count] = t, reason, AMPLE_ROW
            count += 1
    return count
