"""The test folds traded one after another, each with what its own training chose, through the reference engine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from waterline import experiment
from waterline.config import Config
from waterline.contracts import SCARCE, Regime, Sleeves
from waterline.experiment import Decision
from waterline.panel import Panel
from waterline.portfolios import simulate_all
from waterline.sessions import Floats
from waterline.tuning.outcome import Fold, WalkForward

DECISION_TO_RETURN = 2
"""Sessions from a decision to the first return that it earns: it fills at the next close."""


def walk_forward(configs: Sequence[Config], folds: Sequence[Fold], panel: Panel) -> WalkForward:
    """Trade each fold's test sessions under its own configuration; costs and execution are those of the last.

    The portfolio goes on from fold to fold, so that moving from one choice to the next costs what it costs.
    """
    made = stitched([experiment.decide(config, panel) for config in configs], folds)
    config, first = configs[-1], folds[0].test[0] - 1
    portfolios = simulate_all(config, panel, made.sleeves, made.exposure, made.regime, first)
    windows = experiment.measured(config, panel, made.regime, made.sleeves, portfolios, first)
    return WalkForward(
        sessions=panel.clock.sessions[first:],
        equity=_from_one(portfolios.strategy.equity, first),
        mix_equity=_from_one(portfolios.static_mix.equity, first),
        benchmark_equity=_from_one(portfolios.benchmark.equity, first),
        scarce=made.regime.states[first:] == SCARCE,
        metrics=windows["all"],
    )


def stitched(decisions: Sequence[Decision], folds: Sequence[Fold]) -> Decision:
    """One decision that is each fold's own over the sessions whose decisions its test returns come from."""
    borders = [fold.test[0] - DECISION_TO_RETURN for fold in folds[1:]]
    source = np.searchsorted(np.array(borders), np.arange(len(decisions[0].regime.states)), side="right")
    states = _chosen([one.regime.states for one in decisions], source)
    held = _chosen([one.regime.held for one in decisions], source)
    valid_from = min(decisions[0].regime.valid_from, folds[0].test[0] - DECISION_TO_RETURN)
    first = decisions[0].sleeves
    inside = {name: _chosen([one.sleeves.inside[name] for one in decisions], source) for name in first.names}
    return Decision(
        score=decisions[-1].score,
        regime=Regime(states, valid_from, held),
        sleeves=Sleeves(first.names, first.assets, inside),
        exposure=_chosen([one.exposure for one in decisions], source),
    )


def _chosen(arrays: Sequence[np.ndarray], source: np.ndarray) -> np.ndarray:
    return np.asarray(np.stack(arrays)[source, np.arange(len(source))])


def _from_one(equity: Floats, first: int) -> Floats:
    return np.asarray(equity[first:] / equity[first])
