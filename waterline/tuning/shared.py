"""One study in a database, worked on by any number of processes on any hosts.

Optuna does the sharing: each fold is a study of its own in the database; each worker asks it for one trial after the
other and shows by heartbeats that it is alive; a trial whose worker fell silent is begun again by another. The order
in which results arrive decides what is proposed next, so that two such studies are never quite the same. Importing
this module loads Optuna and SQLAlchemy: do so where a storage was asked for.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from optuna import Study, get_all_study_names, load_study
from optuna import create_study as create_optuna_study
from optuna.exceptions import DuplicatedStudyError
from optuna.samplers import BaseSampler
from optuna.storages import RDBStorage, fail_stale_trials
from optuna.trial import TrialState

from waterline.config.tuning import TuneConfig
from waterline.errors import WaterlineError, suggestion
from waterline.tuning.identity import Identity, check_identity
from waterline.tuning.optimiser import Batch, Evaluate, Known, check_known, judged
from waterline.tuning.samplers import batch_seed, check_sampler, directions, distributions, finished, sampler_of
from waterline.tuning.storage import Address, Heartbeat
from waterline.tuning.worker import KNOWN, PROBLEM, Worker, is_done

SETUP_SECONDS = 120
POLL_SECONDS = 0.2
IDENTITY, CONFIG, FOLDS, READY = "identity", "config", "folds", "ready"


def silent(_: int) -> None:
    """Tell nobody how many trials are done."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The trials of one fold, read back.

    Attributes:
        batch: those that were evaluated, in the order of their numbers; without the known ones.
        lost: trials whose worker died; each was begun again under another number.
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
        name: its name there.
        identity: what it was begun with.
        config_json: the resolved configuration that it was begun with.
        folds: number of its folds.
    """

    address: Address
    name: str
    identity: Identity
    config_json: str
    folds: int
    _storage: RDBStorage

    def check(self, identity: Identity) -> None:
        """Refuse to work on it with another configuration, other data or another version.

        Raises:
            WaterlineError: they differ; it says in what.
        """
        check_identity(f"The study {self.name!r}", self.identity, identity, "Use what it was begun with.")

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
        """
        seed = batch_seed(tune, self.identity.seed, fold, int.from_bytes(os.urandom(4)))
        study = self.address.guarded(lambda: self.loaded(fold, sampler_of(tune, seed)))
        worker = Worker(tune, evaluate, on_trial)
        self.address.guarded(lambda: worker.run(study))

    def finish(self, fold: int, tune: TuneConfig) -> Gathered:
        """All trials of a fold, once those of dead workers are given up and those of others are done.

        Raises:
            StorageError: the database failed.
        """
        return self.address.guarded(lambda: self._gathered(fold, tune))

    def close(self) -> None:
        """Let go of the connections."""
        self._storage.remove_session()
        self._storage.engine.dispose()

    def __enter__(self) -> SharedStudy:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def loaded(self, fold: int, sampler: BaseSampler | None = None) -> Study:
        """Optuna's study of a fold."""
        return load_study(study_name=_fold_name(self.name, fold), storage=self._storage, sampler=sampler)

    def _gathered(self, fold: int, tune: TuneConfig) -> Gathered:
        study = self.loaded(fold)
        patience = (self._storage.grace_period or 0) + 2 * (self._storage.heartbeat_interval or 0)
        deadline = time.monotonic() + patience
        while True:
            fail_stale_trials(study)
            trials = study.get_trials(deepcopy=False)
            running = sum(trial.state == TrialState.RUNNING for trial in trials)
            if not running or time.monotonic() > deadline:
                break
            time.sleep(POLL_SECONDS)
        done = [trial for trial in trials if is_done(trial)]
        lost = sum(trial.state == TrialState.FAIL and not {KNOWN, PROBLEM} & set(trial.user_attrs) for trial in trials)
        params = tuple({name: trial.params[name] for name in sorted(tune.space)} for trial in done)
        values = tuple(None if trial.values is None else tuple(trial.values) for trial in done)
        problems = tuple(str(trial.user_attrs.get(PROBLEM, "")) for trial in done)
        return Gathered(Batch(fold, 0, params, values, problems), lost, running)


