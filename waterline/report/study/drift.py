"""How each parameter's choice moved from fold to fold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from waterline.config.tuning import Parameter, Value
from waterline.report.study.measures import plain, short_names
from waterline.report.study.searched import Searched


@dataclass(frozen=True, slots=True)
class Drift:
    """One parameter.

    Attributes:
        path: its path in the configuration.
        short: its name where room is scarce.
        searched: the range or the choices that were searched.
        values: what each fold chose, as written.
        places: where that lies between the ends of the range, 0 to 1.
        moved: mean step from one fold to the next as a share of the range; of choices, the share of steps that change.
    """

    path: str
    short: str
    searched: str
    values: tuple[str, ...]
    places: tuple[float, ...]
    moved: float

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """Dots of the small picture, in percent of its width and from the top of its height."""
        last = max(len(self.places) - 1, 1)
        return tuple(
            (4.0 + 92.0 * fold / last if len(self.places) > 1 else 50.0, 100.0 - 100.0 * place)
            for fold, place in enumerate(self.places)
        )


def drifts(found: Searched) -> tuple[Drift, ...]:
    """Every searched parameter, in the order of the trials' columns."""
    paths = tuple(found.tuned.trials.params)
    names = short_names(paths)
    return tuple(_drift(found, path, names[path]) for path in paths)


def _drift(found: Searched, path: str, short: str) -> Drift:
    chosen = [choice.params[path] for choice in found.tuned.choices]
    parameter = found.space.get(path)
    if parameter is None or parameter.choice is not None:
        options = _options(found, path) if parameter is None or parameter.choice is None else parameter.choice
        changes = [one != other for one, other in pairwise(chosen)]
        moved = float(np.mean(changes)) if changes else math.nan
        told = ", ".join(plain(option) for option in options)
        return Drift(path, short, told, _written(chosen), tuple(_rank(options, value) for value in chosen), moved)
    places = tuple(_place(parameter, value) for value in chosen)
    steps = np.abs(np.diff(places))
    moved = float(steps.mean()) if len(steps) else math.nan
    low, high = parameter.float or parameter.int or (0, 0)
    told = f"{plain(low)} to {plain(high)}" + (", logarithmic" if parameter.log else "")
    return Drift(path, short, told, _written(chosen), places, moved)


def _options(found: Searched, path: str) -> tuple[Value, ...]:
    """The values that were tried, where the configuration does not tell."""
    values: list[Value] = found.tuned.trials.params[path].tolist()
    return tuple(sorted(set(values), key=lambda value: (isinstance(value, str), value)))


def _written(values: Sequence[Value]) -> tuple[str, ...]:
    return tuple(plain(value) for value in values)


def _rank(options: Sequence[Value], value: Value) -> float:
    place = next((k for k, option in enumerate(options) if option == value and type(option) is type(value)), 0)
    return place / (len(options) - 1) if len(options) > 1 else 0.5


def _place(parameter: Parameter, value: Value) -> float:
    low, high = parameter.float or parameter.int or (0, 0)
    at = float(value)
    share = math.log(at / low) / math.log(high / low) if parameter.log else (at - low) / (high - low)
    return min(max(share, 0.0), 1.0)
