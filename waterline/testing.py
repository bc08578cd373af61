"""Suites that a plugin's own test inherits, and the invented panel they run on.

    class TestMySignal(SignalContract):
        plugin = MySignal()

Everything here is invented data: shapes and clocks are real, values are not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import cast

import numpy as np

from waterline.catalog import ASSETS, SERIES, asset
from waterline.contracts import Regime, Score, Signal, Sleeves, Strategy
from waterline.panel import Bars, Observations, Panel
from waterline.regime import SchmittRule
from waterline.sessions import Dates, Floats, clock, exchange_sessions, new_york_instants

FIRST, LAST = dt.date(2012, 1, 3), dt.date(2023, 12, 29)
CUTS = (700, 1500, 2300, 2800)
DAY = np.timedelta64(1, "D")
QUARTER_ENDS = cast(Dates, np.arange("2008-03", "2024-03", 3, dtype="datetime64[M]").astype("datetime64[D]") - DAY)


def sample_panel(names: Iterable[str], seed: int = 0, first: dt.date = FIRST, last: dt.date = LAST) -> Panel:
    """An invented panel that holds ``names``: catalog series, tickers, and filings as ``COMPANY/flow``.

    Args:
        names: what it must hold; names the catalog does not know are left out.
        seed: the same seed gives the same values.
        first: first session of its clock.
        last: last session of its clock.
    """
    series, bars = {}, {}
    for name in sorted(names):
        rng = np.random.default_rng([seed, *name.encode()])
        if "/" in name:
            series[name] = sample_filings(name, rng)
        elif name in SERIES:
            series[name] = sample_series(name, rng, last)
        elif name in ASSETS:
            bars[name] = sample_bars(name, rng, first, last)
    return Panel(clock(first, last), series, bars)


def sample_series(name: str, rng: np.random.Generator, last: dt.date) -> Observations:
    """A random walk inside the catalog's range on the series' own calendar, published by its own rule."""
    entry = SERIES[name]
    period = _calendar(entry.step, last)
    low, high = max(entry.low, 0.02 * entry.high), entry.high
    walk = np.cumsum(rng.standard_normal(len(period)) * 0.02)
    value = low + (high - low) * (0.3 + 0.2 * np.tanh(walk))
    rounded = np.round(value, 2) if entry.decimals is not None else value
    available_at = entry.release.instant(period)
    order = np.lexsort((period, available_at))
    return Observations(
        series=name,
        period=period[order],
        available_at=available_at[order],
        vintage=available_at[order].astype("datetime64[D]"),
        value=rounded[order],
        max_age_days=entry.max_age_days,
        step=entry.step,
        point_in_time=not entry.revised,
    )


def _calendar(step: str, last: dt.date) -> Dates:
    days = np.arange(np.datetime64("2008-01-02"), np.datetime64(last))
    if step == "D":
        return np.asarray(days[np.is_busday(days)])
    if step == "W":
        return np.asarray(days[(days.astype(np.int64) + 3) % 7 == 2])
    months = np.arange("2008-01", str(last)[:7], {"M": 1, "Q": 3}[step], dtype="datetime64[M]")
    return months.astype("datetime64[D]")


def sample_filings(name: str, rng: np.random.Generator) -> Observations:
    """Quarterly flows that grow, filed 25 to 40 days after the quarter."""
    filed = QUARTER_ENDS + rng.integers(25, 41, len(QUARTER_ENDS)).astype("timedelta64[D]")
    growth = np.cumsum(0.03 + 0.05 * rng.standard_normal(len(filed)))
    value = np.zeros(len(filed)) if name.endswith("definition") else 1e9 * np.exp(growth)
    instants = new_york_instants(filed, dt.time(17, 30))
    return Observations(name, QUARTER_ENDS, instants, filed, value, max_age_days=150, step="Q")


def sample_bars(ticker: str, rng: np.random.Generator, first: dt.date, last: dt.date) -> Bars:
    """Heavy-tailed prices on the exchange's calendar, or on every day for crypto."""
    asset_class = asset(ticker).asset_class
    is_crypto = asset_class == "crypto"
    date = np.arange(np.datetime64(first), np.datetime64(last)) if is_crypto else exchange_sessions(first, last)
    close = 100.0 * np.exp(np.cumsum(0.0003 + 0.012 * rng.standard_t(4, len(date))))
    final = (date + DAY).astype("datetime64[s]") if is_crypto else new_york_instants(date, dt.time(16, 0))
    return Bars(ticker, date, close * np.exp(0.003 * rng.standard_normal(len(date))), close, final, asset_class)