def create_study(
    address: str,
    name: str,
    tune: TuneConfig,
    identity: Identity,
    config_json: str,
    known: Sequence[Sequence[Known]],
    *,
    resume: bool = False,
    heartbeat: Heartbeat = Heartbeat(),
) -> SharedStudy:
    """A new study in the database, complete for others to join.

    Args:
        address: ``postgresql://user:password@host:port/database`` or ``sqlite:///file``.
        name: by which others find it.
        tune: space, objectives and sampler.
        identity: what must be equal for a worker.
        config_json: the resolved configuration, for workers to read.
        known: for each fold, the sets that the sampler learns from without proposing them.
        resume: whether to go on with a study of this name where there is one.
        heartbeat: signs of life of this worker; the same for all.

    Raises:
        StorageError: the database cannot be used.
        ConfigError: the sampler cannot search this space, or a known set lies outside it.
        WaterlineError: there is a study of this name, and no ``resume``, or it was begun with something else.
    """
    check_sampler(tune)
    for sets in known:
        check_known(tune, sets)
    place = Address.read(address)
    study = SharedStudy(place, name, asdict(identity), config_json, len(known), place.connected(heartbeat, create=True))
    is_taken = False
    try:
        place.guarded(lambda: _set_up(study, tune, identity, known, resume))
    except DuplicatedStudyError:
        is_taken = True
    except BaseException:
        study.close()
        raise
    if is_taken:
        study.close()
        remedy = f"Work on it with --join {name}, go on with it with --resume, or take another name."
        raise WaterlineError(f"{place} holds a study {name!r} already.", remedy)
    return study


def _set_up(
    shared: SharedStudy, tune: TuneConfig, identity: Identity, known: Sequence[Sequence[Known]], resume: bool
) -> None:
    """Make what is not there yet: a creator can be killed half-way."""
    forms = distributions(tune.space)
    for fold, sets in enumerate(known):
        study = create_optuna_study(
            study_name=_fold_name(shared.name, fold),
            storage=shared._storage,
            directions=directions(tune.objective),
            load_if_exists=resume,
        )
        attributes = study.user_attrs
        if IDENTITY in attributes:
            begun_with = Identity(**attributes[IDENTITY])
            remedy = "Use what it was begun with, or take another name."
            check_identity(f"The study {shared.name!r}", begun_with, shared.identity, remedy)
        study.set_user_attr(IDENTITY, dict(shared.identity))
        study.set_user_attr(CONFIG, shared.config_json)
        study.set_user_attr(FOLDS, shared.folds)
        there = sum(KNOWN in trial.user_attrs for trial in study.get_trials(deepcopy=False))
        values, _problems = judged([one.values for one in sets], [""] * len(sets), tune.objective)
        for number in range(there, len(sets)):
            study.add_trial(finished(sets[number].params, values[number], forms, {KNOWN: number}))
    shared.loaded(0).set_user_attr(READY, True)


def join(address: str, name: str, heartbeat: Heartbeat = Heartbeat()) -> SharedStudy:
    """A study that another process made, once it is complete.

    Raises:
        StorageError: the database cannot be used.
        WaterlineError: it holds no study of this name, or one that nobody completed.
    """
    place = Address.read(address)
    storage = place.connected(heartbeat, create=False)
    try:
        attributes = place.guarded(lambda: _attributes(storage, name))
        identity = read_identity(attributes.get(IDENTITY, {}))
        if identity is None:
            problem = f"The study {name!r} was made by another version of waterline."
            raise WaterlineError(problem, "Use that version, or begin another study.")
        return SharedStudy(place, name, identity, attributes[CONFIG], attributes[FOLDS], storage)
    except BaseException:
        storage.remove_session()
        storage.engine.dispose()
        raise


def _attributes(storage: RDBStorage, name: str) -> dict[str, Any]:
    names = get_all_study_names(storage)
    first = _fold_name(name, 0)
    if first not in names:
        known = {one.removesuffix(_fold_name("", 0)) for one in names if one.endswith(_fold_name("", 0))}
        raise WaterlineError(f"The storage holds no study {name!r}.", suggestion(name, known))
    deadline = time.monotonic() + SETUP_SECONDS
    study = load_study(study_name=first, storage=storage)
    while READY not in study.user_attrs:
        if time.monotonic() > deadline:
            problem = f"The study {name!r} was never completed by the process that began it."
            raise WaterlineError(problem, "Begin it again with --resume.")
        time.sleep(POLL_SECONDS)
    return study.user_attrs


def _fold_name(name: str, fold: int) -> str:
    return f"{name}-fold-{fold}"
