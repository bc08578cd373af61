"""What is compared: decisions and holdings, bit for bit, up to a session."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from waterline.audit.finding import Stage
from waterline.config import Config
from waterline.contracts import Regime, Score, Sleeves
from waterline.experiment import Decision, decide
from waterline.panel import Panel
from waterline.portfolios import asset_market, delayed, simulate_strategy
from waterline.simulation import Market, Simulation

TRADED_ON = 21
Compared = tuple[tuple[Stage, np.ndarray], ...]


class Moved(NamedTuple):
    """The first stage that moved, the first row of it that did, and by how much it moved at most.

    The size is infinite where something appeared or disappeared.
    """

    stage: Stage
    row: int
    size: float


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """A run as it is, beside which runs on less or other data are laid.

    Attributes:
        config: the experiment.
        panel: its whole data.
        made: what is decided on them.
        market: what can be traded.
        done: what became of it.
    """

    config: Config
    panel: Panel
    made: Decision
    market: Market
    done: Simulation

    @classmethod
    def of(cls, config: Config, panel: Panel) -> Bench:
        """The run of ``config`` on ``panel``."""
        made = decide(config, panel)
        market = asset_market(panel, made.sleeves.assets, config)
        return cls(config, panel, made, market, simulated(config, market, made))

    def settled(self, row: int) -> int:
        """Rows of holdings that the panel as of the cutoff of ``row`` settles: its own close only if it lies before."""
        clock = self.panel.clock
        return row + 1 if clock.cutoffs[row] >= clock.closes[row] else row

    def moved_by(self, panel: Panel, row: int, *, trade: bool = True) -> Moved | None:
        """What of the decisions up to ``row``, and of the holdings settled by then, is another on ``panel``.

        Trading goes on for ``TRADED_ON`` sessions only: after years of invented prices equity is nothing but rounding.

        Args:
            panel: data that agree with the bench's up to the cutoff of ``row``.
            row: a session.
            trade: whether holdings are compared too.
        """
        made = decide(self.config, panel)
        moved = first_moved(decisions(made), decisions(self.made), row + 1)
        if moved is not None or not trade:
            return moved
        rows = min(row + 1 + TRADED_ON, len(panel.clock))
        market = asset_market(panel.as_of(panel.clock.cutoffs[rows - 1]), made.sleeves.assets, self.config)
        done = simulated(self.config, market, until(made, rows))
        return first_moved(holdings(done), holdings(self.done), self.settled(row))

    def moved_by_reversal(self, row: int) -> Moved | None:
        """What of the holdings up to the close of ``row`` is another once its decision is the contrary."""
        contrary = simulated(self.config, self.market, reversed_at(self.made, row))
        return first_moved(holdings(contrary), holdings(self.done), row + 1)


def simulated(config: Config, market: Market, made: Decision) -> Simulation:
    """The strategy's portfolio, with the delay that the configuration asks for."""
    exposure, regime = delayed(made.exposure, made.regime, config.execution.delay_sessions)
    return simulate_strategy(config, market, made.sleeves, exposure, regime)


def until(made: Decision, rows: int) -> Decision:
    """The first ``rows`` decisions."""
    regime, sleeves = made.regime, made.sleeves
    inside = {name: weights[:rows] for name, weights in sleeves.inside.items()}
    return Decision(
        score=Score(total=made.score.total[:rows]),
        regime=Regime(regime.states[:rows], min(regime.valid_from, rows), regime.held[:rows]),
        sleeves=Sleeves(sleeves.names, sleeves.assets, inside),
        exposure=made.exposure[:rows],
    )


def reversed_at(made: Decision, row: int) -> Decision:
    """The same decisions but for session ``row``, which enters the other state and exchanges the sleeves.

    Where exchanging changes nothing, what was held is sold, and where nothing was held the first sleeve is bought.
    """
    exposure, states = made.exposure.copy(), made.regime.states.copy()
    contrary = exposure[row][::-1].copy()
    if np.array_equal(contrary, exposure[row]):
        contrary = np.zeros_like(contrary)
        contrary[0] = 0.0 if exposure[row].any() else 1.0
    exposure[row], states[row] = contrary, 1 - states[row]
    return replace(made, exposure=exposure, regime=replace(made.regime, states=states))


def decisions(made: Decision) -> Compared:
    """What is decided at each session, in the order of the stages."""
    return (
        ("signal", made.score.total),
        ("regime", made.regime.states),
        ("strategy", made.sleeves.targets(made.exposure)),
    )


def holdings(done: Simulation) -> Compared:
    """What is held at each close."""
    return (("simulation", done.weights), ("simulation", done.equity))


def first_moved(part_of: Compared, whole: Compared, rows: int) -> Moved | None:
    """The first difference within the first ``rows`` rows."""
    for (stage, part), (_, full) in zip(part_of, whole, strict=True):
        moved = differs(part[:rows], full[:rows])
        if moved.any():
            return Moved(stage, int(np.argmax(moved)), _size(part[:rows], full[:rows]))
    return None


def _size(part: np.ndarray, full: np.ndarray) -> float:
    distance = np.abs(part.astype(np.float64) - full)
    return float(
        np.where(np.isnan(distance) & (np.isnan(part) != np.isnan(full)), np.inf, np.nan_to_num(distance)).max()
    )


def differs(part: np.ndarray, full: np.ndarray) -> np.ndarray:
    """(t,) rows in which the two are not the same to the last bit; NaN equals NaN."""
    same = (part == full) | (np.isnan(part) & np.isnan(full))
    return np.asarray(~same.reshape(len(part), -1).all(axis=1))
