"""The experiment that runs on a world, and the configurations of the search."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from waterline.config import Config
from waterline.world.grid import Grid
from waterline.world.parameters import Parameters, parameters


def experiment(world: str, days: Grid, parameters: Parameters) -> Config:
    """The shipped signal and strategy on a world."""
    span = {"start": str(days.clock.sessions[0]), "end": str(days.clock.sessions[-1])}
    tree = {"name": f"World {world}", **parameters.experiment, **span}
    return _validated(tree)


def searched(config: Config) -> tuple[Config, ...]:
    """The configurations of the search: every signal with every rule."""
    tree, search = config.model_dump(mode="json"), parameters().search
    return tuple(
        _validated({**tree, "signal": _changed(tree["signal"], signal), "regime": rule})
        for signal in search.signals
        for rule in search.regimes
    )


def _changed(choice: dict[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """A plugin with some parameters changed; one that names its class stands alone."""
    return dict(change) if "use" in change else _merged(choice, change)


def _merged(tree: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """``change`` laid over ``tree``, mapping by mapping."""
    out = dict(tree)
    for key, value in change.items():
        inner = out.get(key)
        out[key] = _merged(inner, value) if isinstance(inner, Mapping) and isinstance(value, Mapping) else value
    return out


def _validated(tree: Mapping[str, Any]) -> Config:
    return Config.model_validate_json(json.dumps(tree, default=str), strict=True)
