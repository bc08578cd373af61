"""The portfolios of a run, through one engine and the same costs: the strategy and what it is held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from waterline.catalog import asset
from waterline.config import Config
from waterline.contracts import Regime, Sleeves
from waterline.errors import DataError
from waterline.panel import Panel
from waterline.sessions import Flags, Floats
from waterline.simulation import Market, Simulation, schedule, simulate, weekly_decisions

DAYS_IN_BILL_YEAR = 360


@dataclass(frozen=True, slots=True, eq=False)
class Portfolios:
    """What each portfolio did.

    Attributes:
        cash_return: (T,) simple return of bills.
        strategy: the strategy.
        in_force: (T, K) the sleeve exposures aimed at by each close: those of the last decision before it.
        mix_exposure: (K,) their average over the evaluation.
        static_mix: the mix that holds that average always.
        sleeves: each sleeve held throughout.
        benchmark: the index held.
    """

    cash_return: Floats
    strategy: Simulation
    in_force: Floats
    mix_exposure: Floats
    static_mix: Simulation
    sleeves: Mapping[str, Simulation]
    benchmark: Simulation


def simulate_all(
    config: Config, panel: Panel, sleeves: Sleeves, exposure: Floats, regime: Regime, first: int
) -> Portfolios:
    """Simulate the strategy, its same-exposure mix, each sleeve and the index.

    Args:
        config: costs and execution.
        panel: prices and the bill rate.
        sleeves: groups and their inside weights.
        exposure: (T, K) decided sleeve exposures.
        regime: states, whose switches trade to exact targets.
        first: first evaluated row; the mix's exposure is the average in force from there on.
    """
    market = asset_market(panel, sleeves.assets, config)
    begins = np.arange(len(market)) == regime.valid_from
    exposure, regime = delayed(exposure, regime, config.execution.delay_sessions)
    strategy = simulate_strategy(config, market, sleeves, exposure, regime)
    in_force = exposure_in_force(exposure, _weekly(market, config) | entered(regime, exposure))
    mix_exposure = in_force[first:-1].mean(axis=0)
    index_market = asset_market(panel, (config.benchmark,), config)
    whole_index = np.isfinite(index_market.close).astype(np.float64)
    return Portfolios(
        cash_return=market.cash_return,
        strategy=strategy,
        in_force=in_force,
        mix_exposure=mix_exposure,
        static_mix=_simulated(sleeves.targets(mix_exposure), begins, market, config),
        sleeves=simulate_sleeves(config, market, sleeves),
        benchmark=_simulated(whole_index, begins, index_market, config),
    )


def delayed(exposure: Floats, regime: Regime, sessions: int) -> tuple[Floats, Regime]:
    """Exposure (T, K) and regime as they come ``sessions`` late; the first rows repeat the first exposure."""
    if sessions == 0:
        return exposure, regime
    rows = np.maximum(np.arange(len(exposure)) - sessions, 0)
    late = Regime(regime.states[rows], min(regime.valid_from + sessions, len(rows)), regime.held[rows])
    return exposure[rows], late


def simulate_strategy(config: Config, market: Market, sleeves: Sleeves, exposure: Floats, regime: Regime) -> Simulation:
    """The strategy alone: what a switch of state or the first score changes is traded to exact targets."""
    return _simulated(sleeves.targets(exposure), entered(regime, exposure), market, config)


def simulate_sleeves(config: Config, market: Market, sleeves: Sleeves) -> dict[str, Simulation]:
    """Each sleeve held throughout."""
    never = np.zeros(len(market), dtype=np.bool_)
    return {name: _simulated(sleeves.inside[name], never, market, config) for name in sleeves.names}


def entered(regime: Regime, exposure: Floats) -> Flags:
    """(T,) True at the first score, and at the switches of state that move the exposure (T, K)."""
    rows = regime.switches()
    rows[1:] &= (exposure[1:] != exposure[:-1]).any(axis=1)
    rows[regime.valid_from : regime.valid_from + 1] = True
    return rows


def _simulated(targets: Floats, switched: Flags, market: Market, config: Config) -> Simulation:
    """The band is for drift only: who comes or goes is traded to exact targets, as a switch is."""
    switched = switched | membership_changes(targets)
    placed = schedule(targets, _weekly(market, config), switched, market, config.execution)
    return simulate(market, placed, config.execution)


def membership_changes(targets: Floats) -> Flags:
    """(T,) True where an asset enters or leaves the targets."""
    held = targets > 0
    changed = np.zeros(len(targets), dtype=np.bool_)
    changed[1:] = (held[1:] != held[:-1]).any(axis=1)
    return changed


def _weekly(market: Market, config: Config) -> Flags:
    return weekly_decisions(market.sessions, config.execution.rebalance_weekday)


def exposure_in_force(exposure: Floats, decides: Flags) -> Floats:
    """(T, K) at each close the exposure of the last decision before its session; zero before there is one.

    Drift within the no-trade band is left out, so that a strategy that never changes its mind shows no timing at all.
    """
    rows = np.where(decides, np.arange(len(decides)), -1)
    last = np.concatenate([[-1], np.maximum.accumulate(rows)[:-1]])
    return np.where(last[:, None] >= 0, exposure[np.maximum(last, 0)], 0.0)


def asset_market(panel: Panel, assets: Sequence[str], config: Config) -> Market:
    """Marks, opens and costs of ``assets`` at the closes of the clock.

    A bar is fresh at the first close that finds it final: a weekend of crypto compounds into the next session. Crypto
    has no opening auction: its open is its last final bar, which ended after the previous session's decision.
    """
    closes, sessions = panel.clock.closes, panel.clock.sessions
    indices = [panel.bars[ticker].index_at(closes) for ticker in assets]
    fresh = np.column_stack([np.diff(index, prepend=-1) > 0 for index in indices])
    marks = panel.closes(assets, closes)
    costs = np.array([config.costs_bps[asset(ticker).asset_class] for ticker in assets])
    opens = [_opens(panel, ticker, marks[:, column]) for column, ticker in enumerate(assets)]
    return Market(sessions, tuple(assets), marks, np.column_stack(opens), fresh, bill_return(panel, config), costs)


def _opens(panel: Panel, ticker: str, marks: Floats) -> Floats:
    bars, sessions = panel.bars[ticker], panel.clock.sessions
    if bars.asset_class == "crypto":
        return marks
    opens = np.full(len(sessions), np.nan)
    _, rows, at = np.intersect1d(sessions, bars.date, assume_unique=True, return_indices=True)
    opens[rows] = bars.open[at]
    return opens


def bill_return(panel: Panel, config: Config) -> Floats:
    """(T,) simple return of bills over the days up to each session, at the rate known at the cutoff before; ACT/360.

    Raises:
        DataError: the rate was not known on some session.
    """
    rate = panel.now(panel.read(config.bill_rate))[:-1]
    sessions = panel.clock.sessions
    if np.isnan(rate).any():
        day = sessions[int(np.argmax(np.isnan(rate)))]
        raise DataError(config.bill_rate, f"the bill rate is not known on {day}.", "Change start or end, or bill_rate.")
    days = np.diff(sessions) / np.timedelta64(1, "D")
    return np.concatenate([[0.0], rate / 100.0 * days / DAYS_IN_BILL_YEAR])
