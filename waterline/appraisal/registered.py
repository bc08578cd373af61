"""What was to be tested was written down before looking; everything else in the evidence is exploratory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from waterline.appraisal.ablations import Increment
from waterline.appraisal.gains import GainTest, daily_gain_test
from waterline.appraisal.sample import Sample
from waterline.appraisal.timing import TimedGain, timed_gain
from waterline.contracts import SCARCE
from waterline.metrics import Window
from waterline.outcome import Outcome

SPECULATIVE, GENERATORS = "speculative", "generators"
NO_SLEEVES = f"The run has no sleeves {SPECULATIVE!r} and {GENERATORS!r}."


@dataclass(frozen=True, slots=True)
class Registered:
    """The tests fixed beforehand, by window; windows without sessions are left out.

    Attributes:
        timing: timing gain of the speculative sleeve alone, 252 Cov(w, e), one-sided.
        spread: return a year of generators less speculative over the sessions in the scarce state, one-sided; its
            years are those spent there.
        increment: what demand, read with slack, adds to price and funding stress; the kill rule rests on it.
        departures: where the run is not the one that was registered (form A, phi 1, costs as they are, fills at the
            next open); a sentence each.
        why: why the first two cannot be tested; empty where they can.
    """

    timing: Mapping[str, TimedGain]
    spread: Mapping[str, GainTest]
    increment: Increment
    departures: tuple[str, ...]
    why: str = ""


def registered(outcome: Outcome, sample: Sample, windows: Mapping[str, Window], increment: Increment) -> Registered:
    """The registered tests on a run."""
    names, left = outcome.sleeves.names, tuple(departures(outcome))
    if SPECULATIVE not in names or GENERATORS not in names:
        return Registered({}, {}, increment, left, NO_SLEEVES)
    speculative, generators = names.index(SPECULATIVE), names.index(GENERATORS)
    parts = {name: sample.within(window) for name, window in windows.items() if len(window)}
    return Registered(
        timing={name: timed_gain(part, [speculative], outcome.config.seed) for name, part in parts.items()},
        spread={name: _spread(part, speculative, generators) for name, part in parts.items()},
        increment=increment,
        departures=left,
    )


def _spread(part: Sample, speculative: int, generators: int) -> GainTest:
    scarce = part.states == SCARCE
    apart = part.rows.sleeves[scarce, generators] - part.rows.sleeves[scarce, speculative]
    return daily_gain_test(apart, part.rows.years * float(np.mean(scarce)))


def departures(outcome: Outcome) -> list[str]:
    """Where the run differs from what was registered."""
    execution, signal = outcome.config.execution, outcome.config.built_signal.model_dump()
    told = []
    if execution.fill != "next_open":
        told.append(f"It fills at {execution.fill.replace('_', ' ')}; registered is next open.")
    if execution.cost_multiple != 1.0:
        told.append(f"It pays {execution.cost_multiple:g} times the costs; registered is once.")
    if execution.delay_sessions:
        told.append(f"It decides {execution.delay_sessions} sessions late; registered is at once.")
    if signal.get("drain", "A") != "A":
        told.append(f"Its drain has form {signal['drain']}; registered is form A.")
    if signal.get("phi", 1.0) != 1.0:
        told.append(f"Its phi is {signal['phi']:g}; registered is 1.")
    if signal.get("slack") == "none":
        told.append("It reads demand without slack, which is undefined before December 2008; registered is with slack.")
    return told
