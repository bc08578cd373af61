"""Where the score turns the state: the threshold of the rule, or the score at which a fitted rule would switch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from waterline.contracts import SCARCE, Regime
from waterline.regime import RegimeRule, SchmittRule
from waterline.sessions import Flags, Floats

FARTHEST, CLOSE_ENOUGH = 6.0, 0.01
"""Scores that a fitted rule is tried with lie within ± the first; its turning point is found to the second."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """The score beyond which the state turns.

    Attributes:
        level: the score.
        above: whether scores above it turn the state, or scores below it.
        exact: whether the rule names it; a fitted rule's was searched with its next fit left out.
        confirm: sessions in a row beyond it before a switch.
        free_in: sessions after this one that must pass before a switch may come; 0 where it may come at the next.
    """

    level: float
    above: bool
    exact: bool
    confirm: int
    free_in: int

    def passed(self, score: Floats) -> Flags:
        """(n,) whether each score lies beyond; a missing one does not."""
        return np.asarray(score > self.level if self.above else score < self.level)


def threshold_of(rule: RegimeRule, score: Floats, regime: Regime) -> Threshold | None:
    """Where the newest score would turn the state; None where none within ``FARTHEST`` would.

    Args:
        rule: the regime rule.
        score: (T,) scores up to the last decision.
        regime: what the rule says of them.
    """
    above = bool(regime.states[-1] != SCARCE)
    if not isinstance(rule, SchmittRule):
        return _searched(rule, score, int(regime.states[-1]), above)
    switches = np.flatnonzero(regime.switches())
    passed = len(score) - 1 - int(switches[-1]) if len(switches) else rule.dwell
    return Threshold(rule.up if above else rule.down, above, True, rule.confirm, max(rule.dwell - passed - 1, 0))


def _searched(rule: RegimeRule, score: Floats, state: int, above: bool) -> Threshold | None:
    """By halving: a fitted rule tells a state from the newest score and those before it."""
    trial = score.copy()

    def turns(newest: float) -> bool:
        trial[-1] = newest
        return int(rule.classify(trial).states[-1]) != state

    stays, goes = (-FARTHEST, FARTHEST) if above else (FARTHEST, -FARTHEST)
    if turns(stays) or not turns(goes):
        return None
    while abs(goes - stays) > CLOSE_ENOUGH:
        middle = 0.5 * (stays + goes)
        stays, goes = (stays, middle) if turns(middle) else (middle, goes)
    return Threshold(goes, above, exact=False, confirm=1, free_in=0)
