"""From what is held to what is wanted: a file of holdings, and the trades it takes.

The file is a CSV whose first line is ``asset,units`` (shares or coins) or ``asset,value`` (US dollars), with a line a
ticker and one named ``cash``, in US dollars either way.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from waterline.catalog import ASSETS, asset
from waterline.config import Config
from waterline.errors import ConfigError, DataError, WaterlineError, suggestion
from waterline.sources.table import InputFile, Table, read_table
from waterline.today.moment import World
from waterline.today.targets import Portfolio, last_price

CASH = "cash"
COLUMNS = ("units", "value")
BASIS_POINT = 1e-4


@dataclass(frozen=True, slots=True)
class Holding:
    """A line of the file.

    Attributes:
        asset: ticker, or ``cash``.
        amount: what the line says.
        in_units: whether that is shares or coins, not dollars.
    """

    asset: str
    amount: float
    in_units: bool


@dataclass(frozen=True, slots=True)
class Trade:
    """What becomes of one asset, or of cash.

    Attributes:
        asset: ticker, or ``cash``, which stands for the bills too.
        held_usd: worth of what is held.
        wanted_usd: worth of what is wanted.
        trade_usd: what is bought, negative where sold.
        trade_units: the same in shares or coins; NaN for cash and where no price is known.
        held_weight: share of equity held.
        wanted_weight: share of equity wanted.
        price: price used; NaN where none is known.
        in_band: whether the distance is so small that a weekly decision would leave it, see ``execution``.
    """

    asset: str
    held_usd: float
    wanted_usd: float
    trade_usd: float
    trade_units: float
    held_weight: float
    wanted_weight: float
    price: float
    in_band: bool


@dataclass(frozen=True, slots=True)
class Rebalancing:
    """The way from what is held to what is wanted.

    Attributes:
        equity_usd: worth of everything held.
        trades: one an asset held or wanted, the largest first, cash last; they sum to zero.
        costs_usd: what the catalog's costs make of them; not taken off the trades.
    """

    equity_usd: float
    trades: tuple[Trade, ...]
    costs_usd: float


class HoldingsError(WaterlineError):
    """What the user says to hold cannot be used."""


def read_holdings(path: Path) -> tuple[Holding, ...]:
    """The holdings in a file.

    Raises:
        HoldingsError: it cannot be read, or a line cannot be used.
        ConfigError: an asset is not in the catalog.
    """
    try:
        return _read(path)
    except DataError as error:
        raise HoldingsError(error.problem, error.remedy) from error


def _read(path: Path) -> tuple[Holding, ...]:
    file = InputFile.of(path.expanduser(), path.name)
    column = next((name for name in COLUMNS if _header(file) == f"asset,{name}"), None)
    if column is None:
        problem = f"the first line is {_header(file)[:60]!r}."
        raise DataError(str(path), problem, "Make it 'asset,units' or 'asset,value'.")
    table = read_table(file, {"asset": "text", column: "number"})
    return tuple(_holding(table, row, column) for row in range(len(table["asset"])))


def _header(file: InputFile) -> str:
    return file.data.decode("utf-8-sig", errors="replace").partition("\n")[0].strip()


def _holding(table: Table, row: int, column: str) -> Holding:
    name, amount = str(table["asset"][row]), float(table[column][row])
    if name.casefold() == CASH:
        name = CASH
    elif name not in ASSETS:
        raise ConfigError(f"{table.file.label}: line {table.line(row)}", *_unknown(name))
    if name in (str(other) for other in table["asset"][:row]):
        raise table.error(row, f"{name} stands there twice.", "Add the lines up.", "asset")
    if not math.isfinite(amount) or (amount < 0 and name != CASH):
        problem = f"{column} of {name} is {'empty' if math.isnan(amount) else f'{amount:g}'}."
        raise table.error(row, problem, "Give a number of at least 0: the strategy is long only.", "asset")
    return Holding(name, amount, column == "units" and name != CASH)


def _unknown(name: str) -> tuple[str, str]:
    return f"asset {name!r} is not in the catalog.", suggestion(name, [*ASSETS, CASH])


def rebalance(world: World, wanted: Portfolio, holdings: Sequence[Holding]) -> Rebalancing:
    """The trades from ``holdings`` to ``wanted``.

    Raises:
        HoldingsError: a price is missing, or everything together is worth nothing.
    """
    held = {one.asset: _worth(world, one) for one in holdings}
    equity = sum(held.values())
    if not equity > 0:
        raise HoldingsError(f"--holdings: all of it is worth {equity:,.2f} USD.", "List something above 0.")
    weights = {target.asset: target.weight for target in wanted.targets if target.weight > 0}
    names = {name for name in held if held[name] != 0} | set(weights)
    trades = [
        _trade(world, name, held.get(name, 0.0), weights.get(name, 0.0), equity) for name in sorted(names - {CASH})
    ]
    trades.sort(key=lambda trade: -abs(trade.trade_usd))
    cash = held.get(CASH, 0.0)
    bills = cash - sum(trade.trade_usd for trade in trades)
    trades.append(_line(world.config, CASH, cash, bills, equity, float("nan")))
    return Rebalancing(equity, tuple(trades), sum(_cost(world.config, trade) for trade in trades[:-1]))


def _worth(world: World, one: Holding) -> float:
    if not one.in_units:
        return one.amount
    price, _ = last_price(world, one.asset)
    if not math.isfinite(price):
        remedy = "Give the file as asset,value, or --set a sleeve that holds it."
        raise HoldingsError(f"--holdings: there is no price of {one.asset} in the data of this configuration.", remedy)
    return one.amount * price


def _trade(world: World, name: str, held: float, weight: float, equity: float) -> Trade:
    return _line(world.config, name, held, weight * equity, equity, last_price(world, name)[0])


def _line(config: Config, name: str, held: float, wanted: float, equity: float, price: float) -> Trade:
    weight = wanted / equity
    band = max(config.execution.band_absolute, config.execution.band_relative * weight)
    return Trade(
        asset=name,
        held_usd=held,
        wanted_usd=wanted,
        trade_usd=wanted - held,
        trade_units=(wanted - held) / price,
        held_weight=held / equity,
        wanted_weight=weight,
        price=price,
        in_band=bool(np.abs(held / equity - weight) <= band),
    )


def _cost(config: Config, trade: Trade) -> float:
    per_side = config.costs_bps[asset(trade.asset).asset_class] * config.execution.cost_multiple
    return abs(trade.trade_usd) * per_side * BASIS_POINT
