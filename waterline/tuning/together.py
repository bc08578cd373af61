"""A study in a database: begun by one process, worked on by all who join, concluded by the one that began it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from waterline.config import Config
from waterline.config.changing import on_files
from waterline.panel import Panel
from waterline.tuning.identity import Identity
from waterline.tuning.optimiser import Values
from waterline.tuning.outcome import Params
from waterline.tuning.problem import Problem
from waterline.tuning.progress import Watcher
from waterline.tuning.searching import Refinement, Search
from waterline.tuning.space import columns_of

Gather = Callable[[Config], Panel]


@dataclass(frozen=True, slots=True)
class Sharing:
    """Where a study is shared.

    Attributes:
        address: of the database.
        name: of the study in it.
        identity: what must be equal for all who work on it.
        resume: whether to go on with a study of this name where there is one.
        on_open: is called when others can join.
    """

    address: str
    name: str
    identity: Identity
    resume: bool
    on_open: Callable[[], None]


def refine_together(search: Search, sharing: Sharing, watcher: Watcher) -> list[Refinement]:
    """Begin a study, work on it beside all who join, and read back what all of them found, fold by fold.

    Raises:
        StorageError: the database cannot be used.
        WaterlineError: a study of this name is there and is not to be continued, or was begun with something else.
    """
    from waterline.tuning.shared import Plan, create_study

    problem, tune = search.problem, search.tune
    folds = range(len(problem.folds))
    known = [search.task(fold).known for fold in folds]
    plan = Plan(sharing.identity, problem.config.model_dump_json(), known)
    watcher.stage("storing the sweep's best", sum(map(len, known)))
    found = []
    begin = create_study(sharing.address, sharing.name, tune, plan, resume=sharing.resume, on_known=watcher.reached)
    with begin as shared:
        sharing.on_open()
        for fold in folds:
            watcher.stage(f"fold {fold + 1} of {len(folds)}", tune.trials)
            shared.work(fold, tune, values_of(problem, fold), watcher.reached)
            batch = shared.finish(fold, tune).batch
            batches = ((batch, problem.evaluate(columns_of(batch.params))),) if len(batch) else ()
            found.append(Refinement(batches, 0.0, 0.0, len(batch)))
    return found


def join_in(address: str, name: str, gather: Gather, data: Path | None, workers: int, watcher: Watcher) -> int:
    """Work on a study that another process began, until all its folds have their trials; trials made here.

    Args:
        address: of the database.
        name: of the study.
        gather: the data of a configuration.
        data: folder of data files to read instead of what the study names; what is in it must be the same.
        workers: threads of the kernel.
        watcher: is told how far the study is.

    Raises:
        StorageError: the database cannot be used.
        WaterlineError: there is no such study, or it was begun with other data, another version or other settings.
    """
    from waterline.tuning.shared import join
    from waterline.tuning.study import identity, pose

    made = 0
    with join(address, name) as shared:
        config = Config.model_validate_json(shared.config_json)
        config = config if data is None else on_files(config, data)
        panel = gather(config)
        shared.check(identity(config, panel))
        problem, tune = pose(config, panel, workers)
        for fold in range(shared.folds):
            watcher.stage(f"fold {fold + 1} of {shared.folds}", tune.trials)

            def count(done: int) -> None:
                nonlocal made
                made += 1
                watcher.reached(done)

            shared.work(fold, tune, values_of(problem, fold), count)
    return made


def values_of(problem: Problem, fold: int) -> Callable[[Sequence[Params]], tuple[list[Values | None], list[str]]]:
    """Evaluates parameter sets on the training sessions of a fold."""

    def evaluate(params: Sequence[Params]) -> tuple[list[Values | None], list[str]]:
        scores = problem.evaluate(columns_of(params))
        pairs = zip(scores.train[:, fold].tolist(), scores.problem, strict=True)
        return [None if text else tuple(row) for row, text in pairs], list(scores.problem)

    return evaluate
