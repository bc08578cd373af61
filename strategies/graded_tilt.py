"""Graded tilt: the more scarce capital is, the less is held in speculative assets, without a threshold.

Idea. A score is worth more than its sign. The share of the speculative sleeve follows a logistic curve of the score,
the rest goes to cash generators.

How it fails. It trades on noise that a threshold would ignore, and its average exposure differs from the switch's:
compare each with its own same-exposure mix only.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field, model_validator

from waterline.contracts import ExposureForm, Regime, Score, Sleeves, Strategy
from waterline.sessions import Floats


class GradedTilt(Strategy):
    """Speculative share = least + (most - least) * logistic(-slope * score)."""

    speculative: str = "speculative"
    """Sleeve held while capital is ample."""
    generators: str = "generators"
    """Sleeve held while capital is scarce."""
    least: float = Field(0.0, ge=0, le=1)
    """Speculative share at an endlessly high score."""
    most: float = Field(1.0, ge=0, le=1)
    """Speculative share at an endlessly low score."""
    slope: float = Field(2.0, gt=0, le=20)
    """Steepness of the curve."""

    @model_validator(mode="after")
    def _ordered(self) -> GradedTilt:
        if self.least > self.most:
            raise ValueError(f"least ({self.least:g}) must not exceed most ({self.most:g})")
        return self

    def sleeve_names(self) -> frozenset[str]:
        return frozenset({self.speculative, self.generators})

    def exposure(self, score: Score, regime: Regime, sleeves: Sleeves) -> Floats:
        share = self.least + (self.most - self.least) / (1.0 + np.exp(self.slope * held_score(score.total)))
        columns = {self.speculative: share, self.generators: 1.0 - share}
        return np.column_stack([columns.get(name, np.zeros(len(share))) for name in sleeves.names])

    def form(self, sleeves: tuple[str, ...]) -> ExposureForm:
        ends = [[float(name == end) for name in sleeves] for end in (self.speculative, self.generators)]
        return ExposureForm(np.array([ends[0], *ends]), (self.least, self.most, self.slope))


def held_score(total: Floats) -> Floats:
    """(T,) the last known score; 0 before the first, which holds the middle of the curve."""
    row = np.maximum.accumulate(np.where(np.isfinite(total), np.arange(len(total)), -1))
    return np.where(row >= 0, np.nan_to_num(total[np.maximum(row, 0)]), 0.0)
