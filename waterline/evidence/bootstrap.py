"""How else the headline numbers could have come out: percentile intervals from the stationary block bootstrap."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from waterline.metrics import SESSIONS_PER_YEAR
from waterline.metrics.returns import DUST, present
from waterline.sessions import Floats

Indices = npt.NDArray[np.int64]

FEWEST_SESSIONS = 42
"""Two months: below this no block length can be chosen and no interval is given."""
FEWEST_BLOCKS = 3
"""A block is at most this part of the sample: a few long blocks repeat the sample itself and fake certainty."""
CHUNK = 1 << 18
"""Resampled sessions held at once, per column."""


@dataclass(frozen=True, slots=True, eq=False)
class DailyRows:
    """What belongs to each of T sessions; a resampled table carries its B draws in front: (B, T) and (B, T, K).

    Attributes:
        strategy: (T,) simple daily returns of the strategy.
        mix: (T,) simple daily returns of the same-exposure static mix.
        cash: (T,) simple daily returns of bills.
        sleeves: (T, K) simple daily returns of the sleeves.
        exposure: (T, K) share of equity in each sleeve at the close *before* each return.
        years: calendar years that the T sessions took; a draw has as many sessions and is given the same years.
    """

    strategy: Floats
    mix: Floats
    cash: Floats
    sleeves: Floats
    exposure: Floats
    years: float

    def __len__(self) -> int:
        return int(self.strategy.shape[-1])

    def take(self, rows: Indices) -> DailyRows:
        """The sessions at ``rows``, every column by the same choice: (n,) sessions, or (B, T) draws of them."""
        return DailyRows(
            self.strategy[rows], self.mix[rows], self.cash[rows], self.sleeves[rows], self.exposure[rows], self.years
        )

    def complete(self) -> DailyRows:
        """The sessions on which no column is missing, since a draw must take all columns of a session together."""
        single = np.column_stack([self.strategy, self.mix, self.cash, self.sleeves, self.exposure])
        return self.take(np.flatnonzero(np.isfinite(single).all(axis=1)))

    def timing_products(self) -> Floats:
        """(..., T) daily terms of the timing gain: sum_k (w_k - mean(w_k)) e_k, e the sleeve's return over bills."""
        tilt = self.exposure - self.exposure.mean(axis=-2, keepdims=True)
        return np.asarray(np.einsum("...k,...k->...", tilt, self.sleeves - self.cash[..., None]))


Statistic = Callable[[DailyRows], Floats]
"""A figure of rows (T,) as one number, and of draws (B, T) as (B,) numbers: it reduces the axis of time alone."""


def mean_excess(rows: DailyRows) -> Floats:
    """Annualised arithmetic mean over bills: 252 * mean(r - c)."""
    return _yearly(rows.strategy - rows.cash)


def volatility(rows: DailyRows) -> Floats:
    """As :func:`waterline.metrics.volatility`, of the strategy."""
    spread = rows.strategy.std(axis=-1, ddof=1) * math.sqrt(SESSIONS_PER_YEAR)
    return np.where(np.ptp(rows.strategy, axis=-1) > DUST, spread, 0.0)


def sharpe_ratio(rows: DailyRows) -> Floats:
    """As :func:`waterline.metrics.sharpe_ratio`, of the strategy over bills; NaN for a draw that does not vary."""
    excess = rows.strategy - rows.cash
    spread = np.where(np.ptp(excess, axis=-1) > DUST, excess.std(axis=-1, ddof=1), np.nan)
    return np.asarray(excess.mean(axis=-1) / spread * math.sqrt(SESSIONS_PER_YEAR))


