"""Searching in batches: the same trials whatever interrupts it, and no trial lost or made up."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import optuna
import pytest

from waterline.config.tuning import TuneConfig
from waterline.errors import ConfigError, WaterlineError
from waterline.tuning.identity import Identity
from waterline.tuning.journal import open_journal
from waterline.tuning.optimiser import Batch, Known, Refined, in_bounds, refine
from waterline.tuning.outcome import Params
from waterline.tuning.samplers import grid_levels, grid_size

SAMPLERS = ("two_stage", "tpe", "random", "cmaes", "grid")
RANGES: dict[str, Any] = {"x": {"float": (0, 1)}, "n": {"int": (1, 10)}, "l": {"float": (1e-3, 1.0), "log": True}}
CHOICE: dict[str, Any] = {"c": {"choice": (504, 756, "none")}}
DIES_IN_A_BATCH = """
import math, os, sys, time
from pathlib import Path
from waterline.config.tuning import TuneConfig
from waterline.tuning.identity import Identity
from waterline.tuning.journal import open_journal
from waterline.tuning.optimiser import Known, refine

def search(name):
    space = {"x": {"float": (0, 1)}, "n": {"int": (1, 10)}, "l": {"float": (1e-3, 1.0), "log": True}}
    if name != "cmaes":
        space["c"] = {"choice": (504, 756, "none")}
    tune = TuneConfig(space=space, objective="sharpe_ratio", sampler=name, trials=44, batch=8)
    known = []
    if name == "two_stage":
        known = [Known({"x": i / 12, "n": 5, "l": 0.1, "c": 756}, (-abs(i / 12 - 0.3),)) for i in range(12)]
    asked = [0]

    def evaluate(params):
        values = []
        for one in params:
            asked[0] += 1
            if asked[0] == 29:  # inside the fourth batch
                os.write(1, f"{name}\\n".encode())
                time.sleep(600)
            x, n = one["x"], one["n"]
            values.append((math.nan if x > 0.9 else -((x - 0.3) ** 2) - (n - 3) ** 2 / 50,))
        return values, [""] * len(values)

    with open_journal(Path(sys.argv[1]) / f"{name}.jsonl", Identity("c", "d", 7, 8), resume=False) as journal:
        refine(tune, 2, known, 7, evaluate, (), journal.append)

import optuna.samplers
for name in sys.argv[2:]:
    if os.fork() == 0:
        search(name)
