"""The switches of many parameter sets of one score at once, a lane each. Compiled.

Every step is one short loop over the lanes, which the compiler turns into a few wide instructions. The figures of the
lanes lie one after another in one array, so that it can tell them apart; which set has which lane changes no bit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from waterline.compiling import compiled, contracted, inlined, inner
from waterline.recursions import divisor, rounded_product
from waterline.simulation.sweep.arrays import Ground, Sets

LANES = 64
FEWEST = 20
"""Sets that take as long alone as all lanes together."""
SCORE, NEXT, LEVEL, ALPHA, REST, SIGN, BAR, COUNT, CONFIRM, READY, WHOLE = range(0, 11 * LANES, LANES)
"""Where the figures of the lanes begin: the scores of two sessions, the smoothed score and its recursion, +1 where the
score must rise above the bar and -1 where it must fall below, the bar times that sign, consecutive sessions beyond it
and how many are needed, first session that may switch, divisor of the weights."""


class Signals(NamedTuple):
    """What is to be known of the scores before they are weighted.

    Attributes:
        missing: (S, T) whether any part is missing.
        first: (S,) first row where none is.
        plain: (S,) whether the score is nothing but a weighted mean of finite parts.
    """

    missing: np.ndarray
    first: np.ndarray
    plain: np.ndarray


class Lanes(NamedTuple):
    """Room of one thread.

    Attributes:
        figures: (11 * LANES,) see above.
        weights: (M, LANES).
        found: (LANES,) how many switches there are.
        switches: (LANES, T + 1) their sessions, ended by T.
    """

    figures: np.ndarray
    weights: np.ndarray
    found: np.ndarray
    switches: np.ndarray


@compiled
def open_lanes(parts: int, sessions: int) -> Lanes:
    """Room for scores of so many parts and sessions."""
    return Lanes(
        np.zeros(11 * LANES),
        np.zeros((parts, LANES)),
        np.zeros(LANES, dtype=np.int64),
        np.empty((LANES, sessions + 1), dtype=np.int64),
    )


@compiled
def look_at(ground: Ground, count: int) -> Signals:
    """The signals of a ground; where the ``count`` of sets is too small for lanes, none is plain."""
    scores, parts, sessions = ground.parts.shape
    signals = Signals(
        np.zeros((scores, sessions), dtype=np.bool_), np.full(scores, sessions), np.zeros(scores, dtype=np.bool_)
    )
    for s in range(scores if count >= FEWEST else 0):
        plain = not ground.gated[s]
        for k in range(parts):
            for t in range(sessions):
                signals.missing[s, t] |= np.isnan(ground.parts[s, k, t])
                plain &= not np.isinf(ground.parts[s, k, t])
        signals.plain[s] = plain
        for t in range(sessions):
            if not signals.missing[s, t]:
                signals.first[s] = t
                break
    return signals


@inner
def stop_of_run(signals: Signals, sets: Sets, order: np.ndarray, start: int) -> int:
    """Where in ``order`` those end that can share lanes with the set at ``start``: at least one place on."""
    p, stop = order[start], start + 1
    if _goes_alone(signals, sets, p):
        return stop
    while stop < len(order) and stop - start < LANES:
        q = order[stop]
        if sets.score[q] != sets.score[p] or sets.shift[q] != sets.shift[p] or _goes_alone(signals, sets, q):
            break
        stop += 1
    return stop


@inner
def _goes_alone(signals: Signals, sets: Sets, p: int) -> bool:
    whole = divisor(sets.weights[p])
    return bool(sets.graded[p] or not signals.plain[sets.score[p]] or not (0.0 < whole < np.inf))


@inner
def find_switches(ground: Ground, signals: Signals, sets: Sets, rows: np.ndarray, lanes: Lanes) -> None:
    """Write the switches of the sets ``rows``, at most one a lane, all of one score and one shift."""
    s, sessions = sets.score[rows[0]], ground.parts.shape[2]
    parts, missing, first = ground.parts[s], signals.missing[s], signals.first[s]
    for j in range(LANES):
        _take_lane(sets, rows[min(j, len(rows) - 1)], j, lanes)
    if first < sessions:
        length = sessions - first
        turn = first + (length - sets.shift[rows[0]] % length) % length
        if turn > first:
            _go_on(parts, missing, (first, first, turn, -1), sets, rows, lanes)
            lanes.figures[COUNT : COUNT + LANES] = 0.0
        _go_on(parts, missing, (first, turn, sessions, first), sets, rows, lanes)
        if turn > first:
            _go_on(parts, missing, (first, first, turn, first + sessions - turn), sets, rows, lanes)
    for j in range(LANES):
        lanes.switches[j, lanes.found[j]] = sessions


@inner
def _take_lane(sets: Sets, p: int, j: int, lanes: Lanes) -> None:
    figures = lanes.figures
    for k in range(len(lanes.weights)):
        lanes.weights[k, j] = sets.weights[p, k]
    alpha = 2.0 / (sets.span[p] + 1.0) if sets.span[p] > 1.0 else 1.0
    figures[ALPHA + j], figures[REST + j] = alpha, 1.0 - alpha
    figures[SIGN + j], figures[BAR + j], figures[COUNT + j] = 1.0, sets.up[p], 0.0
    figures[CONFIRM + j], figures[READY + j] = sets.confirm[p], 0.0
    figures[WHOLE + j] = divisor(sets.weights[p])
    lanes.found[j] = 0


@inner
def _go_on(
    parts: np.ndarray, missing: np.ndarray, span: tuple[int, int, int, int], sets: Sets, rows: np.ndarray, lanes: Lanes
) -> None:
    """Take the sessions of ``span``: first row of the score, where to start and stop, and which session the start is.

    The last is -1 where the score is only smoothed, for a history that begins in its middle.
    """
    first, start, stop, at = span
    figures, decides, divided = lanes.figures, at >= 0, False
    for j in range(LANES):
        divided |= figures[WHOLE + j] != 1.0
    for t in range(start, stop, 2):
        after = min(t + 1, stop - 1)
        _blend_two(parts, t, after, lanes.weights, figures)
        if divided:
            for j in range(LANES):
                figures[SCORE + j] /= figures[WHOLE + j]
                figures[NEXT + j] /= figures[WHOLE + j]
        if _see(figures, SCORE, t == first, missing[t]) and decides and _ready(figures, at + t - start):
            _switch(sets, rows, at + t - start, lanes)
        if after > t and _see(figures, NEXT, False, missing[after]) and decides and _ready(figures, at + after - start):
            _switch(sets, rows, at + after - start, lanes)


@contracted
def _blend_two(parts: np.ndarray, t: int, u: int, weights: np.ndarray, figures: np.ndarray) -> None:
    """Write the weighted sums of sessions ``t`` and ``u``; the order of the sum is that of ``add_parts``."""
    first, here, there = weights[0], parts[0, t], parts[0, u]
    for j in range(LANES):
        figures[SCORE + j] = rounded_product(first[j], here)
        figures[NEXT + j] = rounded_product(first[j], there)
    k = 1
    while k + 3 < len(parts):
        v, w, x, y = weights[k], weights[k + 1], weights[k + 2], weights[k + 3]
        v0, w0, x0, y0 = parts[k, t], parts[k + 1, t], parts[k + 2, t], parts[k + 3, t]
        v1, w1, x1, y1 = parts[k, u], parts[k + 1, u], parts[k + 2, u], parts[k + 3, u]
        for j in range(LANES):
            figures[SCORE + j] = figures[SCORE + j] + v[j] * v0 + w[j] * w0 + x[j] * x0 + y[j] * y0
            figures[NEXT + j] = figures[NEXT + j] + v[j] * v1 + w[j] * w1 + x[j] * x1 + y[j] * y1
        k += 4
    for rest in range(k, len(parts)):
        w, here, there = weights[rest], parts[rest, t], parts[rest, u]
        for j in range(LANES):
            figures[SCORE + j] += w[j] * here
            figures[NEXT + j] += w[j] * there


@contracted
def _see(figures: np.ndarray, score: int, begins: bool, missing: bool) -> bool:
    """Smooth the scores that begin at ``score``, and count the sessions beyond the bar; False where none is there."""
    if missing:
        for j in range(LANES):
            figures[COUNT + j] = 0.0
        return False
    for j in range(LANES):
        level = figures[LEVEL + j] * figures[REST + j] + rounded_product(figures[ALPHA + j], figures[score + j])
        figures[LEVEL + j] = figures[score + j] if begins else level
    for j in range(LANES):
        beyond = figures[LEVEL + j] * figures[SIGN + j] > figures[BAR + j]
        figures[COUNT + j] = figures[COUNT + j] + 1.0 if beyond else 0.0
    return True


@inlined
def _ready(figures: np.ndarray, at: int) -> bool:
    """Whether any lane has been beyond its bar for long enough, and in its state for long enough."""
    ready, now = False, float(at)
    for j in range(LANES):
        ready |= (figures[COUNT + j] >= figures[CONFIRM + j]) & (figures[READY + j] <= now)
    return ready


@inner
def _switch(sets: Sets, rows: np.ndarray, at: int, lanes: Lanes) -> None:
    figures = lanes.figures
    for j in range(LANES):
        if figures[COUNT + j] >= figures[CONFIRM + j] and figures[READY + j] <= at:
            p = rows[min(j, len(rows) - 1)]
            lanes.switches[j, lanes.found[j]] = at
            lanes.found[j] += 1
            figures[COUNT + j], figures[READY + j] = 0.0, at + sets.dwell[p]
            figures[SIGN + j] = -figures[SIGN + j]
            figures[BAR + j] = sets.up[p] if figures[SIGN + j] > 0.0 else -sets.down[p]
