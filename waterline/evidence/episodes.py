"""The few decisions behind thousands of days: one episode per spell of a state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from waterline.contracts import STATE_NAMES, Regime, Score
from waterline.sessions import Dates, Floats


@dataclass(frozen=True, slots=True)
class Episode:
    """One uninterrupted spell of a state within the evaluation.

    Attributes:
        state: "ample" or "scarce".
        decided: session at whose cutoff the state was entered.
        last: last session of the spell.
        sessions: number of sessions in it.
        score_at_entry: score on the day of entry.
        moved_by: pillar -> change of that pillar's part of the score over the 63 sessions before the entry, the largest
            first; NaN where the pillar was missing.
        strategy_return: simple return of the strategy over the spell, as a fraction.
        mix_return: simple return of the same-exposure mix over the spell, as a fraction.
        ongoing: True for the spell that the data end in.
    """

    state: str
    decided: np.datetime64
    last: np.datetime64
    sessions: int
    score_at_entry: float
    moved_by: Mapping[str, float]
    strategy_return: float
    mix_return: float
    ongoing: bool

    @property
    def gain(self) -> float:
        """Return of the strategy minus that of the mix over the spell, as a fraction."""
        return self.strategy_return - self.mix_return


LOOK_BACK = 63


def episodes(
    sessions: Dates, score: Score, regime: Regime, strategy_equity: Floats, mix_equity: Floats, first: int
) -> tuple[Episode, ...]:
    """The spells of each state from row ``first`` on.

    A spell entered at the cutoff of row t earns from the close of row t to the close of its last row; the days between
    decision and fill belong to the spell that the decision opened, because that is how late it acted.

    Args:
        sessions: (T,) dates.
        score: the score behind the states.
        regime: the states.
        strategy_equity: (T,) equity of the strategy.
        mix_equity: (T,) equity of the same-exposure mix.
        first: first evaluated row.
    """
    if first >= len(sessions):
        return ()
    switches = np.flatnonzero(regime.switches())
    starts = [first, *(int(row) for row in switches if row > first)]
    ends = [*(start - 1 for start in starts[1:]), len(sessions) - 1]
    return tuple(
        Episode(
            state=STATE_NAMES[regime.states[start]],
            decided=sessions[start],
            last=sessions[end],
            sessions=end - start + 1,
            score_at_entry=float(score.total[start]),
            moved_by=_moves(score, start),
            strategy_return=_growth(strategy_equity, start, end, len(sessions)),
            mix_return=_growth(mix_equity, start, end, len(sessions)),
            ongoing=end == len(sessions) - 1,
        )
        for start, end in zip(starts, ends, strict=True)
    )


def _growth(equity: Floats, start: int, end: int, rows: int) -> float:
    """Growth from the close of the entry row to the close of the next entry row, so that spells chain exactly."""
    return float(equity[min(end + 1, rows - 1)] / equity[start] - 1)


def _moves(score: Score, row: int) -> dict[str, float]:
    before = max(row - LOOK_BACK, 0)
    share = max(len(score.pillars), 1)
    moves = {name: float((part[row] - part[before]) / share) for name, part in score.pillars.items()}
    return dict(sorted(moves.items(), key=lambda item: -abs(item[1]) if np.isfinite(item[1]) else 1.0))
