"""What other configurations would have held on the same panel: those of a search, and the one without demand."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from waterline.config import Config
from waterline.contracts import Score
from waterline.metrics import timing_gain
from waterline.sessions import Floats
from waterline.world.experiments import searched
from waterline.world.held import Held, in_force

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


def search_on(whole: Held) -> Searched:
    """What every configuration of the search would have held in the evaluation of ``whole``.

    Signals that several configurations share are scored once. Before the first score of a signal its strategy holds
    what it holds before any.
    """
    scores: dict[str, Score] = {}
    held = []
    for config in searched(whole.config):
        key = config.signal.model_dump_json()
        scores[key] = scores[key] if key in scores else config.built_signal.score(whole.panel)
        held.append(_held(config, scores[key], whole))
    return Searched(np.stack(held))


def without_demand(whole: Held) -> Floats:
    """(T, K) what would have been held in the evaluation had the score been the mean of the other pillars."""
    rest = [pillar for name, pillar in whole.score.pillars.items() if name != DEMAND]
    total = np.where(np.isfinite(whole.score.total), np.mean(rest, axis=0), np.nan)
    return _held(whole.config, replace(whole.score, total=total), whole)


def _held(config: Config, score: Score, whole: Held) -> Floats:
    """(T, K) what ``config`` would have held with a given score in the evaluation of ``whole``."""
    regime = config.regime.classify(score.total)
    exposure = config.built_strategy.exposure(score, regime, whole.sleeves)
    return in_force(config, whole.panel, regime, exposure)[whole.first : -1]
