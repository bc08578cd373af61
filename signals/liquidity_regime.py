"""The liquidity regime: demand for capital, spare capital, its price and funding stress in one score of scarcity.

Story. Capital expenditure is a stimulus while there is slack and a drain once the slack is gone. The demand pillar
therefore changes sign with slack before it joins the others:

    form A   drain = demand * (1 - (1 + phi) * slack)
    form B   drain = 2 logistic((m0 - cover) / h) - 1, cover = spare liquidity / need of 13 weeks, both in USD
    score    (drain / its expanding root mean square + price + stress) / 3
    form D   score 1 where at least two of drain, price, stress exceed 0.5, else 0

The drain is scaled and never re-centred: its zero is the border between stimulus and drain. Weights are equal and are
never optimised. A missing pillar makes the score missing.

How it fails. One episode of AI capital expenditure is a sample of one. If demand and slack add nothing to price and
stress, the honest name of the result is credit and funding timing.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from signals.capital_demand import SERIES as DEMAND_SERIES
from signals.capital_demand import CapitalDemand, private_supply
from signals.capital_price import CapitalPrice
from signals.funding_stress import FundingStress
from signals.pillar import Scaling, lacking
from signals.slack import Slack
from waterline.contracts import Dials, Parts, Score, Signal
from waterline.errors import DataError
from waterline.panel import Panel
from waterline.sessions import Floats
from waterline.transforms import expanding_deviation

VOTE_BAR = 0.5
VOTES_NEEDED = 2
QUARTERS_A_YEAR = 4


class LiquidityRegime(Signal):
    """Score of capital scarcity from demand, price and stress, with slack deciding the sign of demand."""

    demand: CapitalDemand = CapitalDemand()
    """Demand for capital."""
    price: CapitalPrice = CapitalPrice()
    """Price of capital."""
    stress: FundingStress = FundingStress()
    """Funding stress."""
    slack: Slack | Literal["none"] = Slack()
    """Spare liquidity; "none" reads demand as a drain always (before 2008 slack is undefined)."""
    drain: Literal["A", "B", "D"] = "A"
    """Form of the drain: A product with slack, B months of cover in dollars, D vote."""
    phi: float = Field(1.0, ge=0, le=5)
    """How much of a stimulus demand is with full slack: 0 none, 1 as much as it drains without."""
    cover_quarters: float = Field(2.0, gt=0, le=20)
    """Form B: quarters of cover at which the drain is zero (m0)."""
    cover_scale: float = Field(0.5, gt=0, le=10)
    """Form B: quarters of cover that move the drain by one logistic unit (h)."""
    scaling: Scaling = Scaling()
    """Sets the history that the drain's scale needs."""

    def inputs(self) -> frozenset[str]:
        need = frozenset({*DEMAND_SERIES["treasury_supply"], *self._borrowing()}) if self.drain == "B" else frozenset()
        tub = frozenset() if self.slack == "none" else self.slack.inputs()
        return self.demand.inputs() | self.price.inputs() | self.stress.inputs() | tub | need

    def _borrowing(self) -> tuple[str, ...]:
        return tuple(f"{company}/net_borrowing" for company in self.demand.companies)

    def score(self, panel: Panel) -> Score:
        demand, price, stress = (
            pillar.evaluate(panel, name)
            for name, pillar in (("demand", self.demand), ("price", self.price), ("stress", self.stress))
        )
        slack, tub_notices = (None, ()) if self.slack == "none" else self.slack.evaluate(panel)
        pillars = {"demand": self._drain(panel, demand.value, slack), "price": price.value, "stress": stress.value}
        total = vote(pillars) if self.drain == "D" else np.mean(list(pillars.values()), axis=0)
        return Score(
            total=total,
            pillars=pillars,
            members={"demand": demand.members, "price": price.members, "stress": stress.members},
            beside={**price.beside, **stress.beside, **({} if slack is None else {"slack": slack})},
            notices=(*demand.notices, *price.notices, *stress.notices, *tub_notices),
        )

    def late(self) -> frozenset[str]:
        return frozenset({"phi"} if self.drain == "A" and self.slack != "none" else ())

    def parts(self, panel: Panel) -> Parts:
        if self.slack == "none" or not self.late():
            return Parts(self.score(panel).total[None, :])
        pillars = [
            pillar.evaluate(panel, name).value
            for name, pillar in (("demand", self.demand), ("price", self.price), ("stress", self.stress))
        ]
        return Parts(np.stack(pillars), self.slack.evaluate(panel)[0], self.scaling.min_sessions)

    def dials(self) -> Dials:
        return Dials((1.0, 1.0, 1.0), self.phi) if self.late() else Dials()

    def _drain(self, panel: Panel, demand: Floats, slack: Floats | None) -> Floats:
        """The drain over its expanding root mean square; without slack demand itself, which is scaled already."""
        if self.drain == "B":
            raw = self._cover_drain(panel)
        elif slack is None:
            return demand
        else:
            raw = drained(demand, slack, self.phi)
        return raw / expanding_deviation(raw, self.scaling.min_sessions, centre=False)

    def _cover_drain(self, panel: Panel) -> Floats:
        missing = lacking(panel, *DEMAND_SERIES["treasury_supply"])
        if self.slack == "none" or missing:
            raise DataError(
                "signal.params.drain",
                f"form B needs slack and {', '.join(DEMAND_SERIES['treasury_supply'])}; missing: "
                f"{', '.join(missing) or 'slack'}.",
                "Add them to the source, or choose drain: A.",
            )
        spare, _ = self.slack.dollars(panel)
        borrowed = panel.now(self.demand.external_need(panel)) / QUARTERS_A_YEAR
        need = panel.now(private_supply(panel)) + borrowed
        return cover_drain(spare, need, self.cover_quarters, self.cover_scale)


def drained(demand: Floats, slack: Floats, phi: float) -> Floats:
    """Form A: demand * (1 - (1 + phi) * slack); its sign flips at a slack of 1 / (1 + phi)."""
    return demand * (1.0 - (1.0 + phi) * slack)


def cover_drain(spare_usd: Floats, need_usd: Floats, cover_quarters: float, scale: float) -> Floats:
    """Form B: from -1 (ample cover) to 1 (no cover), zero at ``cover_quarters``; no need at all is ample cover."""
    cover = np.where(need_usd > 0, spare_usd / np.where(need_usd > 0, need_usd, 1.0), np.inf)
    cover = np.where(np.isnan(spare_usd) | np.isnan(need_usd), np.nan, cover)
    return np.tanh(0.5 * (cover_quarters - cover) / scale)


def vote(pillars: dict[str, Floats]) -> Floats:
    """Form D: 1 where at least two pillars exceed 0.5, else 0; missing where any is missing."""
    stacked = np.column_stack(list(pillars.values()))
    votes = (stacked > VOTE_BAR).sum(axis=1)
    return np.where(np.isnan(stacked).any(axis=1), np.nan, (votes >= VOTES_NEEDED).astype(np.float64))
