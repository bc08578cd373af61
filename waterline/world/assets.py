"""Assets: drift by state, heavy tails, asymmetric volatility, and a correlation that moves with the state.

    r_i = bill + mu_i + v_i (l_i sqrt(rho) f + sqrt(1 - l_i^2 rho) e_i)

f and e_i are Student's t of unit variance times a conditional volatility of mean one (Glosten, Jagannathan and Runkle
1993); mu_i and v_i depend on the state, rho moves towards that of the state (the correlation of Engle 2002 in spirit,
driven by the state and not by past returns). Surprises are symmetric and bounded, so that the drift of the simple
return is exactly mu_i whatever the volatility: a null world rewards no timing.

A UTC day of crypto is marked by the next session, and shares the factor of that day: with the factor of its own day a
mixed sleeve, whose weights know the session but not yet the crypto of the same day, would earn less in expectation the
more volatile the state, and a null world would be none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from waterline.catalog import asset
from waterline.contracts import States
from waterline.panel import Bars
from waterline.recursions import bounded_growth
from waterline.sessions import CLOSE, Dates, Flags, Floats, new_york_instants
from waterline.world.grid import Grid
from waterline.world.latent import Path, relaxed
from waterline.world.parameters import Parameters
from waterline.world.sections import Assets, ByGroup, Drift, Garch, Risk, World

SESSIONS_PER_YEAR, DAYS_PER_CRYPTO_YEAR = 252.0, 365.0
PERCENT = 0.01
FIRST_PRICE = 100.0
DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True, eq=False)
class Returns:
    """Daily simple returns of all assets; D calendar days, N assets.

    Attributes:
        tickers: (N,) in column order.
        trades: (D, N) whether the asset has a bar on the day.
        value: (D, N) simple return of the day's bar; 0 where there is none.
        drift: (D, N) expected return over bills of the day's bar; 0 where there is none.
        core_volatility: (D,) conditional volatility of the core for the next day, percent a year.
    """

    tickers: tuple[str, ...]
    trades: Flags
    value: Floats
    drift: Floats
    core_volatility: Floats


def draw_returns(
    grid: Grid, path: Path, bill_rate: Floats, world: World, parameters: Parameters, rng: np.random.Generator
) -> Returns:
    """Returns of all assets on all days.

    Args:
        grid: days of the world.
        path: the true path, which sets drift, volatility and correlation.
        bill_rate: (S,) percent a year, earned beside the drift at the rate of the session before.
        world: which drifts and risks hold.
        parameters: of all worlds.
        rng: source of chance.
    """
    market = _Market.of(parameters.assets)
    daily = path.at(grid.session_of_day)
    surprise, core_volatility = _surprises(market, daily, parameters.risks[world.risk], parameters.assets, rng)
    expected = market.expected(daily, parameters.drifts[world.drift])
    trades = market.crypto | np.isin(grid.days, grid.sessions)[:, None]
    bill = PERCENT * bill_rate[np.maximum(grid.session_of_day - 1, 0)][:, None] / market.per_year
    return Returns(
        tickers=market.tickers,
        trades=trades,
        value=np.where(trades, bill + expected + surprise, 0.0),
        drift=np.where(trades, expected, 0.0),
        core_volatility=core_volatility,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Market:
    """The assets in column order: ticker, group, and how many bars a year each has."""

    tickers: tuple[str, ...]
    groups: tuple[str, ...]
    crypto: Flags

    @staticmethod
    def of(how: Assets) -> _Market:
        group_of = {ticker: group for group, tickers in how.groups.items() for ticker in tickers}
        crypto = np.array([asset(ticker).asset_class == "crypto" for ticker in group_of])
        return _Market(tuple(group_of), tuple(group_of.values()), crypto)

    @property
    def per_year(self) -> Floats:
        return np.where(self.crypto, DAYS_PER_CRYPTO_YEAR, SESSIONS_PER_YEAR)

    def by_state(self, table: ByGroup, states: States) -> Floats:
        """(D, N) the table's entry of each asset's group in each day's state, as a share."""
        return np.asarray(PERCENT * np.array([table[group] for group in self.groups]).T[states])

    def expected(self, daily: Path, drift: Drift) -> Floats:
        """(D, N) drift over bills of a bar."""
        base = self.by_state(drift.base, daily.states)
        added = self.by_state(drift.per_demand, daily.states) * daily.demand[:, None] if drift.per_demand else 0.0
        return np.asarray((base + added) / self.per_year)


