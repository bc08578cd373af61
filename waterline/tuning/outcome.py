"""What a study hands over: one frozen object that the page and the files are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from waterline.config import Config
from waterline.config.tuning import Metric, Value
from waterline.metrics import WindowMetrics
from waterline.sessions import Dates, Flags, Floats

Params = Mapping[str, Value]
SWEEP, REFINEMENT = "sweep", "refinement"


@dataclass(frozen=True, slots=True)
class Fold:
    """One pair of training and test sessions; rows of the clock, each span as (first return, row after the last).

    Attributes:
        number: 0 for the first.
        train: rows of the training returns.
        test: rows of the test returns; between them lie the purged sessions.
        dates: first and last day of training, first and last day of the test.
    """

    number: int
    train: tuple[int, int]
    test: tuple[int, int]
    dates: tuple[np.datetime64, np.datetime64, np.datetime64, np.datetime64]


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """All parameter sets of a study, P of them, with F folds and Q objectives.

    Attributes:
        params: parameter -> (P,) values.
        fold: (P,) fold whose search proposed the set; -1 for the sweep, which all share.
        batch: (P,) batch within that search; -1 for the sweep.
        train: (P, F, Q) objectives on the training sessions of each fold; NaN where undefined.
        test: (P, F, Q) the same on its test sessions.
        problem: (P,) why a set failed; empty where it did not.
    """

    params: Mapping[str, npt.NDArray[np.generic]]
    fold: npt.NDArray[np.int64]
    batch: npt.NDArray[np.int64]
    train: Floats
    test: Floats
    problem: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.fold)

    def at(self, trial: int) -> dict[str, Value]:
        """The parameters of one set, as plain values."""
        return {name: values[trial : trial + 1].tolist()[0] for name, values in self.params.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """What the search of one fold settled on.

    Attributes:
        fold: the fold.
        trial: row among the trials.
        params: its parameters.
        train: (Q,) objectives on the fold's training sessions.
        test: (Q,) objectives on its test sessions, not looked at by the search.
    """

    fold: Fold
    trial: int
    params: Params
    train: Floats
    test: Floats


@dataclass(frozen=True, slots=True, eq=False)
class WalkForward:
    """The test folds one after another, each traded with what its own training chose, through the reference engine.

    Attributes:
        sessions: (T + 1,) dates, beginning with the session before the first test return.
        equity: (T + 1,) USD of the strategy, 1 at the first.
        mix_equity: (T + 1,) of the mix of the same average exposure.
        benchmark_equity: (T + 1,) of the index.
        scarce: (T + 1,) whether the state was scarce.
        metrics: figures of the whole span.
    """

    sessions: Dates
    equity: Floats
    mix_equity: Floats
    benchmark_equity: Floats
    scarce: Flags
    metrics: WindowMetrics


@dataclass(frozen=True, slots=True, eq=False)
class Plateau:
    """How the winner's neighbours fare.

    Attributes:
        axes: parameters of the map, at most two ranges.
        grid: for each axis the values looked at.
        value: objective on the winner's training sessions over the grid, shape of the lengths of the axes.
        neighbourhood: objective of the 3^k nearest neighbours, one step of a tenth of each range away.
        share: median of the neighbourhood over the winner's own value.
        is_needle: whether that share is below 0.7.
    """

    axes: tuple[str, ...]
    grid: tuple[npt.NDArray[np.generic], ...]
    value: Floats
    neighbourhood: Floats
    share: float
    is_needle: bool


@dataclass(frozen=True, slots=True, eq=False)
class Dispersion:
    """Out-of-sample values over combinatorial purged splits: for their spread, never for a headline.

    Attributes:
        folds: number of folds.
        tested: folds tested at a time.
        train: (S,) first objective of the set chosen in each split, on its training folds.
        test: (S,) on its test folds.
    """

    folds: int
    tested: int
    train: Floats
    test: Floats


@dataclass(frozen=True, slots=True, eq=False)
class NullSearch:
    """The whole search repeated on histories in which the score is rotated against the prices.

    Attributes:
        observed: first objective of the best of the search on the last training span.
        best: (R,) the same on each surrogate history.
        p_value: (1 + number of surrogates as good) / (1 + R).
    """

    observed: float
    best: Floats
    p_value: float


@dataclass(frozen=True, slots=True)
class Verified:
    """The kernel against the reference engine on the winner and some random trials.

    Attributes:
        trials: rows of the trials that were run again.
        largest_gap: largest relative difference of their equity on any session.
    """

    trials: tuple[int, ...]
    largest_gap: float


@dataclass(frozen=True, slots=True)
class Timing:
    """Where the time went, in seconds. Not part of the result.

    Attributes:
        compile: first call of the kernels.
        evaluate: evaluating parameter sets.
        optuna: proposing and telling.
        total: all of the study.
        evaluated: parameter sets evaluated.
        proposed: trials proposed by the sampler.
    """

    compile: float
    evaluate: float
    optuna: float
    total: float
    evaluated: int
    proposed: int


@dataclass(frozen=True, slots=True, eq=False)
class Tuned:
    """A finished study.

    Attributes:
        config: the configuration, with its ``tune`` section.
        study: identity of the search: digest of configuration, data and seed.
        objective: the Q metrics.
        folds: the F folds.
        trials: all parameter sets.
        choices: what each fold's search settled on.
        best: the configuration of the last fold's choice, without its ``tune`` section.
        walk_forward: the test folds traded.
        plateau: the surroundings of the last fold's choice.
        importance: parameter -> share of the objective's variance; indicative.
        dispersion: combinatorial splits.
        null: the null of the search, where asked for.
        verified: the check against the reference engine.
        timing: where the time went.
        compiled: whether the kernel could be used.
        shared_storage: whether several processes worked on it, so that the order of arrival decided.
        notices: what the reader must know.
    """

    config: Config
    study: str
    objective: tuple[Metric, ...]
    folds: tuple[Fold, ...]
    trials: Trials
    choices: tuple[Choice, ...]
    best: Config
    walk_forward: WalkForward
    plateau: Plateau | None
    importance: Mapping[str, float]
    dispersion: Dispersion | None
    null: NullSearch | None
    verified: Verified
    timing: Timing
    compiled: bool
    shared_storage: bool
    notices: tuple[str, ...] = field(default=())
