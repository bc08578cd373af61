"""One study in a database, worked on by any number of processes on any hosts.

Optuna does the sharing: each fold is a study of its own in the database; each worker asks it for one trial after the
other and shows by heartbeats that it is alive; a trial whose worker fell silent is begun again by another. The order
in which results arrive decides what is proposed next, so that two such studies are never quite the same. Importing
this module loads Optuna and SQLAlchemy: do so where a storage was asked for.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from optuna import Study, get_all_study_names, load_study
from optuna import create_study as create_optuna_study
from optuna.exceptions import DuplicatedStudyError
from optuna.samplers import BaseSampler
from optuna.storages import RDBStorage, fail_stale_trials
from optuna.trial import FrozenTrial, TrialState

from waterline.config.tuning import TuneConfig
from waterline.errors import WaterlineError, suggestion
from waterline.tuning.identity import Identity, check_identity
from waterline.tuning.optimiser import Batch, Evaluate, Known, check_known, judged
from waterline.tuning.samplers import batch_seed, check_sampler, directions, distributions, finished, sampler_of
from waterline.tuning.storage import Address, Heartbeat
from waterline.tuning.worker import KNOWN, PROBLEM, Worker, is_done

HEARTBEAT = Heartbeat(interval_seconds=10, grace_seconds=60)
SETUP_SECONDS = 120
"""How long a worker waits for the creator of the study to prepare a fold."""
POLL_SECONDS = 0.2
IDENTITY, CONFIG, FOLDS, READY = "identity", "config", "folds", "ready"
FOLD = "-fold-"


def silent(_: int) -> None:
    """Tell nobody how far it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What a study is begun with.

    Attributes:
        identity: what must be equal for all workers.
        config_json: the resolved configuration, for workers to read.
        known: for each fold, the sets that the sampler learns from without proposing them.
    """

    identity: Identity
    config_json: str
    known: Sequence[Sequence[Known]]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The trials of one fold, read back.

    Attributes:
        batch: those that were evaluated, in the order of their numbers; without the known ones.
        lost: trials whose worker died or was stopped; they do not count.
        running: trials that another worker is still at.
    """

    batch: Batch
    lost: int
    running: int


@dataclass(frozen=True, slots=True, eq=False)
class SharedStudy:
    """A study in a database; close it, or use it in a ``with``.

    Attributes:
        address: where it is.
        storage: the connected database.
        name: its name there.
        identity: the fields of the :class:`Identity` that it was begun with.
        config_json: the resolved configuration that it was begun with.
        folds: number of its folds.
    """

    address: Address
    storage: RDBStorage
    name: str
    identity: Mapping[str, Any]
    config_json: str
    folds: int

    def check(self, identity: Identity) -> None:
        """Refuse to work on it with another configuration, other data or another version.

        Raises:
            WaterlineError: they differ; it says in what.
        """
        remedy = "Use what it was begun with, or begin another study under another name."
        check_identity(f"The study {self.name!r}", self.identity, identity, remedy)

    def work(self, fold: int, tune: TuneConfig, evaluate: Evaluate, on_trial: Callable[[int], None] = silent) -> None:
        """Evaluate one trial after the other until the fold has ``tune.trials``, together with all other workers.

        As several of them may be at their last trial when that number is reached, it can be exceeded by one for each
        other worker. Trials of dead workers do not count.

        Args:
            fold: number of the fold.
            tune: space, objectives, sampler and number of trials.
            evaluate: gets one parameter set at a time.
            on_trial: gets the number of trials that the fold has, after each one of this worker.

        Raises:
            StorageError: the database failed.
            WaterlineError: the creator of the study stopped before the fold was ready.
        """
        seed = batch_seed(tune, self.identity["seed"], fold, int.from_bytes(os.urandom(4)))
        worker = Worker(tune, evaluate, on_trial)
        self.address.guarded(lambda: worker.run(self._ready(fold, sampler_of(tune, seed))))

    def finish(self, fold: int, tune: TuneConfig) -> Gathered:
        """All trials of a fold, once those of dead workers are given up and those of others are done.

        Raises:
            StorageError: the database failed.
        """
        trials = self.address.guarded(lambda: self._settled(fold))
        done = [trial for trial in trials if is_done(trial)]
        batch = Batch(
            fold,
            0,
            tuple({name: trial.params[name] for name in sorted(tune.space)} for trial in done),
            tuple(None if trial.values is None else tuple(trial.values) for trial in done),
            tuple(str(trial.user_attrs.get(PROBLEM, "")) for trial in done),
        )
        running = sum(trial.state == TrialState.RUNNING for trial in trials)
        failed = sum(trial.state == TrialState.FAIL and KNOWN not in trial.user_attrs for trial in trials)
        return Gathered(batch, failed - batch.values.count(None), running)

    def close(self) -> None:
        """Let go of the connections."""
        self.storage.remove_session()
        self.storage.engine.dispose()

    def __enter__(self) -> SharedStudy:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ready(self, fold: int, sampler: BaseSampler | None = None) -> Study:
        """Optuna's study of a fold, once its creator has prepared it."""
        deadline = time.monotonic() + SETUP_SECONDS
        name = f"{self.name}{FOLD}{fold}"
        while time.monotonic() < deadline:
            if name in get_all_study_names(self.storage):
                study = load_study(study_name=name, storage=self.storage, sampler=sampler)
                if READY in study.user_attrs:
                    return study
            time.sleep(POLL_SECONDS)
        problem = f"The process that began the study {self.name!r} stopped before fold {fold} was ready."
        raise WaterlineError(problem, "Begin it again with --resume.")

    def _settled(self, fold: int) -> list[FrozenTrial]:
        """The trials once none is running any more, or a silent worker would have been noticed."""
        study = self._ready(fold)
        patience = (self.storage.grace_period or 0) + 2 * (self.storage.heartbeat_interval or 0)
        deadline = time.monotonic() + patience
        while True:
            fail_stale_trials(study)
            trials = study.get_trials(deepcopy=False)
            if time.monotonic() > deadline or all(trial.state != TrialState.RUNNING for trial in trials):
                return trials
            time.sleep(POLL_SECONDS)


