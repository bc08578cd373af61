"""One worker's part in a shared study: trial after trial until the fold has enough."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from optuna import Study, Trial
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import FrozenTrial, TrialState

from waterline.config.tuning import TuneConfig, Value
from waterline.tuning.optimiser import Evaluate, Values, judged
from waterline.tuning.outcome import Params
from waterline.tuning.samplers import trials_of

KNOWN, PROBLEM = "known", "problem"
"""Attributes of a trial: that it was known before, and why it has no value."""


@dataclass(slots=True, eq=False)
class Worker:
    """The objective of a fold, and the count that ends it."""

    tune: TuneConfig
    evaluate: Evaluate
    on_trial: Callable[[int], None]
    _trial: Trial | None = None
    _is_evaluating: bool = False

    def run(self, study: Study) -> None:
        """Work until the fold has its trials."""
        while done(study) < trials_of(self.tune):
            try:
                study.optimize(self, callbacks=[self._count])
            except (AssertionError, ValueError, UpdateFinishedTrialError):
                if not self._has_lost_its_trial(study):
                    raise

    def __call__(self, trial: Trial) -> Values:
        """The objectives of a trial; not a number where it failed, which Optuna records as a failed trial."""
        self._trial = trial
        params = suggested(trial, self.tune)
        self._is_evaluating = True
        values, problems = judged(*self.evaluate([params]), self.tune.objective)
        self._is_evaluating = False
        if values[0] is not None:
            return values[0]
        trial.set_user_attr(PROBLEM, problems[0])
        return (math.nan,) * len(self.tune.objective)

    def _count(self, study: Study, _: FrozenTrial) -> None:
        done = done(study)
        self.on_trial(done)
        if done >= trials_of(self.tune):
            study.stop()

    def _has_lost_its_trial(self, study: Study) -> bool:
        """Whether another worker took this one for dead, as after a stop of the machine: Optuna cannot tell it then."""
        if self._trial is None or self._is_evaluating:
            return False
        trial = study.get_trials(deepcopy=False)[self._trial.number]
        return trial.state == TrialState.FAIL and PROBLEM not in trial.user_attrs


def suggested(trial: Trial, tune: TuneConfig) -> Params:
    """The trial's parameters, drawn now where it is not a repeated one."""
    params: dict[str, Value] = {}
    for name, one in sorted(tune.space.items()):
        if one.choice is not None:
            params[name] = cast("Value", trial.suggest_categorical(name, one.choice))
        elif one.int is not None:
            params[name] = trial.suggest_int(name, *one.int, log=one.log)
        elif one.float is not None:
            params[name] = trial.suggest_float(name, *one.float, log=one.log)
    return params


def done(study: Study) -> int:
    return sum(is_done(trial) for trial in study.get_trials(deepcopy=False))


def is_done(trial: FrozenTrial) -> bool:
    """Whether its worker came to the end of it, with a value or without one."""
    return KNOWN not in trial.user_attrs and (trial.state == TrialState.COMPLETE or PROBLEM in trial.user_attrs)
