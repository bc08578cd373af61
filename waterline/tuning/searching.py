"""The search itself: a wide sweep that all folds share, then a refinement for each fold."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from waterline.config.tuning import LESS_IS_BETTER, TuneConfig
from waterline.errors import SpanError
from waterline.sessions import Floats
from waterline.tuning.optimiser import Batch, Known, Values, refine
from waterline.tuning.outcome import Choice, Params
from waterline.tuning.problem import Problem, Scores, quietly
from waterline.tuning.ranking import best_of
from waterline.tuning.space import Columns, Space, columns_of
from waterline.tuning.trials import IN_SWEEP, Collected, as_params, best_first

Advance = Callable[[int], None]
Keep = Callable[[Batch, Scores], None]


def points(space: Space, count: int, seed: int) -> Columns:
    """Scrambled Sobol points of the space: evenly spread for any number of them.

    Source: Sobol (1967), scrambled after Owen (1998).
    """
    from scipy.stats import qmc

    power = max(int(np.ceil(np.log2(count))), 0)
    sequence = qmc.Sobol(len(space.parameters), scramble=True, rng=np.random.default_rng([seed, 1]))
    return space.spread(sequence.random_base2(power)[:count])


def wide(problem: Problem, tune: TuneConfig) -> bool:
    """Whether a wide sweep is worth while: the kernel can trade all sets and few scores serve them all."""
    signal = problem.config.built_signal
    early = [
        path
        for name, one in problem.space.parameters.items()
        if one.choice is None
        for path in (name, *one.also)
        if path.startswith("sleeves.")
        or (path.startswith("signal.params.") and path.split(".")[2] not in signal.late())
    ]
    return tune.sampler == "two_stage" and problem.compiled and not early


@dataclass(frozen=True, slots=True, eq=False)
class Refinement:
    """The refinement of one fold: its batches with their scores, those told before first, and where the time went."""

    batches: tuple[tuple[Batch, Scores], ...]
    evaluate_seconds: float
    optuna_seconds: float
    proposed: int


@dataclass(frozen=True, slots=True, eq=False)
class FoldTask:
    """All that the refinement of one fold depends on; it can be done anywhere.

    Attributes:
        problem: what is asked.
        tune: how it is searched.
        seed: of everything random.
        fold: number of the fold.
        known: best sets of the sweep by this fold's training.
        told: batches of an interrupted search, with their scores where they were kept.
    """

    problem: Problem
    tune: TuneConfig
    seed: int
    fold: int
    known: tuple[Known, ...]
    told: tuple[tuple[Batch, Scores | None], ...]

    def refine(self, keep: Keep) -> Refinement:
        """Search the fold to its end; ``keep`` gets each new batch before the next is proposed."""
        begun, last = [0.0], list[Scores]()
        done = [(batch, scores or self._evaluated(columns_of(batch.params), begun)) for batch, scores in self.told]

        def evaluate(params: Sequence[Params]) -> tuple[list[Values | None], list[str]]:
            scores = self._evaluated(columns_of(params), begun)
            last[:] = [scores]
            values = scores.train[:, self.fold].tolist()
            pairs = zip(values, scores.problem, strict=True)
            return [None if text else tuple(row) for row, text in pairs], list(scores.problem)

        def on_batch(batch: Batch) -> None:
            keep(batch, last[0])
            done.append((batch, last[0]))

        told = [batch for batch, _ in self.told]
        refined = refine(self.tune, self.fold, self.known, self.seed, evaluate, told, on_batch)
        return Refinement(tuple(done), begun[0], refined.optuna_seconds, refined.proposed)

    def _evaluated(self, columns: Columns, seconds: list[float]) -> Scores:
        begun = time.perf_counter()
        scores = self.problem.evaluate(columns)
        seconds[0] += time.perf_counter() - begun
        return scores


def alone(task: FoldTask) -> Refinement:
    """The refinement of one fold on another machine, which keeps nothing."""
    return task.refine(ignored)


def ignored(*_: object) -> None:
    """What is not to be kept, or watched by nobody."""


@dataclass(slots=True, eq=False)
class Search:
    """A search in progress.

    Attributes:
        problem: what is asked.
        tune: how it is searched.
        seed: of everything random.
        collected: all sets evaluated so far.
        evaluate_seconds: time spent evaluating.
        optuna_seconds: time spent proposing and telling.
        proposed: trials proposed by a sampler.
    """

    problem: Problem
    tune: TuneConfig
    seed: int
    collected: Collected
    evaluate_seconds: float = 0.0
    optuna_seconds: float = 0.0
    proposed: int = 0

    def begin(self, advance: Advance = quietly) -> None:
        """Evaluate the configuration as it stands and, where that is worth while, the wide sweep."""
        begun = time.perf_counter()
        present = self.problem.space.of(self.problem.config)
        columns: Columns = columns_of([present])
        if self.problem.space.holds(present):
            self.collected.add(columns, self.problem.evaluate(columns))
        if wide(self.problem, self.tune):
            columns = points(self.problem.space, self.tune.sweep, self.seed)
            self.collected.add(columns, self.problem.evaluate(columns, advance))
        self.evaluate_seconds += time.perf_counter() - begun

    def task(self, fold: int, told: Sequence[tuple[Batch, Scores | None]] = ()) -> FoldTask:
        """What is to be done for one fold."""
        return FoldTask(self.problem, self.tune, self.seed, fold, self._known(fold), tuple(told))

    def add(self, fold: int, refinement: Refinement) -> None:
        """Collect what a fold's refinement brought."""
        for batch, scores in refinement.batches:
            self.collected.add(columns_of(batch.params), scores, fold, batch.number)
        self.evaluate_seconds += refinement.evaluate_seconds
        self.optuna_seconds += refinement.optuna_seconds
        self.proposed += refinement.proposed

    def _known(self, fold: int) -> tuple[Known, ...]:
        """The best of the sweep, by this fold's training alone."""
        known = []
        for columns, scores, of_fold, _ in self.collected.parts:
            if of_fold == IN_SWEEP:
                rows = best_first(scores.train[:, fold], self.tune.objective)[: self.tune.keep].tolist()
                values = scores.train[rows, fold].tolist()
                known += [
                    Known(params, tuple(one)) for params, one in zip(as_params(columns, rows), values, strict=True)
                ]
        return tuple(known)

    def best(self) -> float:
        """Best training value of the first objective on the last fold so far; NaN before there is one."""
        parts = [scores.train[:, -1, 0] for _, scores, _, _ in self.collected.parts]
        values = np.concatenate(parts) if parts else np.empty(0)
        known = values[np.isfinite(values)]
        if len(known) == 0:
            return float("nan")
        return float(known.min() if self.tune.objective[0] in LESS_IS_BETTER else known.max())

    def choice(self, fold: int) -> Choice:
        """What the search of one fold settled on: the best of the sweep and of its own refinement.

        Raises:
            WaterlineError: every trial failed.
        """
        trials = self.collected.trials()
        values: Floats = np.where(np.isin(trials.fold, (IN_SWEEP, fold))[:, None], trials.train[:, fold], np.nan)
        values[[row for row, text in enumerate(trials.problem) if text]] = np.nan
        if not np.isfinite(values).all(axis=1).any():
            reason = next((text for text in trials.problem if text), "no trial was made.")
            raise SpanError(
                f"Every trial of the study failed, the first because {reason}", "Change the space or start."
            )
        row = best_of(values, self.tune.objective)
        return Choice(self.problem.folds[fold], row, trials.at(row), trials.train[row, fold], trials.test[row, fold])
