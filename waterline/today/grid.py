"""The values that a print can have: the publisher's decimals, the catalog's bounds, and how far it usually moves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from waterline.catalog import ASSETS, SERIES
from waterline.panel import Observations
from waterline.sessions import Floats
from waterline.sources.names import CAPEX, company_flow

FEWEST_DECIMALS, MOST_DECIMALS = -9, 6
LOOKED_AT = 60
"""Values from which the published decimals are told."""
YEARS = np.timedelta64(1826, "D")
CENT = 2
WIDEST = 10.0
"""Multiple of the greatest flow, and of the newest price, up to which values are tried where no catalog bounds them."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Values as published, counted in steps.

    Attributes:
        newest: the newest value known.
        decimals: decimals of the published unit; negative where it is printed in thousands and the like.
        scale: factor from the published unit to that of the panel.
        first: place of the least plausible value.
        last: place of the greatest.
        usual_move: root mean square of the moves between prints in five years; 0 where there are none.
    """

    newest: float
    decimals: int
    scale: float
    first: int
    last: int
    usual_move: float

    @property
    def step(self) -> float:
        """Distance between two values."""
        return self.scale * 10.0**-self.decimals

    @property
    def origin(self) -> int:
        """Place of the newest value."""
        return round(self.newest / self.step)

    def value(self, place: int) -> float:
        """The value at a place, as it would be read from the publisher."""
        published = round(place * 10.0**-self.decimals, max(self.decimals, 0))
        return float(published * self.scale)

    def places(self, side: int, multiples: Sequence[float]) -> Iterator[int]:
        """Places on one side of the newest value, outwards, up to the end of what is plausible."""
        end, before = self.last if side > 0 else self.first, self.origin
        reach = (max(1, math.ceil(multiple * self.usual_move / self.step)) for multiple in multiples)
        for place in (*(self.origin + side * steps for steps in reach), end):
            at = min(place, end) if side > 0 else max(place, end)
            if side * (at - before) > 0:
                before = at
                yield at


def grid_of(name: str, known: Observations) -> Grid:
    """The grid of a series, flow or ticker.

    Args:
        name: catalog id, ticker, or filing as ``COMPANY/flow``.
        known: what is known of it; at least one row.
    """
    rows = known.newest_first_known()
    recent = rows.value[(rows.period > rows.period[-1] - YEARS) & np.isfinite(rows.value)]
    newest = float(rows.value[np.isfinite(rows.value)][-1])
    scale = SERIES[name].scale if name in SERIES else 1.0
    decimals = _decimals(name, recent[-LOOKED_AT:] / scale)
    low, high = _bounds(name, newest, recent)
    step = scale * 10.0**-decimals
    moves = np.diff(recent)
    usual = float(np.sqrt(np.mean(moves * moves))) if len(moves) else 0.0
    return Grid(newest, decimals, scale, math.ceil(low / step), math.floor(high / step), usual)


def _decimals(name: str, published: Floats) -> int:
    if name in ASSETS:
        return CENT
    if name in SERIES and (stated := SERIES[name].decimals) is not None:
        return stated
    size = float(np.max(np.abs(published), initial=1.0))
    tellable = min(MOST_DECIMALS, 14 - math.ceil(math.log10(size)))
    for decimals in range(FEWEST_DECIMALS, tellable):
        if np.allclose(np.round(published, decimals), published, rtol=1e-13, atol=0.0):
            return decimals
    return tellable


def _bounds(name: str, newest: float, recent: Floats) -> tuple[float, float]:
    if name in SERIES:
        return SERIES[name].low, SERIES[name].high
    if name in ASSETS:
        return newest / WIDEST, newest * WIDEST
    greatest = WIDEST * float(np.max(np.abs(recent)))
    flow = company_flow(name)
    return (0.0 if flow is not None and flow[1] == CAPEX else -greatest), greatest
