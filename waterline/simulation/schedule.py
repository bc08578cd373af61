"""From target weights to orders: the lag, the weekly calendar, the no-trade band and untradable days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from waterline.errors import ConfigError
from waterline.sessions import Dates, Flags, Floats
from waterline.simulation.execution import WEEKDAYS, Execution, Weekday
from waterline.simulation.market import Market, TargetError, fills

DUST = 1e-12
"""By how much a sum of targets may exceed one: rounding."""
MISSING_OPENS = 0.05
"""Share of an asset's sessions, beyond a single one, that may lack an opening price under ``next_open``."""
MONDAY_OFFSET = 3
"""Days from Monday to Thursday, 1 January 1970, the origin of ``datetime64[D]``."""


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """The orders of a run, at the sessions where they fill.

    Attributes:
        orders: (T, N) share of equity to trade to, equity being counted at the fill; NaN = no order.
        decided_at: (T,) index of the session whose decision fills here, always an earlier one; -1 where nothing fills.
    """

    orders: Floats
    decided_at: npt.NDArray[np.int64]


def weekly_decisions(sessions: Dates, weekday: Weekday) -> Flags:
    """(T,) True at the one session of each week that takes the weekly decision.

    That is ``weekday``; where it is no session, the last one before it in the same week, else the first one after.
    A week whose ``weekday`` lies beyond the last session is not over: it has no decision yet.
    """
    days = sessions.astype("datetime64[D]").astype(np.int64)
    weeks = np.unique((days + MONDAY_OFFSET) // 7)
    asked = weeks * 7 - MONDAY_OFFSET + WEEKDAYS.index(weekday)
    asked, weeks = asked[asked <= days[-1:]], weeks[asked <= days[-1:]]
    row = np.searchsorted(days, asked, side="right") - 1
    row += (row < 0) | ((days[row] + MONDAY_OFFSET) // 7 < weeks)
    flags = np.zeros(len(days), dtype=np.bool_)
    flags[row] = True
    return flags


def schedule(targets: Floats, decided: Flags, switched: Flags, market: Market, execution: Execution) -> Schedule:
    """Orders that follow the targets from session to session.

    A decision of session t fills at session t+1, so one of the last session places no order. A state switch, like the
    very first decision, trades every asset to its exact target. A weekly decision only corrects drift: the holdings,
    followed without costs from the last fill to the close of t, are compared with the targets of t, and what is outside
    its band trades to the band's edge, and what that leaves over or lacks is spread over the others (see
    :func:`waterline.simulation.books.finance`). An order for an asset that cannot be traded stays pending until it
    can, or until a newer decision replaces it. Cash pays: at the fill, buys beyond cash and sales are scaled down pro
    rata, so that the weights never sum to more than one.

    Args:
        targets: (T, N) share of equity wanted, as decided at each session; the rest is cash.
        decided: (T,) True at the weekly decisions, see :func:`weekly_decisions`.
        switched: (T,) True where the state changed; these sessions decide as well.
        market: prices on the same sessions.
        execution: fill, band and costs.

    Raises:
        TargetError: a target is negative, missing, leveraged, or asks for an asset that has no price yet.
        ConfigError: fills are asked at the open and an asset has no opening prices.
    """
    decides = np.asarray(decided | switched)
    _refuse_unholdable(targets, market)
    _refuse_unlisted(targets, decides, market)
    _refuse_missing_opens(targets, market, execution)
    return _walk(targets, decides, switched, market, execution)


def _walk(targets: Floats, decides: Flags, switched: Flags, market: Market, execution: Execution) -> Schedule:
    from waterline.simulation.walk import follow

    trading = fills(market, execution.fill)
    index = market.cash_index()[:, None]
    marks, closes = np.nan_to_num(trading.mark / index), np.nan_to_num(market.close / index)
    orders, decided_at = np.full(targets.shape, np.nan), np.full(len(targets), -1, dtype=np.int64)
    follow(
        (targets, decides, switched),
        (marks, closes, ~np.isnan(trading.price)),
        (execution.band_absolute, execution.band_relative),
        market.cost_shares(execution.cost_multiple),
        execution.costs_paid_by == "everyone",
        (orders, decided_at),
    )
    return Schedule(orders, decided_at)


def _refuse_unholdable(targets: Floats, market: Market) -> None:
    bad = ~(targets >= 0.0) | ~np.isfinite(targets)
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise TargetError(
            f"Target weight of {market.assets[column]} on {market.sessions[row]} is {targets[row, column]}, "
            "but weights are finite and not negative.",
            "Let the strategy return long weights only; what is not invested is cash.",
        )
    total = targets.sum(axis=1)
    if (total > 1.0 + DUST).any():
        row = int(np.argmax(total > 1.0 + DUST))
        raise TargetError(
            f"Target weights on {market.sessions[row]} sum to {total[row]:.12g}, above the bound 1: no leverage.",
            "Scale the exposures down so that each row sums to at most 1.",
        )


def _refuse_unlisted(targets: Floats, decides: Flags, market: Market) -> None:
    unlisted = decides[:, None] & (targets > 0.0) & np.isnan(market.close)
    if unlisted.any():
        row, column = np.argwhere(unlisted)[0]
        raise TargetError(
            f"{market.assets[column]} has target weight {targets[row, column]:.6g} on {market.sessions[row]}, "
            "before its first price.",
            "Give an asset weight only from its first bar on.",
        )


def _refuse_missing_opens(targets: Floats, market: Market, execution: Execution) -> None:
    if execution.fill != "next_open":
        return
    traded = np.maximum.accumulate(targets > 0.0, axis=0) & market.fresh
    allowed = 1 + MISSING_OPENS * traded.sum(axis=0)
    lacking = np.flatnonzero((traded & np.isnan(market.open)).sum(axis=0) > allowed)
    if len(lacking):
        raise ConfigError(
            "execution.fill",
            f"'next_open' needs opening prices, and there are none for {', '.join(market.assets[k] for k in lacking)}.",
            "Set it to 'next_close', or use a source that has the opens.",
        )
