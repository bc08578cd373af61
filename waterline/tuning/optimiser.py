"""Searching with Optuna's samplers in fixed batches: ask for a batch, evaluate it, tell it in order.

A search is a function of the space, the seed and the batch size alone. The sampler is built anew for every batch and
seeded from the batch's number, so that nothing but told batches is carried from one to the next: a search continued
from its journal makes the trials of an uninterrupted one, and who evaluates a batch, in how many processes, cannot
matter.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from waterline.config.tuning import Metric, Parameter, TuneConfig
from waterline.errors import ConfigError, WaterlineError
from waterline.sessions import Floats
from waterline.tuning.outcome import Params
from waterline.tuning.samplers import (
    batch_seed,
    check_sampler,
    directions,
    distributions,
    finished,
    sampler_of,
    silenced,
    trials_of,
)

if TYPE_CHECKING:
    from optuna import Study, Trial

IMPORTANCE_TRIALS = 4096
"""Most trials that an importance is computed from: an even selection of more."""

Values = tuple[float, ...]
Evaluate = Callable[[Sequence[Params]], tuple[Sequence[Values | None], Sequence[str]]]
"""Parameter sets -> the objectives of each (None where it failed) and why it failed (empty where it did not)."""


@dataclass(frozen=True, slots=True)
class Known:
    """A parameter set whose objectives are known before the search begins."""

    params: Params
    values: Values


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of trials of one fold's search, evaluated.

    Attributes:
        fold: the fold whose training sessions were searched.
        number: 0 for the first batch of the fold.
        params: the parameter sets, in the order in which they were proposed.
        values: their objectives, all finite; None for a failed trial.
        problems: why a trial failed; empty where it did not.
    """

    fold: int
    number: int
    params: tuple[Params, ...]
    values: tuple[Values | None, ...]
    problems: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.params)


@dataclass(frozen=True, slots=True)
class Refined:
    """A finished search of one fold.

    Attributes:
        batches: all batches, those told from a journal first.
        optuna_seconds: time spent in proposing and telling.
        proposed: trials proposed now, without those of the journal.
    """

    batches: tuple[Batch, ...]
    optuna_seconds: float
    proposed: int


def refine(
    tune: TuneConfig,
    fold: int,
    known: Sequence[Known],
    seed: int,
    evaluate: Evaluate,
    told: Sequence[Batch],
    on_batch: Callable[[Batch], None],
) -> Refined:
    """Search one fold: batches of ``tune.batch`` trials up to ``tune.trials``, fewer where a grid is exhausted.

    Args:
        tune: space, objectives, sampler, number and size of batches.
        fold: number of the fold, from 0.
        known: sets that the sampler learns from without proposing them.
        seed: of the whole study.
        evaluate: the objectives of a batch; one that is not finite makes its trial a failed one.
        told: the first batches of this very search, from its journal; not evaluated again.
        on_batch: gets each new batch once it is evaluated, before it is told to the sampler.

    Raises:
        ConfigError: the sampler cannot search this space, or a known set lies outside it.
        WaterlineError: ``told`` is not the beginning of this search.
    """
    check_sampler(tune)
    search = _Search(tune, fold, seed, known)
    for batch in told:
        search.replay(batch)
    batches, proposed = list(told), 0
    while count := search.next_count():
        params = search.ask(count)
        values, problems = evaluate(params)
        batch = Batch(fold, search.number, tuple(params), *judged(values, problems, tune.objective))
        on_batch(batch)
        search.tell(batch)
        batches.append(batch)
        proposed += count
    return Refined(tuple(batches), search.seconds, proposed)


def judged(
    values: Sequence[Values | None], problems: Sequence[str], metrics: Sequence[Metric]
) -> tuple[tuple[Values | None, ...], tuple[str, ...]]:
    """Values and problems of trials, with every trial failed that has an objective which is not finite."""
    out: list[Values | None] = []
    reasons: list[str] = []
    for one, problem in zip(values, problems, strict=True):
        plain = None if one is None or problem else tuple(float(value) for value in one)
        reason = problem or _fault(plain, metrics)
        out.append(None if reason else plain)
        reasons.append(reason)
    return tuple(out), tuple(reasons)


def _fault(values: Values | None, metrics: Sequence[Metric]) -> str:
    if values is None:
        return "it has no value."
    bad = [metric for metric, value in zip(metrics, values, strict=True) if not math.isfinite(value)]
    return f"{' and '.join(bad)} {'is' if len(bad) == 1 else 'are'} not a finite number." if bad else ""


