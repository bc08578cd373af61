"""Is the winner on a plateau or on a needle: how its neighbours fare on the same training sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import numpy.typing as npt

from waterline.config.tuning import Parameter, Value
from waterline.sessions import Floats
from waterline.tuning.outcome import Choice, Plateau
from waterline.tuning.problem import Problem
from waterline.tuning.space import columns_of

STEPS = 21
STEP = 0.1
"""How far a neighbour is away, as a share of the range."""
MOST_NEIGHBOURS = 7
"""Parameters in the neighbourhood: 3 ** 7 sets."""
NEEDLE = 0.7
"""Median of the neighbourhood over the peak below which the winner stands on a needle."""


def plateau(problem: Problem, winner: Choice, importance: Mapping[str, float]) -> Plateau | None:
    """The map around the winner over its two most important ranges, and its neighbourhood; None without a range."""
    ranges = [name for name, one in problem.space.parameters.items() if one.choice is None]
    ranges.sort(key=lambda name: -importance.get(name, 0.0))
    if not ranges or not problem.compiled:
        return None
    axes = tuple(ranges[:2])
    grid = tuple(_levels(problem.space.parameters[name]) for name in axes)
    value = _values(problem, winner, axes, list(product(*(levels.tolist() for levels in grid))))
    near = ranges[:MOST_NEIGHBOURS]
    steps = [_near(problem.space.parameters[name], winner.params[name]) for name in near]
    neighbourhood = _values(problem, winner, near, list(product(*steps)))
    peak = float(winner.train[0])
    known = neighbourhood[np.isfinite(neighbourhood)]
    share = float(np.median(known)) / peak if len(known) and peak != 0.0 else float("nan")
    shaped = value.reshape([len(levels) for levels in grid])
    return Plateau(axes, grid, shaped, neighbourhood, share, not share >= NEEDLE)


def _levels(parameter: Parameter) -> npt.NDArray[np.generic]:
    low, high = parameter.float or parameter.int or (0, 0)
    levels = np.geomspace(low, high, STEPS) if parameter.log else np.linspace(low, high, STEPS)
    return np.unique(np.round(levels).astype(np.int64)) if parameter.int is not None else levels


def _near(parameter: Parameter, centre: Value) -> list[Value]:
    """The value and its neighbours a step below and above, inside the range."""
    low, high = parameter.float or parameter.int or (0, 0)
    step = STEP * (high - low)
    if parameter.int is not None:
        step = max(round(step), 1)
    return sorted({min(max(float(centre) + way * step, low), high) for way in (-1, 0, 1)})


def _values(problem: Problem, winner: Choice, names: Sequence[str], points: Sequence[Sequence[Value]]) -> Floats:
    rows = [{**winner.params, **dict(zip(names, point, strict=True))} for point in points]
    for row in rows:
        for name in names:
            if problem.space.parameters[name].int is not None:
                row[name] = int(row[name])
    return problem.evaluate(columns_of(rows)).train[:, winner.fold.number, 0]
