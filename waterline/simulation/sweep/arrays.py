"""What a sweep works on: the ground that all parameter sets share, and the sets.

T sessions, N assets, K sleeves, S scores before their last step, M parts of a score, V variants of the weights inside
sleeves, E variants of what the sleeves earned, F fills, P parameter sets, B blocks of sessions.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

COLUMNS = ("growth", "excess", "squares", "shortfalls", "peak", "trough", "drawdown", "turnover", "costs")
GROWTH, EXCESS, SQUARES, SHORTFALLS, PEAK, TROUGH, DRAWDOWN, TURNOVER, COSTS = range(len(COLUMNS))
BEFORE, AMPLE_ROW, SCARCE_ROW = range(3)


class Ground(NamedTuple):
    """Everything that does not depend on the parameter set. Prices are in bills: divided by the cash index.

    Attributes:
        parts: (S, M, T) parts of the scores; NaN where missing.
        gate: (S, T) what takes the first part's sign, see :func:`waterline.simulation.sweep.score.open_gate`.
        gated: (S,) whether there is a gate.
        minimum: (S,) sessions of a gated part before it is scaled.
        close: (T, N) price at the close; 0 before the first.
        close_by_asset: (N, T) the same, the other way round.
        mark: (F, T, N) price at the fill; 0 before the first.
        tradable: (F, T, N) whether the asset can be traded at the fill.
        bills: (T,) USD value of a bill bought at the first session.
        cash: (T,) simple return of bills.
        weekly: (5, T) whether the session takes the weekly decision, by weekday from Monday.
        calendar: (5, V, T + 1) sessions that take the weekly decision or see members come and go, then T.
        inside: (V, K, T, N) weights inside the sleeves.
        joins: (V, T) bits of the sleeves whose members with a weight differ from the session before.
        peopled: (V, T) bits of the sleeves where any member has a weight.
        earned: (E, K, T + 1) cumulative sum of the sleeves' returns over bills, 0 in front.
        edges: (B + 1,) first row of each block of returns, and the row after the last.
    """

    parts: np.ndarray
    gate: np.ndarray
    gated: np.ndarray
    minimum: np.ndarray
    close: np.ndarray
    close_by_asset: np.ndarray
    mark: np.ndarray
    tradable: np.ndarray
    bills: np.ndarray
    cash: np.ndarray
    weekly: np.ndarray
    calendar: np.ndarray
    inside: np.ndarray
    joins: np.ndarray
    peopled: np.ndarray
    earned: np.ndarray
    edges: np.ndarray


class Sets(NamedTuple):
    """Parameter sets, one row each.

    Attributes:
        score: (P,) which of the S scores.
        weights: (P, M) weights of its parts.
        phi: (P,) how much a full gate turns the first part round.
        span: (P,) sessions of exponential smoothing; 1 for none.
        shift: (P,) sessions by which the score is rotated against the prices, for placebo histories; 0 for none.
        up, down, confirm, dwell: (P,) the state machine, see ``SchmittRule``.
        graded: (P,) whether exposure follows the score instead of the state.
        table: (P, 3, K) exposure before the first score, in ample and in scarce states; graded sets move between the
            last two rows.
        curve: (P, 3) least share, most share and slope of graded sets.
        inside: (P,) which of the V variants.
        earned: (P,) which of the E variants.
        fill: (P,) 0 at the close, 1 at the open.
        weekday: (P,) 0 Monday to 4 Friday.
        band: (P, 2) absolute and relative half width of the no-trade band.
        delay: (P,) sessions by which decisions come late.
        everyone_pays: (P,) whether every asset pays the costs in proportion.
        costs: (P, N) cost as a share of the traded value.
    """

    score: np.ndarray
    weights: np.ndarray
    phi: np.ndarray
    span: np.ndarray
    shift: np.ndarray
    up: np.ndarray
    down: np.ndarray
    confirm: np.ndarray
    dwell: np.ndarray
    graded: np.ndarray
    table: np.ndarray
    curve: np.ndarray
    inside: np.ndarray
    earned: np.ndarray
    fill: np.ndarray
    weekday: np.ndarray
    band: np.ndarray
    delay: np.ndarray
    everyone_pays: np.ndarray
    costs: np.ndarray

    def rows(self, chosen: slice | np.ndarray) -> Sets:
        """Some of the sets."""
        return Sets(*(column[chosen] for column in self))
