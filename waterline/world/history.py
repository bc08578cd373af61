"""One history of a world, with what the reader saw of it and what was true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from waterline.contracts import SCARCE, States
from waterline.experiment import run
from waterline.sessions import Dates, Flags, Floats
from waterline.simulation import Simulation
from waterline.world.world import draw

STRATEGY, MIX = "strategy", "mix"


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """The evaluated sessions of one run.

    Attributes:
        world: its name.
        number: of the run in its study.
        sessions: (n,) dates.
        states: (n,) true ones: 0 slack, 1 stimulus, 2 scarce.
        called: (n,) whether scarce was called.
        score: (n,) of the signal; NaN where there was none.
        growth: (n,) growth of 1, after costs, of the strategy and of the mix of its average exposure.
    """

    world: str
    number: int
    sessions: Dates
    states: States
    called: Flags
    score: Floats
    growth: Mapping[str, Floats]


def history(world: str, seed: int, years: float, number: int = 0) -> History:
    """Run ``number`` of a study, traded from end to end as :func:`waterline.experiment.run` trades anything."""
    drawn = draw(world, seed, years, number)
    outcome = run(drawn.config, drawn.panel)
    rows = slice(outcome.first, None)

    def growth(simulation: Simulation) -> Floats:
        return np.asarray(simulation.equity[rows] / simulation.equity[outcome.first])

    return History(
        world=world,
        number=number,
        sessions=outcome.sessions[rows],
        states=drawn.truth.states[rows],
        called=outcome.regime.states[rows] == SCARCE,
        score=outcome.score.total[rows],
        growth={STRATEGY: growth(outcome.strategy), MIX: growth(outcome.static_mix)},
    )
