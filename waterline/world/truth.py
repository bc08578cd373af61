"""What nobody in a world can see, put on the sessions of its run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from waterline.contracts import States
from waterline.panel import Panel
from waterline.sessions import Dates, Floats
from waterline.world.assets import Returns
from waterline.world.grid import Grid
from waterline.world.latent import Path
from waterline.world.publication import Shutdown


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """The truth on the T sessions of a run.

    Attributes:
        skill: whether timing by the true state earns anything.
        sessions: (T,) New York session dates.
        states: (T,) 0 slack, 1 stimulus, 2 scarce.
        demand: (T,) demand for capital, 0 to 1.
        water: (T,) spare liquidity as a share of bank assets; negative where reserves are short.
        assets: (N,) tickers.
        drift: (T, N) expected simple return over bills from the mark of the session before to that of the session; 0
            where the asset has no two bars yet.
        restated: "COMPANY/capex" -> (n,) USD of each quarter after the restatements that a reader never sees.
        shutdown: days on which the statistical agencies published nothing.
        evaluated: row of the first session after the warm-up.
    """

    skill: bool
    sessions: Dates
    states: States
    demand: Floats
    water: Floats
    assets: tuple[str, ...]
    drift: Floats
    restated: Mapping[str, Floats]
    shutdown: Shutdown
    evaluated: int


def truth_of(
    skill: bool,
    grid: Grid,
    path: Path,
    returns: Returns,
    panel: Panel,
    restated: Mapping[str, Floats],
    shutdown: Shutdown,
) -> Truth:
    """The truth behind ``panel``; ``path`` and ``returns`` are the true ones."""
    run = path.at(slice(grid.first, None))
    return Truth(
        skill=skill,
        sessions=panel.clock.sessions,
        states=run.states,
        demand=run.demand,
        water=run.water,
        assets=returns.tickers,
        drift=np.column_stack([_marked(grid, panel, returns, column) for column in range(len(returns.tickers))]),
        restated=restated,
        shutdown=shutdown,
        evaluated=grid.evaluated - grid.first,
    )


def _marked(grid: Grid, panel: Panel, returns: Returns, column: int) -> Floats:
    """(T,) drift of all bars that became final between two closes: a weekend of crypto belongs to the next session."""
    bars = panel.bars[returns.tickers[column]]
    gained = np.cumsum(returns.drift[np.searchsorted(grid.days, bars.date), column])
    index = bars.index_at(panel.clock.closes)
    level = np.where(index >= 0, gained[np.maximum(index, 0)], np.nan)
    return np.nan_to_num(np.diff(level, prepend=np.nan))
