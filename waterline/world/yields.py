"""Yields: a first-order vector autoregression around a mean that moves with the state."""

from __future__ import annotations

import numpy as np

from waterline.panel import Observations
from waterline.sessions import Floats
from waterline.world.grid import Grid
from waterline.world.latent import Path, relaxed
from waterline.world.publication import published
from waterline.world.sections import Yields

BASIS_POINT = 0.01
BILL_RATE = "IRX"


def draw_yields(path: Path, how: Yields, rng: np.random.Generator) -> dict[str, Floats]:
    """Name -> (S,) percent, whose long-run mean is that of the state; shocks share one common part."""
    mean, common = np.asarray(how.mean), np.asarray(how.correlation)
    count = len(path.states)
    shared, own = rng.standard_normal((count, 1)), rng.standard_normal((count, len(how.names)))
    noise = BASIS_POINT * np.asarray(how.noise) * (common * shared + np.sqrt(1.0 - common**2) * own)
    target = mean[:, path.states].T
    level = relaxed(target, how.pull, noise, target[0])
    return dict(zip(how.names, level.T, strict=True))


def publish_yields(values: dict[str, Floats], grid: Grid) -> dict[str, Observations]:
    """The yields as they are quoted, each by its release rule."""
    return {name: published(name, grid, value) for name, value in values.items()}
