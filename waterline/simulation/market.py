"""What can be traded, at which price and cost, and what cash earns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from waterline.errors import WaterlineError
from waterline.sessions import Dates, Flags, Floats
from waterline.simulation.execution import Fill

BASIS_POINT = 1e-4


class TargetError(WaterlineError):
    """The asked weights cannot be held: a short sale, borrowed money, or an asset without a price."""


class SimulationError(RuntimeError):
    """The engine broke one of its own promises. A bug, never the user's doing; it keeps its traceback."""


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """Prices, trading costs and the bill rate on the sessions of a run. All prices are in USD and total return.

    Attributes:
        sessions: (T,) New York session dates, strictly increasing.
        assets: (N,) tickers, the column order of all arrays here.
        close: (T, N) mark at 16:00 New York: the last final bar, carried forward; NaN before the first bar.
        open: (T, N) opening price of the session; NaN where there is none.
        fresh: (T, N) True where the asset has a bar of its own for the session. Only then can it be traded.
        cash_return: (T,) simple return of cash over the interval that ends with session t, at a rate known
            before the interval began; the first is ignored.
        cost_bps: (N,) cost per side, in basis points of the traded value.
    """

    sessions: Dates
    assets: tuple[str, ...]
    close: Floats
    open: Floats
    fresh: Flags
    cash_return: Floats
    cost_bps: Floats

    def __len__(self) -> int:
        return len(self.sessions)

    def cost_shares(self, multiple: float) -> Floats:
        """(N,) cost per side as a share of the traded value, times ``multiple``."""
        return self.cost_bps * BASIS_POINT * multiple

    def cash_index(self) -> Floats:
        """(T,) USD value of one dollar put into bills at the first session and left there."""
        growth = 1.0 + self.cash_return
        growth[:1] = 1.0
        return np.asarray(np.cumprod(growth), dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Fills:
    """The moment of each session at which orders fill.

    Attributes:
        price: (T, N) USD price of a trade; NaN where the asset cannot be traded then.
        mark: (T, N) USD value of a unit held at that moment; NaN before the first bar.
    """

    price: Floats
    mark: Floats


def fills(market: Market, fill: Fill) -> Fills:
    """Prices and marks at the close, or at the open, of each session.

    At the open an asset without an opening price is worth its last close and cannot be traded.
    """
    if fill == "next_close":
        return Fills(price=np.where(market.fresh, market.close, np.nan), mark=market.close)
    price = np.where(market.fresh, market.open, np.nan)
    last_close = np.full_like(market.close, np.nan)
    last_close[1:] = market.close[:-1]
    return Fills(price=price, mark=np.where(np.isnan(price), last_close, price))