time.sleep(600)
"""


def tuned(sampler: str, **changes: Any) -> TuneConfig:
    """A search over two or three ranges and a choice."""
    space = RANGES if sampler == "cmaes" else RANGES | CHOICE
    fields = {"space": space, "objective": "sharpe_ratio", "sampler": sampler, "trials": 44, "batch": 8}
    return TuneConfig(**(fields | changes))


def known_of(tune: TuneConfig) -> list[Known]:
    """What a sweep would have found, for the sampler that begins with one."""
    if tune.sampler != "two_stage":
        return []
    return [Known({"x": i / 12, "n": 5, "l": 0.1, "c": 756}, (-abs(i / 12 - 0.3),)) for i in range(12)]


def bowl(params: Sequence[Params]) -> tuple[list[tuple[float, ...] | None], list[str]]:
    """Best at x = 0.3 and n = 3; not a number where x exceeds 0.9."""
    values: list[tuple[float, ...] | None] = []
    for one in params:
        x, n = float(one["x"]), float(one["n"])
        values.append((math.nan if x > 0.9 else -((x - 0.3) ** 2) - (n - 3) ** 2 / 50,))
    return values, [""] * len(values)


def searched(
    tune: TuneConfig, *, seed: int = 7, fold: int = 2, told: Sequence[Batch] = (), evaluate: Any = bowl
) -> Refined:
    """The search, with its known sets."""
    return refine(tune, fold, known_of(tune), seed, evaluate, told, lambda _: None)


def trials(refined: Refined) -> list[Params]:
    """All proposed sets."""
    return [params for batch in refined.batches for params in batch.params]


def test_a_search_killed_inside_a_batch_and_resumed_makes_the_trials_of_an_uninterrupted_one(tmp_path: Path) -> None:
    command = [sys.executable, "-c", DIES_IN_A_BATCH, str(tmp_path), *SAMPLERS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        inside = {process.stdout.readline().strip() for _ in SAMPLERS}
        os.killpg(process.pid, signal.SIGKILL)
    assert inside == set(SAMPLERS)
    for sampler in SAMPLERS:
        tune = tuned(sampler)
        with open_journal(tmp_path / f"{sampler}.jsonl", Identity("c", "d", 7, 8), resume=True) as journal:
            assert [batch.number for batch in journal.batches] == [0, 1, 2]
            resumed = refine(tune, 2, known_of(tune), 7, bowl, journal.of(2), journal.append)
        assert resumed.proposed == 44 - 24
        assert resumed.batches == searched(tune).batches
        with open_journal(tmp_path / f"{sampler}.jsonl", Identity("c", "d", 7, 8), resume=True) as journal:
            assert journal.batches == resumed.batches


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("seed", [0, 2**31])
def test_a_search_goes_on_the_same_from_every_batch(sampler: str, seed: int) -> None:
    tune = tuned(sampler)
    whole = searched(tune, seed=seed)
    assert [len(batch) for batch in whole.batches] == [8, 8, 8, 8, 8, 4]
    for told in (1, 4, 6):
        assert searched(tune, seed=seed, told=whole.batches[:told]).batches == whole.batches


@pytest.mark.parametrize("sampler", ["two_stage", "random", "grid"])
def test_two_objectives_go_on_the_same_and_one_that_is_nan_fails_its_trial(sampler: str) -> None:
    def two(params: Sequence[Params]) -> tuple[list[tuple[float, ...] | None], list[str]]:
        values = [(float(one["x"]), math.nan if float(one["n"]) % 2 == 0 else float(one["n"])) for one in params]
        return list(values), [""] * len(values)

    tune = tuned(sampler, objective=["sharpe_ratio", "volatility"])
    known = [Known(one.params, (1.0, float(one.params["x"]))) for one in known_of(tune)]
    whole = refine(tune, 0, known, 3, two, (), lambda _: None)
    for told in (1, 4, 6):
        assert refine(tune, 0, known, 3, two, whole.batches[:told], lambda _: None).batches == whole.batches
    seen = set()
    for batch in whole.batches:
        for params, values, problem in zip(batch.params, batch.values, batch.problems, strict=True):
            is_even = int(params["n"]) % 2 == 0
            assert (values is None, problem) == (is_even, "volatility is not a finite number." if is_even else "")
            seen.add(is_even)
    assert seen == {True, False}


def test_a_failed_trial_keeps_its_reason_and_its_place() -> None:
    def troubled(params: Sequence[Params]) -> tuple[list[tuple[float, ...] | None], list[str]]:
        return [None, (math.inf,), (1.0,), (2.0,)], ["it never has a score.", "", "", "too short."]

    tune = tuned("random", trials=4, batch=4)
    (batch,) = searched(tune, evaluate=troubled).batches
    assert batch.values == (None, None, (1.0,), None)
    assert batch.problems == ("it never has a score.", "sharpe_ratio is not a finite number.", "", "too short.")


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_search_goes_on_when_every_trial_fails(sampler: str) -> None:
    def nothing(params: Sequence[Params]) -> tuple[list[None], list[str]]:
        return [None] * len(params), [""] * len(params)

    whole = searched(tuned(sampler, trials=20), evaluate=nothing)
    assert {problem for batch in whole.batches for problem in batch.problems} == {"it has no value."}
    assert searched(tuned(sampler, trials=20), told=whole.batches[:1], evaluate=nothing).batches == whole.batches


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_trials_lie_in_the_space_and_depend_on_seed_and_fold_but_not_on_the_order_of_keys(sampler: str) -> None:
    tune = tuned(sampler, trials=24)
    whole = searched(tune)
    assert [in_bounds(tune.space, params) for params in trials(whole)] == [None] * 24
    assert len({tuple(params.values()) for params in trials(whole)}) == 24
    turned = tune.model_copy(update={"space": dict(reversed(tune.space.items()))})
    assert searched(turned).batches == whole.batches
    assert trials(searched(tune, seed=8)) != trials(whole) != trials(searched(tune, fold=3))


def test_a_search_without_trials_is_empty() -> None:
    assert searched(tuned("two_stage", trials=0)) == Refined((), pytest.approx(0, abs=1), 0)


def test_known_sets_lead_the_search_from_its_first_batch() -> None:
    def distance(sampler: str) -> float:
        tune = tuned(sampler, trials=16, batch=16)
        first = [params for seed in range(5) for params in trials(searched(tune, seed=seed))]
        return float(np.median([abs(float(params["x"]) - 0.3) for params in first]))

    assert distance("two_stage") < 0.75 * distance("random")


def test_tpe_and_cmaes_come_nearer_than_chance() -> None:
    def best(sampler: str, seed: int) -> float:
        space = {"x": {"float": (0, 1)}, "n": {"float": (1, 10)}, "l": {"float": (0, 1)}}
        batches = searched(tuned(sampler, space=space, trials=48, batch=8), seed=seed).batches
        return max(one[0] for batch in batches for one in batch.values if one is not None)

    by_chance = [best("random", seed) for seed in range(3)]
    for sampler in ("tpe", "cmaes"):
        assert np.median([best(sampler, seed) for seed in range(3)]) > np.median(by_chance)


@pytest.mark.parametrize("known", [0, 30])
def test_a_grid_ends_when_each_of_its_points_was_tried_once(known: int) -> None:
    space = {"x": {"float": (0, 1)}, "n": {"int": (1, 3)}, "c": {"choice": (True, "a")}}
    tune = tuned("grid", space=space, trials=100)
    registered = [Known({"x": 0.1, "n": 1, "c": "a"}, (0.0,))] * known
    whole = refine(tune, 0, registered, 1, bowl, (), lambda _: None)
    points = [tuple(params.values()) for params in trials(whole)]
    assert len(points) == len(set(points)) == grid_size(tune.space) == 5 * 3 * 2
    assert {x for _, _, x in points} == {0.0, 0.25, 0.5, 0.75, 1.0}
    for told in range(len(whole.batches) + 1):
        assert refine(tune, 0, registered, 1, bowl, whole.batches[:told], lambda _: None).batches == whole.batches


def test_levels_of_a_grid_span_the_range() -> None:
    space = tuned("grid").space
    assert grid_levels(space["l"]) == pytest.approx(np.geomspace(1e-3, 1, 5))
    assert grid_levels(space["n"]) == [1, 3, 6, 8, 10]
    assert grid_levels(space["c"]) == [504, 756, "none"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"space": RANGES | CHOICE}, "c is a choice"),
        ({"objective": ["cagr", "volatility"]}, "one objective, not 2"),
        ({"sampler": "grid", "space": {f"p{i}": {"float": (0, 1)} for i in range(20)}}, "95,367,431,640,625 points"),
    ],
)
def test_a_sampler_that_cannot_search_the_space_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        searched(tuned(**({"sampler": "cmaes"} | changes)))


def test_a_known_set_outside_the_space_is_refused() -> None:
    tune = tuned("two_stage")
    known = [Known({"x": 1.5, "n": 1, "l": 0.1, "c": 504}, (1.0,))]
    with pytest.raises(ConfigError, match=r"x is 1.5, outside its range \[0, 1\]"):
        refine(tune, 0, known, 0, bowl, (), lambda _: None)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_batches_of_another_search_are_refused(sampler: str) -> None:
    tune = tuned(sampler)
    whole = searched(tune).batches
    foreign: list[Sequence[Batch]] = [whole[1:], [whole[0], whole[0]], searched(tune, fold=1).batches[:1]]
    if sampler in ("cmaes", "grid"):
        foreign.append(searched(tune, seed=99).batches[:1])
    for told in foreign:
        with pytest.raises(WaterlineError, match="is not one of this search"):
            searched(tune, told=told)


def test_optuna_says_nothing_and_keeps_the_verbosity_of_others(capfd: pytest.CaptureFixture[str]) -> None:
    before = optuna.logging.get_verbosity()
    searched(tuned("grid", trials=10))
    searched(tuned("cmaes", trials=20))
    assert optuna.logging.get_verbosity() == before
    assert capfd.readouterr() == ("", "")


def test_the_time_spent_in_optuna_is_part_of_the_whole() -> None:
    def slow(params: Sequence[Params]) -> tuple[list[tuple[float, ...] | None], list[str]]:
        time.sleep(0.05)
        return bowl(params)

    began = time.perf_counter()
    whole = searched(tuned("tpe"), evaluate=slow)
    assert 0 < whole.optuna_seconds < time.perf_counter() - began - 6 * 0.05
