"""Which trial is the best, what may be a trial at all, and which parameter matters."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waterline.config.tuning import TuneConfig
from waterline.errors import WaterlineError
from waterline.tuning.optimiser import importance, in_bounds
from waterline.tuning.outcome import Params
from waterline.tuning.ranking import best_of

SPACE = TuneConfig(
    space={
        "x": {"float": (0, 1)},
        "n": {"int": (1, 10)},
        "l": {"float": (1e-3, 1.0), "log": True},
        "c": {"choice": (504, 756, "none")},
    }
).space


def drawn(count: int) -> list[Params]:
    """Sets from all over the space."""
    chance = np.random.default_rng(1)
    choices = SPACE["c"].choice or ()
    return [
        {
            "x": float(chance.uniform()),
            "n": int(chance.integers(1, 11)),
            "l": float(10 ** chance.uniform(-3, 0)),
            "c": choices[int(chance.integers(3))],
        }
        for _ in range(count)
    ]


@given(st.data())
def test_the_best_is_never_beaten_in_all_objectives_and_the_first_of_equals(data: st.DataObject) -> None:
    metrics = data.draw(
        st.sampled_from([("cagr",), ("volatility",), ("cagr", "volatility"), ("cagr", "volatility", "sharpe_ratio")])
    )
    number = st.sampled_from([0.0, 1.0, 2.0, 3.0, math.nan, math.inf]) | st.floats(-5, 5)
    rows = data.draw(st.lists(st.tuples(*[number] * len(metrics)), min_size=1, max_size=12))
    values = np.array(rows)
    losses = values * np.array([1 if metric == "volatility" else -1 for metric in metrics])
    valid = [row for row in range(len(rows)) if np.isfinite(values[row]).all()]
    if not valid:
        with pytest.raises(WaterlineError, match="None of"):
            best_of(values, metrics)
        return
    best = best_of(values, metrics)
    ranks = {row: sum(int((losses[valid][:, q] < losses[row, q]).sum()) for q in range(len(metrics))) for row in valid}
    assert best == min(valid, key=lambda row: (ranks[row], row))
    for row in valid:
        assert not ((losses[row] <= losses[best]).all() and (losses[row] < losses[best]).any())


@settings(max_examples=50)
@given(
    name=st.sampled_from(["x", "n", "l", "c", "z", ""]),
    value=st.floats() | st.integers() | st.booleans() | st.sampled_from(["none", "504", 504, 504.0, 756]),
)
def test_a_set_is_in_bounds_just_when_optuna_takes_it(name: str, value: float | str) -> None:
    params: dict[str, Any] = {"x": 0.5, "n": 2, "l": 0.1, "c": "none"}
    params |= {name: value} if name else {}
    problem = in_bounds(SPACE, params)
    fits = {
        "x": lambda: not isinstance(value, bool | str) and 0 <= value <= 1,
        "n": lambda: not isinstance(value, bool | str) and 1 <= value <= 10 and value == int(value),
        "l": lambda: not isinstance(value, bool | str) and 1e-3 <= value <= 1,
        "c": lambda: value == "none" or (type(value) is int and value in (504, 756)),
        "z": lambda: False,
        "": lambda: True,
    }
    assert (problem is None) == fits[name]()
    assert problem is None or name in problem
    del params["x"]
    assert in_bounds(SPACE, params) is not None


@pytest.mark.parametrize(("sign", "less_is_better"), [(1, False), (-1, True)])
def test_importance_finds_the_parameter_that_matters(sign: int, less_is_better: bool) -> None:
    sets = drawn(300)
    values = np.array([sign * (float(params["x"]) ** 4 + 0.01 * float(params["n"])) for params in sets])
    values[::7] = math.nan
    shares = importance(SPACE, sets, values, less_is_better=less_is_better)
    assert set(shares) == set(SPACE)
    assert next(iter(shares)) == "x"
    assert shares["x"] > 0.8
    assert sum(shares.values()) == pytest.approx(1)


def test_importance_is_empty_where_nothing_can_be_told() -> None:
    sets = drawn(20)
    assert importance(SPACE, sets, np.full(20, math.nan)) == {}
    assert importance(SPACE, sets, np.ones(20)) == {}
    assert importance(SPACE, sets[:1], np.ones(1)) == {}
    assert importance(SPACE, [], np.ones(0)) == {}
