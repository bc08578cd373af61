"""What other configurations would have held on the same panel: those of a search, and the one without demand."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from waterline.config import Config
from waterline.contracts import Score, Sleeves
from waterline.metrics import timing_gain
from waterline.outcome import Outcome
from waterline.portfolios import entered, exposure_in_force
from waterline.sessions import Dates, Floats
from waterline.simulation import weekly_decisions
from waterline.world.experiments import searched

DEMAND = "demand"


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """What the C configurations of a search held.

    Attributes:
        exposures: (C, T, K) share of equity in each sleeve before each evaluated return.
    """

    exposures: npt.NDArray[np.float64]

    def best(self, excess: Floats) -> Floats:
        """(T, K) exposure whose timing gain has the highest t value; the first where none has one."""
        t = [timing_gain(exposure, excess).t for exposure in self.exposures]
        return np.asarray(self.exposures[int(np.argmax(np.nan_to_num(t, nan=-np.inf)))])


def search_on(outcome: Outcome) -> Searched:
    """What every configuration of the search would have held in the evaluation of ``outcome``.

    Signals that several configurations share are scored once. Before the first score of a signal its strategy holds
    what it holds before any.
    """
    scores: dict[str, Score] = {}
    held = []
    for config in searched(outcome.config):
        key = config.signal.model_dump_json()
        scores[key] = scores[key] if key in scores else config.built_signal.score(outcome.panel)
        held.append(_in_force(config, scores[key], outcome.sleeves, outcome.sessions))
    return Searched(np.stack(held)[:, outcome.first : -1])


def without_demand(outcome: Outcome) -> Floats:
    """(T, K) what would have been held in the evaluation had the score been the mean of the other pillars."""
    score = outcome.score
    rest = [pillar for name, pillar in score.pillars.items() if name != DEMAND]
    total = np.where(np.isfinite(score.total), np.mean(rest, axis=0), np.nan)
    held = _in_force(outcome.config, replace(score, total=total), outcome.sleeves, outcome.sessions)
    return held[outcome.first : -1]


def _in_force(config: Config, score: Score, sleeves: Sleeves, sessions: Dates) -> Floats:
    """(T, K) as :func:`waterline.portfolios.exposure_in_force` for a given score."""
    regime = config.regime.classify(score.total)
    exposure = config.built_strategy.exposure(score, regime, sleeves)
    weekly = weekly_decisions(sessions, config.execution.rebalance_weekday)
    return exposure_in_force(exposure, weekly | entered(regime, exposure))
