"""What the pipeline held on a panel: the part of a run that the tests read, without the portfolios that they do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from waterline.config import Config
from waterline.contracts import Regime, Score, Sleeves
from waterline.experiment import decide
from waterline.panel import Panel
from waterline.portfolios import asset_market, entered, exposure_in_force, simulate_sleeves
from waterline.sessions import Floats
from waterline.simulation import Simulation, weekly_decisions


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """What :func:`waterline.experiment.run` would have held, made by the same functions.

    Attributes:
        config: the experiment.
        panel: its data; all arrays share the T sessions of its clock.
        score: the signal's answer.
        regime: the states.
        sleeves: groups and their inside weights.
        in_force: (T, K) the sleeve exposures aimed at by each close.
        held_throughout: each sleeve held throughout.
        cash_return: (T,) simple return of bills.
        first: first evaluated row.
    """

    config: Config
    panel: Panel
    score: Score
    regime: Regime
    sleeves: Sleeves
    in_force: Floats
    held_throughout: Mapping[str, Simulation]
    cash_return: Floats
    first: int

    def evaluated(self) -> Floats:
        """(n, K) share of equity in each sleeve before each evaluated return."""
        return self.in_force[self.first : -1]

    def excess(self) -> Floats:
        """(n, K) evaluated returns of the sleeves over bills."""
        rows = slice(self.first + 1, None)
        earned = np.column_stack([self.held_throughout[name].returns[rows] for name in self.sleeves.names])
        return np.asarray(earned - self.cash_return[rows, None])


def hold(config: Config, panel: Panel) -> Held:
    """What ``config`` holds on ``panel``."""
    made = decide(config, panel)
    market = asset_market(panel, made.sleeves.assets, config)
    return Held(
        config=config,
        panel=panel,
        score=made.score,
        regime=made.regime,
        sleeves=made.sleeves,
        in_force=in_force(config, panel, made.regime, made.exposure),
        held_throughout=simulate_sleeves(config, market, made.sleeves),
        cash_return=market.cash_return,
        first=made.regime.valid_from + 1,
    )


def in_force(config: Config, panel: Panel, regime: Regime, exposure: Floats) -> Floats:
    """(T, K) of the decided ``exposure`` what is aimed at by each close."""
    weekly = weekly_decisions(panel.clock.sessions, config.execution.rebalance_weekday)
    return exposure_in_force(exposure, weekly | entered(regime, exposure))
