"""The null of the whole search: the same search on histories in which the score says nothing about the prices."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np

from waterline.config.tuning import LESS_IS_BETTER, Metric, TuneConfig
from waterline.errors import SpanError, WaterlineError
from waterline.tuning.outcome import Fold, NullSearch
from waterline.tuning.problem import Problem
from waterline.tuning.searching import Search, ignored
from waterline.tuning.trials import Collected

LEAST_SHIFT = 63
"""Sessions by which a score is rotated at least: a shift of days would keep what it knows."""
NO_FOLD = 0


SHIFTS_AT_A_TIME = 4
"""Surrogates that are sent away together: the question travels with them."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What each surrogate search is about: everything but the shift.

    Attributes:
        problem: the study's question on one fold alone, with the scores that the search will ask for.
        tune: how it is searched.
    """

    problem: Problem
    tune: TuneConfig

    @classmethod
    def on(cls, problem: Problem, tune: TuneConfig, fold: Fold) -> Question:
        """The question of a study on the training sessions of one fold."""
        one = (replace(fold, number=NO_FOLD),)
        return cls(Problem(problem.config, problem.panel, problem.space, problem.metrics, one, dispersed=False), tune)

    def answers(self, rotations: Sequence[int]) -> list[float]:
        """First objective of the best of the search on each surrogate history; NaN where all trials fail."""
        return [self._answer(shift) for shift in rotations]

    def _answer(self, shift: int) -> float:
        problem = copy.copy(self.problem)
        problem.shift = shift
        search = Search(problem, self.tune, problem.config.seed, Collected())
        search.begin()
        search.add(NO_FOLD, search.task(NO_FOLD).refine(ignored))
        try:
            return float(search.choice(NO_FOLD).train[0])
        except WaterlineError:
            return float("nan")


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
    groups = [rotations[start : start + SHIFTS_AT_A_TIME] for start in range(0, len(rotations), SHIFTS_AT_A_TIME)]
    best: list[float] = []
    for found in pool.map(question.answers, groups):
        best += found
        advance(len(found))
    return ranked(np.array(best), observed, question.problem.metrics[0])


def ranked(best: np.ndarray, observed: float, metric: Metric) -> NullSearch:
    """(1 + number of surrogates at least as good) / (1 + R); surrogate searches without a result count as as good."""
    as_good = best <= observed if metric in LESS_IS_BETTER else best >= observed
    as_good |= np.isnan(best)
    return NullSearch(observed, best, float((1 + as_good.sum()) / (1 + len(best))))
