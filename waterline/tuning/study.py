"""A study from its configuration to its outcome."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from waterline import experiment
from waterline.config import Config
from waterline.config.tuning import LESS_IS_BETTER, TuneConfig
from waterline.errors import ConfigError
from waterline.panel import Panel
from waterline.tuning.cluster import executor
from waterline.tuning.dispersion import dispersion
from waterline.tuning.entering import enter
from waterline.tuning.folds import split
from waterline.tuning.identity import Identity
from waterline.tuning.kept import KeptReturns, keep_returns
from waterline.tuning.notebook import Notebook, open_notebook
from waterline.tuning.null import Question, null_search, shifts
from waterline.tuning.optimiser import Batch, importance
from waterline.tuning.outcome import Choice, NullSearch, Timing, Trials, Tuned
from waterline.tuning.problem import Problem, Scores
from waterline.tuning.progress import Watch, Watcher
from waterline.tuning.searching import FoldTask, Refinement, Search, alone, ignored, wide
from waterline.tuning.space import columns_of, space_of
from waterline.tuning.surroundings import plateau
from waterline.tuning.together import Sharing, refine_together
from waterline.tuning.trials import Collected, as_params
from waterline.tuning.verification import verify
from waterline.tuning.walk_forward import walk_forward

SLOW_NOTICE = (
    "{use}, or the regime rule, has no compiled form: every set goes through the whole of run, which is slower, and no "
    "wide sweep is made."
)
NARROW_NOTICE = "Some parameters change the score itself from value to value: no wide sweep, the sampler works alone."


@dataclass(frozen=True, slots=True)
class Ask:
    """What the caller wants beyond the configuration.

    Attributes:
        workers: threads of the kernel and processes beside it; the result is the same for any number.
        null: surrogate histories on which the whole search is repeated; 0 for none.
        dask: address of a Dask scheduler that takes the processes' place.
        storage: database in which other processes may join; the order of arrival then decides.
        resume: whether to go on with an interrupted study.
        say: gets what the user should know while the study goes on.
    """

    workers: int = 1
    null: int = 0
    dask: str | None = None
    storage: str | None = None
    resume: bool = False
    say: Callable[[str], None] = ignored


def identity(config: Config, panel: Panel) -> Identity:
    """What makes a study the same study: configuration with its search, data, seed, batch size and versions."""
    tune = config.tune.model_dump(mode="json") if config.tune else {}
    inputs = json.dumps(sorted(panel.files.items()))
    searched = json.dumps([config.digest(), tune], sort_keys=True)
    return Identity(
        config=hashlib.sha256(searched.encode()).hexdigest(),
        data=hashlib.sha256(inputs.encode()).hexdigest(),
        seed=config.seed,
        batch=tune.get("batch", 0),
    )


def study_name(marks: Identity) -> str:
    """Short name of a study, from its identity."""
    return hashlib.sha256(json.dumps(asdict(marks), sort_keys=True).encode()).hexdigest()[:16]


def pose(config: Config, panel: Panel, workers: int) -> tuple[Problem, TuneConfig]:
    """The question of a study.

    Raises:
        ConfigError: the space cannot be used.
        SpanError: the data are too short for the folds, or there is never a score.
    """
    space = space_of(config)
    tune = config.tune
    assert tune is not None  # noqa: S101 (space_of has refused a configuration without the section)
    sessions = panel.clock.sessions
    first = experiment.first_evaluated(config, panel) + 1
    if tune.validation.start is not None:
        first = max(first, int(np.searchsorted(sessions, np.datetime64(tune.validation.start))))
    folds = split(sessions, min(first, len(sessions) - 1), tune.validation)
    return Problem(config, panel, space, tune.objective, folds, workers), tune


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """A study that has ended, its notebook still open until the results are written."""

    tuned: Tuned
    kept: KeptReturns
    notebook: Notebook


def study(config: Config, panel: Panel, folder: Path, ask: Ask, watch: Watch) -> Done:
    """Search, choose fold by fold, trade the test folds, and check.

    What is told goes into a notebook beside ``folder``, from which an interrupted study goes on.

    Args:
        config: the configuration with its ``tune`` section.
        panel: its data.
        folder: where the results will be written.
        ask: workers, null of the search, and whether to go on.
        watch: is told how far the study is.
    """
    begun = time.perf_counter()
    problem, section = pose(config, panel, ask.workers)
    marks = identity(config, panel)
    notebook = open_notebook(folder.with_name(f"{folder.name}.unfinished"), marks, ask.resume)
    search = Search(problem, section, config.seed, Collected())
    watcher = Watcher(watch, search.best)
    watcher.stage("compiling", 1)
    compile_seconds = _warm_up(problem)
    with executor(1 if problem.compiled or ask.dask else ask.workers) as problem.pool:
        trouble = _searched(search, notebook, watcher, study_name(marks), ask)
    problem.pool = None
    choices = tuple(search.choice(fold) for fold in range(len(problem.folds)))
    trials = search.collected.trials()
    null = _null(problem, search, choices[-1], ask, watcher)
    watcher.stage("checking", 1)
    tuned = _concluded(search, trials, choices, null, ask.storage is not None)
    kept = keep_returns(problem, search.collected, trials, choices, section.keep_returns)
    timing = Timing(
        compile=compile_seconds,
        evaluate=search.evaluate_seconds,
        optuna=search.optuna_seconds,
        total=time.perf_counter() - begun,
        evaluated=len(trials),
        proposed=search.proposed,
    )
    notices = (*tuned.notices, *([trouble] if trouble else []))
    return Done(replace(tuned, timing=timing, notices=notices), kept, notebook)


def _searched(search: Search, notebook: Notebook, watcher: Watcher, name: str, ask: Ask) -> str:
    """The sweep and the refinement of every fold, entered into the ledger as they end; what went wrong with that."""
    problem, folds = search.problem, range(len(search.problem.folds))
    watcher.stage("sweep", search.tune.sweep if wide(problem, search.tune) else 1)
    search.begin(watcher.reached)
    trouble = enter(problem, name, "sweep", search.collected.since(0))
    with _refinements(search, notebook, watcher, ask) as refinements:
        for fold, refinement in zip(folds, refinements, strict=True):
            before = len(search.collected.parts)
            search.add(fold, refinement)
            trouble = enter(problem, name, "refinement", search.collected.since(before)) or trouble
    return trouble


@contextmanager
def _refinements(search: Search, notebook: Notebook, watcher: Watcher, ask: Ask) -> Iterator[Iterable[Refinement]]:
    """The refinements in order: here, each batch kept as it ends; in a database; or on a cluster, kept fold by fold."""
    if ask.storage is not None:
        marks = identity(search.problem.config, search.problem.panel)
        name = study_name(marks)
        call = f"study {name}: others work on it with waterline tune --join {name} --storage URL"
        sharing = Sharing(ask.storage, name, marks, ask.resume, lambda: ask.say(call))
        yield refine_together(search, sharing, watcher)
        return
    tasks = [search.task(fold, notebook.told(fold)) for fold in range(len(search.problem.folds))]
    if ask.dask is None:
        yield (_here(task, notebook, watcher, len(tasks)) for task in tasks)
        return
    watcher.stage("folds on the cluster", len(tasks))
    with executor(ask.workers, ask.dask) as pool:
        yield (
            _arrived(task, done, notebook, watcher) for task, done in zip(tasks, pool.map(alone, tasks), strict=True)
        )


def _here(task: FoldTask, notebook: Notebook, watcher: Watcher, folds: int) -> Refinement:
    watcher.stage(f"fold {task.fold + 1} of {folds}", task.tune.trials)
    watcher.add(sum(len(batch) for batch, _ in task.told))

    def keep(batch: Batch, scores: Scores) -> None:
        notebook.keep(batch, scores)
        watcher.add(len(batch))

    return task.refine(keep)


def _arrived(task: FoldTask, refinement: Refinement, notebook: Notebook, watcher: Watcher) -> Refinement:
    for batch, scores in refinement.batches[len(task.told) :]:
        notebook.keep(batch, scores)
    watcher.add(1)
    return refinement


def _warm_up(problem: Problem) -> float:
    """Seconds until the kernels answer: compiling at the first call on a machine, loading after that."""
    begun = time.perf_counter()
    if problem.compiled:
        problem.evaluate(columns_of([_anywhere(problem)]))
    return time.perf_counter() - begun


def _anywhere(problem: Problem) -> dict[str, str | int | float | bool]:
    columns = problem.space.spread(np.full((1, len(problem.space.parameters)), 0.5))
    return dict(as_params(columns, [0])[0])


def _null(problem: Problem, search: Search, last: Choice, ask: Ask, watcher: Watcher) -> NullSearch | None:
    if ask.null == 0:
        return None
    if not problem.compiled:
        use = problem.config.strategy.use
        raise ConfigError("--null", f"{use} has no compiled form, and the search would take days.", "Leave out --null.")
    rotations = shifts(ask.null, last.fold.train[1] - problem.folds[0].train[0], search.seed)
    question = Question.on(problem, search.tune, last.fold)
    watcher.stage("null of the search", ask.null)
    with executor(ask.workers, ask.dask) as pool:
        return null_search(question, rotations, float(last.train[0]), pool, watcher.add)


def _concluded(
    search: Search, trials: Trials, choices: tuple[Choice, ...], null: NullSearch | None, shared: bool
) -> Tuned:
    problem, last = search.problem, choices[-1]
    configs = [problem.space.config(problem.config, choice.params) for choice in choices]
    own = np.flatnonzero(np.isin(trials.fold, (-1, last.fold.number)))
    params = as_params(trials.params, own.tolist())
    less = problem.metrics[0] in LESS_IS_BETTER
    values = trials.train[own, last.fold.number, 0]
    weights = importance(problem.space.parameters, params, values, less_is_better=less)
    section = search.tune
    return Tuned(
        config=problem.config,
        study=study_name(identity(problem.config, problem.panel)),
        objective=problem.metrics,
        folds=problem.folds,
        trials=trials,
        choices=choices,
        best=configs[-1],
        walk_forward=walk_forward(configs, problem.folds, problem.panel),
        plateau=plateau(problem, last, weights),
        importance=weights,
        dispersion=dispersion(search.collected.joined("splits"), problem.metrics[0], section.validation.combinatorial),
        null=null,
        verified=verify(problem, trials, last.trial, search.seed),
        timing=Timing(0.0, 0.0, 0.0, 0.0, 0, 0),
        compiled=problem.compiled,
        shared_storage=shared,
        notices=_notices(problem, section),
    )


def _notices(problem: Problem, section: TuneConfig) -> tuple[str, ...]:
    if not problem.compiled:
        return (SLOW_NOTICE.format(use=problem.config.strategy.use),)
    return () if section.sampler != "two_stage" or wide(problem, section) else (NARROW_NOTICE,)
