"""The default rule: a Schmitt trigger on the score itself."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from waterline.contracts import Regime
from waterline.sessions import Floats


class SchmittRule(BaseModel):
    """A Schmitt trigger with confirmation and a minimum dwell.

    The state starts ample. It switches after ``confirm`` consecutive sessions with the score above ``up`` (when ample)
    or below ``down`` (when scarce), provided ``dwell`` sessions have passed since the last switch. A missing score
    holds the state and starts the count again.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    kind: Literal["schmitt"] = "schmitt"
    """Name of the rule."""
    up: float = Field(0.75, ge=-10, le=10)
    """Score above which capital is scarce."""
    down: float = Field(0.25, ge=-10, le=10)
    """Score below which capital is ample again."""
    confirm: int = Field(3, ge=1, le=252)
    """Consecutive sessions beyond the threshold before a switch."""
    dwell: int = Field(21, ge=0, le=2520)
    """Sessions between two switches."""

    @model_validator(mode="after")
    def _ordered(self) -> SchmittRule:
        if self.down > self.up:
            raise ValueError(f"down ({self.down:g}) must not exceed up ({self.up:g})")
        return self

    def classify(self, score: Floats) -> Regime:
        """The states of a score (T,), each from the scores up to its own session."""
        from waterline.recursions import switch

        states, switches = np.empty(len(score), dtype=np.int8), np.empty(len(score), dtype=np.int64)
        switch(score, self.up, self.down, self.confirm, self.dwell, states, switches)
        missing = np.isnan(score)
        valid_from = int(np.argmin(missing)) if not missing.all() else len(score)
        return Regime(states=states, valid_from=valid_from, held=missing)
