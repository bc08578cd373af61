"""The regime at the last decision: since when, on what score, how close to a switch, and what it asks to hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from waterline.contracts import STATE_NAMES, Regime, Score
from waterline.errors import SpanError
from waterline.experiment import Decision
from waterline.regime import SchmittRule
from waterline.sessions import Dates
from waterline.today.contributions import Part, contributions
from waterline.today.moment import World
from waterline.today.threshold import Threshold, threshold_of


@dataclass(frozen=True, slots=True)
class Standing:
    """The regime at the last decision before the moment.

    Attributes:
        session: session of that decision.
        cutoff: its UTC instant; what came later does not count.
        state: "ample" or "scarce".
        since: session whose decision entered the state; the first with a score where it never switched.
        sessions: sessions in the state, both ends counted.
        switched: whether the state was entered by a switch.
        score: the score; NaN where it was missing, so that the state was carried over.
        scored: last session with a score.
        threshold: where the score turns the state; None where no score would.
        beyond: sessions in a row, up to this one, with the score beyond the threshold.
        pillars: what the score is made of.
    """

    session: np.datetime64
    cutoff: np.datetime64
    state: str
    since: np.datetime64
    sessions: int
    switched: bool
    score: float
    scored: np.datetime64
    threshold: Threshold | None
    beyond: int
    pillars: tuple[Part, ...]

    @property
    def other(self) -> str:
        """The state that it would switch to."""
        return STATE_NAMES[1 - STATE_NAMES.index(self.state)]


def standing_of(world: World, made: Decision) -> Standing:
    """The regime at the last decision of ``world``.

    Raises:
        SpanError: there was no score yet.
    """
    sessions, score, regime = world.decided.clock.sessions, made.score, made.regime
    if regime.valid_from >= len(sessions):
        problem = f"There is no regime on {sessions[-1]}: from {sessions[0]} on the score never had all its inputs."
        raise SpanError(problem, "Choose an earlier start or a later day.")
    entered, switched = _entered(regime)
    threshold = threshold_of(world.config.regime, score.total, regime)
    return Standing(
        session=sessions[-1],
        cutoff=world.decided.clock.cutoffs[-1],
        state=STATE_NAMES[regime.states[-1]],
        since=sessions[entered],
        sessions=len(sessions) - entered,
        switched=switched,
        score=float(score.total[-1]),
        scored=_scored(sessions, score),
        threshold=threshold,
        beyond=_beyond(world, score, regime, threshold),
        pillars=contributions(score),
    )


def _entered(regime: Regime) -> tuple[int, bool]:
    switches = np.flatnonzero(regime.switches())
    switches = switches[switches >= regime.valid_from]
    return (int(switches[-1]), True) if len(switches) else (regime.valid_from, False)


def _scored(sessions: Dates, score: Score) -> np.datetime64:
    day: np.datetime64 = sessions[np.isfinite(score.total)][-1]
    return day


def _beyond(world: World, score: Score, regime: Regime, threshold: Threshold | None) -> int:
    """How many sessions of the count that a Schmitt trigger keeps have gone by."""
    if threshold is None or not isinstance(world.config.regime, SchmittRule):
        return 0
    entered, switched = _entered(regime)
    counted = score.total[entered + int(switched) :]
    short = np.flatnonzero(~threshold.passed(counted))
    return len(counted) - (int(short[-1]) + 1 if len(short) else 0)
