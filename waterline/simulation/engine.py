"""The simulation. The only door to ``vectorbt``.

vectorbt's cash earns nothing, ours earns the bill rate. So the engine counts in bills instead of dollars: prices are
divided by the cash index, vectorbt's idle cash then *is* bills, and its equity times the index is USD again. Target
shares and proportional costs are the same in both units. The interest of a night is credited before the next open.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from importlib import metadata
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from waterline.simulation.accounts import INITIAL, Accounts, check
from waterline.simulation.execution import Execution
from waterline.simulation.market import Fills, Market, fills
from waterline.simulation.result import Orders, Simulation
from waterline.simulation.schedule import Schedule

RECORD = [("idx", "i8"), ("col", "i8"), ("size", "f8"), ("price", "f8"), ("fees", "f8"), ("side", "i8")]


def simulate(market: Market, schedule: Schedule, execution: Execution) -> Simulation:
    """Trade the schedule and follow the equity.

    Sales fill before buys, and buys in ascending order of value. When the orders use up all cash, the largest buy is
    cut by what the costs took: somebody must pay them.

    Args:
        market: the market that the schedule was made for.
        schedule: orders by session of their fill.
        execution: the same fill as the schedule's; the cost multiple.

    Raises:
        SimulationError: the engine broke a promise, see :func:`waterline.simulation.accounts.check`.
    """
    trading = fills(market, execution.fill)
    accounts = _keep_books(market, schedule, trading, execution.cost_multiple)
    check(accounts, schedule)
    equity = accounts.value / INITIAL * market.cash_index()
    returns = np.zeros_like(equity)
    returns[1:] = equity[1:] / equity[:-1] - 1.0
    return Simulation(
        sessions=market.sessions,
        equity=equity,
        returns=returns,
        weights=accounts.units * accounts.close / accounts.value[:, None],
        cash_weight=np.maximum(accounts.cash, 0.0) / accounts.value,
        orders=_orders(accounts, schedule, trading, market),
        turnover=accounts.turnover(),
        costs=accounts.costs(),
        engine=accounts.engine,
    )


def _keep_books(market: Market, schedule: Schedule, trading: Fills, cost_multiple: float) -> Accounts:
    ordered = int((~np.isnan(schedule.orders)).sum())
    index = market.cash_index()[:, None]
    close, mark = np.nan_to_num(market.close / index), np.nan_to_num(trading.mark / index)
    if ordered == 0:
        idle = np.full(len(market), INITIAL)
        return Accounts(idle, idle, np.zeros(close.shape), np.empty(0, dtype=RECORD), close, mark, "none")
    vectorbt, engine = _vectorbt(), _compiled_engine()
    portfolio = vectorbt.Portfolio.from_orders(
        market.close / index,
        size=schedule.orders,
        size_type="targetpercent",
        direction="longonly",
        price=trading.price / index,
        val_price=trading.mark / index,
        fees=market.cost_shares(cost_multiple),
        init_cash=INITIAL,
        group_by=True,
        cash_sharing=True,
        call_seq="auto",
        freq="1D",
        log=False,
        max_orders=ordered,
        engine=engine,
    )
    cash, value, units = (part.to_numpy() for part in (portfolio.cash(), portfolio.value(), portfolio.assets()))
    return Accounts(cash, value, units, portfolio.order_records, close, mark, engine)


def _orders(accounts: Accounts, schedule: Schedule, trading: Fills, market: Market) -> Orders:
    records = accounts.records
    row, column = records["idx"].astype(np.int64), records["col"].astype(np.int64)
    return Orders(
        decided_row=schedule.decided_at[row],
        fill_row=row,
        asset=column,
        side=np.where(records["side"] == 0, 1, -1),
        shares=records["size"] / INITIAL,
        price=trading.price[row, column],
        fee=records["fees"] * market.cash_index()[row] / INITIAL,
        target=schedule.orders[row, column],
    )


def _compiled_engine() -> str:
    """Rust where its optional package matches vectorbt's minor version, else numba: slow at the first run only."""
    try:
        versions = [metadata.version(name).rsplit(".", 1)[0] for name in ("vectorbt", "vectorbt-rust")]
    except metadata.PackageNotFoundError:
        return "numba"
    return "rust" if versions[0] == versions[1] else "numba"


@lru_cache(maxsize=1)
def _cache_folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="waterline-numba-")


def _vectorbt() -> Any:
    """vectorbt, also where neither its own folder nor the user's cache is writable: numba then refuses the import."""
    try:
        import vectorbt
    except RuntimeError as error:
        if "no locator available" not in str(error):
            raise
        from numba.core import config

        vars(config)["CACHE_DIR"] = _cache_folder().name
        for name in [name for name in sys.modules if name.partition(".")[0] == "vectorbt"]:
            del sys.modules[name]
        import vectorbt
    return vectorbt
