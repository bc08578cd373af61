"""What the score owes to each of its pillars, and whether rivals without a thesis do as well."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from waterline.appraisal.gains import UNTESTED, GainTest, daily_gain_test, gain_test
from waterline.appraisal.ladders import unpriced
from waterline.appraisal.rivals import DEMAND, Rival, rivals
from waterline.appraisal.sample import Sample
from waterline.appraisal.trading import Traded, Variant, trade
from waterline.metrics import Estimate, Window, timing_gain, tracking_difference, years_between
from waterline.metrics.drawdowns import NEVER
from waterline.metrics.inference import UNKNOWN
from waterline.outcome import Outcome
from waterline.regime import SchmittRule
from waterline.sessions import Floats

BY_SIGN = SchmittRule(up=0.0, down=0.0, confirm=1, dwell=0)
FITTED = "The regime rule is fitted to the score: each other score would need its own fit."


@dataclass(frozen=True, slots=True)
class Ablation:
    """The same strategy on another score, over the sessions of the run.

    Attributes:
        name: key.
        label: what the score is.
        starts: first session with that score; until then the strategy holds what it holds without one.
        scarce_share: share of the evaluated sessions in the scarce state.
        gain: its timing gain, before costs.
        lead: timing gain of the full score less this one.
        net: strategy less its own mix a year, after costs.
        why: why it could not be had; empty where it could.
    """

    name: str
    label: str
    starts: np.datetime64 = NEVER
    scarce_share: float = math.nan
    gain: GainTest = UNTESTED
    lead: GainTest = UNTESTED
    net: Estimate = UNKNOWN
    why: str = ""


@dataclass(frozen=True, slots=True)
class Increment:
    """The primary hypothesis: demand, its sign decided by slack, adds to price and funding stress.

    Attributes:
        question: what is asked.
        windows: window -> timing gain of the full score less that of the score without demand; windows without
            sessions are left out.
        why: why it cannot be asked of this run; empty where it can.
    """

    question: str
    windows: Mapping[str, GainTest]
    why: str = ""


QUESTION = "Does demand, read with slack, add to price and funding stress?"


def ablations(
    outcome: Outcome, sample: Sample, windows: Mapping[str, Window]
) -> tuple[tuple[Ablation, ...], Increment]:
    """Every rival of the score, and the primary hypothesis, which is the lead over the score without demand."""
    found = rivals(outcome)
    refused = unpriced(outcome) or ("" if isinstance(outcome.config.regime, SchmittRule) else FITTED)
    at_hand = [] if refused else [rival for rival in found if rival.score is not None]
    variants = [_variant(outcome, rival) for rival in at_hand]
    traded = dict(zip((rival.name for rival in at_hand), trade(outcome, variants), strict=True))
    decided = dict(zip(traded, variants, strict=True))
    own = _own_products(sample)
    told = tuple(
        _told(outcome, rival, decided[rival.name], traded[rival.name], own)
        if rival.name in traded
        else Ablation(rival.name, rival.label, why=rival.why or refused)
        for rival in found
    )
    return told, _increment(found, traded, sample, windows, refused)


def _variant(outcome: Outcome, rival: Rival) -> Variant:
    rule = outcome.config.regime
    if rival.score is None or not isinstance(rule, SchmittRule):
        raise TypeError(f"{rival.name} cannot be traded")
    return Variant.decided(outcome, rival.score, BY_SIGN if rival.by_sign else rule)


def _own_products(sample: Sample) -> Floats:
    """(n,) daily terms of the run's own timing gain."""
    rows = sample.rows
    return np.asarray(rows.timing_products()) if len(sample) else np.empty(0)


def _told(outcome: Outcome, rival: Rival, variant: Variant, traded: Traded, own: Floats) -> Ablation:
    years, first = years_between(outcome.sessions[outcome.first :]), variant.regime.valid_from
    return Ablation(
        name=rival.name,
        label=rival.label,
        starts=outcome.sessions[first] if first < len(outcome.sessions) else NEVER,
        scarce_share=float(np.mean(variant.regime.states[outcome.first + 1 :])),
        gain=gain_test(timing_gain(traded.exposure, traded.excess), years),
        lead=daily_gain_test(own - traded.timing_products(), years),
        net=tracking_difference(traded.strategy, traded.mix),
    )


def _increment(
    found: Sequence[Rival], done: Mapping[str, Traded], sample: Sample, windows: Mapping[str, Window], refused: str
) -> Increment:
    name = f"without_{DEMAND}"
    why = {rival.name: rival.why or refused for rival in found}
    if name not in done:
        return Increment(QUESTION, {}, why.get(name) or f"The score has no pillar {DEMAND!r} beside others.")
    asked = {key: window for key, window in windows.items() if len(window)}
    return Increment(QUESTION, {key: _added(sample, window, done[name]) for key, window in asked.items()})


def _added(sample: Sample, window: Window, rest: Traded) -> GainTest:
    """The increment in one window, both exposures centred on their averages over it."""
    part = sample.within(window)
    other = Traded(*(column[window.rows] for column in (rest.strategy, rest.mix, rest.excess, rest.exposure)))
    return daily_gain_test(part.rows.timing_products() - other.timing_products(), part.rows.years)
