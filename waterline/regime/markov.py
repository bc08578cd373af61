"""A second opinion: the score comes from one of two states that follow each other as a Markov chain.

Source. Hamilton (1989); parameters by maximum likelihood, states by the filtered probability, both by statsmodels.
How it fails. A score that wanders without states is cut in two all the same. The likelihood takes daily scores for
independent within a state, which they are not: the probabilities are surer than they should be, and switch more often.
"""

from __future__ import annotations

from functools import partial
from typing import Literal

from pydantic import Field

from waterline.regime.refitted import RefittedRule, walk
from waterline.sessions import Floats


class MarkovRule(RefittedRule):
    """A Markov-switching mean, read by its filtered probability; the smoothed one knows the future."""

    kind: Literal["markov"] = "markov"
    """Name of the rule."""
    switching_variance: bool = False
    """Whether each state has its own variance."""
    enter: float = Field(0.7, ge=0.5, lt=1)
    """Filtered probability of scarce from which capital is scarce."""
    leave: float = Field(0.3, gt=0, le=0.5)
    """Filtered probability of scarce at which capital is ample again."""

    def leaves_and_enters(self) -> tuple[float, float]:
        """Filtered probabilities at which scarce is left and entered."""
        return self.leave, self.enter

    def evidence(self, score: Floats) -> Floats:
        """(n,) filtered probability of scarce at each of the scores (n,); NaN before the first usable fit."""
        from waterline.regime.two_gaussians import filtered, fit

        fitted = partial(fit, switching_variance=self.switching_variance, separation=self.separation, clip=self.clip)
        return walk(score, self.min_sessions, self.refit_sessions, fitted, filtered)
