"""What is to be thought of a study, in words by rule."""

from __future__ import annotations

import math

from waterline.appraisal.gains import GainTest
from waterline.appraisal.statements import Refused, SharpeStatement
from waterline.appraisal.wording import LEVEL, chance, counted, figure, odds, share, years
from waterline.evidence.overfit import Overfitting
from waterline.evidence.reality import Superiority
from waterline.evidence.trials import TrialCount

CARRIED, LOST = 0.3, 0.7
"""Between these a single probability of overfitting says little."""


def study_words(
    timing: GainTest,
    sharpe: SharpeStatement | Refused,
    overfitting: Overfitting,
    best: Superiority | None,
    why: str,
    effective: TrialCount,
) -> str:
    """The stitched timing, its deflation, the overfitting of the search, and the best candidate against its mix."""
    told = (_timing(timing), _deflated(sharpe, effective), _overfitted(overfitting), _superior(best, why))
    return " ".join(sentence for sentence in told if sentence)


def _timing(timing: GainTest) -> str:
    if not math.isfinite(timing.p_value):
        return "Out of sample the exposure never changed: there is no timing to judge."
    told = "distinguishable from luck" if timing.p_value <= LEVEL else "not distinguishable from luck"
    return (
        f"Out of sample the timing gain is {share(timing.estimate.value)} a year over the same-exposure mix, "
        f"{chance(timing.p_value)}, power {figure(timing.power.power)} at {years(timing.power.years)}: {told}."
    )


def _deflated(sharpe: SharpeStatement | Refused, effective: TrialCount) -> str:
    if isinstance(sharpe, Refused):
        return f"{sharpe}"
    return (
        f"The probability that its Sharpe ratio beats the best of {counted(sharpe.trials, 'trial')}, or of the "
        f"{figure(effective.number, 0)} that really differ, without skill is {odds(sharpe.deflated)}."
    )


def _overfitted(found: Overfitting) -> str:
    if not math.isfinite(found.probability):
        return "Too few trials or sessions were kept to tell how often the best in training fails afterwards."
    cases = f"{share(found.probability, 0)} of the cases"
    head = f"The best in one half of training was no better than the median in the other in {cases}"
    if found.probability < CARRIED:
        return f"{head}: choosing in training seems to carry over."
    if found.probability > LOST:
        return f"{head}: choosing in training does not carry over."
    return f"{head}, which says little either way."


def _superior(best: Superiority | None, why: str) -> str:
    if best is None:
        return why
    if not math.isfinite(best.p_value):
        return "Too few sessions to test the candidates against their mixes."
    head = f"Of {counted(best.candidates, 'candidate')}, each against the mix of its own exposure in training,"
    if best.p_value <= LEVEL:
        return f"{head} {figure(len(best.superior), 0)} beat it (SPA {chance(best.p_value)})."
    return f"{head} the best cannot be told from luck (SPA {chance(best.p_value)})."
