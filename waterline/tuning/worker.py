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

    def run(self, study: Study) -> None:
        """Work until the fold has its trials."""
        while done(study) < trials_of(self.tune):
            try:
                study.optimize(self, callbacks=[self._count])
            except (AssertionError, ValueError, UpdateFinishedTrialError) as error:
                if not _has_lost_its_trial(error):
                    raise

    def __call__(self, trial: Trial) -> Values:
        """The objectives of a trial; not a number where it failed, which Optuna records as a failed trial."""
        values, problems = judged(*self.evaluate([suggested(trial, self.tune)]), self.tune.objective)
        if values[0] is not None:
            return values[0]
        trial.set_user_attr(PROBLEM, problems[0])
        return (math.nan,) * len(self.tune.objective)

    def _count(self, study: Study, _: FrozenTrial) -> None:
        count = done(study)
        self.on_trial(count)
        if count >= trials_of(self.tune):
            study.stop()


def _has_lost_its_trial(error: BaseException | None) -> bool:
    """Whether others took this worker for dead, as after a stop of its machine: Optuna cannot end its trial then."""
    while error is not None:
        if isinstance(error, UpdateFinishedTrialError) or "Cannot tell a FAIL trial" in str(error):
            return True
        error = error.__context__
    return False


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
    """Number of trials that a worker came to the end of."""
    return sum(is_done(trial) for trial in study.get_trials(deepcopy=False))


def is_done(trial: FrozenTrial) -> bool:
    """Whether its worker came to the end of it, with a value or without one."""
    has_failed = trial.state == TrialState.FAIL and PROBLEM in trial.user_attrs
    return KNOWN not in trial.user_attrs and (has_failed or trial.state == TrialState.COMPLETE)
