"""From numbers to a verdict, by rule.

1. Not decidable: the data lack a series, no session lies in the window, fewer than three independent episodes or 24
   observations, or a standard error cannot be had.
2. Supported: the largest one-sided p of the sharp parts is at most 5 % after Holm over the seven claims of the window,
   and no weak part is contradicted at 5 % on its own.
3. Contradicted: the smallest p on the other side, times the number of parts, is at most 5 % after Holm over the seven.
4. Not decidable otherwise; the power says whether the sample could have told.

A claim that cannot be measured keeps its place among the seven with a p of 1, so that fewer data make nothing easier.
Demanding each sharp part at its own level keeps the level of the whole (Berger 1982).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from waterline.evidence.power import NORMAL, power_of
from waterline.thesis import words
from waterline.thesis.claims import Claim, Part
from waterline.thesis.estimation import Measure
from waterline.thesis.finding import CONTRADICTED, NOT_DECIDABLE, SUPPORTED, Finding, PartFinding
from waterline.thesis.ground import Undecided

LEVEL = 0.05
FEWEST_EPISODES, FEWEST_OBSERVATIONS = 3, 24


@dataclass(frozen=True, slots=True)
class Examined:
    """What was measured of a claim in a window, or why nothing was."""

    claim: Claim
    measured: tuple[Measure, ...] | Undecided


def judged(window: str, tested: Sequence[Examined]) -> tuple[Finding, ...]:
    """One finding a claim, corrected for all claims of the window together."""
    raw = [_finding(window, one) for one in tested]
    supports, againsts = holm([found.p_value for found in raw]), holm([found.p_against for found in raw])
    corrected = zip(raw, supports, againsts, strict=True)
    return tuple(_decided(replace(found, p_adjusted=p, p_against_adjusted=q)) for found, p, q in corrected)


def holm(p_values: Sequence[float]) -> list[float]:
    """Step-down adjusted p-values; a missing one counts as 1 and stays in the family.

    Source: Holm (1979).
    """
    filled = np.where(np.isfinite(p_values), p_values, 1.0)
    order = np.argsort(filled, kind="stable")
    stepped = np.maximum.accumulate(filled[order] * (len(filled) - np.arange(len(filled))))
    adjusted = np.empty(len(filled))
    adjusted[order] = np.minimum(stepped, 1.0)
    return [float(p) for p in adjusted]


def part_finding(part: Part, measure: Measure) -> PartFinding:
    """The number seen from the side that the thesis takes, with the power to find the effect stated beforehand."""
    level = NORMAL.cdf(-measure.critical) if math.isfinite(measure.critical) else LEVEL
    power = power_of(measure.estimate, measure.years, part.effect, level)
    for_it, against = (measure.p_above, measure.p_below)[:: part.sign]
    return PartFinding(
        part=part,
        estimate=measure.estimate.value,
        standard_error=measure.estimate.standard_error,
        low=measure.low,
        high=measure.high,
        p_value=for_it,
        p_against=against,
        episodes=measure.episodes,
        observations=measure.observations,
        power=power.power if math.isfinite(measure.critical) else math.nan,
        detectable=power.minimum_detectable_gain if math.isfinite(measure.critical) else math.nan,
    )


def _finding(window: str, tested: Examined) -> Finding:
    """Everything but the correction for the other claims and the verdict; undecidable claims have NaN for p."""
    claim, nan = tested.claim, math.nan
    if isinstance(tested.measured, Undecided):
        why = tested.measured
        return Finding(claim, window, (), nan, nan, 1.0, 1.0, nan, 0, NOT_DECIDABLE, why.reason, why.missing)
    parts = tuple(part_finding(part, found) for part, found in zip(claim.parts, tested.measured, strict=True))
    sharp = [found for found in parts if not found.part.weak]
    episodes = min(found.episodes for found in parts)
    p_value, p_against = max(found.p_value for found in sharp), min(found.p_against for found in parts)
    power = min(found.power for found in sharp)
    observations = min(found.observations for found in parts)
    enough = episodes >= FEWEST_EPISODES and observations >= FEWEST_OBSERVATIONS
    if not (enough and all(math.isfinite(found.p_value) for found in parts)):
        reason = words.unmeasurable(episodes, FEWEST_EPISODES, observations, FEWEST_OBSERVATIONS)
        return Finding(claim, window, parts, nan, nan, 1.0, 1.0, power, episodes, NOT_DECIDABLE, reason)
    together = min(1.0, p_against * len(parts))
    return Finding(claim, window, parts, p_value, together, 1.0, 1.0, power, episodes, NOT_DECIDABLE, "")


def _decided(found: Finding) -> Finding:
    if not math.isfinite(found.p_value):
        return found
    blocked = any(part.part.weak and part.p_against <= LEVEL for part in found.parts)
    if found.p_adjusted <= LEVEL and not blocked:
        return replace(found, verdict=SUPPORTED, reason=words.supported(found))
    if found.p_against_adjusted <= LEVEL:
        return replace(found, verdict=CONTRADICTED, reason=words.contradicted(found))
    return replace(found, verdict=NOT_DECIDABLE, reason=words.open_question(found, blocked))
