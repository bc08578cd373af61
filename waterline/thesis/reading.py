"""The ground of the claims, read from an experiment's configuration and panel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from waterline.config import Config
from waterline.contracts import SCARCE, Signal
from waterline.experiment import Decision, decide
from waterline.panel import Observations, Panel
from waterline.plugins import build
from waterline.portfolios import bill_return
from waterline.sessions import Dates, Floats
from waterline.thesis.claims import GENERATORS, GROUPS, ORDER_OF_DAMAGE, SPECULATIVE
from waterline.thesis.ground import Ground
from waterline.transforms import mean_of_present, restandardised

SUPPLY = "signals.net_liquidity:NetLiquidity"
"""The signal that reads supply alone."""
YIELDS: Mapping[str, tuple[str, ...]] = {
    "DFII10": ("DFII10",),
    "THREEFYTP10": ("THREEFYTP10",),
    "DGS10": ("DGS10",),
    "DBAA": ("BAA10Y", "DGS10"),
}
"""Yields as sums of published series."""
LEVELS = ("VIXCLS", "DGS2")
OLDEST_BAR = np.timedelta64(7, "D")
FROM_SIGNAL = ("scarce", "demand", "slack", "drain")


def read_ground(config: Config, panel: Panel) -> Ground:
    """Everything that the claims can be judged on, and what the data lack for the rest.

    Args:
        config: says how score, states and sleeves come about.
        panel: the data.
    """
    made, supply = decide(config, panel), build(Signal, "thesis.supply", SUPPLY, {})
    returns = asset_returns(panel, panel.bars)
    yields = {name: parts for name, parts in YIELDS.items() if all(part in panel.series for part in parts)}
    columns = {
        **_decided(made),
        **_sleeves(config, panel, made, returns),
        **{name: _known(panel, name) for name in LEVELS if name in panel.series},
        **{name: np.diff(_level(panel, parts)) for name, parts in yields.items()},
        **_groups(returns),
    }
    if config.benchmark in returns:
        columns["market"] = returns[config.benchmark]
    if not _lacking(panel, supply.inputs()):
        columns["supply"] = -supply.score(panel).total[:-1]
    return Ground(
        sessions=panel.clock.sessions,
        columns=columns,
        members={ticker: returns[ticker] for ticker in made.sleeves.assets},
        absent=_absent(panel, supply),
        revised=_revised(config.built_signal.inputs() - made.score.beside.keys(), panel, supply),
    )


def asset_returns(panel: Panel, assets: Iterable[str]) -> dict[str, Floats]:
    """(T,) simple returns from each session's close to the next, of the last final bars; NaN without a recent one."""
    closes, returns = panel.clock.closes, {}
    for ticker in assets:
        bars = panel.bars[ticker]
        index = bars.index_at(closes)
        mark = np.full(len(closes), np.nan)
        if len(bars.close):
            recent = (index >= 0) & (closes - bars.available_at[np.maximum(index, 0)] <= OLDEST_BAR)
            mark = np.where(recent, bars.close[np.maximum(index, 0)], np.nan)
        returns[ticker] = mark[1:] / mark[:-1] - 1.0
    return returns


def _decided(made: Decision) -> dict[str, Floats]:
    """What the signal and the regime said at each decision."""
    score, scarce = made.score, (made.regime.states == SCARCE).astype(np.float64)
    scarce[: made.regime.valid_from] = np.nan
    columns = {"scarce": scarce}
    if "demand" in score.pillars:
        columns["drain"] = score.pillars["demand"]
    if score.members.get("demand"):
        members = list(score.members["demand"].values())
        columns["demand"] = restandardised(mean_of_present(members, (len(members) + 1) // 2))
    if "slack" in score.beside:
        columns["slack"] = score.beside["slack"]
    return {name: column[:-1] for name, column in columns.items()}


def _sleeves(config: Config, panel: Panel, made: Decision, returns: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return over bills of each sleeve at the weights known before; NaN while nothing in it can be held."""
    bills = bill_return(panel, config)[1:]
    table = np.column_stack([returns[ticker] for ticker in made.sleeves.assets])
    columns = {}
    for name in (SPECULATIVE, GENERATORS):
        if name in made.sleeves.inside:
            weights = made.sleeves.inside[name][:-1]
            earned = np.where(weights > 0.0, weights * (table - bills[:, None]), 0.0).sum(axis=1)
            columns[name] = np.where(weights.sum(axis=1) > 0.0, earned, np.nan)
    return columns


def _groups(returns: Mapping[str, Floats]) -> dict[str, Floats]:
    """Plain mean of the members of each group that have a return."""
    groups = {}
    for name in ORDER_OF_DAMAGE:
        members = [returns[ticker] for ticker in GROUPS[name] if ticker in returns]
        if members:
            groups[name] = mean_of_present(members, 1)
    return groups


def _known(panel: Panel, name: str) -> Floats:
    return panel.now(panel.read(name))[:-1]


def _level(panel: Panel, parts: tuple[str, ...]) -> Floats:
    return np.asarray(sum(by_period(panel.read(part), panel.clock.sessions) for part in parts))


def by_period(rows: Observations, sessions: Dates) -> Floats:
    """(T,) what each session's value turned out to be, in its latest revision, whenever it became known.

    A day without a value has the last one before it, up to the age at which the series counts as stale. For
    explanations alone: nothing may be decided by it.
    """
    order = np.lexsort((rows.available_at, rows.period))
    period, value = rows.period[order], rows.value[order]
    last = np.append(period[1:] != period[:-1], True) & np.isfinite(value) if len(period) else np.empty(0, np.bool_)
    period, value = period[last], value[last]
    if len(period) == 0:
        return np.full(len(sessions), np.nan)
    index = np.searchsorted(period, sessions, side="right") - 1
    age = sessions - period[np.maximum(index, 0)]
    current = (index >= 0) & (age <= np.timedelta64(rows.max_age_days, "D"))
    return np.where(current, value[np.maximum(index, 0)], np.nan)


def _lacking(panel: Panel, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(name for name in names if name not in panel))


def _absent(panel: Panel, supply: Signal) -> dict[str, str]:
    """For each column what would have to be there, in words."""
    return {
        "demand": "a signal with a demand pillar",
        "slack": "a signal with slack",
        "drain": "a signal with a demand pillar",
        **{name: f"a sleeve named {name}" for name in (SPECULATIVE, GENERATORS)},
        **{name: f"{name} ({', '.join(GROUPS[name])})" for name in ORDER_OF_DAMAGE},
        **{name: ", ".join(_lacking(panel, parts)) for name, parts in YIELDS.items()},
        "supply": ", ".join(_lacking(panel, supply.inputs())),
    }


def _revised(counted: Iterable[str], panel: Panel, supply: Signal) -> dict[str, tuple[str, ...]]:
    """For each column its inputs of which only the latest revision is at hand; ``counted`` are those of the score."""

    def flagged(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(name for name in names if name in panel.series and not panel.series[name].point_in_time))

    named = {**dict.fromkeys(FROM_SIGNAL, counted), "supply": supply.inputs(), **YIELDS}
    return {column: flagged(names) for column, names in named.items()}
