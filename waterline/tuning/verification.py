"""The kernel against the reference engine: the winner and some random trials are traded again."""

from __future__ import annotations

import numpy as np

from waterline import experiment
from waterline.portfolios import asset_market, delayed, simulate_strategy
from waterline.sessions import Floats
from waterline.simulation import SimulationError
from waterline.tuning.outcome import Trials, Verified
from waterline.tuning.problem import Problem

TRIALS = 10
TOLERANCE = 1e-9
"""Largest relative difference of equity on any session."""


def verify(problem: Problem, trials: Trials, winner: int, seed: int) -> Verified:
    """Trade the winner and ten random trials that did not fail through the reference engine.

    Raises:
        SimulationError: the equity differs by more than ``TOLERANCE``. A bug, never the user's doing.
    """
    if not problem.compiled:
        return Verified((), 0.0)
    sound = np.array([row for row, text in enumerate(trials.problem) if not text and row != winner], dtype=np.int64)
    drawn = np.random.default_rng(seed).choice(sound, min(TRIALS, len(sound)), replace=False)
    rows = (winner, *sorted(drawn.tolist()))
    swept = problem.paths({name: values[list(rows)] for name, values in trials.params.items()})
    largest = 0.0
    for row, path in zip(rows, swept, strict=True):
        gap = float(np.max(np.abs(path / reference(problem, trials, row) - 1.0)))
        largest = max(largest, gap)
        if not gap <= TOLERANCE:
            raise SimulationError(
                f"The kernel and the reference engine differ by {gap:.3g} on trial {row} with {trials.at(row)}."
            )
    return Verified(rows, largest)


def reference(problem: Problem, trials: Trials, row: int) -> Floats:
    """(T,) equity of one trial through the reference engine."""
    config = problem.space.config(problem.config, trials.at(row))
    made = experiment.decide(config, problem.panel)
    market = asset_market(problem.panel, made.sleeves.assets, config)
    exposure, regime = delayed(made.exposure, made.regime, config.execution.delay_sessions)
    return simulate_strategy(config, market, made.sleeves, exposure, regime).equity