@dataclass(slots=True, eq=False)
class _Search:
    """The study of one fold, in memory, with its next batch."""

    tune: TuneConfig
    fold: int
    seed: int
    known: Sequence[Known]
    number: int = 0
    seconds: float = 0.0
    _done: int = 0
    _asked: list[Trial] = field(default_factory=list)
    _study: Study = field(init=False)

    def __post_init__(self) -> None:
        from optuna import create_study

        check_known(self.tune, self.known)
        with self._optuna():
            self._study = create_study(directions=directions(self.tune.objective))
            values = judged([one.values for one in self.known], [""] * len(self.known), self.tune.objective)[0]
            self._register([one.params for one in self.known], values)

    def next_count(self) -> int:
        """Number of trials of the next batch; 0 at the end."""
        return min(self.tune.batch, trials_of(self.tune) - self._done)

    def ask(self, count: int) -> list[Params]:
        """The parameter sets of the next batch."""
        forms = distributions(self.tune.space)
        with self._optuna():
            self._study.sampler = sampler_of(self.tune, batch_seed(self.tune, self.seed, self.fold, self.number))
            self._asked = [self._study.ask(forms) for _ in range(count)]
            return [{name: trial.params[name] for name in forms} for trial in self._asked]

    def tell(self, batch: Batch) -> None:
        """End the asked batch. The last one is told to nobody: a grid would call its end an error."""
        from optuna.trial import TrialState

        self._advance(batch)
        if not self.next_count():
            return
        with self._optuna():
            for trial, values in zip(self._asked, batch.values, strict=True):
                if values is None:
                    self._study.tell(trial, state=TrialState.FAIL)
                else:
                    self._study.tell(trial, values)

    def replay(self, batch: Batch) -> None:
        """Take a batch of the journal as told.

        CMA-ES and a grid keep a state of their own beside the trials. It is rebuilt by asking again, which is quick,
        and not kept in the journal: CMA-ES's is a pickle, and loading one runs whatever program lies in it.
        """
        fits = (batch.fold, batch.number, len(batch)) == (self.fold, self.number, self.next_count())
        if fits and self.tune.sampler in ("cmaes", "grid"):
            fits = self.ask(len(batch)) == list(batch.params)
            if fits:
                self.tell(batch)
                return
        if not fits or any(in_bounds(self.tune.space, params) for params in batch.params):
            problem = f"Batch {batch.number} of fold {batch.fold} in the journal is not one of this search."
            raise WaterlineError(problem, "Begin again in another folder with --out.")
        with self._optuna():
            self._register(batch.params, batch.values)
        self._advance(batch)

    def _advance(self, batch: Batch) -> None:
        self._done += len(batch)
        self.number += 1

    def _register(self, params: Sequence[Params], values: Sequence[Values | None]) -> None:
        forms = distributions(self.tune.space)
        self._study.add_trials(finished(one, value, forms) for one, value in zip(params, values, strict=True))

    @contextmanager
    def _optuna(self) -> Iterator[None]:
        began = time.perf_counter()
        with silenced():
            yield
        self.seconds += time.perf_counter() - began


def check_known(tune: TuneConfig, known: Sequence[Known]) -> None:
    """Refuse known sets that lie outside the space.

    Raises:
        ConfigError: one does.
    """
    for one in known:
        if problem := in_bounds(tune.space, one.params):
            raise ConfigError("tune.space", problem, "A known set must lie inside the space.")


def in_bounds(space: Mapping[str, Parameter], params: Params) -> str | None:
    """What is wrong with a parameter set, as a sentence, or None. Optuna itself only warns, and runs it."""
    for name in sorted(set(space) ^ set(params)):
        return f"{name} has no value." if name in space else f"{name} is not searched."
    for name, parameter in space.items():
        value = params[name]
        if parameter.choice is not None:
            if not any(value == choice and type(value) is type(choice) for choice in parameter.choice):
                return f"{name} is {value!r}, none of its choices {', '.join(map(repr, parameter.choice))}."
            continue
        low, high = parameter.float or parameter.int or (0, 0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            return f"{name} is {value!r}, outside its range [{low:g}, {high:g}]."
        if parameter.int is not None and not float(value).is_integer():
            return f"{name} is {value!r}, not a whole number."
    return None


def importance(
    space: Mapping[str, Parameter], params: Sequence[Params], values: Floats, *, less_is_better: bool = False
) -> dict[str, float]:
    """Share of each parameter in what sets the best tenth of the trials apart (PED-ANOVA), largest first; indicative.

    Args:
        space: the searched parameters.
        params: (P,) sets of them.
        values: (P,) one objective; those not finite do not count.
        less_is_better: whether low values are the good ones.

    Returns:
        Shares that sum to 1; empty where there are too few trials, or too few different values, to tell.
    """
    from optuna import create_study
    from optuna.importance import get_param_importances

    rows = np.flatnonzero(np.isfinite(values))
    rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), IMPORTANCE_TRIALS)).astype(np.int64)].tolist()
    forms = distributions(space)
    with silenced(), warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        study = create_study(direction="minimize" if less_is_better else "maximize")
        study.add_trials(finished(params[row], (float(values[row]),), forms) for row in rows)
        try:
            return get_param_importances(study)
        except UserWarning:
            return {}
