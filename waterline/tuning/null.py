"""The null of the whole search: the same search on histories in which the score says nothing about the prices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np

from waterline.config import Config
from waterline.config.tuning import LESS_IS_BETTER, Metric
from waterline.errors import ConfigError, SpanError, WaterlineError
from waterline.panel import Panel
from waterline.tuning.outcome import Fold, NullSearch
from waterline.tuning.problem import Problem
from waterline.tuning.searching import Search
from waterline.tuning.space import Space
from waterline.tuning.trials import Collected

LEAST_SHIFT = 63
"""Sessions by which a score is rotated at least: a shift of days would keep what it knows."""
NO_FOLD = 0


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What each surrogate search is about: everything but the shift."""

    config: Config
    panel: Panel
    space: Space
    metrics: tuple[Metric, ...]
    fold: Fold

    def answer(self, shift: int) -> float:
        """First objective of the best of the search on the training sessions of the fold; NaN where all trials fail."""
        tune = self.config.tune
        if tune is None:
            raise ConfigError("tune", "the configuration has no such section.", "Add tune: with a space.")
        fold = replace(self.fold, number=NO_FOLD)
        problem = Problem(self.config, self.panel, self.space, self.metrics, (fold,), shift=shift, dispersed=False)
        search = Search(problem, tune, self.config.seed, Collected())
        search.begin()
        search.refine(NO_FOLD, (), _ignored, _ignored)
        try:
            return float(search.choice(NO_FOLD).train[0])
        except WaterlineError:
            return float("nan")


def _ignored(*_: object) -> None:
    """A surrogate search is kept nowhere and watched by nobody."""


def shifts(runs: int, length: int, seed: int) -> list[int]:
    """Rotations of a history of ``length`` sessions, all different while there are enough.

    Raises:
        SpanError: the history is too short to be rotated.
    """
    possible = np.arange(LEAST_SHIFT, length - LEAST_SHIFT + 1)
    if len(possible) == 0:
        raise SpanError(f"{length} sessions are too few to rotate by {LEAST_SHIFT} or more.", "Leave out --null.")
    drawn = np.random.default_rng([seed, 2]).choice(possible, runs, replace=runs > len(possible))
    return [int(shift) for shift in drawn]


def null_search(
    question: Question, rotations: Sequence[int], observed: float, pool: Executor, advance: Callable[[int], None]
) -> NullSearch:
    """Repeat the search once a rotation and rank the observed best among the surrogate ones."""
    best = []
    for found in pool.map(question.answer, rotations):
        best.append(found)
        advance(1)
    return ranked(np.array(best), observed, question.metrics[0])


def ranked(best: np.ndarray, observed: float, metric: Metric) -> NullSearch:
    """(1 + number of surrogates at least as good) / (1 + R); surrogate searches without a result count as as good."""
    as_good = best <= observed if metric in LESS_IS_BETTER else best >= observed
    as_good |= np.isnan(best)
    return NullSearch(observed, best, float((1 + as_good.sum()) / (1 + len(best))))
