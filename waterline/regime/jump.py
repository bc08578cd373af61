"""A third opinion: the states that fit the score best when every change of state has a price.

Source. Statistical jump models: Nystrup, Lindstrom, Madsen (2020); Shu, Yu, Mulvey (2024), arXiv 2402.05272, whose
package ``jumpmodels`` fits and infers.
How it fails. A score that wanders without states is cut in two all the same. A high penalty tells a state weeks late,
and finds a single one, which is none, where training is short; one chosen by results is a search whose trials count.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Literal

import numpy as np
from pydantic import Field

from waterline.regime.refitted import LOWER_SHARES, RefittedRule, Scale, scale_of, walk
from waterline.sessions import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Jumps:
    """A fitted jump model.

    Attributes:
        scales: of the features in training.
        model: the fitted ``jumpmodels.jump.JumpModel``.
        scarce: label of the state with the higher mean score in training.
    """

    scales: tuple[Scale, ...]
    model: Any
    scarce: int


class JumpRule(RefittedRule):
    """A jump model of the level and the change of the score, inferred online; the fitted path knows the future."""

    kind: Literal["jump"] = "jump"
    """Name of the rule."""
    jump_penalty: float = Field(20.0, ge=0, le=1000)
    """Price of a change of state, where a session costs half the squared distance of its features from its state."""
    halflife: int = Field(21, ge=1, le=252)
    """Half-life in sessions of the exponentially weighted mean from which the change of the score is measured."""

    def leaves_and_enters(self) -> tuple[float, float]:
        """The two labels."""
        return 0.0, 1.0

    def evidence(self, score: Floats) -> Floats:
        """(n,) 1 where the online state of the scores (n,) is scarce, else 0; NaN before the first usable fit."""
        return walk(score, self.min_sessions, self.refit_sessions, self._fit, self._online)

    def features(self, score: Floats) -> Floats:
        """(n, 2) the score, and its distance from its exponentially weighted mean; from the scores up to each."""
        weight = 1.0 - 0.5 ** (1.0 / self.halflife)
        mean = accumulate(score.tolist(), lambda before, value: before + weight * (value - before))
        return np.column_stack([score, score - np.fromiter(mean, np.float64, len(score))])

    def _fit(self, training: Floats, before: Jumps | None) -> Jumps | None:
        """The best usable model from the centres before, else from splits of the scores; None without one."""
        features = self.features(training)
        scales = [scale for column in features.T if (scale := scale_of(column, self.clip)) is not None]
        if len(scales) < features.shape[1]:
            return None
        standardised = _standardised(features, scales)
        warm = [] if before is None else [_carried(before, scales)]
        for starts in (warm, _splits(standardised)):
            models = [self._descend(standardised, start) for start in starts]
            usable = [model for model in models if _gap(model) >= self.separation]
            if usable:
                best = min(usable, key=lambda model: float(model.val_))
                return Jumps(tuple(scales), best, int(best.centers_[:, 0].argmax()))
        return None

    def _descend(self, standardised: Floats, centres: Floats) -> Any:
        """The jump model reached from ``centres``; no start is drawn at random."""
        from jumpmodels.jump import JumpModel

        model = JumpModel(jump_penalty=self.jump_penalty, n_init=0)
        model.centers_ = centres
        with warnings.catch_warnings(), np.errstate(all="ignore"):  # a state that vanishes divides by zero
            warnings.simplefilter("ignore")
            return model.fit(standardised)

    def _online(self, fitted: Jumps, score: Floats) -> Floats:
        labels = fitted.model.predict_online(_standardised(self.features(score), fitted.scales))
        return np.asarray(labels == fitted.scarce, dtype=np.float64)


def _gap(model: Any) -> float:
    """Distance of the mean standardised scores of the two states; NaN where one has no session."""
    return float(np.ptp(model.centers_[:, 0]))


def _standardised(features: Floats, scales: Sequence[Scale]) -> Floats:
    return np.column_stack([scale.apply(column) for scale, column in zip(scales, features.T, strict=True)])


def _carried(before: Jumps, scales: Sequence[Scale]) -> Floats:
    """(2, 2) the centres of the model before in the units of the new scales, the state of each kept in its row."""
    columns = zip(before.scales, scales, before.model.centers_.T, strict=True)
    return np.column_stack([old.translate(centres, new) for old, new, centres in columns])


def _splits(standardised: Floats) -> list[Floats]:
    """Centres of the sessions with the lower scores and of the rest, for each share of lower ones."""
    ranked = standardised[np.argsort(standardised[:, 0], kind="stable")]
    halves = [np.split(ranked, [int(share * len(ranked))]) for share in LOWER_SHARES]
    return [np.array([part.mean(axis=0) for part in parts]) for parts in halves]
