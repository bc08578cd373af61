"""Net liquidity: the supply-only benchmark signal that most people watch. The tap alone.

Story. Federal Reserve assets minus the Treasury's account minus reverse repo; when it grows, risk assets are said to
rise. It knows nothing of demand, so it is the signal that the liquidity regime must improve on.

How it fails. Level correlations of trending series sold as proof; Wednesday levels read before Thursday's release;
reverse repo missing before 2013 and not zero.
"""

from __future__ import annotations

from signals.funding_stress import INPUTS, net_liquidity_impulse
from signals.pillar import Scaling, lacking
from waterline.contracts import Score, Signal
from waterline.errors import DataError
from waterline.panel import Panel
from waterline.transforms import restandardised


class NetLiquidity(Signal):
    """Minus the z-score of the 13-week change of net liquidity relative to GDP."""

    scaling: Scaling = Scaling()
    """Windows of the z-score."""

    def inputs(self) -> frozenset[str]:
        return frozenset(INPUTS["net_liquidity"])

    def score(self, panel: Panel) -> Score:
        missing = lacking(panel, *INPUTS["net_liquidity"])
        if missing:
            raise DataError("net_liquidity", f"the source has no {', '.join(missing)}.", "Add the series.")
        z = -panel.now(self.scaling.z(net_liquidity_impulse(panel)))
        total = restandardised(z, self.scaling.min_sessions)
        return Score(total=total, pillars={"supply": total}, members={"supply": {"net_liquidity": z}})
