"""All figures of one window, as one frozen object and as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass

import numpy as np

from waterline.metrics import returns as figures
from waterline.metrics.drawdowns import NEVER, Drawdown, max_drawdown
from waterline.metrics.inference import Estimate, timing_gain, tracking_difference
from waterline.metrics.ratios import calmar_ratio, sharpe_ratio, sharpe_standard_error, sortino_ratio
from waterline.metrics.windows import Window
from waterline.sessions import Dates, Flags, Floats

Json = dict[str, "Json"] | list["Json"] | str | float | int | None

SHORTEST_GROWTH_DAYS = 28
"""Growth over fewer calendar days is not stated as a yearly rate: one good day would read as a fortune."""


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """What a portfolio did on each of T sessions.

    Attributes:
        returns: (T,) simple daily returns after costs.
        turnover: (T,) sum of |traded value| / equity.
        costs: (T,) fees and slippage / equity.
    """

    returns: Floats
    turnover: Floats
    costs: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """The strategy beside the static mix of the same average exposure.

    Attributes:
        sessions: (T + 1,) dates; the first return is measured from the close of the first.
        cash: (T,) simple daily returns of bills.
        strategy: the strategy's track.
        mix: the mix's track, through the same engine, costs and calendar.
        held: what else the strategy is shown beside (each sleeve held, the index), by name.
        sleeves: (K,) names.
        sleeve_returns: (T, K) simple daily returns of the sleeves.
        exposure: (T + 1, K) the strategy's share of equity in each sleeve at the close of each session.
        scarce: (T + 1,) whether the state of each session is scarce.
    """

    sessions: Dates
    cash: Floats
    strategy: Track
    mix: Track
    held: Mapping[str, Track]
    sleeves: tuple[str, ...]
    sleeve_returns: Floats
    exposure: Floats
    scarce: Flags


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of one portfolio over one window; see the function of the same name for each."""

    sessions: int
    first_session: np.datetime64
    last_session: np.datetime64
    years: float
    cumulative_return: float
    cagr: float
    cash_cagr: float
    volatility: float
    sharpe_ratio: float
    sharpe_standard_error: float
    sortino_ratio: float
    max_drawdown: Drawdown
    calmar_ratio: float
    skewness: float
    kurtosis: float
    value_at_risk: float
    expected_shortfall: float
    best_day: float
    worst_day: float
    hit_rate: float
    turnover_per_year: float
    cost_per_year: float


@dataclass(frozen=True, slots=True)
class WindowMetrics:
    """The figures of strategy and mix over one window.

    Attributes:
        window: which returns.
        strategy: figures of the strategy.
        mix: figures of the mix; no figure of the strategy is to be shown without it.
        held: figures of what else it is shown beside, by name.
        timing_gain: covariance form, a year, gross of costs.
        tracking_difference: strategy less mix, a year, net of costs.
        scarce_share: share of the sessions in the scarce state.
        average_exposure: sleeve -> mean share of equity.
        note: what a reader must know about the window; empty where nothing.
    """

    window: Window
    strategy: Summary
    mix: Summary
    held: Mapping[str, Summary]
    timing_gain: Estimate
    tracking_difference: Estimate
    scarce_share: float
    average_exposure: Mapping[str, float]
    note: str

    def as_json(self) -> dict[str, Json]:
        """Keys as the fields, full precision, null where undefined. An empty window holds its note and nothing else."""
        head: dict[str, Json] = {"label": self.window.label, "sessions": len(self.window), "note": self.note}
        if len(self.window) == 0:
            return head
        body = ("strategy", "mix", "held", "timing_gain", "tracking_difference", "scarce_share", "average_exposure")
        return head | {name: as_json(getattr(self, name)) for name in body}


