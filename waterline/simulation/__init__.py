"""Simulation: target weights in, equity out."""

from __future__ import annotations

from waterline.simulation.engine import simulate
from waterline.simulation.execution import Execution
from waterline.simulation.market import Market, SimulationError, TargetError
from waterline.simulation.result import Orders, Simulation
from waterline.simulation.schedule import Schedule, schedule, weekly_decisions

__all__ = [
    "Execution",
    "Market",
    "Orders",
    "Schedule",
    "Simulation",
    "SimulationError",
    "TargetError",
    "schedule",
    "simulate",
    "weekly_decisions",
]
