"""The engine's books, counted in bills, and the promises that are checked after every simulation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from waterline.sessions import Floats
from waterline.simulation.market import SimulationError
from waterline.simulation.schedule import Schedule

INITIAL = 1e6
"""Equity at the start: far above vectorbt's absolute tolerance of 1e-12."""
TOLERANCE = 1e-8
"""Share of equity within which the promises must hold; vectorbt itself rounds at 1e-9."""


@dataclass(frozen=True, slots=True, eq=False)
class Accounts:
    """Cash, holdings and filled orders.

    Attributes:
        cash: (T,) after the trades of the session.
        value: (T,) equity at the close.
        units: (T, N) shares held at the close.
        records: (M,) filled orders with the fields idx, col, size, price, fees and side (0 buy, 1 sell).
        close: (T, N) price of a share at the close, 0 before the first.
        mark: (T, N) price of a share at the moment of the fill, 0 before the first.
        engine: what kept the books.
    """

    cash: Floats
    value: Floats
    units: Floats
    records: npt.NDArray[np.void]
    close: Floats
    mark: Floats
    engine: str

    def equity_before(self) -> Floats:
        """(T,) equity at the moment of the fill, before any trade."""
        before = np.full(len(self.cash), INITIAL)
        before[1:] = self.cash[:-1] + (self.units[:-1] * self.mark[1:]).sum(axis=1)
        return before

    def turnover(self) -> Floats:
        """(T,) value bought plus value sold, as a share of the equity before."""
        return self._per_session(self.records["size"] * self.records["price"])

    def costs(self) -> Floats:
        """(T,) fees, as a share of the equity before."""
        return self._per_session(self.records["fees"])

    def _per_session(self, amounts: Floats) -> Floats:
        return np.bincount(self.records["idx"], amounts, minlength=len(self.cash)) / self.equity_before()


def check(accounts: Accounts, schedule: Schedule) -> None:
    """Refuse books that break a promise.

    Raises:
        SimulationError: an order filled no later than its decision, cash went negative, the books do not add up, or an
            order missed its target although there was cash.
    """
    _check_lag(schedule)
    _check_sums(accounts)
    _check_targets(accounts, schedule)


def _check_lag(schedule: Schedule) -> None:
    rows = np.flatnonzero((~np.isnan(schedule.orders)).any(axis=1))
    decided = schedule.decided_at[rows]
    if ((decided < 0) | (decided >= rows)).any():
        raise SimulationError("An order fills on or before the session of its decision.")


def _check_sums(accounts: Accounts) -> None:
    gap = np.abs(accounts.cash + (accounts.units * accounts.close).sum(axis=1) - accounts.value)
    if not (gap <= TOLERANCE * accounts.value).all():
        raise SimulationError("Cash and holdings do not add up to the equity.")
    if not (accounts.cash >= -TOLERANCE * accounts.value).all():
        raise SimulationError("Cash went negative.")


def _check_targets(accounts: Accounts, schedule: Schedule) -> None:
    """Only a buy may stop short, and only where costs have used up the cash that it needed."""
    before = accounts.equity_before()
    missed = schedule.orders - accounts.units * accounts.mark / before[:, None]
    spent = (accounts.cash <= TOLERANCE * before) & (np.cumsum(accounts.costs()) > 0.0)
    reached = np.isnan(schedule.orders) | (np.abs(missed) <= TOLERANCE) | ((missed > 0.0) & spent[:, None])
    if not reached.all():
        row, column = np.argwhere(~reached)[0]
        raise SimulationError(
            f"The order of asset {column} in session {row} missed its target by {missed[row, column]}."
        )
