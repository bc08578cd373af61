"""The question of a study in a form that can be asked for many parameter sets at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field

import numpy as np

from waterline.config import Config
from waterline.config.tuning import Metric
from waterline.errors import ConfigError
from waterline.panel import Panel
from waterline.sessions import Floats
from waterline.simulation.sweep import Sets, equity, sweep
from waterline.tuning.cluster import InProcess
from waterline.tuning.columns import sets_of
from waterline.tuning.folds import Blocks, combinatorial, partition
from waterline.tuning.general import Swept, sweep_slowly
from waterline.tuning.ground import Grounds, has_compiled_form, with_earned
from waterline.tuning.objectives import Span, figures, joined
from waterline.tuning.outcome import Fold, Params
from waterline.tuning.space import Columns, Space, row_of

SETS_AT_A_TIME = 16_384
Advance = Callable[[int], None]


def quietly(_: int) -> None:
    """Tell nobody how many sets are done."""


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """The objectives of P sets over F folds.

    Attributes:
        train: (P, F, Q) on the training sessions; NaN where undefined.
        test: (P, F, Q) on the test sessions.
        splits: (P, S, 2) first objective on training and test sessions of the combinatorial splits.
        moments: (P, 3) growth, sum and sum of squares of the returns over bills, over all sessions that count.
        problem: (P,) why a set failed; empty where it did not.
        equity: (P, T) USD, of sets without a compiled form only.
    """

    train: Floats
    test: Floats
    splits: Floats
    moments: Floats
    problem: tuple[str, ...]
    equity: Floats | None = None


@dataclass(slots=True, eq=False)
class Problem:
    """A configuration, its data, its folds and its objective.

    Attributes:
        config: the configuration as it stands.
        panel: the data.
        space: what is searched.
        metrics: (Q,) objectives.
        folds: (F,) folds.
        workers: threads of the kernel, or processes where there is no compiled form.
        shift: sessions by which every score is rotated against the prices; 0 for the history as it was.
        dispersed: whether combinatorial splits are evaluated too.
        pool: where sets without a compiled form are run; here where not given.
    """

    config: Config
    panel: Panel
    space: Space
    metrics: tuple[Metric, ...]
    folds: tuple[Fold, ...]
    workers: int = 1
    shift: int = 0
    dispersed: bool = True
    pool: Executor | None = None
    blocks: Blocks = field(init=False)
    grounds: Grounds = field(init=False)
    compiled: bool = field(init=False)
    _spans: tuple[Span, ...] = field(init=False)

    def __post_init__(self) -> None:
        tune = self.config.tune
        if tune is None:
            raise ConfigError("tune", "the configuration has no such section.", "Add tune: with a space.")
        runs = [[fold.train] for fold in self.folds] + [[fold.test] for fold in self.folds]
        first, last = self.folds[0].train[0], self.folds[-1].test[1]
        number, tested = tune.validation.combinatorial
        purge, embargo = tune.validation.purge_sessions, tune.validation.embargo_sessions
        for train, test in combinatorial((first, last), number, tested, purge, embargo) if self.dispersed else ():
            runs += [train, test]
        self.blocks = partition([*runs, [(first, last)]])
        dates = self.panel.clock.sessions
        self._spans = tuple(Span.of(dates, run) for run in [*runs, [(first, last)]])
        self.grounds = Grounds(self.config, self.panel, self.blocks.edges)
        self.compiled = has_compiled_form(self.config)

    def evaluate(self, columns: Columns, advance: Advance = quietly) -> Scores:
        """The objectives of the sets in ``columns``, each (P,)."""
        count = len(next(iter(columns.values())))
        parts = []
        for start in range(0, count, SETS_AT_A_TIME):
            piece = {name: values[start : start + SETS_AT_A_TIME] for name, values in columns.items()}
            parts.append(self._evaluated(piece))
            advance(min(start + SETS_AT_A_TIME, count))
        names = ("train", "test", "splits", "moments")
        arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
        slow = [part.equity for part in parts if part.equity is not None]
        whole = np.concatenate(slow) if slow else None
        return Scores(**arrays, problem=tuple(text for part in parts for text in part.problem), equity=whole)

    def _evaluated(self, columns: Columns) -> Scores:
        swept = self._swept(columns) if self.compiled else self._swept_slowly(columns)
        sums = swept.sums
        total = joined(sums.blocks, self.blocks.spans, self.metrics)
        folds, first = len(self.folds), self.metrics[0]
        train, test = (self._objectives(total, offset) for offset in (0, folds))
        splits = [figures(total[:, row], self._spans[row], first) for row in range(2 * folds, len(self._spans) - 1)]
        never = sums.first_score >= self.blocks.edges[-1]
        problem = [
            "it never has a score." if not text and none else text
            for none, text in zip(never, swept.problem, strict=True)
        ]
        self._void(problem, train, test)
        paired = np.stack(splits, axis=1) if splits else np.empty((len(train), 0))
        paired = paired.reshape(len(train), -1, 2)
        return Scores(train, test, paired, total[:, -1, :3], tuple(problem), swept.equity)

    def _void(self, problem: list[str], train: Floats, test: Floats) -> None:
        """Values of failed sets are missing; a set with a missing value on a training fold has failed."""
        for row, text in enumerate(problem):
            if text:
                train[row] = test[row] = np.nan
            elif np.isnan(train[row]).any():
                problem[row] = f"{' or '.join(self.metrics)} is undefined on a training fold."

    def _objectives(self, total: Floats, offset: int) -> Floats:
        """(P, F, Q) of the spans from ``offset`` on."""
        rows = range(offset, offset + len(self.folds))
        by_fold = [[figures(total[:, row], self._spans[row], metric) for metric in self.metrics] for row in rows]
        return np.array(by_fold).transpose(2, 0, 1)

    def _swept(self, columns: Columns) -> Swept:
        sets, problem = sets_of(self.grounds, self.space, columns)
        ground, sets = with_earned(self.grounds.ground(), self._shifted(sets), self.workers)
        return Swept(sweep(ground, sets, self.workers), problem)

    def _shifted(self, sets: Sets) -> Sets:
        return sets._replace(shift=np.full(len(sets.score), self.shift))

    def _swept_slowly(self, columns: Columns) -> Swept:
        configs = [self._config(row_of(columns, row)) for row in range(len(next(iter(columns.values()))))]
        return sweep_slowly(configs, self.panel, self.blocks.edges, self.pool or InProcess())

    def _config(self, params: Params) -> Config | str:
        try:
            return self.space.config(self.config, params)
        except ConfigError as error:
            return str(error)

    def paths(self, columns: Columns) -> Floats:
        """(P, T) equity of the sets in USD, through the kernel."""
        sets, _ = sets_of(self.grounds, self.space, columns)
        return equity(self.grounds.ground(), self._shifted(sets), self.workers)
