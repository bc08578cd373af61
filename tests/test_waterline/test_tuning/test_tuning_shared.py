"""A study in a database: workers come, die, stall and go, and every trial is there once."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from servers import postgres

from waterline.config.tuning import TuneConfig
from waterline.errors import ConfigError, WaterlineError
from waterline.tuning import shared
from waterline.tuning.identity import Identity
from waterline.tuning.optimiser import Known
from waterline.tuning.outcome import Params
from waterline.tuning.shared import Plan, SharedStudy, create_study, join
from waterline.tuning.storage import Heartbeat, StorageError

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
BEAT = Heartbeat(interval_seconds=1, grace_seconds=3)
IDENTITY = Identity(config="c" * 64, data="d" * 64, seed=7, batch=16)
WORKER = """
import json, math, os, sys, time
from waterline.config.tuning import TuneConfig
from waterline.tuning.shared import join
from waterline.tuning.storage import Heartbeat

seconds, kind = float(sys.argv[1]), sys.argv[2]
with join(os.environ["STORAGE"], "demo", Heartbeat(1, 3)) as study:
    tune = TuneConfig(**json.loads(study.config_json))
    seen = 0

    def evaluate(params):
        global seen
        seen += 1
        (one,) = params
        if seen == 2 and kind != "steady":
            print(json.dumps(one), flush=True)
            time.sleep(600 if kind == "victim" else 1)
        time.sleep(seconds)
        return [(math.nan if one["x"] > 0.8 else one["x"] - one["n"] / 100,)], [""]

    study.work(0, tune, evaluate)
print("done", flush=True)
"""


def tuned(**changes: Any) -> TuneConfig:
    """A search over two ranges and a choice."""
    space = {"x": {"float": (0, 1)}, "n": {"int": (1, 10)}, "c": {"choice": (504, "none")}}
    fields = {"space": space, "objective": "sharpe_ratio", "sampler": "tpe", "trials": 30}
    return TuneConfig(**(fields | changes))


def slope(params: Sequence[Params]) -> tuple[list[tuple[float, ...] | None], list[str]]:
    """What the workers compute."""
    (one,) = params
    x = float(one["x"])
    return [(math.nan if x > 0.8 else x - float(one["n"]) / 100,)], [""]


def plan(tune: TuneConfig, *, folds: int = 1, known: int = 0) -> Plan:
    """A study of some folds, each with some known sets."""
    sets = [Known({"x": i / 100, "n": 5, "c": 504}, (i / 100,)) for i in range(known)]
    return Plan(IDENTITY, tune.model_dump_json(), [sets] * folds)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server with a password."""
    folder = postgres.programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed: no initdb in the path nor below /usr/lib/postgresql")
    with postgres.running(folder) as port:
        yield f"postgresql://{postgres.USER}:{postgres.QUOTED}@127.0.0.1:{port}/studies"


