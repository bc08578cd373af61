"""What figures are held against, critical values from simulated nulls, and the gate that is made of both."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.metrics import Estimate
from waterline.world import Bound, Figure, Study, Trial, bounds, critical_values, named, worlds
from waterline.world.acceptance import WORLDS, calibrating, gates, oversized
from waterline.world.detection import Detection

SEEN = Detection((10,), 0, 1, 0.8, 0.5)
P = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=60)


def made(world: str, p: dict[str, np.ndarray], covered: float = 0.9) -> Study:
    """A study of given p-values, whose intervals hold the truth in a given share."""
    count = len(next(iter(p.values())))
    trials = tuple(
        Trial(
            n, 504, Estimate(0.1, 0.05, 2.0), 0.08, {test: float(values[n]) for test, values in p.items()},
            {"hac": n < covered * count}, SEEN,
        )
        for n in range(count)
    )  # fmt: skip
    return Study(world, 0, 2.0, trials)


def evenly(count: int, power: float = 1.0) -> np.ndarray:
    """p-values of an exact test; of one that claims too much where ``power`` is above 1."""
    return ((np.arange(count) + 0.5) / count) ** power


def test_a_bound_is_five_percent_and_two_standard_errors() -> None:
    study = made("N1", {"hac": evenly(2000)})
    assert bounds(study)["rejects: hac"].high == pytest.approx(0.05 + 2 * math.sqrt(0.05 * 0.95 / 2000))
    assert bounds(study)["rejects: hac"].high == pytest.approx(0.06, abs=5e-4)
    assert bounds(study)["covers: hac"].low == pytest.approx(0.9 - 2 * math.sqrt(0.09 / 2000))


def test_what_is_held_against_a_bound_follows_from_what_is_true() -> None:
    p = {test: evenly(40) for test in ("hac", "demand adds: hac", "search: max shift")}
    held = {
        world: {name.partition(": ")[2] for name in bounds(made(world, p)) if "rejects" in name} for world in worlds()
    }
    plain = {"hac", "demand adds: hac"}
    assert all(held[world] == plain for world in ("N0", "N1", "N2", "N3"))
    assert held["N4"] == {"demand adds: hac", "search: max shift"}
    assert all(not held[world] for world in ("A1", "A2", "A3", "A5"))
    assert held["A4"] == {"demand adds: hac"}
    assert not any(name.startswith("covers") for name in bounds(made("N4", p)))


@pytest.mark.parametrize(("value", "holds"), [(0.06, True), (0.061, False), (math.nan, False)])
def test_a_bound_holds_up_to_its_end_and_for_nothing_undefined(value: float, holds: bool) -> None:
    assert Bound(high=0.06).holds(Figure(value, 0.01, 9)) is holds


@given(P, P)
def test_no_null_sees_more_than_five_percent_at_the_calibrated_value(one: list[float], other: list[float]) -> None:
    nulls = [made("N0", {"x": np.array(one)}), made("N3", {"x": np.array(other)})]
    critical = critical_values(nulls)["x"]
    assert 0.0 <= critical <= 0.05
    assert all(study.rejections("x", critical).value <= 0.05 or critical == 0.0 for study in nulls)


def test_a_careful_test_keeps_its_critical_value_and_an_eager_one_loses_some() -> None:
    p = {"careful": np.sqrt(evenly(1000)), "eager": evenly(1000, 2.0)}
    critical = critical_values([made("N1", p)])
    assert critical["careful"] == 0.05
    assert critical["eager"] == pytest.approx(0.05**2, abs=2e-4)
    assert critical_values([made("A2", p)]) == {}


def test_an_oversized_test_fails_and_holds_once_calibrated_on_other_runs() -> None:
    def study(world: str, seed: int) -> Study:
        draw = np.random.default_rng([seed, sum(world.encode())]).uniform(size=2000)
        return made(world, {"exact": evenly(2000), "eager": draw**1.5})

    judged = gates(found := [study("N0", 1), study("N1", 1)], {})
    assert oversized(judged) == {"eager"}
    assert calibrating(found, {"eager"}) == ["N0", "N1"]
    critical = critical_values([study("N0", 2), study("N1", 2)])
    final = gates(found, {"eager": critical["eager"]})
    assert all(gate.holds for gate in final)
    assert {gate.test: gate.critical for gate in final} == {"exact": 0.05, "eager": critical["eager"]}


def test_a_test_that_is_asleep_does_not_pass() -> None:
    asleep, awake = (gates([made("A2", {"x": evenly(200, power)})], {})[0] for power in (0.5, 4.0))
    assert not asleep.holds
    assert not asleep.is_oversized
    assert awake.holds


def test_the_gate_looks_at_every_null_world_and_at_both_claims_of_the_method() -> None:
    nulls = {name for name in worlds() if name.startswith("N")}
    assert nulls | {"A2", "A4"} == set(WORLDS)
    assert named("all") == tuple(worlds())
