"""Slack: how much spare liquidity stands above the drain. The level of the water in the bathtub.

Story. Money parked in overnight reverse repo, and bank reserves beyond what banks need, can absorb new borrowing
without anyone being crowded out. While there is slack, capital expenditure stimulates; once it is gone, each dollar
is taken from somewhere else.

    s = min(s_Q, s_P)
    s_Q = clip((RRP + max(0, R - lambda A)) / (kappa A), 0, 1)
    s_P = 1 - logistic(median of 10 days of (SOFR - IORB) / 5 bp)

R is reserves, A commercial-bank assets. lambda = 0.125 is published, not fitted: demand for reserves is satiated
above 12-13 % of bank assets (Afonso, Giannone, La Spada and Williams, "Scarce, Abundant, or Ample?", New York Fed
Staff Report 1019).

How it fails. Before December 2008 reserves were scarce by design and s is undefined. The threshold was not public
before May 2022. s_P is 0.5 at a zero spread and about 0.8 at -7 bp, so s rarely exceeds 0.9 once it exists. Where the
source lacks bank assets, 1.13 (bank credit + reserves) stands in.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from signals.pillar import lacking
from signals.rates import IOER, IORB, secured_spread
from waterline.errors import DataError
from waterline.panel import Notice, Panel
from waterline.sessions import Floats
from waterline.transforms import trailing

BANK_ASSETS, BANK_CREDIT, RESERVES, REVERSE_REPO = "TLAACBW027SBOG", "TOTBKCR", "WRESBAL", "RRPONTSYD"
STAND_IN_FACTOR = 1.13


class Slack(BaseModel):
    """Spare liquidity as a share of what a full tub holds, 0 (empty) to 1 (full)."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    satiation: float = Field(0.125, ge=0.05, le=0.25)
    """Reserves that banks need, as a share of their assets (lambda)."""
    rim: float = Field(0.10, gt=0, le=0.5)
    """Spare liquidity at which the tub is full, as a share of bank assets (kappa)."""
    spread_scale_bp: float = Field(5.0, gt=0, le=100)
    """Basis points of SOFR minus IORB that move the price measure by one logistic unit."""
    spread_days: int = Field(10, ge=1, le=63)
    """Days in the median of the spread."""
    defined_from: dt.date = dt.date(2008, 12, 1)
    """First day on which ample reserves were policy; slack is missing before."""

    def inputs(self) -> frozenset[str]:
        """Names of the series that slack reads."""
        return frozenset({BANK_ASSETS, BANK_CREDIT, RESERVES, REVERSE_REPO, "SOFR", IORB, IOER})

    def dollars(self, panel: Panel) -> tuple[Floats, Floats]:
        """(T,) spare liquidity above the drain and (T,) bank assets, both in USD."""
        reserves, parked = (panel.now(panel.read(name)) for name in (RESERVES, REVERSE_REPO))
        assets = self.bank_assets(panel)
        spare = parked + np.maximum(0.0, reserves - self.satiation * assets)
        defined = panel.clock.sessions >= np.datetime64(self.defined_from)
        return np.where(defined, spare, np.nan), assets

    def bank_assets(self, panel: Panel) -> Floats:
        """(T,) assets of commercial banks in USD, or their stand-in.

        Raises:
            DataError: neither is at hand.
        """
        if BANK_ASSETS in panel:
            return panel.now(panel.read(BANK_ASSETS))
        missing = lacking(panel, BANK_CREDIT, RESERVES, REVERSE_REPO)
        if missing:
            raise DataError(
                "slack",
                f"the source has no {', '.join(missing)}.",
                "Add the series, or set signal.params.slack to none.",
            )
        return STAND_IN_FACTOR * (panel.now(panel.read(BANK_CREDIT)) + panel.now(panel.read(RESERVES)))

    def evaluate(self, panel: Panel) -> tuple[Floats, tuple[Notice, ...]]:
        """(T,) slack, NaN where undefined, and what the reader must know."""
        spare, assets = self.dollars(panel)
        quantity = np.clip(spare / (self.rim * assets), 0.0, 1.0)
        notices = []
        if BANK_ASSETS not in panel:
            text = f"bank assets are not in the source; {STAND_IN_FACTOR} x (bank credit + reserves) stands in."
            notices.append(Notice("slack", text))
        if lacking(panel, "SOFR", IORB):
            notices.append(Notice("slack", "SOFR or IORB is not in the source; slack rests on quantities alone."))
            return quantity, tuple(notices)
        price = 1.0 - 1.0 / (1.0 + np.exp(-self._spread_bp(panel) / self.spread_scale_bp))
        return np.where(np.isfinite(price), np.minimum(quantity, price), quantity), tuple(notices)

    def _spread_bp(self, panel: Panel) -> Floats:
        return 100 * panel.now(trailing(secured_spread(panel), self.spread_days, np.median))
