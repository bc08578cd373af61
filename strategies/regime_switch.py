"""Regime switch: speculative assets while capital is ample, cash generators while it is scarce.

Idea. When spare capital is gone, assets part ways: what lives on hope suffers first, what earns cash soon holds up.
So the state of the regime alone decides which sleeve is held.

How it fails. Few switches, so luck is large; each switch trades the whole portfolio; a late switch sells the low.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from strategies.mixing import Mix, as_row
from waterline.contracts import SCARCE, ExposureForm, Regime, Score, Sleeves, Strategy
from waterline.sessions import Floats


class RegimeSwitch(Strategy):
    """One mix of sleeves a state, and one before the score exists."""

    ample: Annotated[Mix, Field(min_length=1)] = {"speculative": 1.0}
    """Shares of equity by sleeve while capital is ample; the rest is bills."""
    scarce: Annotated[Mix, Field(min_length=1)] = {"generators": 1.0}
    """Shares of equity by sleeve while capital is scarce; the rest is bills."""
    before: Annotated[Mix, Field(min_length=1)] = {"speculative": 0.5, "generators": 0.5}
    """Shares held before the first score."""

    def sleeve_names(self) -> frozenset[str]:
        return frozenset({*self.ample, *self.scarce, *self.before})

    def exposure(self, score: Score, regime: Regime, sleeves: Sleeves) -> Floats:
        ample, scarce, before = (as_row(mix, sleeves.names) for mix in (self.ample, self.scarce, self.before))
        chosen = np.where((regime.states == SCARCE)[:, None], scarce, ample)
        started = np.arange(len(regime.states)) >= regime.valid_from
        return np.where(started[:, None], chosen, before)

    def form(self, sleeves: tuple[str, ...]) -> ExposureForm:
        return ExposureForm(np.stack([as_row(mix, sleeves) for mix in (self.before, self.ample, self.scarce)]))
