"""The price of capital: what a borrower pays, and whether that is rising.

Story. When spare capital is gone, the marginal lender asks for more: Treasury and corporate yields rise together, and
every asset whose cash lies far in the future is worth less. Levels are near unit roots, so a level score over five
years is mostly a clock; each yield therefore enters as the mean of its change over a quarter and of its ten-year
percentile.

Sources. H.15 yields (next business day), real yields from inflation-indexed Treasuries, Moody's Baa yield.

How it fails. Yields also rise because growth is good, and fall because funding broke: in March 2020 falling yields
hid the stress that the funding pillar saw. The term premium speaks most directly but is re-estimated at every
release, so it is shown beside the pillar and not counted.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from signals.pillar import Member, Pillar, lacking
from waterline.panel import Observations, Panel
from waterline.transforms import combined, quarter_change

BAA_YIELD = "DBAA"
BAA_PARTS = ("BAA10Y", "DGS10")


class CapitalPrice(Pillar):
    """Mean of the yields' scores; positive when capital is dear or growing dearer."""

    yields: tuple[str, ...] = Field(("DGS2", "DGS10", "DFII10", BAA_YIELD), min_length=1)
    """Yields that count. DBAA is the Baa spread plus the 10-year yield, exact to rounding."""
    beside: tuple[str, ...] = ("THREEFYTP10",)
    """Yields shown beside the pillar, not counted: their history is re-estimated."""
    decimals: int = Field(2, ge=0, le=6)
    """Published decimals of the yields, to which changes are rounded."""

    def inputs(self) -> frozenset[str]:
        return frozenset(name for wanted in (*self.yields, *self.beside) for name in _parts(wanted))

    def build(self, panel: Panel) -> list[Member]:
        return [self._member(panel, name) for name in self.yields]

    def build_beside(self, panel: Panel) -> list[Member]:
        return [self._member(panel, name) for name in self.beside]

    def _member(self, panel: Panel, name: str) -> Member:
        missing = lacking(panel, *_parts(name))
        if missing:
            return Member(name, missing=missing)
        rows = _yield(panel, name)
        moved = self.scaling.z(quarter_change(rows, self.decimals))
        return Member(name, (moved, self.scaling.percentile(rows)))


def _parts(name: str) -> tuple[str, ...]:
    return BAA_PARTS if name == BAA_YIELD else (name,)


def _yield(panel: Panel, name: str) -> Observations:
    if name != BAA_YIELD:
        return panel.read(name)
    spread, treasury = (panel.read(part) for part in BAA_PARTS)
    return combined(spread, treasury, lambda a, b: np.round(a + b, 2), BAA_YIELD)
