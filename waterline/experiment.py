"""The system on one page: from a configuration to an outcome."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from waterline.catalog import ASSETS, SERIES
from waterline.config import Config
from waterline.contracts import SCARCE, Regime, Score, Sleeves
from waterline.errors import SpanError
from waterline.evidence import episodes
from waterline.metrics import Evaluation, Track, WindowMetrics, split_windows, window_metrics
from waterline.outcome import Outcome, Provenance
from waterline.panel import Observations, Panel
from waterline.portfolios import Portfolios, simulate_all
from waterline.sessions import Floats, clock
from waterline.simulation import Simulation
from waterline.sleeves import build_sleeves
from waterline.sources.base import Request

Report = Callable[[str], None]
FEWEST_SESSIONS = 21


def silent(step: str) -> None:
    """Report progress to nobody."""


def gather(config: Config) -> Panel:
    """The data that ``config`` asks for, with its decision clock.

    Raises:
        DataError: a file is missing or cannot be trusted.
        SpanError: the asked period holds no prices.
    """
    members = [ticker for sleeve in config.sleeves.values() for ticker in sleeve.members]
    assets = frozenset({*members, config.benchmark})
    loaded = config.data.load(Request(config.built_signal.inputs() - assets, assets, config.bill_rate))
    for file, digest in sorted(loaded.files.items()):
        logging.getLogger(__name__).info("read %s (digest %s)", file, digest[:12])
    dates = loaded.bars[config.benchmark].date
    asked = f"the run asks for {config.start} to {config.end or 'the last bar'}"
    if np.datetime64(config.start) > dates[-1] or (config.end and np.datetime64(config.end) < dates[0]):
        problem = f"No overlap: {asked}, {config.benchmark} has prices from {dates[0]} to {dates[-1]}."
        raise SpanError(problem, "Change start or end.")
    last = min(np.datetime64(config.end or dates[-1]), dates[-1]).item()
    panel = Panel(clock(config.start, last, config.cutoff), loaded.series, loaded.bars, loaded.notices, loaded.files)
    for name, sleeve in config.sleeves.items():
        _refuse_empty(name, sleeve.members, panel)
    return panel


def _refuse_empty(sleeve: str, members: Sequence[str], panel: Panel) -> None:
    """A sleeve none of whose members has a price in the period would silently be cash."""
    first, last = panel.clock.sessions[[0, -1]]
    spans = {ticker: panel.bars[ticker].date[[0, -1]] for ticker in members}
    if all(begins > last or ends < first for begins, ends in spans.values()):
        told = ", ".join(f"{ticker} {begins} to {ends}" for ticker, (begins, ends) in spans.items())
        problem = f"No overlap: no member of sleeve {sleeve!r} has a price from {first} to {last} ({told})."
        raise SpanError(problem, "Change start or end, or the members.")


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """What was decided at each session's cutoff.

    Attributes:
        score: the signal's answer.
        regime: the states.
        sleeves: groups and their inside weights.
        exposure: (T, K) share of equity in each sleeve.
    """

    score: Score
    regime: Regime
    sleeves: Sleeves
    exposure: Floats


def decide(config: Config, panel: Panel) -> Decision:
    """Everything that is decided before a price of the next session exists."""
    score = config.built_signal.score(panel)
    regime = config.regime.classify(score.total)
    sleeves = build_sleeves(panel, config.sleeves)
    return Decision(score, regime, sleeves, config.built_strategy.exposure(score, regime, sleeves))


def run(config: Config, panel: Panel, report: Report = silent) -> Outcome:
    """The outcome of ``config`` on ``panel``.

    Args:
        config: what to do.
        panel: the data it may see.
        report: called with the name of each step as it begins.

    Raises:
        SpanError: the signal never has a score, or too few sessions follow its first.
    """
    report("deciding")
    made = decide(config, panel)
    first = _first_evaluated(made.regime, made.score, panel)
    report("simulating")
    portfolios = simulate_all(config, panel, made.sleeves, made.exposure, made.regime, first)
    report("measuring")
    equity, mix_equity = portfolios.strategy.equity, portfolios.static_mix.equity
    return Outcome(
        config=config,
        digest=config.digest(),
        panel=panel,
        score=made.score,
        regime=made.regime,
        sleeves=made.sleeves,
        exposure=made.exposure,
        portfolios=portfolios,
        first=first,
        windows=measured(config, panel, made.regime, made.sleeves, portfolios, first),
        episodes=episodes(panel.clock.sessions, made.score, made.regime, equity, mix_equity, first),
        provenance=provenance(panel),
    )


def first_evaluated(config: Config, panel: Panel) -> int:
    """Row at whose close the first decision with a score is held, see :func:`run`.

    Raises:
        SpanError: there is none, or too few sessions follow.
    """
    score = config.built_signal.score(panel)
    return _first_evaluated(config.regime.classify(score.total), score, panel)


def _first_evaluated(regime: Regime, score: Score, panel: Panel) -> int:
    """Row at whose close the first decision with a score is held: the base of all figures.

    Raises:
        SpanError: there is none, or fewer than ``FEWEST_SESSIONS`` sessions follow.
    """
    first = regime.valid_from + 1
    if first + FEWEST_SESSIONS < len(panel.clock):
        return first
    sessions = panel.clock.sessions
    empty = [name for name, part in score.pillars.items() if not np.isfinite(part).any()]
    why = f"{', '.join(empty)} never has a value" if empty else "the pillars never have values together"
    if regime.valid_from < len(sessions):
        why = f"the first score comes on {sessions[regime.valid_from]}"
    raise SpanError(
        f"{sessions[0]} to {sessions[-1]} is too short to warm up: {why}, and {FEWEST_SESSIONS} sessions must follow.",
        "Choose an earlier start or a later end.",
    )


def measured(
    config: Config, panel: Panel, regime: Regime, sleeves: Sleeves, portfolios: Portfolios, first: int
) -> dict[str, WindowMetrics]:
    """The figures of each window, by its name."""
    sessions = panel.clock.sessions[first:]
    held = {**portfolios.sleeves, config.benchmark: portfolios.benchmark}
    evaluation = Evaluation(
        sessions=sessions,
        cash=portfolios.cash_return[first + 1 :],
        strategy=_track(portfolios.strategy, first),
        mix=_track(portfolios.static_mix, first),
        held={name: _track(simulation, first) for name, simulation in held.items()},
        sleeves=sleeves.names,
        sleeve_returns=np.column_stack([portfolios.sleeves[name].returns[first + 1 :] for name in sleeves.names]),
        exposure=portfolios.in_force[first:],
        scarce=regime.states[first:] == SCARCE,
    )
    windows = split_windows(sessions, np.datetime64(config.idea_date))
    return {window.name: window_metrics(evaluation, window) for window in windows}


def _track(simulation: Simulation, first: int) -> Track:
    rows = slice(first + 1, None)
    return Track(simulation.returns[rows], simulation.turnover[rows], simulation.costs[rows])


def provenance(panel: Panel) -> tuple[Provenance, ...]:
    """The state of every input at the last cutoff, in order of name."""
    entries = {**panel.series, **{ticker: bars.closes() for ticker, bars in panel.bars.items()}}
    return tuple(_provenance(panel, name, entries[name]) for name in sorted(entries))


def _provenance(panel: Panel, name: str, rows: Observations) -> Provenance:
    last = panel.clock.cutoffs[-1]
    known = rows.known_by(last).newest_first_known()
    title = SERIES[name].title if name in SERIES else ASSETS[name].title if name in ASSETS else name
    empty = len(known) == 0
    return Provenance(
        name=name,
        title=title,
        last_period=None if empty else known.period[-1],
        available_at=None if empty else known.available_at[-1],
        age_days=float("nan") if empty else float((last - known.available_at[-1]) / np.timedelta64(1, "D")),
        max_age_days=rows.max_age_days,
        point_in_time=rows.point_in_time,
    )
