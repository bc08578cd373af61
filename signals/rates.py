"""Spreads between published money-market rates, cleared of float dust: rounded to the published precision."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from waterline.panel import Observations, Panel
from waterline.transforms import combined

IORB, IOER = "IORB", "IOER"


def spread(first: Observations, second: Observations, decimals: int = 2) -> Observations:
    """``first - second`` in percent on the days that both have."""
    return combined(first, second, lambda a, b: np.round(a - b, decimals), f"{first.series} minus {second.series}")


def administered_rate(panel: Panel) -> Observations:
    """What the Federal Reserve pays on reserves: IORB, and its predecessor IOER before it where the source has it."""
    now = panel.read(IORB)
    if IOER not in panel or len(now) == 0:
        return now
    before = panel.read(IOER)
    before = before.rows(before.period < now.period.min())
    return replace(
        now,
        period=np.concatenate([before.period, now.period]),
        available_at=np.concatenate([before.available_at, now.available_at]),
        vintage=np.concatenate([before.vintage, now.vintage]),
        value=np.concatenate([before.value, now.value]),
    )


def secured_spread(panel: Panel) -> Observations:
    """SOFR minus the rate paid on reserves, in percent."""
    return spread(panel.read("SOFR"), administered_rate(panel))
