"""All parameters of the worlds, read once from the shipped file."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from waterline.config.packaged import packaged
from waterline.errors import ConfigError, suggestion
from waterline.world.sections import (
    Assets,
    Calendar,
    Demand,
    Drift,
    Funding,
    Part,
    Plumbing,
    Publication,
    Regimes,
    Risk,
    Search,
    World,
    Yields,
)


class Parameters(Part):
    """All of ``worlds.yaml``."""

    calendar: Calendar
    regimes: Regimes
    demand: Demand
    plumbing: Plumbing
    funding: Funding
    yields: Yields
    assets: Assets
    publication: Publication
    risks: dict[str, Risk]
    drifts: dict[str, Drift]
    worlds: dict[str, World]
    experiment: dict[str, Any]
    search: Search

    def world(self, name: str) -> World:
        """The world called ``name``.

        Raises:
            ConfigError: there is none.
        """
        if name not in self.worlds:
            raise ConfigError("world", f"there is no world {name!r}.", suggestion(name, self.worlds))
        return self.worlds[name]


@lru_cache(maxsize=1)
def parameters() -> Parameters:
    """The shipped parameters."""
    return packaged(Parameters, "waterline.world", "worlds.yaml")