def _surprises(
    market: _Market, daily: Path, risk: Risk, how: Assets, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """(D, N) unexpected part of each bar, and (D,) the core's volatility for the next day in percent a year."""
    count = len(daily.states)
    innovation = _innovations((count + 1, len(market.tickers) + 1), how, rng)
    variance = conditional_variance(innovation, how.garch)
    shock = innovation * np.sqrt(variance[:-1])
    factor = np.where(market.crypto, shock[1:, :1], shock[:-1, :1])
    target = np.asarray(risk.correlation)[daily.states]
    rho = relaxed(target, how.correlation_pull, np.zeros(len(target)), float(target[0]))
    common = np.array([how.loading[group] for group in market.groups]) * np.sqrt(rho)[:, None]
    annual = market.by_state(risk.volatility, daily.states)
    mixed = common * factor + np.sqrt(1.0 - common**2) * shock[:-1, 1:]
    surprise = np.clip(annual / np.sqrt(market.per_year) * mixed, -how.largest_move, how.largest_move)
    core = market.groups.index("core")
    ahead = rho * variance[1 : count + 1, 0] + (1.0 - rho) * variance[1 : count + 1, core + 1]
    return surprise, annual[:, core] * np.sqrt(ahead) / PERCENT


def _innovations(shape: tuple[int, int], how: Assets, rng: np.random.Generator) -> Floats:
    """Student's t scaled to unit variance, cut off symmetrically."""
    scale = np.sqrt((how.freedom - 2.0) / how.freedom)
    drawn = scale * rng.standard_t(how.freedom, shape)
    return np.asarray(np.clip(drawn, -how.largest_shock, how.largest_shock))


def conditional_variance(innovation: Floats, garch: Garch) -> Floats:
    """(D + 1, N) h_{t+1} = 1 - p + (beta + (alpha + gamma 1{z_t < 0}) z_t^2) h_t, p its persistence; 1 at first.

    The mean is one by construction but for the ceiling, which keeps single days within what markets have seen.
    """
    rate = garch.beta + (garch.alpha + garch.gamma * (innovation < 0.0)) * innovation**2
    rest = 1.0 - garch.beta - garch.alpha - 0.5 * garch.gamma
    out = np.ones((len(innovation) + 1, innovation.shape[1]))
    bounded_growth(rate, rest, garch.ceiling, out)
    return out


def bars_of(returns: Returns, grid: Grid, how: Assets, rng: np.random.Generator) -> Iterator[Bars]:
    """The bars of each asset; late ones begin at a random session of the first half of the evaluation.

    Half of a bar's move happens before its open. Crypto bars end at midnight UTC.
    """
    evaluated = len(grid.sessions) - grid.evaluated
    for column, ticker in enumerate(returns.tickers):
        listed = grid.evaluated + int(rng.integers(evaluated // 2)) if ticker in how.late else 0
        rows = np.flatnonzero(returns.trades[:, column])
        rows = rows[rows >= grid.day_of_session[listed]]
        close = FIRST_PRICE * np.cumprod(1.0 + returns.value[rows, column])
        before = np.concatenate([[FIRST_PRICE], close[:-1]])
        yield Bars(
            asset=ticker,
            date=grid.days[rows],
            open=np.sqrt(before * close),
            close=close,
            available_at=_final(grid.days[rows], ticker),
            asset_class=asset(ticker).asset_class,
        )


def _final(days: Dates, ticker: str) -> Dates:
    if asset(ticker).asset_class == "crypto":
        return (days + DAY).astype("datetime64[s]")
    return new_york_instants(days, CLOSE)