def create_study(
    address: str,
    name: str,
    tune: TuneConfig,
    plan: Plan,
    *,
    resume: bool = False,
    heartbeat: Heartbeat = HEARTBEAT,
    on_known: Callable[[int], None] = silent,
) -> SharedStudy:
    """A new study in the database. Others can join as soon as its first fold is ready.

    Args:
        address: ``postgresql://user:password@host:port/database`` or ``sqlite:///file``.
        name: by which others find it.
        tune: space, objectives and sampler.
        plan: what it is begun with.
        resume: whether to go on with a study of this name where there is one.
        heartbeat: signs of life of this worker; the same for all.
        on_known: gets the number of known sets that are registered, over all folds.

    Raises:
        StorageError: the database cannot be used.
        ConfigError: the sampler cannot search this space, or a known set lies outside it.
        WaterlineError: there is a study of this name, and no ``resume``, or it was begun with something else.
    """
    check_sampler(tune)
    for known in plan.known:
        check_known(tune, known)
    place = Address.read(address)
    storage = place.connected(heartbeat, create=True)
    shared = SharedStudy(place, storage, name, asdict(plan.identity), plan.config_json, len(plan.known))
    with _closed_on_error(storage):
        if not place.guarded(lambda: _set_up(shared, tune, plan, resume, on_known)):
            remedy = f"Work on it with --join {name}, go on with it with --resume, or take another name."
            raise WaterlineError(f"{place} holds a study {name!r} already.", remedy)
    return shared


@contextmanager
def _closed_on_error(storage: RDBStorage) -> Iterator[None]:
    try:
        yield
    except BaseException:
        storage.remove_session()
        storage.engine.dispose()
        raise


def _set_up(shared: SharedStudy, tune: TuneConfig, plan: Plan, resume: bool, on_known: Callable[[int], None]) -> bool:
    """Make what is not there yet, as a creator can be killed half-way; False where there is one already."""
    registered = 0
    for fold, known in enumerate(plan.known):
        try:
            study = create_optuna_study(
                study_name=f"{shared.name}{FOLD}{fold}",
                storage=shared.storage,
                directions=directions(tune.objective),
                load_if_exists=resume,
            )
        except DuplicatedStudyError:
            return False
        begun_with = study.user_attrs.get(IDENTITY)
        if begun_with is not None:
            remedy = "Use what it was begun with, or take another name."
            check_identity(f"The study {shared.name!r}", begun_with, plan.identity, remedy)
        for key, value in ((CONFIG, shared.config_json), (FOLDS, shared.folds), (IDENTITY, shared.identity)):
            study.set_user_attr(key, value)
        for _ in _register(study, tune, known):
            registered += 1
            on_known(registered)
        study.set_user_attr(READY, True)
    return True


def _register(study: Study, tune: TuneConfig, known: Sequence[Known]) -> Iterator[None]:
    """Add the known sets that are not there yet; yields after each of all."""
    forms = distributions(tune.space)
    there = sum(KNOWN in trial.user_attrs for trial in study.get_trials(deepcopy=False))
    values = judged([one.values for one in known], [""] * len(known), tune.objective)[0]
    for number, (one, value) in enumerate(zip(known, values, strict=True)):
        if number >= there:
            study.add_trial(finished(one.params, value, forms, {KNOWN: number}))
        yield


def join(address: str, name: str, heartbeat: Heartbeat = HEARTBEAT) -> SharedStudy:
    """A study that another process made.

    Raises:
        StorageError: the database cannot be used.
        WaterlineError: it holds no study of this name.
    """
    place = Address.read(address)
    storage = place.connected(heartbeat, create=False)
    with _closed_on_error(storage):
        attributes = place.guarded(lambda: _attributes(storage, name))
    return SharedStudy(place, storage, name, attributes[IDENTITY], attributes[CONFIG], attributes[FOLDS])


def _attributes(storage: RDBStorage, name: str) -> dict[str, Any]:
    names = get_all_study_names(storage)
    first = f"{name}{FOLD}0"
    if first in names:
        attributes = load_study(study_name=first, storage=storage).user_attrs
        if IDENTITY in attributes:
            return attributes
    known = {one.removesuffix(f"{FOLD}0") for one in names if one.endswith(f"{FOLD}0")} - {name}
    raise WaterlineError(f"The storage holds no study {name!r} yet.", suggestion(name, known))
