"""Many parameter sets at once: signal, states, targets, portfolio and the sums of the metrics in one compiled pass."""

from __future__ import annotations

from waterline.simulation.sweep.arrays import COLUMNS, Ground, Sets
from waterline.simulation.sweep.running import Sums, equity, sweep

__all__ = ["COLUMNS", "Ground", "Sets", "Sums", "equity", "sweep"]
