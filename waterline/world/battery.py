"""The tests that a study puts to every run, and the protocols that any other test must fit.

A test answers "could chance have done this?" from what the pipeline held and what the sleeves earned. Where a study
works in several processes, each test must be a function of a module, or a ``functools.partial`` of one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Protocol

from waterline.evidence import placebo
from waterline.metrics import timing_gain
from waterline.sessions import Floats

LEVEL = 0.90


class GainTest(Protocol):
    """One-sided p-value of "the timing gain is not positive"; NaN counts as not rejected."""

    def __call__(self, exposure: Floats, excess: Floats, seed: int) -> float:
        """(T, K) share of equity in each sleeve before each return, (T, K) returns over bills; the seed of chance."""


class SearchTest(Protocol):
    """One-sided p-value of "the best of the timing gains is not positive"; NaN counts as not rejected."""

    def __call__(self, exposures: Floats, excess: Floats, seed: int) -> float:
        """(C, T, K) exposures of C configurations, (T, K) returns over bills; the seed of chance."""


class Interval(Protocol):
    """Bounds of the timing gain a year that hold the true one in ``LEVEL`` of all cases."""

    def __call__(self, exposure: Floats, excess: Floats, seed: int) -> tuple[float, float]:
        """Arguments as in :class:`GainTest`."""


def hac(exposure: Floats, excess: Floats, seed: int) -> float:  # noqa: ARG001  # the protocol of all tests
    """Normal p-value of the timing gain over its HAC standard error (Newey and West 1987)."""
    return 0.5 * math.erfc(timing_gain(exposure, excess).t / math.sqrt(2.0))


def shift(exposure: Floats, excess: Floats, seed: int) -> float:  # noqa: ARG001  # the protocol of all tests
    """The studentised circular-shift placebo."""
    return placebo.shift_test(exposure, excess).studentised.p_value


def larger(exposure: Floats, excess: Floats, seed: int) -> float:
    """The larger of both: at least as careful as each, and no more than what a run quotes beside its shuffles."""
    by_error, by_shift = hac(exposure, excess, seed), shift(exposure, excess, seed)
    return max(by_error, by_shift) if math.isfinite(by_error) and math.isfinite(by_shift) else by_error


def bonferroni(exposures: Floats, excess: Floats, seed: int) -> float:
    """The smallest HAC p-value times the number of configurations: valid, and too careful where they are alike."""
    each = [hac(exposure, excess, seed) for exposure in exposures]
    return min([1.0, *(len(each) * p for p in each if math.isfinite(p))])


def max_shift(exposures: Floats, excess: Floats, seed: int) -> float:  # noqa: ARG001  # the protocol of all tests
    """The largest studentised statistic of the search against its placebo under common circular shifts."""
    return placebo.search_test(exposures, excess).maximum.p_value


def hac_interval(exposure: Floats, excess: Floats, seed: int) -> tuple[float, float]:  # noqa: ARG001  # the protocol of all intervals
    """Timing gain plus and minus normal quantiles of its HAC standard error."""
    gain = timing_gain(exposure, excess)
    reach = NormalDist().inv_cdf(0.5 + 0.5 * LEVEL) * gain.standard_error
    return gain.value - reach, gain.value + reach


@dataclass(frozen=True, slots=True)
class Battery:
    """Named tests.

    Attributes:
        gain: of one configuration; where a world searches, of the one with the highest t value.
        search: of all configurations of a search together.
        interval: of the timing gain.
    """

    gain: Mapping[str, GainTest] = field(default_factory=lambda: {"hac": hac, "shift": shift, "larger": larger})
    search: Mapping[str, SearchTest] = field(default_factory=lambda: {"bonferroni": bonferroni, "max shift": max_shift})
    interval: Mapping[str, Interval] = field(default_factory=lambda: {"hac": hac_interval})
