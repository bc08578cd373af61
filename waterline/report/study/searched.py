"""What the trials of a study tell beside their best: ranks, progress, failures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from waterline.config.tuning import Metric, Parameter
from waterline.report.study.measures import MEASURES, Measure, sense
from waterline.sessions import Flags, Floats
from waterline.tuning.outcome import Choice, Tuned

MOST_RANKED = 20_000
"""Sets up to which ranks are taken over all; a fixed sample of so many beyond."""
FEWEST_RANKED = 3
SHARED = -1
"""Fold of the sets that no fold's search proposed."""
FIGURE = re.compile(r"[-+−]?\d+(?:[.,]\d+)*(?:[eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class Transfer:
    """How far training foretold the test of one fold.

    Attributes:
        correlation: rank correlation of training and test value over the sets; NaN where there are too few.
        place: share of the sets that did worse than the chosen one in the test, ties counted half.
    """

    correlation: float
    place: float


@dataclass(frozen=True, slots=True)
class Failure:
    """Trials that failed for the same reason: an example of it, how many, and the first of them."""

    reason: str
    count: int
    first: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """Best value so far: the number of sets after which it rose, and the value; the last point is the end."""

    after: tuple[int, ...]
    best: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Searched:
    """The first objective of a study over its trials; better is always more here, whatever the metric."""

    tuned: Tuned

    @property
    def metric(self) -> Metric:
        """The first objective."""
        return self.tuned.objective[0]

    @property
    def measure(self) -> Measure:
        """How it is written."""
        return MEASURES[self.metric]

    @property
    def space(self) -> Mapping[str, Parameter]:
        """The searched parameters as the configuration has them."""
        return {} if self.tuned.config.tune is None else self.tuned.config.tune.space

    @property
    def last(self) -> Choice:
        """The choice of the last fold, which ``best.yaml`` holds."""
        return self.tuned.choices[-1]

    @cached_property
    def swept(self) -> Flags:
        """(P,) whether a set belongs to the sweep."""
        return np.asarray(self.tuned.trials.fold == SHARED)

    @cached_property
    def failed(self) -> Flags:
        """(P,) whether a set failed."""
        return np.array([bool(problem) for problem in self.tuned.trials.problem], dtype=np.bool_)

    @cached_property
    def cover(self) -> np.ndarray:
        """Rows over which training and test are compared: the sweep, which looked at no fold; all sets without one."""
        rows = np.flatnonzero(~self.failed & (self.swept if self.swept.any() else True))
        if len(rows) <= MOST_RANKED:
            return rows
        return np.sort(np.random.default_rng(0).choice(rows, MOST_RANKED, replace=False))

    @cached_property
    def transfers(self) -> tuple[Transfer, ...]:
        """One a fold."""
        return tuple(self._transfer(place) for place in range(len(self.tuned.folds)))

    @cached_property
    def failures(self) -> tuple[Failure, ...]:
        """Failed trials by reason, figures in it aside, the most frequent first."""
        groups: dict[str, list[int]] = {}
        for row in np.flatnonzero(self.failed).tolist():
            groups.setdefault(FIGURE.sub("#", self.tuned.trials.problem[row]), []).append(row)
        found = [Failure(self.tuned.trials.problem[rows[0]], len(rows), tuple(rows[:3])) for rows in groups.values()]
        return tuple(sorted(found, key=lambda failure: -failure.count))

    def train(self, fold: int) -> Floats:
        """(P,) first objective on the training sessions of a fold, as figures."""
        return self.measure.scaled(self.tuned.trials.train[:, fold, 0])

    def test(self, fold: int) -> Floats:
        """(P,) the same on its test sessions."""
        return self.measure.scaled(self.tuned.trials.test[:, fold, 0])

    def sweep_progress(self, fold: int) -> Progress:
        """Best value on a fold's training sessions as the sweep went on."""
        return progress(self.train(fold)[self.swept], sense(self.metric))

    def search_progress(self, fold: int) -> Progress:
        """The same as the fold's own search went on; what the sweep had reached counts as 0 sets."""
        before = progress(self.train(fold)[self.swept], sense(self.metric))
        own = self.train(fold)[self.tuned.trials.fold == self.tuned.folds[fold].number]
        start = before.best[-1] if before.best else np.nan
        return progress(np.concatenate([[start], own]), sense(self.metric), counted_from=0)

    def _transfer(self, fold: int) -> Transfer:
        train, test = self.train(fold)[self.cover], self.test(fold)[self.cover]
        both = np.isfinite(train) & np.isfinite(test)
        chosen = float(self.measure.factor * self.tuned.choices[fold].test[0])
        return Transfer(rank_correlation(train[both], test[both]), _place(test[both], chosen, sense(self.metric)))


def progress(values: Floats, better: float, counted_from: int = 1) -> Progress:
    """Where the best of ``values`` so far rises; missing values are passed over."""
    if not np.isfinite(values).any():
        return Progress((), ())
    best = np.fmax.accumulate(better * values)
    first, last = int(np.argmax(np.isfinite(best))), len(best) - 1
    rows = np.unique(np.concatenate([[first], np.flatnonzero(best[1:] > best[:-1]) + 1, [last]]))
    return Progress(tuple((rows + counted_from).tolist()), tuple((better * best[rows]).tolist()))


def rank_correlation(one: Floats, other: Floats) -> float:
    """Spearman's, ties sharing their mean rank; NaN for fewer than three values or where one side does not vary."""
    if len(one) < FEWEST_RANKED or np.ptp(one) == 0.0 or np.ptp(other) == 0.0:
        return float("nan")
    return float(np.corrcoef(ranks(one), ranks(other))[0, 1])


def ranks(values: Floats) -> Floats:
    """(n,) ranks from 1, ties sharing their mean."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - 0.5 * (counts - 1))[place])


def _place(values: Floats, chosen: float, better: float) -> float:
    if len(values) < FEWEST_RANKED or not np.isfinite(chosen):
        return float("nan")
    apart = better * (chosen - values)
    return float(((apart > 0) + 0.5 * (apart == 0)).mean())
