"""The space: spread evenly, laid over a configuration, and refused with the key, the bound and the nearest name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.config import load
from waterline.config.tuning import Parameter
from waterline.errors import ConfigError, WaterlineError
from waterline.tuning.space import Space, columns_of, row_of, space_of

CLASSIC = Path("configs/classic.yaml")
SPACE = Space(
    {
        "regime.up": Parameter(float=(0.3, 0.9)),
        "regime.dwell": Parameter(int=(5, 8)),
        "execution.cost_multiple": Parameter(float=(0.1, 10.0), log=True),
        "execution.fill": Parameter(choice=("next_close", "next_open")),
    }
)


def tuned(space, *more):
    return load(CLASSIC, [f"tune={{space: {space}}}", *more])


@given(st.lists(st.tuples(*[st.floats(0, 1)] * 4), min_size=1, max_size=20))
def test_every_point_of_the_cube_is_a_value_inside_the_space(points):
    columns = SPACE.spread(np.array(points))
    assert all(SPACE.holds(row_of(columns, row)) for row in range(len(points)))


def test_whole_numbers_and_choices_are_equally_likely():
    columns = SPACE.spread(np.tile((np.arange(4000) + 0.5)[:, None] / 4000, (1, 4)))
    assert np.unique(columns["regime.dwell"], return_counts=True)[1].tolist() == [1000] * 4
    assert [(columns["execution.fill"] == name).sum() for name in ("next_close", "next_open")] == [2000, 2000]
    assert np.median(columns["execution.cost_multiple"]) == pytest.approx(1.0, rel=0.01)  # the geometric middle


@pytest.mark.parametrize(
    "params",
    [
        {"regime.up": 1.0},
        {"regime.dwell": 5.5},
        {"regime.dwell": True},
        {"execution.fill": "never"},
        {"execution.cost_multiple": "1"},
    ],
)
def test_a_value_outside_the_space_is_not_held(params):
    inside = {"regime.up": 0.5, "regime.dwell": 6, "execution.cost_multiple": 1.0, "execution.fill": "next_open"}
    assert SPACE.holds(inside)
    assert not SPACE.holds(inside | params)


def test_columns_keep_whole_numbers_texts_and_truths_apart():
    rows = [{"a": 1, "b": "1", "c": True, "d": 0.5}, {"a": 2, "b": "x", "c": False, "d": 1}]
    columns = columns_of(rows)
    assert [row_of(columns, row) for row in (0, 1)] == rows
    assert type(row_of(columns, 0)["a"]) is int
    assert row_of(columns, 0)["c"] is True


def test_a_parameter_with_further_paths_sets_all_of_them():
    config = tuned(
        "{signal.params.price.scaling.window: {choice: [504, 756], also: [signal.params.stress.scaling.window]}}"
    )
    made = space_of(config).config(config, {"signal.params.price.scaling.window": 504})
    signal = made.built_signal
    assert (signal.price.scaling.window, signal.stress.scaling.window, signal.demand.scaling.window) == (504, 504, 1260)
    assert made.tune is None
    assert made.digest() != config.digest()


def test_the_tune_section_does_not_change_what_a_run_computes():
    assert tuned("{regime.up: {float: [0.3, 0.9]}}").digest() == load(CLASSIC).digest()


@pytest.mark.parametrize(
    ("space", "said"),
    [
        ("{regime.upp: {float: [0, 1]}}", ["tune.space.regime.upp", "no such key", "'regime.up'"]),
        ("{regime.up: {float: [1, 0.5]}}", ["tune.space.regime.up", "[1, 0.5]", "reversed"]),
        ("{regime.up: {float: [1, 1]}}", ["[1, 1]", "empty"]),
        ("{regime.up: {float: [0.3, 99]}}", ["tune.space.regime.up", "99.0", "10"]),
        ("{start: {choice: [2000-01-01, 2001-01-01]}}", ["tune.space.start", "cannot be tuned", "regime"]),
        ("{regime.dwell: {int: [5, 9], choice: [5, 6]}}", ["exactly one", "int and choice"]),
        ("{regime.dwell: {choice: [5, 5]}}", ["at least two", "different"]),
        ("{regime.up: {float: [-1, 1], log: true}}", ["above zero", "-1"]),
        ("{regime.up: {float: [0, 1]}, regime.down: {float: [0, 1], also: [regime.up]}}", ["regime.up", "twice"]),
        ("{execution.fill: {choice: [next_close, at_once]}}", ["execution.fill", "at_once"]),
        ("{}", ["tune.space", "at least 1"]),
    ],
)
def test_a_space_that_cannot_be_used_says_why(space, said):
    with pytest.raises(WaterlineError) as caught:
        space_of(tuned(space))
    assert all(part in str(caught.value) for part in said), str(caught.value)


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("tune.objective=timing_gian", ["timing_gian", "'timing_gain'"]),
        ("tune.objective=[cagr, cagr]", ["each once"]),
        ("tune.trials=-1", ["-1", "greater than or equal to 0"]),
        ("tune.batch=0", ["0", "greater than or equal to 1"]),
        ("tune.sampler=two-stage", ["two-stage", "two_stage"]),
        ("tune.validation.kind=anchord", ["anchord", "anchored"]),
        ("tune.validation.train_years=0", ["0", "greater than 0"]),
    ],
)
def test_a_section_that_cannot_be_used_says_why(override, said):
    with pytest.raises(ConfigError) as caught:
        tuned("{regime.up: {float: [0.3, 0.9]}}", override)
    assert all(part in str(caught.value) for part in said), str(caught.value)


def test_a_configuration_without_the_section_is_told_to_add_it():
    with pytest.raises(ConfigError, match=r"tune: .* Add tune"):
        space_of(load(CLASSIC))
