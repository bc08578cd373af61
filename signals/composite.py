"""A composite: any series of the catalog, each as far from its own recent past as it is, weighed and added up.

Story. Yours: the class says how series are joined and leaves which, and with what weight, to the configuration. A
positive weight reads a high value as scarce capital, a negative one as ample; the score is positive while capital is
scarce. Each series enters with the value that was current at the decision, so that the latest known figure of a monthly
one counts on every session until the next.

    z       (value - mean of the window) / standard deviation of the window, clipped
    score   sum of weight * z / sum of |weight|, exponentially smoothed

The score is not restandardised: of M independent series with equal weights it deviates by about 1 / sqrt(M), and the
thresholds of the regime are to be set by that. A missing series makes the score missing.

How it fails. With enough series and weights something always fits: count the trials, and read the null of the search. A
level with a trend is high in every window, which says nothing of scarcity.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import numpy as np
from pydantic import Field, field_validator

from waterline.contracts import Dials, Parts, Score, Signal
from waterline.panel import Panel
from waterline.sessions import Floats
from waterline.transforms import rolling_z, weighted_mean

Weight = Annotated[float, Field(ge=-100, le=100)]


class Composite(Signal):
    """Weighted sum of rolling z-scores, over the sum of the weights' sizes."""

    series: Mapping[str, Weight] = Field(min_length=1, max_length=32)
    """Weight of each series: positive where a high value means scarce capital, negative where it means ample."""
    window: int = Field(1260, ge=20, le=7560)
    """Sessions in the window of the z-scores (1260 is five years)."""
    min_window: int = Field(504, ge=20, le=2520)
    """Sessions with a value before there is a z-score; all of them where the window is shorter."""
    clip: float = Field(3.0, gt=0, le=10)
    """Largest absolute z-score of a series."""
    span: float = Field(1.0, ge=1, le=504)
    """Sessions of exponential smoothing, 2 / (span + 1) on the newest; 1 for none."""

    @field_validator("series")
    @classmethod
    def _some_weight(cls, value: Mapping[str, float]) -> Mapping[str, float]:
        if not any(value.values()):
            raise ValueError("every weight is 0: give one series at least another weight")
        return value

    def inputs(self) -> frozenset[str]:
        return frozenset(self.series)

    def score(self, panel: Panel) -> Score:
        z, weights = self.parts(panel).value, self.dials().weights
        return Score(
            total=weighted_mean(z, weights, self.span),
            pillars=self._pillars(z),
            members={name: {name: np.sign(self.series[name]) * z[k]} for k, name in enumerate(self._names())},
        )

    def late(self) -> frozenset[str]:
        return frozenset({"series", "span"})

    def parts(self, panel: Panel) -> Parts:
        """(M, T) z-scores, the series in order of their names: that of the file has no say in the result."""
        now = [panel.now(panel.read(name)) for name in self._names()]
        minimum = min(self.min_window, self.window)
        return Parts(np.stack([rolling_z(value, self.window, minimum, self.clip) for value in now]))

    def dials(self) -> Dials:
        return Dials(tuple(self.series[name] for name in self._names()), span=self.span)

    def _names(self) -> list[str]:
        return sorted(self.series)

    def _pillars(self, z: Floats) -> dict[str, Floats]:
        """Series with a weight, each so scaled that the mean of all is the score."""
        together = np.where(np.isnan(z).any(axis=0), np.nan, z)
        weighed = {k: name for k, name in enumerate(self._names()) if self.series[name]}
        share = len(weighed) / sum(abs(weight) for weight in self.series.values())
        return {
            name: self.series[name] * share * weighted_mean(together[[k]], (1.0,), self.span)
            for k, name in weighed.items()
        }