def cagr(rows: DailyRows) -> Floats:
    """As :func:`waterline.metrics.cagr`, of the strategy; NaN where the wealth falls below zero or no time passes."""
    growth = np.prod(1.0 + rows.strategy, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        yearly = np.expm1(np.log(growth) / rows.years) if rows.years > 0.0 else np.full_like(growth, np.nan)
    return np.asarray(yearly)


def max_drawdown(rows: DailyRows) -> Floats:
    """As the depth of :func:`waterline.metrics.max_drawdown`, of the strategy: at most 0."""
    equity = np.cumprod(1.0 + rows.strategy, axis=-1)
    high = np.maximum(np.maximum.accumulate(equity, axis=-1), 1.0)
    return np.asarray((equity / high).min(axis=-1) - 1.0)


def timing_gain(rows: DailyRows) -> Floats:
    """As the value of :func:`waterline.metrics.timing_gain`; each draw centres on its own average exposure."""
    gain = _yearly(rows.timing_products())
    return np.where(np.abs(gain) > SESSIONS_PER_YEAR * DUST, gain, 0.0)


def tracking_difference(rows: DailyRows) -> Floats:
    """As the value of :func:`waterline.metrics.tracking_difference`, of the strategy to the mix."""
    return _yearly(rows.strategy - rows.mix)


def of_mix(statistic: Statistic) -> Statistic:
    """The same figure of the static mix."""
    return lambda rows: statistic(replace(rows, strategy=rows.mix))


def sharpe_difference(rows: DailyRows) -> Floats:
    """Sharpe ratio of the strategy less that of the mix on the same sessions."""
    return sharpe_ratio(rows) - of_mix(sharpe_ratio)(rows)


def each_draw(figure: Callable[[DailyRows], float]) -> Statistic:
    """A statistic from a figure of plain (T,) rows, one draw after the other: slow, for what has no array form."""

    def statistic(rows: DailyRows) -> Floats:
        if rows.strategy.ndim == 1:
            return np.asarray(figure(rows))
        columns = zip(rows.strategy, rows.mix, rows.cash, rows.sleeves, rows.exposure, strict=True)
        return np.array([figure(DailyRows(*draw, rows.years)) for draw in columns])

    return statistic


HEADLINE: Mapping[str, Statistic] = MappingProxyType(
    {
        "mean_excess": mean_excess,
        "volatility": volatility,
        "sharpe_ratio": sharpe_ratio,
        "cagr": cagr,
        "max_drawdown": max_drawdown,
        "timing_gain": timing_gain,
        "tracking_difference": tracking_difference,
        "sharpe_difference": sharpe_difference,
    }
)


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and where its draws lie.

    Attributes:
        estimate: the figure of the sessions as they came.
        low: lower percentile of the draws; NaN where no draw defines the figure.
        high: upper percentile of the draws.
    """

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Intervals:
    """Percentile intervals of several figures from the same draws.

    Attributes:
        figures: name -> interval.
        coverage: share of the draws between low and high, .9 for the 5 % and 95 % percentiles.
        block_length: mean block length used, in sessions; 0 where the sample was too short for any.
        optimal_block_length: what the data alone asked for, in sessions.
        draws: number of resampled histories.
        sessions: number of complete sessions.
    """

    figures: Mapping[str, Interval]
    coverage: float
    block_length: int
    optimal_block_length: float
    draws: int
    sessions: int


def intervals(
    statistics: Mapping[str, Statistic],
    rows: DailyRows,
    floor: float,
    seed: int,
    draws: int = 2_000,
    tail: float = 0.05,
) -> Intervals:
    """Percentile intervals, every draw resampling all columns of a session together in blocks of random length.

    The block length is the largest that the excess return, the difference to the mix and the daily terms of the timing
    gain ask for, but not below ``floor``; see :func:`usable_block`. Sessions with a missing value are left out, of the
    estimates too. With fewer than 42 complete sessions the estimates come without an interval.

    Args:
        statistics: name -> figure; :data:`HEADLINE` has the usual ones.
        rows: the daily table.
        floor: smallest block length in sessions, the median dwell: shorter blocks would cut the regimes to pieces.
        seed: of the draws; the same seed gives the same bytes.
        draws: number of resampled histories.
        tail: probability left out at either end.

    Source: Politis and Romano (1994); the draws are those of ``arch.bootstrap.StationaryBootstrap``, and the intervals
    those of its ``conf_int(method="percentile")``.
    """
    kept = rows.complete()
    count = len(kept)
    if count < FEWEST_SESSIONS:
        unknown = {
            name: Interval(_plain(statistic, kept), math.nan, math.nan) for name, statistic in statistics.items()
        }
        return Intervals(unknown, 1.0 - 2.0 * tail, 0, math.nan, 0, count)
    series = np.column_stack([kept.strategy - kept.cash, kept.strategy - kept.mix, kept.timing_products()])
    optimal = float(optimal_block_lengths(series).max())
    block = usable_block(optimal, floor, count)
    drawn: dict[str, list[Floats]] = {name: [] for name in statistics}
    for picked in stationary_indices(count, block, draws, seed):
        sample = kept.take(picked)
        for name, statistic in statistics.items():
            drawn[name].append(statistic(sample))
    figures = {
        name: Interval(_plain(statistic, kept), *_percentiles(np.concatenate(drawn[name]), tail))
        for name, statistic in statistics.items()
    }
    return Intervals(figures, 1.0 - 2.0 * tail, block, optimal, draws, count)


def optimal_block_lengths(series: Floats) -> Floats:
    """(C,) block lengths for the stationary bootstrap of each column of ``series`` (T, C), in sessions, at least 1.

    1 for a column that does not vary.

    Source: Politis and White (2004), corrected by Patton, Politis and White (2009); computed by ``arch``.
    """
    from arch.bootstrap import optimal_block_length

    lengths = np.ones(series.shape[1])
    varies = np.ptp(series, axis=0) > DUST
    if varies.any():
        with np.errstate(divide="ignore", invalid="ignore"):
            lengths[varies] = optimal_block_length(series[:, varies])["stationary"].to_numpy()
    return np.fmax(lengths, 1.0)


def usable_block(optimal: float, floor: float, sessions: int) -> int:
    """Block length in whole sessions: the larger of ``optimal`` and ``floor``, but at most a third of the sample.

    The bound wins over the floor: a sample of fewer than three blocks says nothing about how blocks vary.
    """
    return max(1, min(math.ceil(max(optimal, floor)), sessions // FEWEST_BLOCKS))


def stationary_indices(sessions: int, block: int, draws: int, seed: int) -> Iterator[Indices]:
    """The row numbers of ``draws`` resampled histories, as (B, T) matrices of bounded size."""
    from arch.bootstrap import StationaryBootstrap

    source = StationaryBootstrap(block, np.arange(sessions), seed=np.random.default_rng(seed))
    at_once = max(1, CHUNK // sessions)
    for first in range(0, draws, at_once):
        yield np.stack([np.asarray(source.update_indices()) for _ in range(min(at_once, draws - first))])


def _yearly(daily: Floats) -> Floats:
    return np.asarray(SESSIONS_PER_YEAR * daily.mean(axis=-1))


def _plain(statistic: Statistic, rows: DailyRows) -> float:
    return float(statistic(rows)) if len(rows) > 1 else math.nan


def _percentiles(draws: Floats, tail: float) -> tuple[float, float]:
    defined = present(draws)
    if len(defined) == 0:
        return math.nan, math.nan
    low, high = np.quantile(defined, [tail, 1.0 - tail])
    return float(low), float(high)
