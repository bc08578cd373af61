"""A timing gain against chance: its standard error, the exposures at other times, the spells in other orders."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np

from waterline.appraisal.gains import GainTest, gain_test
from waterline.appraisal.sample import Sample
from waterline.evidence.bootstrap import Interval
from waterline.evidence.placebo import Placebo, shift_test, shuffle_test
from waterline.evidence.sharpe import ProbabilisticSharpe, TrackRecord, deflated_sharpe, track_record
from waterline.metrics import timing_gain
from waterline.sessions import Floats


@dataclass(frozen=True, slots=True)
class TimedGain:
    """A timing gain, before costs, and how often chance would have given as much.

    Attributes:
        test: with its HAC standard error, and its power, which holds for the two others about as well.
        shift: against circular shifts of the exposure, studentised.
        shuffle: against exposures whose spells changed places, studentised.
        p_value: the largest of the three, the one to quote; NaN where the exposure never changed.
    """

    test: GainTest
    shift: Placebo
    shuffle: Placebo
    p_value: float

    def found(self) -> list[float]:
        """The p-values that the sample allows: by the standard error, by the shifts, by the shuffles."""
        return [p for p in (self.test.p_value, self.shift.p_value, self.shuffle.p_value) if math.isfinite(p)]


@dataclass(frozen=True, slots=True)
class TimingEvidence(TimedGain):
    """The timing gain of all sleeves together.

    Attributes:
        interval: stationary bootstrap.
        deflated: probability that the Sharpe ratio of the daily terms of the gain exceeds what the best of the trials
            without skill would show.
        switches: changes of the state in force.
    """

    interval: Interval
    deflated: ProbabilisticSharpe
    switches: int


def timed_gain(part: Sample, sleeves: list[int], seed: int) -> TimedGain:
    """The timing gain of some sleeves over some sessions.

    Args:
        part: the sessions.
        sleeves: columns of the sleeves.
        seed: of the shuffles.
    """
    exposure, excess = part.rows.exposure[:, sleeves], part.sleeve_excess[:, sleeves]
    test = gain_test(timing_gain(exposure, excess), part.rows.years)
    shift = shift_test(exposure, excess).studentised
    shuffle = shuffle_test(exposure, excess, part.states, seed).studentised
    found = TimedGain(test, shift, shuffle, math.nan)
    return TimedGain(test, shift, shuffle, max(found.found())) if math.isfinite(test.p_value) else found


def timing_evidence(part: Sample, interval: Interval, trials: float, seed: int) -> TimingEvidence:
    """The timing gain of all sleeves, deflated by the number of trials (NaN where not known)."""
    gain = timed_gain(part, list(range(part.rows.exposure.shape[1])), seed)
    return TimingEvidence(
        **{field.name: getattr(gain, field.name) for field in fields(gain)},
        interval=interval,
        deflated=deflated_by_chance(track_record(_products(part)), trials),
        switches=int(np.count_nonzero(np.diff(part.states))),
    )


def _products(part: Sample) -> Floats:
    """(n,) daily terms of the timing gain."""
    complete = part.rows.complete()
    return complete.timing_products() if len(complete) else np.empty(0)


def deflated_by_chance(record: TrackRecord, trials: float) -> ProbabilisticSharpe:
    """Deflated by N trials of which no more is known than that there were N.

    The ledger keeps no returns. Each trial is taken as independent and without skill, so that the Sharpe ratios of all
    have the variance of chance alone, 1 / T. Real trials resemble each other and spread less, so this errs to the low
    side.
    """
    if record.sessions == 0 or not math.isfinite(trials):
        return ProbabilisticSharpe(math.nan, math.nan, math.nan)
    return deflated_sharpe(record, trials, 1.0 / record.sessions)