@pytest.fixture
def file(tmp_path: Path) -> str:
    """The address of an SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / '{odd} studies.db'}"


def started(address: str, seconds: float, kind: str) -> subprocess.Popen[str]:
    """A worker process."""
    command = [sys.executable, "-c", WORKER, str(seconds), kind]
    environment = {**os.environ, "STORAGE": address}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def check_trials(study: SharedStudy, tune: TuneConfig, lost: int, workers: int) -> list[Params]:
    """All trials are there once, with what their parameters give; the parameters of those with a value."""
    gathered = study.finish(0, tune)
    batch = gathered.batch
    assert gathered.running == 0
    assert gathered.lost >= lost  # more where the machine is so busy that a live worker misses its beats
    assert tune.trials <= len(batch) <= tune.trials + workers - 1
    for params, values, problem in zip(batch.params, batch.values, batch.problems, strict=True):
        (expected,), _ = slope([params])
        assert (values, problem) == (
            (None, "sharpe_ratio is not a finite number.") if float(params["x"]) > 0.8 else (expected, "")
        )
    return list(batch.params)


def test_four_workers_one_killed_and_one_stalled_finish_every_trial(server: str) -> None:
    tune, more = tuned(trials=14), tuned(trials=20)
    with create_study(server, "demo", tune, plan(tune, known=12), heartbeat=BEAT) as study:
        kinds = ("victim", "sleeper", "steady", "steady")
        victim, sleeper, *steady = workers = [started(server, 0.1, kind) for kind in kinds]
        interrupted = []
        for worker, how in ((victim, signal.SIGKILL), (sleeper, signal.SIGSTOP)):
            assert worker.stdout is not None
            interrupted.append(json.loads(worker.stdout.readline()))
            worker.send_signal(how)
        silent_from = time.monotonic()
        said = [worker.communicate(timeout=60) for worker in steady]
        time.sleep(max(silent_from + BEAT.grace_seconds + 0.2 - time.monotonic(), 0))
        study.work(0, more, slope)  # begins with what nobody ended, unless the steady ones did
        sleeper.send_signal(signal.SIGCONT)  # finds that its trial was given to another
        said += [worker.communicate(timeout=60) for worker in (sleeper, victim)]
        assert said == [("done\n", ""), ("done\n", ""), ("done\n", ""), ("", "")]
        assert [worker.returncode for worker in workers] == [-signal.SIGKILL, 0, 0, 0]
        found = check_trials(study, more, lost=2, workers=4)
        assert [found.count(params) for params in interrupted] == [1, 1]


def test_a_worker_killed_on_sqlite_leaves_its_trial_to_the_next(file: str) -> None:
    tune = tuned(trials=6, sampler="random")
    impatient = Heartbeat(interval_seconds=1, grace_seconds=1)
    with create_study(file, "demo", tune, plan(tune, known=2), heartbeat=impatient) as study:
        with started(file, 0, "victim") as victim:
            assert victim.stdout is not None
            params = json.loads(victim.stdout.readline())
            victim.kill()
        time.sleep(impatient.grace_seconds + 1.1)  # SQLite counts whole seconds
        counts: list[int] = []
        study.work(0, tune, slope, counts.append)
        assert counts == [2, 3, 4, 5, 6]
        assert check_trials(study, tune, lost=1, workers=1).count(params) == 1
        study.work(0, tune, slope, counts.append)
        assert counts[-1] == 6


def test_a_worker_killed_while_it_draws_parameters_is_noticed(file: str) -> None:
    tune = tuned(trials=1)
    with create_study(file, "demo", tune, plan(tune), heartbeat=Heartbeat(1, 1)) as study:
        study.work(0, tune, slope)
        inner = study._ready(0)
        inner._thread_local.in_optimize_loop = True  # Optuna warns of a heartbeat outside of its loop
        inner.ask()  # and nothing more, as if killed before its first parameter
        inner.enqueue_trial({"x": 0.5, "n": 1, "c": 504})
        inner.ask()
        assert study.finish(0, tune).lost == 2


@pytest.mark.parametrize(("sampler", "trials"), [("two_stage", 8), ("random", 8), ("cmaes", 12), ("grid", 10)])
def test_every_sampler_works_on_a_shared_study(file: str, sampler: str, trials: int) -> None:
    tune = tuned(sampler=sampler, space={"x": {"float": (0, 1)}, "n": {"int": (1, 2)}}, trials=12, batch=4)
    tune = tune if sampler == "grid" else tune.model_copy(update={"trials": trials})
    known = [Known({"x": 0.1, "n": 1}, (0.0,))] * 3
    with create_study(file, "demo", tune, Plan(IDENTITY, "{}", [known]), heartbeat=BEAT) as study:
        study.work(0, tune, slope)
        batch = study.finish(0, tune).batch
    assert len({tuple(params.values()) for params in batch.params}) == len(batch) == trials


def test_two_objectives_and_two_folds(file: str) -> None:
    tune = tuned(trials=5, objective=["cagr", "volatility"])

    def two(params: Sequence[Params]) -> tuple[list[tuple[float, ...] | None], list[str]]:
        return [(1.0, 2.0) if params[0]["c"] == 504 else (math.nan, 1.0)], [""]

    with create_study(file, "demo", tune, Plan(IDENTITY, "{}", [[], []]), heartbeat=BEAT) as study:
        for fold in (0, 1):
            study.work(fold, tune, two)
            gathered = study.finish(fold, tune)
            assert (gathered.batch.fold, len(gathered.batch), gathered.lost) == (fold, 5, 0)
            expected = [(1.0, 2.0) if params["c"] == 504 else None for params in gathered.batch.params]
            assert list(gathered.batch.values) == expected


def test_an_error_of_the_evaluation_ends_the_work_and_counts_for_nothing(file: str) -> None:
    def broken(params: Sequence[Params]) -> tuple[list[tuple[float, ...] | None], list[str]]:
        raise ValueError("a bug")

    tune = tuned(trials=2)
    with create_study(file, "demo", tune, plan(tune), heartbeat=BEAT) as study:
        with pytest.raises(ValueError, match="a bug"):
            study.work(0, tune, broken)
        study.work(0, tune, slope)
        check_trials(study, tune, lost=1, workers=1)


def test_a_worker_with_another_space_is_not_caught_in_a_loop(file: str) -> None:
    tune = tuned(trials=2)
    other = tuned(trials=2, space={"x": {"choice": ("a", "b")}})
    with (
        create_study(file, "demo", tune, plan(tune, known=2), heartbeat=BEAT) as study,
        pytest.raises(ValueError, match="distribution"),
    ):
        study.work(0, other, slope)


@pytest.mark.parametrize(
    ("field", "said"), [("config", "the configuration was"), ("data", "the data was"), ("seed", "the seed was 7")]
)
def test_joining_or_resuming_with_something_else_is_refused_and_named(file: str, field: str, said: str) -> None:
    tune = tuned()
    other = replace(IDENTITY, **{field: 8 if field == "seed" else "e" * 64})
    create_study(file, "demo", tune, plan(tune, folds=2), heartbeat=BEAT).close()
    with join(file, "demo") as study:
        study.check(IDENTITY)
        assert study.folds == 2
        assert TuneConfig(**json.loads(study.config_json)) == tune
        with pytest.raises(WaterlineError, match=said) as caught:
            study.check(other)
        assert "data" in str(caught.value) or field != "data"
    with pytest.raises(WaterlineError, match=said):
        create_study(file, "demo", tune, replace(plan(tune, folds=2), identity=other), resume=True)


def test_a_study_that_is_there_is_joined_or_resumed_not_begun_again(file: str) -> None:
    tune = tuned()
    create_study(file, "demo", tune, plan(tune), heartbeat=BEAT).close()
    with pytest.raises(WaterlineError, match=r"holds a study 'demo' already.*--join demo.*--resume"):
        create_study(file, "demo", tune, plan(tune))
    with pytest.raises(WaterlineError, match=r"no study 'dmo' yet. Did you mean 'demo'\?"):
        join(file, "dmo")


def test_a_study_whose_creator_was_killed_is_completed_by_resuming(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(count: int) -> None:
        if count == 4:
            raise KeyboardInterrupt

    tune = tuned(trials=1, sampler="random")
    with pytest.raises(KeyboardInterrupt):
        create_study(file, "demo", tune, plan(tune, folds=2, known=3), on_known=killed)
    monkeypatch.setattr(shared, "SETUP_SECONDS", 0.5)
    with join(file, "demo", BEAT) as study:
        study.work(0, tune, slope)
        with pytest.raises(WaterlineError, match=r"stopped before fold 1 was ready.*--resume"):
            study.work(1, tune, slope)
    counts: list[int] = []
    resumed = create_study(file, "demo", tune, plan(tune, folds=2, known=3), resume=True, on_known=counts.append)
    with resumed as study:
        assert counts == [1, 2, 3, 4, 5, 6]
        study.work(1, tune, slope)
        assert [len(study._ready(fold).trials) for fold in (0, 1)] == [4, 4]


def test_a_known_set_or_a_sampler_that_does_not_fit_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    file = tmp_path / "studies.db"
    tune = tuned()
    wrong = Plan(IDENTITY, "{}", [[Known({"x": 2.0, "n": 1, "c": 504}, (1.0,))]])
    with pytest.raises(ConfigError, match="outside its range"):
        create_study(f"sqlite:///{file}", "demo", tune, wrong)
    with pytest.raises(ConfigError, match="c is a choice"):
        create_study(f"sqlite:///{file}", "demo", tuned(sampler="cmaes"), plan(tune))
    assert not file.exists()


def test_a_connection_that_drops_is_made_again_and_a_lost_database_is_told(server: str) -> None:
    import psycopg

    tune = tuned(trials=3, sampler="random")
    other = server.replace("/studies", "/dropped")
    with psycopg.connect(server.replace("/studies", "/postgres"), autocommit=True) as admin:
        admin.execute("create database dropped")

        def dropping(params: Sequence[Params]) -> tuple[list[tuple[float, ...] | None], list[str]]:
            admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'dropped'")
            return slope(params)

        def without_database(params: Sequence[Params]) -> tuple[list[tuple[float, ...] | None], list[str]]:
            admin.execute("drop database dropped with (force)")
            return slope(params)

        with create_study(other, "demo", tune, plan(tune)) as study:
            study.work(0, tune, dropping)
            assert len(study.finish(0, tune).batch) == 3
            with pytest.raises(StorageError, match=r"/dropped has no database of this name") as caught:
                study.work(0, tuned(trials=4, sampler="random"), without_database)
        assert "s3cret" not in "".join(traceback.format_exception(caught.value))
