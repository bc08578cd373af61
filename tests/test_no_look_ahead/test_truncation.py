"""Take the future away: nothing shipped may notice, and every planted leak must."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from waterline import portfolios
from waterline.audit import truncation
from waterline.config import Config, load
from waterline.contracts import Score, Signal
from waterline.experiment import decide, gather
from waterline.panel import Observations, Panel
from waterline.sessions import Floats
from waterline.simulation import Schedule


@pytest.fixture(scope="module")
def classic(root: Path) -> Config:
    return load(root / "configs" / "classic.yaml", ["start=1990-01-02", "end=2001-12-31"])


@pytest.fixture(scope="module")
def classic_panel(classic: Config) -> Panel:
    return gather(classic)


def spread_rows(panel: Panel, first: int, count: int, seed: int = 0) -> list[int]:
    """Random sessions after the first score, among them one on each side of a release."""
    rng = np.random.default_rng(seed)
    rows = rng.choice(np.arange(first, len(panel.clock) - 1), size=count, replace=False)
    return sorted({*rows.tolist(), *(int(row) + 1 for row in rows[: count // 2])})


def test_shipped_default_does_not_move(classic: Config, classic_panel: Panel) -> None:
    made = decide(classic, classic_panel)
    switches = np.flatnonzero(made.regime.switches()).tolist()
    rows = spread_rows(classic_panel, made.regime.valid_from, 6) + switches[:2] + [made.regime.valid_from]
    assert truncation(classic, classic_panel, rows) == []


@pytest.mark.parametrize(
    "overrides",
    [
        ["strategy.use=strategies.graded_tilt:GradedTilt"],
        ["strategy.use=strategies.static_mix:StaticMix"],
        ["signal.params.drain=D"],
        [
            "signal.use=signals.composite:Composite",
            "signal.params={series: {AAA: 1, BAA: -0.5, TBILLQ: 0.7}, span: 20}",
        ],
        ['cutoff="12:00"'],
    ],
    ids=["graded tilt", "static mix", "vote", "composite", "midday"],
)
def test_shipped_variants_do_not_move(root: Path, classic_panel: Panel, overrides: list[str]) -> None:
    config = load(root / "configs" / "classic.yaml", ["start=1990-01-02", "end=2001-12-31", *overrides])
    panel = gather(config)
    assert truncation(config, panel, spread_rows(panel, 1000, 2, seed=len(overrides[0]))) == []


@pytest.mark.parametrize("overrides", [[], ["signal.use=signals.net_liquidity:NetLiquidity", "signal.params={}"]])
def test_the_thesis_does_not_move_on_real_data(root: Path, real_data: Path, overrides: list[str]) -> None:
    config = load(root / "configs" / "ai_capex.yaml", ["start=2009-01-02", *overrides], real_data)
    panel = gather(config)
    valid_from = decide(config, panel).regime.valid_from
    assert truncation(config, panel, spread_rows(panel, valid_from, 3)) == []


class Naive(Signal):
    """A signal of one yield, in an honest form and in forms that leak. For tests only."""

    leak: str = ""

    def inputs(self) -> frozenset[str]:
        return frozenset({"AAA"})

    def score(self, panel: Panel) -> Score:
        rows = panel.read("AAA")
        return Score(total=LEAKS[self.leak](panel, rows))


def _honest(panel: Panel, rows: Observations) -> Floats:
    value = panel.now(rows)
    count = np.arange(1, len(value) + 1)
    return np.asarray(value - np.cumsum(value) / count) * 3


def _full_sample_z(panel: Panel, rows: Observations) -> Floats:
    value = panel.now(rows)
    return np.asarray((value - np.nanmean(value)) / np.nanstd(value))


def _centred(panel: Panel, rows: Observations) -> Floats:
    value = panel.now(rows)
    return np.convolve(value - 8.0, np.ones(41) / 41, mode="same")


def _back_filled(panel: Panel, rows: Observations) -> Floats:
    row = np.searchsorted(rows.available_at, panel.clock.cutoffs)
    value = rows.value[np.minimum(row, len(rows) - 1)]
    return np.where(row < len(rows), value - 8.0, np.nan)


def _by_observation_date(panel: Panel, rows: Observations) -> Floats:
    stamped = replace(rows, available_at=rows.period.astype("datetime64[s]"))
    return np.asarray(stamped.at(panel.clock.cutoffs) - 8.0)


LEAKS = {
    "": _honest,
    "full-sample z": _full_sample_z,
    "centred rolling": _centred,
    "back-fill": _back_filled,
    "observation-date join": _by_observation_date,
}


@pytest.fixture
def naive(monkeypatch: pytest.MonkeyPatch, root: Path):  # type: ignore[no-untyped-def]  # a factory of configurations
    """Configurations that use the test's signal, which stands in for a researcher's module below ``signals``."""
    module = ModuleType("signals.naive")
    module.Naive = Naive  # type: ignore[attr-defined]  # the module is made here
    monkeypatch.setitem(sys.modules, "signals.naive", module)

    def build(leak: str) -> Config:
        overrides = ["signal.use=signals.naive:Naive", f"signal.params={{leak: '{leak}'}}", "end=2001-12-31"]
        return load(root / "configs" / "classic.yaml", overrides)

    return build


def test_the_honest_twin_passes(naive, classic_panel: Panel) -> None:  # type: ignore[no-untyped-def]  # takes a fixture
    config = naive("")
    assert truncation(config, gather(config), [1500, 1800, 2200]) == []


@pytest.mark.parametrize("leak", [name for name in LEAKS if name])
def test_a_planted_leak_is_found_in_the_signal(naive, leak: str) -> None:  # type: ignore[no-untyped-def]  # takes a fixture
    config = naive(leak)
    panel = gather(config)
    # A stamp that is a month early shows between the stamp and the release.
    mid_month = int(np.searchsorted(panel.clock.sessions, np.datetime64("1996-06-18")))
    findings = truncation(config, panel, [mid_month])
    assert [found.stage for found in findings] == ["signal"]
    assert "depends on what came after 1996-06-18" in str(findings[0])


def test_a_fill_on_the_close_of_the_decision_is_found(
    classic: Config, classic_panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = portfolios.schedule

    def on_the_same_close(*args: object) -> Schedule:
        late = honest(*args)  # type: ignore[arg-type]  # passed through
        orders = np.full_like(late.orders, np.nan)
        orders[:-1] = late.orders[1:]
        orders[0] = np.nan
        claimed = np.where(~np.isnan(orders).all(axis=1), np.arange(len(orders)) - 1, -1)
        return Schedule(orders, claimed)

    assert truncation(classic, classic_panel, [1500]) == []
    monkeypatch.setattr(portfolios, "schedule", on_the_same_close)
    assert [found.stage for found in truncation(classic, classic_panel, [1500])] == ["simulation"]


def test_a_strategy_that_peeks_is_found(classic: Config, classic_panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    from strategies.regime_switch import RegimeSwitch

    honest = RegimeSwitch.exposure

    def tomorrow(self, score, regime, sleeves):  # type: ignore[no-untyped-def]  # as the method it stands in for
        held = honest(self, score, regime, sleeves)
        return np.vstack([held[1:], held[-1:]])

    monkeypatch.setattr(RegimeSwitch, "exposure", tomorrow)
    made = decide(classic, classic_panel)
    switch = int(np.flatnonzero(made.regime.switches())[0])
    assert [found.stage for found in truncation(classic, classic_panel, [switch - 1])] == ["strategy"]