def same(left: Floats, right: Floats) -> bool:
    """Whether two arrays are the same to the last bit, NaN equal to NaN."""
    return left.shape == right.shape and bool(np.all((left == right) | (np.isnan(left) & np.isnan(right))))


class SignalContract:
    """What every signal must keep. A subclass sets ``plugin``."""

    plugin: Signal

    def panel(self) -> Panel:
        """The panel the suite runs on."""
        return sample_panel(self.plugin.inputs())

    def test_inputs_are_in_the_catalog(self) -> None:
        unknown = {name for name in self.plugin.inputs() if "/" not in name and name not in {**SERIES, **ASSETS}}
        assert not unknown

    def test_parameters_are_frozen_and_closed(self) -> None:
        assert type(self.plugin).model_config.get("frozen")
        assert type(self.plugin).model_config.get("extra") == "forbid"

    def test_one_value_a_session_and_some_are_known(self) -> None:
        panel = self.panel()
        score = self.plugin.score(panel)
        parts = [score.total, *score.pillars.values(), *(z for group in score.members.values() for z in group.values())]
        assert all(part.shape == (len(panel.clock),) for part in parts)
        assert np.isfinite(score.total).any()
        assert not np.isinf(score.total).any()

    def test_same_panel_same_score(self) -> None:
        assert same(self.plugin.score(self.panel()).total, self.plugin.score(self.panel()).total)

    def test_the_past_does_not_move_when_the_future_is_removed(self) -> None:
        panel = self.panel()
        total = self.plugin.score(panel).total
        for row in CUTS:
            cut = self.plugin.score(panel.as_of(panel.clock.cutoffs[row])).total
            assert same(cut, total[: len(cut)]), f"the score up to {panel.clock.sessions[row]} knew what came later"

    def test_an_empty_panel_is_refused_or_scored_as_missing(self) -> None:
        panel = self.panel()
        before = panel.as_of(panel.clock.cutoffs[0] - np.timedelta64(36500, "D"))
        assert np.isnan(self.plugin.score(before).total).all()


class StrategyContract:
    """What every strategy must keep. A subclass sets ``plugin``."""

    plugin: Strategy

    def situation(self, rows: int = 300) -> tuple[Score, Regime, Sleeves]:
        """An invented score with gaps, its states, and sleeves of one asset each."""
        rng = np.random.default_rng(7)
        total = np.cumsum(0.2 * rng.standard_normal(rows))
        total[:20] = total[100:105] = np.nan
        names = tuple(sorted(self.plugin.sleeve_names()))
        inside = {name: np.tile(np.eye(len(names))[k], (rows, 1)) for k, name in enumerate(names)}
        return Score(total=total), SchmittRule(dwell=0).classify(total), Sleeves(names, names, inside)

    def test_shares_are_long_and_unlevered(self) -> None:
        score, regime, sleeves = self.situation()
        exposure = self.plugin.exposure(score, regime, sleeves)
        assert exposure.shape == (len(score.total), len(sleeves.names))
        assert np.isfinite(exposure).all()
        assert (exposure >= 0).all()
        assert (exposure.sum(axis=1) <= 1 + 1e-12).all()

    def test_the_past_does_not_move_when_the_future_is_removed(self) -> None:
        score, regime, sleeves = self.situation()
        whole = self.plugin.exposure(score, regime, sleeves)
        for row in (1, 19, 20, 21, 104, 250):
            cut_score = Score(total=score.total[:row])
            cut_regime = Regime(regime.states[:row], min(regime.valid_from, row), regime.held[:row])
            cut_sleeves = Sleeves(sleeves.names, sleeves.assets, {k: v[:row] for k, v in sleeves.inside.items()})
            assert same(self.plugin.exposure(cut_score, cut_regime, cut_sleeves), whole[:row])
