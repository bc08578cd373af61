"""The result of a run on other data, over sessions that it shares with others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from waterline.audit.comparing import Bench, simulated
from waterline.config import Config
from waterline.contracts import Regime
from waterline.errors import SpanError
from waterline.experiment import FEWEST_SESSIONS, Decision, decide, measured
from waterline.metrics import WindowMetrics, excess_returns, sharpe_ratio, sharpe_standard_error
from waterline.panel import Panel
from waterline.portfolios import asset_market, simulate_all
from waterline.simulation import Market, Simulation

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


def too_short(run: Run) -> bool:
    """Whether too few sessions follow its first score."""
    panel, made = run
    return first_row(made.regime) + FEWEST_SESSIONS >= len(panel.clock)


def shared_first(runs: Sequence[Run]) -> int:
    """Row from which all runs on the same sessions have a decision with a score to hold.

    Raises:
        SpanError: too few sessions follow it.
    """
    first = max(first_row(made.regime) for _, made in runs)
    if first + FEWEST_SESSIONS >= len(runs[0][0].clock):
        raise SpanError("Too few sessions follow the first score.", "Choose an earlier start or a later end.")
    return first


def sharpe_ratios(bench: Bench, panels: Sequence[Panel]) -> list[Sharpe]:
    """The Sharpe ratio of the run as it is and on each of ``panels``, all from the latest first score on.

    Raises:
        SpanError: too few sessions follow it.
    """
    runs = [(bench.panel, bench.made), *(decided(bench.config, panel) for panel in panels)]
    first = shared_first(runs)
    others = [_traded(bench.config, panel, made, first) for panel, made in runs[1:]]
    return [_sharpe(bench.done, bench.market, first), *others]


def _traded(config: Config, panel: Panel, made: Decision, first: int) -> Sharpe:
    market = asset_market(panel, made.sleeves.assets, config)
    return _sharpe(simulated(config, market, made), market, first)


def _sharpe(done: Simulation, market: Market, first: int) -> Sharpe:
    excess = excess_returns(done.returns[first + 1 :], market.cash_return[first + 1 :])
    return Sharpe(sharpe_ratio(excess), sharpe_standard_error(excess))


def figures_of(config: Config, run: Run, first: int) -> WindowMetrics:
    """All figures of a run from row ``first`` on."""
    panel, made = run
    portfolios = simulate_all(config, panel, made.sleeves, made.exposure, made.regime, first)
    return measured(config, panel, made.regime, made.sleeves, portfolios, first)["all"]
