"""Studies whose walk-forward is a real run's and whose trials are drawn: one landscape in every fold, and noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise

import numpy as np

from waterline.appraisal import StudyEvidence, Tries
from waterline.appraisal.gains import gain_test
from waterline.appraisal.statements import state
from waterline.appraisal.studies import WITHOUT_SLEEVES
from waterline.config import Config
from waterline.config.changing import changed
from waterline.config.tuning import LESS_IS_BETTER, Parameter, TuneConfig
from waterline.contracts import SCARCE
from waterline.evidence.bootstrap import DailyRows, intervals
from waterline.evidence.overfit import backtest_overfitting
from waterline.evidence.sharpe import deflated_sharpe, track_record
from waterline.evidence.trials import distinct_trials, effective_trials
from waterline.experiment import measured
from waterline.metrics import Estimate
from waterline.outcome import Outcome
from waterline.report.study.judged import JudgedStudy
from waterline.tuning.kept import KeptReturns
from waterline.tuning.outcome import (
    Choice,
    Dispersion,
    Fold,
    NullSearch,
    Plateau,
    Timing,
    Trials,
    Tuned,
    Verified,
    WalkForward,
)
from waterline.tuning.space import Space, row_of

SPACE = {
    "regime.up": {"float": (0.25, 1.5)},
    "regime.down": {"float": (-0.5, 0.5)},
    "regime.dwell": {"int": (5, 63)},
    "execution.band_absolute": {"float": (0.001, 0.1), "log": True},
    "execution.rebalance_weekday": {"choice": ("MON", "WED", "FRI")},
}
LEVELS = {
    "timing_gain": (0.02, 0.02),
    "sharpe_ratio": (0.6, 0.4),
    "max_drawdown": (-0.25, 0.08),
    "volatility": (0.16, 0.03),
}
"""Objective -> mean and spread over sets; what is not named is like a timing gain."""
PROBLEMS = ("regime.down: 0.41 must lie below up (0.31).", "The objective is not a number: nothing was traded.")

EMPTY: Mapping[str, object] = {}


def study(
    run: Outcome,
    *,
    seed: int = 0,
    space: Mapping[str, Mapping[str, object]] = SPACE,
    objective: Sequence[str] = ("timing_gain",),
    folds: int = 5,
    drawn: Mapping[str, object] = EMPTY,
    null: int = 0,
    mapped: int | None = 2,
    splits: int = 45,
    compiled: bool = True,
    shared_storage: bool = False,
    notices: tuple[str, ...] = (),
    **changes: object,
) -> Tuned:
    """A finished study over the evaluation of ``run``.

    ``drawn`` goes to :func:`draw`; ``mapped`` is the number of axes of the plateau's map, None for no map; ``changes``
    replaces keys of the configuration.
    """
    chance = np.random.default_rng(seed)
    config = _config(run, space, objective, changes)
    tune, spans = config.tune, _folds(run, folds)
    trial = draw(chance, tune, spans, **drawn)
    choices = tuple(_choice(trial, fold, objective) for fold in spans)
    return Tuned(
        config=config,
        study="0123456789abcdef",
        objective=tune.objective,
        folds=spans,
        trials=trial,
        choices=choices,
        best=_best(config, choices[-1]),
        walk_forward=_walk_forward(run, config, spans),
        plateau=None if mapped is None else _plateau(chance, tune, choices[-1], mapped),
        importance=dict(zip(trial.params, chance.dirichlet(np.ones(len(trial.params))).tolist(), strict=True)),
        dispersion=_dispersion(chance, tune, splits) if splits else None,
        null=_null(chance, tune, choices[-1], null) if null else None,
        verified=Verified((choices[-1].trial, 1, 2), 3.1e-14) if compiled else Verified((), 0.0),
        timing=Timing(11.5, 0.62, 1.9, 93.4, len(trial), int((trial.fold >= 0).sum())),
        compiled=compiled,
        shared_storage=shared_storage,
        notices=notices,
    )


def _config(
    run: Outcome, space: Mapping[str, object], objective: Sequence[str], changes: Mapping[str, object]
) -> Config:
    tune = TuneConfig.model_validate({"space": space, "objective": objective})
    return run.config.model_copy(update={"tune": tune, **changes})


def weighed(tuned: Tuned, returns: KeptReturns | None = None) -> JudgedStudy:
    """A study with evidence that was drawn, not computed from it."""
    return JudgedStudy(tuned, returns or kept(tuned, 3), _evidence())


@cache
def _evidence() -> StudyEvidence:
    """Real statistics of drawn returns."""
    chance = np.random.default_rng(1)
    trials, months = chance.normal(3e-4, 0.01, (12, 750)), np.empty((750, 0))
    rows = DailyRows(trials[0], trials[1], np.zeros(750), months, months, 3.0)
    found = intervals(WITHOUT_SLEEVES, rows, 5.0, 1, draws=200)
    distinct, effective = distinct_trials(trials), effective_trials(trials)
    deflated = {name: deflated_sharpe(track_record(trials[0]), 12.0, 1e-3) for name in ("all", "effective")}
    return StudyEvidence(
        text="The best is <luck>.",
        tries=Tries("a family", 700.0, 1, "Counted <here>."),
        tried=672,
        distinct=distinct,
        effective=effective,
        overfitting=backtest_overfitting(trials, 6),
        superiority=None,
        superiority_why="Not <compiled>.",
        deflated=deflated,
        sharpe=state(rows, found, 700.0, deflated["all"].lower, "test folds"),
        intervals=found,
        timing=gain_test(Estimate(0.02, 0.03, 0.67), 3.0),
        seed=0,
    )


def kept(tuned: Tuned, count: int, seed: int = 0) -> KeptReturns:
    """Returns of some of its trials, drawn."""
    chance = np.random.default_rng(seed)
    rows = np.sort(chance.choice(len(tuned.trials), min(count, len(tuned.trials)), replace=False))
    sessions = tuned.walk_forward.sessions
    returns = chance.normal(0.0, 0.01, (len(rows), len(sessions))).astype(np.float32)
    return KeptReturns(rows, returns, sessions)


def _folds(run: Outcome, count: int) -> tuple[Fold, ...]:
    """Anchored folds: training to two fifths of the evaluation at first, five sessions purged."""
    first, rows = run.first + 1, len(run.sessions)
    edges = np.linspace(first + 2 * (rows - first) // 5, rows, count + 1).astype(int).tolist()
    spans = [((first, start - 5), (start, stop)) for start, stop in pairwise(edges)]
    return tuple(
        Fold(number, train, test, tuple(run.sessions[[train[0], train[1] - 1, test[0], test[1] - 1]]))
        for number, (train, test) in enumerate(spans)
    )


def draw(
    chance: np.random.Generator,
    tune: TuneConfig,
    spans: Sequence[Fold],
    sweep: int = 512,
    trials: int = 32,
    failed: float = 0.02,
    foretold: float = 0.3,
    problems: Sequence[str] = PROBLEMS,
) -> Trials:
    """Sets of a sweep, then ``trials`` a fold near the best; ``foretold`` of a set's quality is still in the test."""
    fold = np.concatenate([np.full(sweep, -1), np.repeat(np.arange(len(spans)), trials)])
    batch = np.concatenate([np.full(sweep, -1), np.tile(np.arange(trials) // 16, len(spans))])
    unit = chance.uniform(size=(len(fold), len(tune.space)))
    unit[sweep:] = 0.62 + 0.25 * (unit[sweep:] - 0.5)
    quality = -((unit - 0.6) ** 2).mean(axis=1)
    quality = (quality - quality.mean()) / (quality.std() or 1.0)
    shape = (len(fold), len(spans), len(tune.objective))
    level, spread = (np.array([LEVELS.get(metric, (0.02, 0.02))[k] for metric in tune.objective]) for k in (0, 1))
    sign = np.array([-1.0 if metric in LESS_IS_BETTER else 1.0 for metric in tune.objective])
    of_fold = chance.normal(0.0, 0.6, (2, 1, len(spans), len(sign)))
    noise = chance.normal(0.0, 1.0, (2, *shape))
    train = level + spread * sign * (0.7 * quality[:, None, None] + 0.3 * noise[0] + 0.3 * of_fold[0])
    test = level / 2 + spread * sign * (foretold * quality[:, None, None] + noise[1] + of_fold[1])
    broken = chance.uniform(size=len(fold)) < failed
    broken[-1:] = False
    train[broken], test[broken] = np.nan, np.nan
    told = tuple(problems[k % len(problems)] if bad else "" for k, bad in enumerate(broken))
    return Trials(Space(tune.space).spread(unit), fold, batch, train, test, told)


def _choice(trials: Trials, fold: Fold, objective: Sequence[str]) -> Choice:
    seen = np.isin(trials.fold, (-1, fold.number)) & np.isfinite(trials.train[:, fold.number, 0])
    rows = np.flatnonzero(seen if seen.any() else np.isfinite(trials.train[:, fold.number, 0]))
    sign = -1.0 if objective[0] in LESS_IS_BETTER else 1.0
    row = int(rows[np.argmax(sign * trials.train[rows, fold.number, 0])])
    return Choice(fold, row, row_of(trials.params, row), trials.train[row, fold.number], trials.test[row, fold.number])


def _best(config: Config, choice: Choice) -> Config:
    """The configuration with the choice's parameters, as far as they are real."""
    base = config.model_copy(update={"tune": None})
    real = {path: value for path, value in choice.params.items() if path in SPACE}
    return changed(base, real) if real else base


def _walk_forward(run: Outcome, config: Config, spans: Sequence[Fold]) -> WalkForward:
    first = spans[0].test[0] - 1
    windows = measured(config, run.panel, run.regime, run.sleeves, run.portfolios, first)
    held = (run.strategy.equity, run.static_mix.equity, run.benchmark.equity)
    curves = [equity[first:] / equity[first] for equity in held]
    return WalkForward(run.sessions[first:], *curves, run.regime.states[first:] == SCARCE, windows["all"])


def _plateau(chance, tune: TuneConfig, choice: Choice, axes: int) -> Plateau:
    ranges = [name for name, one in tune.space.items() if one.choice is None][:axes]
    grid = tuple(_levels(tune.space[name]) for name in ranges)
    places = np.meshgrid(*(np.linspace(-1.0, 1.0, len(levels)) for levels in grid), indexing="ij")
    own = float(choice.train[0])
    value = own * (1.0 - 0.5 * sum(place**2 for place in places)) + 0.05 * abs(own) * chance.normal(
        size=places[0].shape
    )
    value.flat[0] = np.nan
    near = own * (1.0 - 0.25 * chance.uniform(size=3 ** min(len(ranges) + 1, 4)))
    share = float(np.median(near)) / own
    return Plateau(tuple(ranges), grid, value, near, share, not share >= 0.7)


def _levels(parameter: Parameter) -> np.ndarray:
    low, high = parameter.float or parameter.int
    levels = np.geomspace(low, high, 21) if parameter.log else np.linspace(low, high, 21)
    return np.unique(np.round(levels).astype(int)) if parameter.int else levels


def _dispersion(chance, tune: TuneConfig, splits: int) -> Dispersion:
    level, spread = LEVELS.get(tune.objective[0], (0.02, 0.02))
    train = level + spread * (2.0 + 0.3 * chance.normal(size=splits))
    return Dispersion(10, 2, train, level / 2 + spread * chance.normal(size=splits))


def _null(chance, tune: TuneConfig, choice: Choice, histories: int) -> NullSearch:
    observed = float(choice.train[0])
    _, spread = LEVELS.get(tune.objective[0], (0.02, 0.02))
    best = observed + spread * chance.normal(-0.5, 0.6, histories)
    better = best <= observed if tune.objective[0] in LESS_IS_BETTER else best >= observed
    return NullSearch(observed, best, (1 + int(better.sum())) / (1 + histories))
