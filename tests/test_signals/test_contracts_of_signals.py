"""Every shipped signal keeps the contract of its family."""

from __future__ import annotations

from signals.capital_demand import CapitalDemand
from signals.composite import Composite
from signals.liquidity_regime import LiquidityRegime
from signals.net_liquidity import NetLiquidity
from signals.pillar import Scaling
from waterline.panel import Panel
from waterline.testing import SignalContract, sample_panel

QUICK = Scaling(min_window=252, slow_min_years=1.0, min_sessions=252)


class TestFormA(SignalContract):
    plugin = LiquidityRegime()


class TestFormB(SignalContract):
    plugin = LiquidityRegime(drain="B", scaling=QUICK)


class TestFormD(SignalContract):
    plugin = LiquidityRegime(drain="D")


class TestWithoutSlack(SignalContract):
    plugin = LiquidityRegime(slack="none", demand=CapitalDemand(members=("it_investment", "core_orders")))


class TestOnlyAPartOfTheInputs(SignalContract):
    """Members whose inputs are missing are dropped and said so; the rest still keeps the contract."""

    plugin = LiquidityRegime()

    def panel(self) -> Panel:
        absent = {"DEBTPUBLIC", "A679RC1Q027SBEA", "SOFR99", "IOER", "HYG", "TLAACBW027SBOG"}
        return sample_panel(self.plugin.inputs() - absent)

    def test_what_was_dropped_is_said(self) -> None:
        said = {notice.subject for notice in self.plugin.score(self.panel()).notices}
        assert {"demand.it_investment", "demand.treasury_supply", "stress.repo_tail", "stress.credit", "slack"} <= said


class TestSupplyOnly(SignalContract):
    plugin = NetLiquidity()


class TestCompositeOfAllSteps(SignalContract):
    """Daily, weekly, monthly and quarterly series, one of them revised, and an asset's closes."""

    plugin = Composite(
        series={"BAA10Y": 1.0, "WALCL": -0.5, "AAA": 0.0, "REALGDP": -1.0, "NFCI": 2.0, "SPY": -0.3},
        window=504, min_window=252, span=10.0,
    )  # fmt: skip


class TestCompositeOfOne(SignalContract):
    plugin = Composite(series={"T10Y2Y": -2.0}, window=20)
