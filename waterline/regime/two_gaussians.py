"""Two Gaussian states behind a score: maximum likelihood and Hamilton's filter, both by statsmodels.

Source: Hamilton (1989), "A new approach to the economic analysis of nonstationary time series", Econometrica 57; the
gradient from the smoothed probabilities, Hamilton (1994), "Time Series Analysis", chapter 22. Heavy: import it late.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

from waterline.regime.refitted import LOWER_SHARES, Scale, scale_of
from waterline.sessions import Floats

VARIANCE_FLOOR = 0.0225
"""Least variance of a state, as a share of the training variance.

A state that holds equal scores has a likelihood without a maximum otherwise. It also keeps the densities of scores
clipped at four deviations above exp(-400): where all of them underflow, the filter of statsmodels 0.15 is NaN for good.
"""
MOST_ITERATIONS = 200
STAYS, EDGE = 0.98, 1e-4
NO_FIT = (ArithmeticError, RuntimeError, ValueError, np.linalg.LinAlgError)


@dataclass(frozen=True, slots=True, eq=False)
class TwoGaussians:
    """Fitted parameters; of what ``fit`` returns, state 1 has the higher mean.

    Attributes:
        scale: of the training scores.
        params: probability of 0 after 0 and of 0 after 1, both means, the variance or both variances; standardised.
        loglikelihood: of the standardised training scores.
    """

    scale: Scale
    params: Floats
    loglikelihood: float

    @property
    def gap(self) -> float:
        """How far the mean of state 1 lies above that of state 0, in standard deviations of the training scores."""
        return float(self.params[3] - self.params[2])


class FlooredMarkov(MarkovRegression):  # type: ignore[misc]  # statsmodels publishes no types
    """Switching mean, variances above the floor, and an exact gradient.

    The gradient costs one pass of filter and smoother; by complex steps, as inherited, it costs a pass a parameter.
    """

    def __init__(self, standardised: Floats, switching_variance: bool) -> None:
        super().__init__(standardised, k_regimes=2, switching_variance=switching_variance)

    def transform_params(self, unconstrained: Any) -> Any:
        """Parameters of the likelihood from those of the optimiser."""
        constrained = np.array(unconstrained)
        constrained[:2] = 1.0 / (1.0 + np.exp(-constrained[:2]))
        constrained[4:] = constrained[4:] ** 2 + VARIANCE_FLOOR
        return constrained

    def untransform_params(self, constrained: Any) -> Any:
        """Parameters of the optimiser from those of the likelihood."""
        unconstrained = np.array(constrained)
        unconstrained[:2] = np.log(unconstrained[:2] / (1.0 - unconstrained[:2]))
        unconstrained[4:] = np.sqrt(unconstrained[4:] - VARIANCE_FLOOR)
        return unconstrained

    def score(self, params: Any, transformed: bool = True) -> Floats:
        """Gradient of the log-likelihood in ``params``: those of the likelihood, or of the optimiser."""
        natural = np.asarray(params if transformed else self.transform_params(params))
        joint = self.smooth(natural, return_raw=True).smoothed_joint_probabilities  # [state, state before, t]
        gradient = np.concatenate([_transitions(natural[:2], joint), self._moments(natural, joint.sum(axis=1))])
        if not transformed:
            gradient[:2] *= natural[:2] * (1.0 - natural[:2])
            gradient[4:] *= 2.0 * np.asarray(params)[4:]
        return gradient

    def _moments(self, params: Floats, weight: Floats) -> Floats:
        variance = np.broadcast_to(params[4:], 2)
        residual = self.endog - params[2:4, None]
        means = (weight * residual).sum(axis=1) / variance
        variances = ((weight * residual**2).sum(axis=1) / variance - weight.sum(axis=1)) / (2.0 * variance)
        return np.concatenate([means, variances if self.switching_variance else [variances.sum()]])


def _transitions(to_zero: Floats, joint: Floats) -> Floats:
    """The part of P(0 after 0) and P(0 after 1), which also fix the stationary distribution before the first score."""
    counts, before = joint.sum(axis=2), joint[:, :, 0].sum(axis=0)
    stay, back = to_zero
    total = 1.0 - stay + back
    start = np.array([1.0 / total - before[1] / (1.0 - stay), before[0] / back - 1.0 / total])
    return np.asarray(counts[0] / to_zero - counts[1] / (1.0 - to_zero) + start)


def fit(
    training: Floats, before: TwoGaussians | None, *, switching_variance: bool, separation: float, clip: float
) -> TwoGaussians | None:
    """The maximum of the likelihood near the parameters ``before``, else near a split of the scores; None without one.

    Args:
        training: (m,) scores, none missing.
        before: parameters in force.
        switching_variance: whether each state has its own variance.
        separation: least gap of the means; a search that ends with the states exchanged has a negative one.
        clip: standard deviations at which a score is clipped.
    """
    scale = scale_of(training, clip)
    if scale is None:
        return None
    model = FlooredMarkov(scale.apply(training), switching_variance)
    warm = [] if before is None else [_carried(before, scale)]
    for starts in (warm, [_split(model.endog, share, switching_variance) for share in LOWER_SHARES]):
        climbed = [_climb(model, scale, _inside(start)) for start in starts]
        usable = [found for found in climbed if found is not None and found.gap >= separation]
        if usable:
            return max(usable, key=lambda found: found.loglikelihood)
    return None


def filtered(fitted: TwoGaussians, score: Floats) -> Floats:
    """(m,) probability of the state with the higher mean at each of the scores (m,), from the scores up to it."""
    switching_variance = len(fitted.params) == 6
    model = MarkovRegression(fitted.scale.apply(score), k_regimes=2, switching_variance=switching_variance)
    return np.asarray(model.filter(fitted.params, return_raw=True).filtered_marginal_probabilities[1])


def _climb(model: FlooredMarkov, scale: Scale, start: Floats) -> TwoGaussians | None:
    """The maximum uphill of ``start``; None where the search does not converge."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            result = model.fit(start, em_iter=0, cov_type="none", method="bfgs", maxiter=MOST_ITERATIONS, disp=0)
        except NO_FIT:
            return None
    params = np.asarray(result.params)
    converged = result.mle_retvals["converged"] and np.isfinite(params).all() and np.isfinite(result.llf)
    return TwoGaussians(scale, params, float(result.llf)) if converged else None


def _carried(before: TwoGaussians, scale: Scale) -> Floats:
    means = before.scale.translate(before.params[2:4], scale)
    variances = before.params[4:] * (before.scale.deviation / scale.deviation) ** 2
    return np.concatenate([before.params[:2], means, variances])


def _split(standardised: Floats, lower_share: float, switching_variance: bool) -> Floats:
    """Persistent states, one of the lower share of the scores and one of the rest."""
    ranked = np.sort(standardised)
    parts = np.split(ranked, [int(lower_share * len(ranked))])
    within = sum(part.var() * len(part) for part in parts) / len(ranked)
    means = [part.mean() for part in parts]
    return np.concatenate([[STAYS, 1.0 - STAYS], means, np.full(1 + switching_variance, within)])


def _inside(params: Floats) -> Floats:
    """Away from the edges, where the gradient of the optimiser's parameters vanishes."""
    inside = params.copy()
    inside[:2] = np.clip(params[:2], EDGE, 1.0 - EDGE)
    inside[4:] = np.maximum(params[4:], 2.0 * VARIANCE_FLOOR)
    return inside
