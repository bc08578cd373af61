"""Orders between their decision and their fill."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from waterline.sessions import Flags, Floats
from waterline.simulation.execution import Execution

DUST = 1e-12
"""Share of equity that float arithmetic cannot tell from nothing."""


def band_orders(held: Floats, target: Floats, execution: Execution) -> Floats:
    """The near edge of the no-trade band for each weight outside it.

    Args:
        held: (N,) weights at the decision.
        target: (N,) weights wanted.
        execution: the half width of the band is ``max(band_absolute, band_relative * target)``.

    Returns:
        (N,) weight to trade to; NaN inside the band. A weight whose target is zero has no edge to stop at: it is
        left alone inside the band and sold out beyond it.
    """
    band = np.maximum(execution.band_absolute, execution.band_relative * target)
    edge = np.where(target > 0.0, np.clip(held, target - band, target + band), 0.0)
    return np.where(np.abs(held - target) > band + DUST, edge, np.nan)


def financed(orders: Floats, held: Floats, target: Floats, execution: Execution) -> Floats:
    """Orders of a weekly decision completed so that as much is invested as the targets want.

    Edges alone would let the sales of winners pile up as cash while every loser sits inside its band. What the orders
    leave over is spent on the weights below target, what they lack is raised from those above, in proportion to the
    distance. Without any order this happens only where cash itself has strayed by more than ``band_absolute``.

    Args:
        orders: (N,) weight to trade to; NaN where the band holds still.
        held: (N,) weights at the decision.
        target: (N,) weights wanted.
        execution: the band.
    """
    after = np.where(np.isnan(orders), held, orders)
    gap = float(target.sum() - after.sum())
    if abs(gap) <= (execution.band_absolute if np.isnan(orders).all() else 0.0) + DUST:
        return orders
    distance = np.maximum(target - after if gap > 0 else after - target, 0.0)
    return np.where(distance > DUST, after + gap * distance / distance.sum(), orders)


def affordable(wanted: Floats, held: Floats) -> Floats:
    """Weights after trading, the buys scaled down pro rata where cash and sales together do not pay for them.

    Args:
        wanted: (N,) weight to trade to; NaN where nothing is traded.
        held: (N,) weights before; the rest of the equity is cash.
    """
    after = np.where(np.isnan(wanted), held, wanted)
    buys = np.maximum(after - held, 0.0)
    excess = after.sum() - 1.0
    return after - buys * (excess / buys.sum()) if excess > DUST else after


@dataclass(slots=True, eq=False)
class Pending:
    """The orders of the latest decision that have not filled.

    Attributes:
        wanted: (N,) weight to trade to; NaN where nothing waits.
        exact: (N,) True where the order comes from a state switch and must not end at a band edge.
        unpaid: (N,) True where the order was placed but found too little cash; it waits for a sale to fill.
        decided_at: session index of the decision.
    """

    wanted: Floats
    exact: Flags
    unpaid: Flags
    decided_at: int = -1

    @classmethod
    def none(cls, assets: int) -> Pending:
        """Nothing waits."""
        return cls(np.full(assets, np.nan), np.zeros(assets, dtype=np.bool_), np.zeros(assets, dtype=np.bool_))

    def decide(self, session: int, target: Floats, held: Floats, everything: bool, execution: Execution) -> None:
        """Replace what waits by the orders of a new decision.

        A switch orders ``everything`` to its exact target. A weekly decision orders what has left its band, and
        repeats at the new target what still waits since a switch.
        """
        self.exact = np.full(len(target), True) if everything else self.exact & ~np.isnan(self.wanted)
        wanted = np.where(self.exact, target, band_orders(held, target, execution))
        wanted = wanted if everything else financed(wanted, held, target, execution)
        self.wanted = np.where((target == 0.0) & (held == 0.0), np.nan, wanted)
        self.unpaid = np.zeros(len(target), dtype=np.bool_)
        self.decided_at = session

    def ready(self, tradable: Flags) -> Flags:
        """(N,) orders to place now. Unpaid ones wait until another order fills, for only that can bring cash."""
        ready = ~np.isnan(self.wanted) & tradable
        return ready if (ready & ~self.unpaid).any() else np.zeros_like(ready)

    def place(self, ready: Flags, held: Floats) -> Floats:
        """(N,) weight that each ready order may trade to, NaN for the others; what is done waits no longer.

        An order cut for want of cash keeps waiting only while a sale of the same decision does.
        """
        placed = np.where(ready, affordable(np.where(ready, self.wanted, np.nan), held), np.nan)
        self.unpaid = ready & (placed < self.wanted - DUST)
        sale_waits = bool((~ready & (self.wanted < held)).any())
        done = ready & ~self.unpaid if sale_waits else ready
        self.wanted = np.where(done, np.nan, self.wanted)
        return placed