def summary(
    returns: Floats, cash: Floats, sessions: Dates, turnover: Floats | None = None, costs: Floats | None = None
) -> Summary:
    """The figures of one portfolio.

    Args:
        returns: (T,) simple daily returns.
        cash: (T,) simple daily returns of bills.
        sessions: (T + 1,) dates, beginning with the session before the first return; may be empty where T is 0.
        turnover: (T,) traded value / equity, where known.
        costs: (T,) costs / equity, where known.
    """
    _check_lengths(returns, cash, sessions)
    excess = figures.excess_returns(returns, cash)
    years = figures.years_between(sessions)
    long_enough = years * figures.DAYS_PER_YEAR >= SHORTEST_GROWTH_DAYS
    return Summary(
        sessions=len(returns),
        first_session=sessions[1] if len(returns) else NEVER,
        last_session=sessions[-1] if len(returns) else NEVER,
        years=years,
        cumulative_return=figures.cumulative_return(returns),
        cagr=figures.cagr(returns, sessions) if long_enough else math.nan,
        cash_cagr=figures.cagr(cash, sessions) if long_enough else math.nan,
        volatility=figures.volatility(returns),
        sharpe_ratio=sharpe_ratio(excess),
        sharpe_standard_error=sharpe_standard_error(excess),
        sortino_ratio=sortino_ratio(excess),
        max_drawdown=max_drawdown(returns, sessions),
        calmar_ratio=calmar_ratio(returns, sessions) if long_enough else math.nan,
        skewness=figures.skewness(returns),
        kurtosis=figures.kurtosis(returns),
        value_at_risk=figures.value_at_risk(returns),
        expected_shortfall=figures.expected_shortfall(returns),
        best_day=figures.best_day(returns),
        worst_day=figures.worst_day(returns),
        hit_rate=figures.hit_rate(returns),
        turnover_per_year=math.nan if turnover is None else figures.turnover_per_year(turnover),
        cost_per_year=math.nan if costs is None else figures.cost_per_year(costs),
    )


def window_metrics(evaluation: Evaluation, window: Window) -> WindowMetrics:
    """The figures of ``evaluation`` over ``window``; an empty window gives NaN figures and a note that says so."""
    rows, span = window.rows, window.span
    sessions, cash = evaluation.sessions[span], evaluation.cash[rows]
    held = evaluation.exposure[rows]
    earned = figures.excess_returns(evaluation.sleeve_returns[rows], cash)

    def figures_of(track: Track) -> Summary:
        return summary(track.returns[rows], cash, sessions, track.turnover[rows], track.costs[rows])

    strategy, mix = figures_of(evaluation.strategy), figures_of(evaluation.mix)
    return WindowMetrics(
        window=window,
        strategy=strategy,
        mix=mix,
        held={name: figures_of(track) for name, track in evaluation.held.items()},
        timing_gain=timing_gain(held, earned),
        tracking_difference=tracking_difference(evaluation.strategy.returns[rows], evaluation.mix.returns[rows]),
        scarce_share=figures.time_share(evaluation.scarce[span][1:]),
        average_exposure=dict(zip(evaluation.sleeves, figures.average_exposure(held).tolist(), strict=True)),
        note=_note(window, strategy),
    )


def as_json(value: object) -> Json:
    """Plain JSON of figures: dataclasses as objects, dates as ISO text, NaN, infinity and NaT as null."""
    match value:
        case np.datetime64():
            return None if np.isnat(value) else str(value)
        case float() | np.floating():
            return float(value) if math.isfinite(value) else None
        case Mapping():
            return {str(key): as_json(item) for key, item in value.items()}
        case None | int() | str():
            return value
        case _ if is_dataclass(value):
            return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} is no figure")


def _note(window: Window, strategy: Summary) -> str:
    if len(window) == 0:
        return f"No session of this run lies in this window ({window.label})."
    if strategy.years * figures.DAYS_PER_YEAR < SHORTEST_GROWTH_DAYS:
        return f"Growth is not stated as a yearly rate: the window has fewer than {SHORTEST_GROWTH_DAYS} days."
    return ""


def _check_lengths(returns: Floats, cash: Floats, sessions: Dates) -> None:
    fits = len(sessions) == len(returns) + 1 or len(returns) == len(sessions) == 0
    if len(cash) != len(returns) or not fits:
        raise ValueError(f"{len(returns)} returns, {len(cash)} of cash, {len(sessions)} sessions: not T, T and T + 1")
