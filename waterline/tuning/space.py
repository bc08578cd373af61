"""The searched parameters: what they may be, and how their values get into a configuration."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from waterline.config import Config
from waterline.config.changing import changed
from waterline.config.tuning import Parameter, Value
from waterline.errors import ConfigError, suggestion
from waterline.sessions import Floats

TUNABLE = ("regime", "signal", "strategy", "execution", "costs_bps", "sleeves")
Columns = Mapping[str, npt.NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Space:
    """The searched parameters by their path, in order of the path: that of the file has no say in the result."""

    parameters: Mapping[str, Parameter]

    def spread(self, unit: Floats) -> dict[str, npt.NDArray[np.generic]]:
        """Parameter values (P,) of points (P, D) of the unit cube."""
        return {name: _spread(one, unit[:, d]) for d, (name, one) in enumerate(self.parameters.items())}

    def laid_over(self, params: Mapping[str, Value]) -> dict[str, Value]:
        """The values by every path that they stand for, those under ``also`` included."""
        return {path: value for name, value in params.items() for path in (name, *self.parameters[name].also)}

    def config(self, base: Config, params: Mapping[str, Value]) -> Config:
        """``base`` with these parameters and without its ``tune`` section.

        Raises:
            ConfigError: the values cannot be used together.
        """
        return changed(base.model_copy(update={"tune": None}), self.laid_over(params))

    def holds(self, params: Mapping[str, Value]) -> bool:
        """Whether every parameter has a value inside its range or among its choices."""
        return set(params) == set(self.parameters) and all(
            _allowed(one, params[name]) for name, one in self.parameters.items()
        )

    def of(self, config: Config) -> dict[str, Value]:
        """The values that ``config`` has now."""
        tree = config.resolved()
        return {name: _found(tree, name) for name in self.parameters}


def columns_of(rows: Sequence[Mapping[str, Value]]) -> dict[str, npt.NDArray[np.generic]]:
    """Columns of parameter sets given one by one."""
    return {name: _array([row[name] for row in rows]) for name in rows[0]} if rows else {}


def row_of(columns: Columns, row: int) -> dict[str, Value]:
    """One parameter set of the columns, as plain values."""
    return {name: values[row].item() if values.dtype != object else values[row] for name, values in columns.items()}


def _array(values: Sequence[Value]) -> npt.NDArray[np.generic]:
    """Numbers as numbers, all else as objects, so that 1 and "1" and true stay apart."""
    kinds = {type(value) for value in values}
    if kinds <= {int} or kinds <= {float}:
        return np.array(values)
    if kinds <= {int, float}:
        return np.array(values, dtype=np.float64)
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def _spread(parameter: Parameter, unit: Floats) -> npt.NDArray[np.generic]:
    if parameter.choice is not None:
        place = np.minimum((unit * len(parameter.choice)).astype(np.int64), len(parameter.choice) - 1)
        return np.asarray(_array(parameter.choice)[place])
    low, high = parameter.float or parameter.int or (0, 0)
    if parameter.int is not None and not parameter.log:
        return np.asarray(np.minimum(low + np.floor(unit * (high - low + 1)), high).astype(np.int64))
    spread = low * (high / low) ** unit if parameter.log else low + unit * (high - low)
    spread = np.clip(spread, low, high)
    return np.asarray(np.round(spread).astype(np.int64) if parameter.int is not None else spread)


def _kind(value: Value) -> type:
    """Its type, whole numbers being numbers: a column of both holds floats."""
    return float if type(value) is int else type(value)


def _allowed(parameter: Parameter, value: Value) -> bool:
    if parameter.choice is not None:
        return any(value == choice and _kind(value) is _kind(choice) for choice in parameter.choice)
    low, high = parameter.float or parameter.int or (0, 0)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and low <= float(value) <= high and (parameter.int is None or float(value).is_integer())


def space_of(config: Config) -> Space:
    """The space of the ``tune`` section, once every path and every bound is known to be usable.

    Raises:
        ConfigError: there is no section, a path is not in the configuration, stands twice or cannot be tuned, or a
            bound or choice is refused by the key it is meant for.
    """
    if config.tune is None:
        raise ConfigError("tune", "the configuration has no such section.", "Add tune: with a space.")
    tree, seen = config.resolved(), set[str]()
    for name, parameter in config.tune.space.items():
        for path in (name, *parameter.also):
            _check_path(tree, path, seen)
        for value in parameter.choice or parameter.float or parameter.int or ():
            _check_value(config, name, (name, *parameter.also), value)
    return Space(dict(sorted(config.tune.space.items())))


def _check_path(tree: Mapping[str, Any], path: str, seen: set[str]) -> None:
    if path.partition(".")[0] not in TUNABLE:
        known = ", ".join(TUNABLE)
        raise ConfigError(f"tune.space.{path}", "this key cannot be tuned.", f"Paths begin with one of {known}.")
    leaves = _leaves(tree)
    if path not in leaves:
        tunable = [leaf for leaf in leaves if leaf.partition(".")[0] in TUNABLE]
        near = suggestion(path, tunable)
        raise ConfigError(f"tune.space.{path}", "the configuration has no such key.", near)
    if path in seen:
        raise ConfigError(f"tune.space.{path}", "this path stands there twice.", "Keep one of them.")
    seen.add(path)


def _check_value(config: Config, name: str, paths: Sequence[str], value: Value) -> None:
    """Refuse a value that the key itself refuses; what only fails beside other values fails in its trial."""
    for path in paths:
        try:
            changed(config, {path: value})
        except ConfigError as error:
            if error.key == path:
                problem = f"{value!r} is outside what {path} takes ({error.problem.split(': ', 1)[-1]})"
                raise ConfigError(f"tune.space.{name}", problem, "Narrow the range.") from None


def _leaves(tree: Mapping[str, Any], prefix: str = "") -> list[str]:
    found = []
    for key, value in tree.items():
        path = f"{prefix}{key}"
        found += _leaves(value, f"{path}.") if isinstance(value, dict) and value else [path]
    return found


def _found(tree: Mapping[str, Any], path: str) -> Value:
    node: Any = tree
    for key in path.split("."):
        node = node[key]
    return node if isinstance(node, str | int | float | bool) else json.dumps(node)
