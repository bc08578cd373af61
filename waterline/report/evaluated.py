"""The evaluated rows of an outcome, rebased so that every portfolio starts at 1. What the page's parts share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from waterline.catalog import ASSETS
from waterline.contracts import SCARCE
from waterline.metrics import wealth
from waterline.metrics.rolling import RollingSharpe, rolling_sharpe
from waterline.outcome import Outcome
from waterline.sessions import Dates, Flags, Floats
from waterline.simulation import Simulation
from waterline.today import pillar_parts

STRATEGY, MIX, INDEX = "strategy", "mix", "index"
BILLS = "bills"
LONGEST_SHORT_LABEL = 12


class Curves(Protocol):
    """Strategy, mix and index over n sessions, each starting at 1: what the chart of growth is drawn from."""

    @property
    def sessions(self) -> Dates:
        """(n,) dates."""

    @property
    def equity(self) -> dict[str, Floats]:
        """Portfolio -> (n,) growth of 1."""

    @property
    def drawdown(self) -> dict[str, Floats]:
        """Portfolio -> (n,) distance from the highest equity so far, in [-1, 0]."""

    @property
    def scarce(self) -> Flags:
        """(n,) whether the state is scarce."""

    @property
    def labels(self) -> dict[str, str]:
        """Portfolio -> how the page calls it."""

    @property
    def short_labels(self) -> dict[str, str]:
        """Portfolio -> its name where room is scarce."""


def full_labels(benchmark: str) -> dict[str, str]:
    """Portfolio -> how the page calls it."""
    return {STRATEGY: "Strategy", MIX: "Same-exposure mix", INDEX: ASSETS[benchmark].title.split(" (")[0]}


def brief_labels(benchmark: str) -> dict[str, str]:
    """Portfolio -> its name where room is scarce; the ticker of an index whose name is long."""
    name = full_labels(benchmark)[INDEX].removesuffix(" index").removesuffix(" price")
    index = name if len(name) <= LONGEST_SHORT_LABEL else benchmark
    return {STRATEGY: "Strategy", MIX: "Mix", INDEX: index}


def falls(equity: Floats) -> Floats:
    """(n,) distance of equity from its highest value so far, in [-1, 0]."""
    return np.asarray(equity / np.maximum.accumulate(equity) - 1.0)


@dataclass(frozen=True, eq=False)
class Evaluated:
    """Rows ``outcome.first`` to the end; n of them, 0 where the score was never there."""

    outcome: Outcome

    @cached_property
    def rows(self) -> slice:
        """Which of the T sessions count."""
        return slice(self.outcome.first, len(self.outcome.sessions))

    @cached_property
    def sessions(self) -> Dates:
        """(n,) dates."""
        return self.outcome.sessions[self.rows]

    @cached_property
    def thresholds(self) -> tuple[float, float] | None:
        """Scores that lead to ample and to scarce; None where the regime rule has no such thresholds."""
        rule = self.outcome.config.regime
        down, up = getattr(rule, "down", None), getattr(rule, "up", None)
        return None if down is None or up is None else (float(down), float(up))

    @cached_property
    def labels(self) -> dict[str, str]:
        """Portfolio -> how the page calls it."""
        return full_labels(self.outcome.config.benchmark)

    @cached_property
    def short_labels(self) -> dict[str, str]:
        """Portfolio -> its name where room is scarce."""
        return brief_labels(self.outcome.config.benchmark)

    @cached_property
    def simulations(self) -> dict[str, Simulation]:
        """Portfolio -> its simulation over all T sessions."""
        return {STRATEGY: self.outcome.strategy, MIX: self.outcome.static_mix, INDEX: self.outcome.benchmark}

    @cached_property
    def equity(self) -> dict[str, Floats]:
        """Portfolio -> (n,) growth of 1 from the close of the first evaluated session."""
        return {
            name: wealth(run.returns[self.rows][1:])[: len(self.sessions)] for name, run in self.simulations.items()
        }

    @cached_property
    def drawdown(self) -> dict[str, Floats]:
        """Portfolio -> (n,) distance from the highest equity so far, in [-1, 0]."""
        return {name: falls(equity) for name, equity in self.equity.items()}

    @cached_property
    def rolling_sharpe(self) -> dict[str, RollingSharpe]:
        """Strategy and mix -> Sharpe ratio over bills of the 252 returns up to each of the n sessions."""
        cash = self.outcome.cash_return[self.rows].copy()
        cash[:1] = np.nan  # the first session is where the first return is measured from
        return {name: rolling_sharpe(self.simulations[name].returns[self.rows] - cash) for name in (STRATEGY, MIX)}

    @cached_property
    def has_rolled(self) -> bool:
        """Whether there is at least one window of 252 sessions with a Sharpe ratio."""
        return any(bool(np.isfinite(sharpe.ratio).any()) for sharpe in self.rolling_sharpe.values())

    @cached_property
    def scarce(self) -> Flags:
        """(n,) whether the state is scarce."""
        return np.asarray(self.outcome.regime.states[self.rows] == SCARCE)

    @cached_property
    def held(self) -> Flags:
        """(n,) whether the score was missing and the state carried over."""
        return self.outcome.regime.held[self.rows]

    @cached_property
    def total(self) -> Floats:
        """(n,) score."""
        return self.outcome.score.total[self.rows]

    @cached_property
    def parts(self) -> dict[str, Floats]:
        """Pillar -> (n,) what it adds to the score: its value over the number of pillars present, NaN where missing."""
        return pillar_parts({name: part[self.rows] for name, part in self.outcome.score.pillars.items()})

    @cached_property
    def adds_up(self) -> bool:
        """Whether the parts add up to the score wherever there is one; a signal may make its score in another way."""
        known = np.isfinite(self.total)
        added = np.nansum(list(self.parts.values()), axis=0)[known] if self.parts else np.zeros(int(known.sum()))
        return bool(np.allclose(added, self.total[known], atol=1e-9))

    @cached_property
    def weights(self) -> dict[str, Floats]:
        """Asset -> (n,) share of equity held at the close, sleeve by sleeve; never-held ones left out, bills last."""
        weights, assets = np.nan_to_num(self.outcome.strategy.weights[self.rows]), self.outcome.sleeves.assets
        held = {assets[column]: weights[:, column] for column in self._columns if np.any(weights[:, column] > 0)}
        return held | {BILLS: self.outcome.strategy.cash_weight[self.rows]}

    @cached_property
    def sleeve_of(self) -> dict[str, str]:
        """Asset -> the sleeve that weighs it most."""
        sleeves = self.outcome.sleeves
        means = np.array([np.nan_to_num(sleeves.inside[name]).mean(axis=0) for name in sleeves.names])
        return {ticker: sleeves.names[int(means[:, column].argmax())] for column, ticker in enumerate(sleeves.assets)}

    @cached_property
    def sleeve_weights(self) -> dict[str, Floats]:
        """Sleeve -> (n,) share of equity held in its assets."""
        sums = {name: np.zeros(len(self.sessions)) for name in self.outcome.sleeves.names}
        for ticker, weight in self.weights.items():
            if ticker in self.sleeve_of:
                sums[self.sleeve_of[ticker]] = sums[self.sleeve_of[ticker]] + weight
        return sums

    @property
    def _columns(self) -> list[int]:
        order = self.outcome.sleeves.names
        tickers = self.outcome.sleeves.assets
        return sorted(range(len(tickers)), key=lambda column: order.index(self.sleeve_of[tickers[column]]))
