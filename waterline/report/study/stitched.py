"""The test folds one after another, as the page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from waterline.report.evaluated import INDEX, MIX, STRATEGY, brief_labels, falls, full_labels
from waterline.report.key_numbers import Comparison, compared
from waterline.sessions import Dates, Flags, Floats
from waterline.tuning.outcome import Fold, Tuned, WalkForward


@dataclass(frozen=True, slots=True)
class Tested:
    """What the portfolios did in one test fold: portfolio -> simple return, and the share of its sessions scarce."""

    fold: Fold
    returns: dict[str, float]
    scarce: float

    @property
    def lead(self) -> float:
        """Return of the strategy minus that of the mix."""
        return self.returns[STRATEGY] - self.returns[MIX]


@dataclass(frozen=True, eq=False)
class Stitched:
    """Strategy, mix and index over the test folds; n sessions, the first being the one before the first test return."""

    tuned: Tuned

    @property
    def walk(self) -> WalkForward:
        """What was traded."""
        return self.tuned.walk_forward

    @property
    def sessions(self) -> Dates:
        """(n,) dates."""
        return self.walk.sessions

    @cached_property
    def labels(self) -> dict[str, str]:
        """Portfolio -> how the page calls it."""
        return full_labels(self.tuned.config.benchmark)

    @cached_property
    def short_labels(self) -> dict[str, str]:
        """Portfolio -> its name where room is scarce."""
        return brief_labels(self.tuned.config.benchmark)

    @cached_property
    def equity(self) -> dict[str, Floats]:
        """Portfolio -> (n,) growth of 1."""
        walk = self.walk
        curves = {STRATEGY: walk.equity, MIX: walk.mix_equity, INDEX: walk.benchmark_equity}
        return {name: curve / curve[0] for name, curve in curves.items()}

    @cached_property
    def drawdown(self) -> dict[str, Floats]:
        """Portfolio -> (n,) distance from the highest equity so far, in [-1, 0]."""
        return {name: falls(equity) for name, equity in self.equity.items()}

    @property
    def scarce(self) -> Flags:
        """(n,) whether the state is scarce."""
        return self.walk.scarce

    @cached_property
    def comparison(self) -> Comparison:
        """Figures of the whole span."""
        return compared(self.walk.metrics, self.tuned.config.benchmark)

    @cached_property
    def tested(self) -> tuple[Tested, ...]:
        """Each test fold."""
        return tuple(self._tested(fold) for fold in self.tuned.folds)

    @cached_property
    def fresh(self) -> int:
        """Number of sessions that the idea cannot have seen."""
        return int((self.sessions[1:] >= np.datetime64(self.tuned.config.idea_date)).sum())

    def _tested(self, fold: Fold) -> Tested:
        start, last = (int(row) for row in np.searchsorted(self.sessions, np.array(fold.dates[2:])))
        start, last = max(start - 1, 0), min(last, len(self.sessions) - 1)
        returns = {name: float(equity[last] / equity[start] - 1.0) for name, equity in self.equity.items()}
        scarce = self.scarce[start + 1 : last + 1]
        return Tested(fold, returns, float(scarce.mean()) if len(scarce) else float("nan"))
