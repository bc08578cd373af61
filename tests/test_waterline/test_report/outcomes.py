"""Random outcomes made of the real value objects; only the score and the prices are drawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np

from waterline.appraisal import Tries, appraise
from waterline.config import Config
from waterline.contracts import SCARCE, Regime, Score, Sleeves
from waterline.evidence import Episode, episodes
from waterline.experiment import measured, provenance
from waterline.metrics import split_windows
from waterline.outcome import Outcome
from waterline.panel import Notice, Observations, Panel
from waterline.portfolios import Portfolios
from waterline.report.judged import Judged
from waterline.sessions import clock
from waterline.simulation import Orders, Simulation
from waterline.thesis import Scorecard
from waterline.thesis.ground import Ground
from waterline.thesis.scorecard import findings_of

SLEEVES = {"speculative": ["ARKK", "IGV"], "generators": ["XLE", "VTV", "COWZ"]}


def outcome(
    seed: int = 0,
    last: dt.date = dt.date(2021, 12, 31),
    warm_up: int = 40,
    missing: slice | None = None,
    total: float | None = None,
    drift: float = 0.0004,
    scale: float = 1.0,
    slack: bool = True,
    sleeves: Mapping[str, list[str]] = SLEEVES,
    pillars: tuple[str, ...] = ("demand", "price", "stress"),
    notices: tuple[Notice, ...] = (Notice("GDP", "not point in time: only the latest revision is at hand."),),
    **config: object,
) -> Outcome:
    """A run from 2 January 2019 to ``last``, evaluated from the session after ``warm_up``.

    ``missing`` rows have no score, so that the state is carried over; ``total`` is a score that never changes, in place
    of a random one; ``drift`` is the mean daily return of every asset and ``scale`` a factor on their noise.
    """
    chance = np.random.default_rng(seed)
    settings = _settings(sleeves, config)
    panel = _panel(settings, last, notices)
    rows = len(panel.clock)
    score = _score(chance, rows, warm_up, pillars, slack, missing, total)
    regime = settings.regime.classify(score.total)
    first = min(regime.valid_from + 1, rows)
    groups = _sleeves(sleeves, rows)
    exposure = np.full((rows, len(groups.names)), 0.2 / max(len(groups.names) - 1, 1))
    exposure[np.arange(rows), np.where(regime.states == SCARCE, len(groups.names) - 1, 0)] = 0.7
    market = drift + scale * chance.normal(0.0, 0.012, (rows, len(groups.assets)))
    portfolios = _portfolios(panel, groups, exposure, market, first)
    return Outcome(
        config=settings,
        digest=settings.digest(),
        panel=panel,
        score=score,
        regime=regime,
        sleeves=groups,
        exposure=exposure,
        portfolios=portfolios,
        first=first,
        windows=measured(settings, panel, regime, groups, portfolios, first),
        episodes=_episodes(panel, score, regime, portfolios, first),
        provenance=provenance(panel),
    )


def judged(run: Outcome, trials: float = 12.0) -> Judged:
    """A run out of so many trials, with a scorecard of claims on random columns over its sessions."""
    return Judged(run, appraise(run, Tries("a family", trials, 1, "Counted <here>.")), scorecard(run))


def scorecard(run: Outcome) -> Scorecard:
    """The claims that states and sleeve returns alone decide, with real measures; the rest lacks its data."""
    chance, rows = np.random.default_rng(5), len(run.sessions) - 1
    names = ("speculative", "generators", "market", "demand", "drain", "supply", "VIXCLS", "DFII10", "THREEFYTP10")
    columns = {name: chance.normal(0.0, 0.01, rows) for name in names}
    columns |= {"scarce": run.regime.states[:-1].astype(np.float64), "slack": chance.uniform(0.0, 1.0, rows)}
    members = {ticker: chance.normal(0.0, 0.01, rows) for ticker in ("ARKK", "IGV", "IWO", "XLE", "VTV", "COWZ")}
    ground = Ground(run.sessions, columns, members, {"DGS10": "<DGS10>"})
    windows = split_windows(run.sessions, np.datetime64(run.config.idea_date))
    findings = {window.name: findings_of(ground, window) for window in windows}
    return Scorecard(run.config.name, run.digest, run.sessions, windows, findings)


def _episodes(panel: Panel, score: Score, regime: Regime, portfolios: Portfolios, first: int) -> tuple[Episode, ...]:
    equities = portfolios.strategy.equity, portfolios.static_mix.equity
    return episodes(panel.clock.sessions, score, regime, *equities, first)


def _settings(sleeves: Mapping[str, list[str]], config: Mapping[str, object]) -> Config:
    tree = {"name": "A run", "data": {"kind": "classic"}, "start": "2019-01-02", "benchmark": "SPY"}
    members = {name: {"members": list(tickers)} for name, tickers in sleeves.items()}
    return Config.model_validate({**tree, "sleeves": members, **config})


def _portfolios(panel: Panel, groups: Sleeves, exposure: np.ndarray, market: np.ndarray, first: int) -> Portfolios:
    rows = len(exposure)
    cash = np.full(rows, 0.00008)
    mix = np.broadcast_to(exposure[first:-1].mean(axis=0) if first < rows - 1 else exposure[0], exposure.shape)
    return Portfolios(
        cash_return=cash,
        strategy=_simulation(panel, groups.targets(exposure), market, cash),
        in_force=exposure,
        mix_exposure=mix[0],
        static_mix=_simulation(panel, groups.targets(mix), market, cash),
        sleeves={name: _simulation(panel, groups.inside[name], market, cash) for name in groups.names},
        benchmark=_simulation(panel, np.ones((rows, 1)), market.mean(axis=1, keepdims=True), cash),
    )


def _panel(settings: Config, last: dt.date, notices: tuple[Notice, ...]) -> Panel:
    time = clock(settings.start, last)
    series = {
        "DGS10": _rows("DGS10", time.sessions, 7, point_in_time=True),
        "GDP": _rows("GDP", time.sessions[::60], 150, point_in_time=False),
        "TEDRATE": _rows("TEDRATE", time.sessions[: len(time) // 2], 7, point_in_time=True),
        "NFCI": _rows("NFCI", time.sessions[:0], 14, point_in_time=False),
    }
    return Panel(time, series, {}, notices, {"fred/DGS10.csv": "ab" * 32})


def _rows(name: str, days: np.ndarray, limit: int, point_in_time: bool) -> Observations:
    public = days.astype("datetime64[s]") + np.timedelta64(20, "h")
    return Observations(name, days, public, days, np.ones(len(days)), limit, "D", point_in_time)


def _score(
    chance: np.random.Generator,
    rows: int,
    warm_up: int,
    names: tuple[str, ...],
    slack: bool,
    missing: slice | None,
    total: float | None,
) -> Score:
    steps = chance.normal(0.0, 0.3, (rows, len(names)))
    walk = np.zeros_like(steps)
    for row in range(1, rows):
        walk[row] = 0.98 * walk[row - 1] + steps[row]
    walk[:warm_up] = np.nan
    walk[: warm_up + (rows - warm_up) // 4, 0] = np.nan  # the first pillar joins late
    if missing is not None:
        walk[missing] = np.nan
    known = np.isfinite(walk).sum(axis=1)
    mean = np.where(known > 0, np.nansum(walk, axis=1) / np.maximum(known, 1), np.nan)
    if total is not None:
        mean = np.where(np.isnan(mean), np.nan, total)
    pillars = {name: walk[:, place] for place, name in enumerate(names)}
    members = {name: {f"{name}_input": part, "DGS10": -part} for name, part in pillars.items()}
    beside = {"slack": np.clip(0.5 + 0.4 * np.sin(np.arange(rows) / 90), 0, 1)} if slack else {}
    return Score(mean, pillars, members, beside)


def _sleeves(groups: Mapping[str, list[str]], rows: int) -> Sleeves:
    assets = tuple(ticker for members in groups.values() for ticker in members)
    inside = {
        name: np.broadcast_to(np.isin(assets, members) / len(members), (rows, len(assets)))
        for name, members in groups.items()
    }
    return Sleeves(tuple(groups), assets, inside)


def _simulation(panel: Panel, weights: np.ndarray, market: np.ndarray, cash: np.ndarray) -> Simulation:
    """What weights held from each close to the next earn."""
    bills = 1.0 - weights.sum(axis=1)
    returns = np.zeros(len(weights))
    returns[1:] = (weights[:-1] * market[1:]).sum(axis=1) + bills[:-1] * cash[1:]
    nothing = np.zeros(0, dtype=np.int64)
    orders = Orders(nothing, nothing, nothing, nothing, *(np.zeros(0) for _ in range(4)))
    turnover = np.abs(np.diff(weights, axis=0, prepend=0.0)).sum(axis=1)
    sessions = panel.clock.sessions
    return Simulation(
        sessions, np.cumprod(1.0 + returns), returns, weights, bills, orders, turnover, 0.0005 * turnover, "none"
    )
