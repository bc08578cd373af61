"""Simulation: target weights in, equity out."""

from __future__ import annotations

from waterline.simulation.engine import simulate
from waterline.simulation.execution import WEEKDAYS, Execution, Fill
from waterline.simulation.market import Market, SimulationError, TargetError, fills
from waterline.simulation.result import Orders, Simulation
from waterline.simulation.schedule import Schedule, schedule, weekly_decisions

__all__ = [
    "WEEKDAYS",
    "Execution",
    "Fill",
    "Market",
    "Orders",
    "Schedule",
    "Simulation",
    "SimulationError",
    "TargetError",
    "fills",
    "schedule",
    "simulate",
    "weekly_decisions",
]
