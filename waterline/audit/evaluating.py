"""The result of a run on other data, over sessions that it shares with others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from waterline.config import Config
from waterline.contracts import Regime
from waterline.errors import SpanError
from waterline.experiment import FEWEST_SESSIONS, Decision, decide, measured
from waterline.metrics import WindowMetrics, excess_returns, sharpe_ratio, sharpe_standard_error
from waterline.panel import Panel
from waterline.portfolios import asset_market, delayed, simulate_all, simulate_strategy

Run = tuple[Panel, Decision]


@dataclass(frozen=True, slots=True)
class Sharpe:
    """An annualised Sharpe ratio and its standard error."""

    ratio: float
    error: float


def first_row(regime: Regime) -> int:
    """Row at whose close the first decision with a score is held."""
    return regime.valid_from + 1


def decided(config: Config, panel: Panel) -> Run:
    """A panel and what is decided on it."""
    return panel, decide(config, panel)


def shared_first(runs: Sequence[Run]) -> int:
    """Row from which all runs on the same sessions have a decision with a score to hold.

    Raises:
        SpanError: too few sessions follow it.
    """
    first = max(first_row(made.regime) for _, made in runs)
    if first + FEWEST_SESSIONS >= len(runs[0][0].clock):
        raise SpanError("Too few sessions follow the first score.", "Choose an earlier start or a later end.")
    return first


def sharpe_ratios(config: Config, runs: Sequence[Run]) -> list[Sharpe]:
    """The Sharpe ratio of the strategy in each run, all from the latest first score on.

    Raises:
        SpanError: too few sessions follow it.
    """
    first = shared_first(runs)
    return [_sharpe(config, panel, made, first) for panel, made in runs]


def _sharpe(config: Config, panel: Panel, made: Decision, first: int) -> Sharpe:
    market = asset_market(panel, made.sleeves.assets, config)
    exposure, regime = delayed(made.exposure, made.regime, config.execution.delay_sessions)
    done = simulate_strategy(config, market, made.sleeves, exposure, regime)
    excess = excess_returns(done.returns[first + 1 :], market.cash_return[first + 1 :])
    return Sharpe(sharpe_ratio(excess), sharpe_standard_error(excess))


def side_by_side(config: Config, runs: Sequence[Run]) -> list[WindowMetrics]:
    """All figures of each run, from the latest first score on.

    Raises:
        SpanError: too few sessions follow it.
    """
    first = shared_first(runs)
    return [_figures(config, panel, made, first) for panel, made in runs]


def _figures(config: Config, panel: Panel, made: Decision, first: int) -> WindowMetrics:
    portfolios = simulate_all(config, panel, made.sleeves, made.exposure, made.regime, first)
    return measured(config, panel, made.regime, made.sleeves, portfolios, first)["all"]
