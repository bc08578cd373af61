"""What a simulation hands over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from waterline.sessions import Dates, Floats

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Orders:
    """Filled orders in the order of their filling: sales first, the largest buy of a session last.

    Attributes:
        decided_row: (M,) session index of the decision.
        fill_row: (M,) session index of the fill, always a later one.
        asset: (M,) column of the asset.
        side: (M,) +1 bought, -1 sold.
        shares: (M,) shares traded per USD of initial equity.
        price: (M,) USD price of the fill.
        fee: (M,) USD of cost per USD of initial equity.
        target: (M,) share of equity that was ordered.
    """

    decided_row: Counts
    fill_row: Counts
    asset: Counts
    side: Counts
    shares: Floats
    price: Floats
    fee: Floats
    target: Floats

    def __len__(self) -> int:
        return len(self.fill_row)


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """What became of one dollar.

    Attributes:
        sessions: (T,) New York session dates.
        equity: (T,) USD at the close of each session, after its trades; 1 at the first.
        returns: (T,) simple return of the session; 0 at the first.
        weights: (T, N) share of equity held in each asset at the close, after the trades of the session.
        cash_weight: (T,) the rest, in bills.
        orders: what was filled.
        turnover: (T,) value bought plus value sold, as a share of equity just before the trades.
        costs: (T,) fees as a share of the same.
        engine: vectorbt's engine, "rust" or "numba"; "none" where nothing was ordered.
    """

    sessions: Dates
    equity: Floats
    returns: Floats
    weights: Floats
    cash_weight: Floats
    orders: Orders
    turnover: Floats
    costs: Floats
    engine: str
