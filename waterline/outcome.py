"""What a run hands over: one frozen object that evidence and reports read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from waterline.config import Config
from waterline.contracts import Regime, Score, Sleeves
from waterline.evidence import Episode
from waterline.metrics import WindowMetrics
from waterline.panel import Notice, Panel
from waterline.portfolios import Portfolios
from waterline.sessions import Dates, Floats
from waterline.simulation import Simulation


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where one input stands on the last session.

    Attributes:
        name: series id or ticker.
        title: what it is, for people.
        last_period: newest period known on the last session; None where nothing was known.
        available_at: UTC instant from which that value could be known.
        age_days: calendar days from then to the last cutoff.
        max_age_days: age beyond which it counts as missing.
        point_in_time: False where only the latest revision is at hand.
    """

    name: str
    title: str
    last_period: np.datetime64 | None
    available_at: np.datetime64 | None
    age_days: float
    max_age_days: int
    point_in_time: bool

    @property
    def is_stale(self) -> bool:
        """Whether the value is too old to be used on the last session."""
        return not self.age_days <= self.max_age_days


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Everything a run produced. All arrays share the T sessions of ``panel.clock``.

    Attributes:
        config: the resolved configuration.
        digest: its digest.
        panel: the data of the run.
        score: the signal's answer.
        regime: states and where they were held for want of a score.
        sleeves: groups and their inside weights.
        exposure: (T, K) decided sleeve exposures.
        portfolios: the strategy and what it is held against.
        first: first evaluated row: the session at whose close the first decision with a score is held.
        windows: metrics by window name ("all", "pre_idea", "post_idea").
        episodes: spells of each state within the evaluation.
        provenance: state of every input on the last session.
    """

    config: Config
    digest: str
    panel: Panel
    score: Score
    regime: Regime
    sleeves: Sleeves
    exposure: Floats
    portfolios: Portfolios
    first: int
    windows: Mapping[str, WindowMetrics]
    episodes: tuple[Episode, ...]
    provenance: tuple[Provenance, ...]

    @property
    def sessions(self) -> Dates:
        """(T,) session dates."""
        return self.panel.clock.sessions

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the reader must know about the data and the signal."""
        return (*self.panel.notices, *self.score.notices)

    @property
    def strategy(self) -> Simulation:
        """What the strategy did."""
        return self.portfolios.strategy

    @property
    def static_mix(self) -> Simulation:
        """What the mix of the same average exposure did."""
        return self.portfolios.static_mix

    @property
    def benchmark(self) -> Simulation:
        """What the index did."""
        return self.portfolios.benchmark

    @property
    def cash_return(self) -> Floats:
        """(T,) simple return of bills."""
        return self.portfolios.cash_return
