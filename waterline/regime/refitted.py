"""What the fitted rules share: parameters from the past alone, renewed at a declared step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from waterline.contracts import AMPLE, SCARCE, Regime, States
from waterline.sessions import Floats

Fitted = TypeVar("Fitted")

LOWER_SHARES = (0.2, 0.5, 0.8)
"""Where a search without parameters to start from splits the training scores into two states; symmetric."""


class RefittedRule(BaseModel, ABC):
    """A two-state model of the score, refitted on an expanding window.

    A fit sees the scores before the first session that it serves; the state of a session comes from the scores up to
    that session, under the parameters of the last fit. Scarce is the state with the higher mean score in training, so
    that a refit cannot swap the two; it starts its search at the parameters before. A fit that does not converge, or
    whose states lie closer than ``separation``, leaves the parameters as they were. Before the first usable fit the
    state is ample. A missing score holds the state and is no observation: its neighbours count as consecutive.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    kind: str
    """Name of the rule."""
    min_sessions: int = Field(756, ge=63, le=7560)
    """Sessions with a score in the first training window; the first state comes after them (756 is three years)."""
    refit_sessions: int = Field(63, ge=5, le=2520)
    """Sessions with a score between two fits."""
    separation: float = Field(0.5, ge=0.1, le=2)
    """Least distance between the mean scores of the two states, in standard deviations of the training scores."""
    clip: float = Field(3.0, ge=1, le=4)
    """Standard deviations from the mean of the training scores beyond which a score counts as no further away."""

    @abstractmethod
    def evidence(self, score: Floats) -> Floats:
        """(n,) support for scarce in [0, 1] at each of the scores (n,), none missing; NaN before the first usable fit.

        Each value comes from the scores up to its own.
        """

    @abstractmethod
    def leaves_and_enters(self) -> tuple[float, float]:
        """Evidence at which scarce is left, and at which it is entered."""

    def classify(self, score: Floats) -> Regime:
        """The states of a score (T,), each from the scores up to its own session.

        ``valid_from`` is the first session whose state the model tells, not the first with a score.
        """
        known = np.isfinite(score)
        evidence = np.full(len(score), np.nan)
        evidence[known] = self.evidence(score[known])
        told = np.isfinite(evidence)
        valid_from = int(np.argmax(told)) if told.any() else len(score)
        return Regime(states=hysteresis(evidence, *self.leaves_and_enters()), valid_from=valid_from, held=~known)


@dataclass(frozen=True, slots=True)
class Scale:
    """Mean and standard deviation of training values, and at how many deviations a value is clipped."""

    mean: float
    deviation: float
    clip: float

    def apply(self, values: Floats) -> Floats:
        """Standardised and clipped."""
        with np.errstate(over="ignore"):
            return np.asarray(np.clip((values - self.mean) / self.deviation, -self.clip, self.clip))

    def translate(self, standardised: Floats, target: Scale) -> Floats:
        """What this scale standardised, in the units of ``target``; not clipped."""
        return np.asarray((standardised * self.deviation + self.mean - target.mean) / target.deviation)


def scale_of(training: Floats, clip: float) -> Scale | None:
    """The scale of training values (m,); None where they do not vary, or so widely that their squares overflow."""
    with np.errstate(over="ignore", invalid="ignore"):
        mean, deviation = float(training.mean()), float(training.std())
    varies = np.isfinite(deviation) and deviation > 1e-9 * max(1.0, abs(mean))
    return Scale(mean, deviation, clip) if varies else None


def walk(
    score: Floats,
    first: int,
    step: int,
    fit: Callable[[Floats, Fitted | None], Fitted | None],
    infer: Callable[[Fitted, Floats], Floats],
) -> Floats:
    """(n,) what the parameters of the last fit before each score say of it; NaN before the first usable fit.

    Args:
        score: (n,) without missing values.
        first: scores in the first training window.
        step: scores between two fits.
        fit: parameters from the training scores and the parameters in force; None leaves those in force.
        infer: (m,) what the parameters say of each of m scores, from that score and those before it.
    """
    out = np.full(len(score), np.nan)
    in_force: Fitted | None = None
    for start in range(first, len(score), step):
        renewed = fit(score[:start], in_force)
        in_force = in_force if renewed is None else renewed
        if in_force is not None:
            out[start : start + step] = infer(in_force, score[: start + step])[start:]
    return out


def hysteresis(evidence: Floats, leave: float, enter: float) -> States:
    """(T,) scarce from evidence of at least ``enter`` until evidence of at most ``leave``; none holds it."""
    states = np.empty(len(evidence), dtype=np.int8)
    state = AMPLE
    for t, value in enumerate(evidence):
        if value >= enter:
            state = SCARCE
        elif value <= leave:
            state = AMPLE
        states[t] = state
    return states
