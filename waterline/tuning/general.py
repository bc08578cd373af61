"""The slow path: parameter sets of plugins without a compiled form, each through the whole of ``run``."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from waterline import experiment
from waterline.config import Config
from waterline.errors import WaterlineError
from waterline.outcome import Outcome
from waterline.panel import Panel
from waterline.sessions import Floats
from waterline.simulation.sweep import COLUMNS, Sums
from waterline.simulation.sweep.arrays import COSTS, TURNOVER
from waterline.tuning.folds import Rows


@dataclass(frozen=True, slots=True, eq=False)
class Swept:
    """What parameter sets did.

    Attributes:
        sums: their sums.
        problem: (P,) why a set could not be run; empty where it could.
        equity: (P, T) USD, where it came along.
    """

    sums: Sums
    problem: list[str]
    equity: Floats | None = None


def sweep_slowly(configs: Sequence[Config | str], panel: Panel, edges: Rows, executor: Executor) -> Swept:
    """The sums of configurations; a text in the place of one says why there is none."""
    sleeves = next((len(one.sleeves) for one in configs if isinstance(one, Config)), 1)
    nothing = np.full((len(edges) - 1, len(COLUMNS) + 3 * sleeves), np.nan)
    blocks, first, problem, equity = [], [], [], []
    for found in executor.map(partial(_ran, panel=panel, edges=edges), configs):
        blocks.append(nothing if isinstance(found, str) else found[0])
        first.append(len(panel.clock) if isinstance(found, str) else found[1])
        problem.append(found if isinstance(found, str) else "")
        equity.append(np.full(len(panel.clock), np.nan) if isinstance(found, str) else found[2])
    return Swept(Sums(np.stack(blocks), np.array(first)), problem, np.stack(equity))


def _ran(config: Config | str, panel: Panel, edges: Rows) -> tuple[Floats, int, Floats] | str:
    if isinstance(config, str):
        return config
    try:
        outcome = experiment.run(config, panel)
    except WaterlineError as error:
        return str(error)
    return sums_of(outcome, edges), outcome.regime.valid_from, outcome.strategy.equity


def sums_of(outcome: Outcome, edges: Rows) -> Floats:
    """(B, C) the sums of a run, see :class:`waterline.simulation.sweep.Sums`."""
    return np.stack([_block(outcome, *run) for run in pairwise(edges)])


def _block(outcome: Outcome, first: int, last: int) -> Floats:
    rows, portfolios = slice(first, last), outcome.portfolios
    cash = portfolios.cash_return[rows]
    excess = portfolios.strategy.returns[rows] - cash
    path = np.cumprod(np.concatenate([[1.0], 1.0 + portfolios.strategy.returns[rows]]))
    held = portfolios.in_force[first - 1 : last - 1]
    earned = np.column_stack([portfolios.sleeves[name].returns[rows] for name in outcome.sleeves.names]) - cash[:, None]
    head = np.zeros(len(COLUMNS))
    shortfalls = (np.minimum(excess, 0.0) ** 2).sum()
    fall = (path / np.maximum.accumulate(path)).min() - 1.0
    head[:7] = path[-1], excess.sum(), (excess**2).sum(), shortfalls, path.max(), path.min(), fall
    head[TURNOVER], head[COSTS] = portfolios.strategy.turnover[rows].sum(), portfolios.strategy.costs[rows].sum()
    return np.concatenate([head, held.sum(axis=0), (held * earned).sum(axis=0), earned.sum(axis=0)])
