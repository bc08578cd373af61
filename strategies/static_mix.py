"""Static mix: constant shares of the sleeves. The benchmark everyone must beat.

Idea. Half of what timing seems to earn is usually exposure. A constant mix of the same average exposure earns that
half without a signal.

How it fails. It never does what the thesis says; that is its purpose.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from strategies.mixing import Mix, as_row
from waterline.contracts import ExposureForm, Regime, Score, Sleeves, Strategy
from waterline.sessions import Floats


class StaticMix(Strategy):
    """Constant shares, rebalanced by the schedule."""

    mix: Annotated[Mix, Field(min_length=1)] = {"speculative": 0.5, "generators": 0.5}
    """Shares of equity by sleeve; the rest is bills."""

    def sleeve_names(self) -> frozenset[str]:
        return frozenset(self.mix)

    def exposure(self, score: Score, regime: Regime, sleeves: Sleeves) -> Floats:
        return np.tile(as_row(self.mix, sleeves.names), (len(regime.states), 1))

    def form(self, sleeves: tuple[str, ...]) -> ExposureForm:
        return ExposureForm(np.tile(as_row(self.mix, sleeves), (3, 1)))
